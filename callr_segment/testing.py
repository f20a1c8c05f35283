"""What tests of a service that sends need: a Callr that is not there, and a pytest fixture that runs one.

With ``pytest_plugins = ["callr_segment.testing"]`` in ``conftest.py``, a test asks for ``fake_callr``::

    def test_a_code_is_sent(fake_callr):
        with fake_callr.client() as client:
            client.send("+33612345678", "Votre code est 4821", traffic="alerting")
        assert fake_callr.journal == [("+33612345678", "Votre code est 4821")]

It needs the extra ``fake``, and neither pandas nor NumPy.
"""

import sys
from collections.abc import Iterator

from callr_segment.sending.fake import FAULTS, FakeCallr

__all__ = ["FAULTS", "FakeCallr"]

if "pytest" in sys.modules:  # elsewhere nobody asks for a fixture, and pytest need not be installed
    import pytest

    @pytest.fixture
    def fake_callr(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCallr]:
        """Run a Callr that is not there; CALLR_API_KEY and CALLR_BASE_URL lead to it."""
        with FakeCallr() as fake:
            monkeypatch.setenv("CALLR_API_KEY", fake.api_key)
            monkeypatch.setenv("CALLR_BASE_URL", fake.url)
            yield fake
