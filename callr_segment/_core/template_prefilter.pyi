from typing import final

@final
class Prefilter:
    def __init__(
        self, *, alarms: str = "", starters: str = "", opens: str = "", closes: str = ""
    ) -> None: ...
