# The functions of this module are made when it is imported: no checker can read them.
from typing import Any

def __getattr__(name: str) -> Any: ...
