"""What `import callr_segment` adds to the start of a bare Python."""

import subprocess
import sys

import pytest

STATEMENTS = {
    "bare python": "pass",
    "import callr_segment": "import callr_segment",
    "import numpy": "import numpy",
}


@pytest.mark.benchmark(group="start")
@pytest.mark.parametrize("statement", STATEMENTS)
def test_start(benchmark, statement):
    command = [sys.executable, "-I", "-c", STATEMENTS[statement]]
    benchmark.pedantic(subprocess.run, args=(command,), kwargs={"check": True}, rounds=20, warmup_rounds=3)
