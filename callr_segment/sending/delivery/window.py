"""The hours in which a campaign may be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callr_segment.errors import InputError, MissingExtra

__all__ = ["FRENCH_MARKETING", "Window", "french_holidays"]

SUNDAY = 6
_DAYS = 400  # to look for an opening in: more than any holidays

_FIXED = frozenset([(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)])
_AFTER_EASTER = frozenset([1, 39, 50])


class Window:
    """The hours of the day, and the days, in which messages may leave; outside of them `send_all` waits.

    ``closed_weekdays`` are numbered from Monday, 0, to Sunday, 6; ``is_holiday`` tells of a date whether it
    is one. Raises InputError for hours that are none, and for a time zone that does not exist.

    >>> window = Window(opens="08:00", closes="22:00", timezone="Europe/Paris")
    >>> evening = datetime.fromisoformat("2026-03-28T21:30:00+00:00")  # a Saturday, 22:30 in Paris
    >>> window.is_open(evening), window.opening(evening).isoformat()
    (False, '2026-03-30T08:00:00+02:00')
    """

    def __init__(
        self,
        *,
        opens: str | time = "08:00",
        closes: str | time = "22:00",
        timezone: str | tzinfo = "Europe/Paris",
        closed_weekdays: Iterable[int] = (SUNDAY,),
        is_holiday: Callable[[date], bool] | None = None,
    ) -> None:
        self.opens: time = _hour("opens", opens)
        self.closes: time = _hour("closes", closes)
        if self.opens >= self.closes:
            raise InputError(
                f"a window from {self.opens} to {self.closes} is never open: give hours of one day"
            )
        self.timezone: tzinfo = _zone(timezone)
        self.closed_weekdays: frozenset[int] = _weekdays(closed_weekdays)
        if is_holiday is not None and not callable(is_holiday):
            raise InputError("is_holiday is a function of a date, such as french_holidays, or None")
        self.is_holiday = is_holiday

    def is_open(self, moment: datetime) -> bool:
        """Whether messages may leave at a moment, which has a time zone."""
        local = self._local(moment)
        return self._is_open_day(local.date()) and self.opens <= local.time() < self.closes

    def opening(self, moment: datetime) -> datetime:
        """Find when it opens: at once where it is open. Raises InputError if it never does."""
        if self.is_open(moment):
            return moment
        local = self._local(moment)
        for days in range(_DAYS):
            day = local.date() + timedelta(days)
            opening = datetime.combine(day, self.opens, self.timezone)
            if self._is_open_day(day) and opening.astimezone(UTC) > moment:
                return opening
        raise InputError(
            f"the window does not open within a year of {local.date()}: it is closed on every day"
        )

    def wait_seconds(self, moment: datetime) -> float:
        """How long it is until it opens; 0 while it is open."""
        return max(0.0, (self.opening(moment).astimezone(UTC) - moment).total_seconds())

    def _is_open_day(self, day: date) -> bool:
        is_holiday = self.is_holiday is not None and self.is_holiday(day)
        return day.weekday() not in self.closed_weekdays and not is_holiday

    def _local(self, moment: datetime) -> datetime:
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            raise InputError(
                f"{moment!r} has no time zone: pass a datetime with one, such as datetime.now(UTC)",
                value=moment,
            )
        return moment.astimezone(self.timezone)

    def __repr__(self) -> str:
        return f"Window(opens='{self.opens:%H:%M}', closes='{self.closes:%H:%M}', timezone='{self.timezone}')"


def french_holidays(day: date) -> bool:
    """Whether a day is a public holiday in all of France.

    >>> [day for day in range(24, 27) if french_holidays(date(2026, 5, day))]  # Whit Monday
    [25]
    """
    return (day.month, day.day) in _FIXED or (day - _easter(day.year)).days in _AFTER_EASTER


def _easter(year: int) -> date:
    """Find Easter Sunday (Meeus, Jones and Butcher)."""
    century, rest = divmod(year, 100)
    leaps, odd = divmod(century, 4)
    moon = (19 * (year % 19) + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * odd + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _hour(name: str, value: str | time) -> time:
    try:
        found = value if isinstance(value, time) else time.fromisoformat(value)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is not None:
        raise InputError(f"{name} is {value!r}: write an hour such as '08:00', of timezone=", value=value)
    return found


def _weekdays(value: Iterable[int]) -> frozenset[int]:
    """Take days by their numbers: a name that is passed over would be a day on which messages leave."""
    days = list(value) if isinstance(value, Iterable) else [-1]
    if not all(isinstance(day, int) and not isinstance(day, bool) and 0 <= day <= 6 for day in days):
        message = f"closed_weekdays is {value!r}: number days from Monday, 0, to Sunday, 6, as in (5, 6)"
        raise InputError(message, value=value)
    return frozenset(days)


def _zone(value: str | tzinfo) -> tzinfo:
    if isinstance(value, tzinfo):
        return value
    try:
        return ZoneInfo(value)
    except (TypeError, ValueError, OSError):
        raise InputError(f"timezone is {value!r}: name one such as 'Europe/Paris'", value=value) from None
    except ZoneInfoNotFoundError:
        raise MissingExtra(
            f"there is no time zone {value!r} here: check its name, or pip install tzdata"
        ) from None


FRENCH_MARKETING = Window(is_holiday=french_holidays)
"""Marketing in France: from 8:00 to 22:00, not on Sundays, not on public holidays."""
