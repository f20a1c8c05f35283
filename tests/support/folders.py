"""Where things are: the root of the repository, these helpers, and the data of the tests."""

from pathlib import Path

SUPPORT = Path(__file__).resolve().parent
ROOT = SUPPORT.parents[1]
DATA = SUPPORT.parent / "data"
