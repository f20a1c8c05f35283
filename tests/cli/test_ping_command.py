"""``callr-segment ping``: whether Callr takes the key, before a campaign hangs on it."""

import pytest

from callr_segment.testing import FakeCallr

pytestmark = pytest.mark.once


def test_a_key_is_tried_and_nothing_is_sent(call, monkeypatch):
    with FakeCallr() as fake:
        monkeypatch.setenv("CALLR_API_KEY", fake.api_key)
        assert call("ping", "--base-url", fake.url) == (0, f"{fake.url} takes the key\n", "")
        monkeypatch.setenv("CALLR_API_KEY", "another-key")
        code, out, err = call("ping", "--base-url", fake.url)
        assert (code, out) == (2, "")
        assert "check the key" in err
        assert "another-key" not in err
        code, _, err = call("ping", "--base-url", f"{fake.url}/sms")
        assert (code, "leave the last step out" in err) == (2, True)
        assert fake.journal == []


def test_nobody_there_is_told_from_a_wrong_key(call, monkeypatch):
    monkeypatch.setenv("CALLR_API_KEY", "a-key")
    code, _, err = call("ping", "--base-url", "http://127.0.0.1:1")
    assert (code, "cannot be reached" in err) == (2, True)
    monkeypatch.delenv("CALLR_API_KEY")
    assert "CALLR_API_KEY" in call("ping")[2]
