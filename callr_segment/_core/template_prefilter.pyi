from typing import final

@final
class Watch:
    def __init__(
        self, *, alarms: str = "", starters: str = "", opens: str = "", closes: str = ""
    ) -> None: ...
