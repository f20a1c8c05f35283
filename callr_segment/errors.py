"""What can go wrong, sorted by what the caller may do next.

::

    CallrSegmentError
    ├── InputError (ValueError)          data that cannot be read as it stands: .row .column .value
    │   ├── TemplateError                a template this package refuses
    │   ├── RateError                    a rate card this package refuses
    │   ├── InvalidNumber                a phone number that cannot be one
    │   └── NotGsmError                  a text that GSM 03.38 cannot carry: .culprits
    ├── InvalidMessage (ValueError)      a message that must not be sent: .problems
    ├── BudgetExceeded                   a campaign that costs more than allowed
    ├── LedgerError                      a ledger that cannot be trusted with this campaign
    ├── WebhookError                     an event that Callr cannot be shown to have sent
    ├── SendError                        a message that was not accepted
    │   ├── NotSent                      certainly not sent: send again, after .retry_after_seconds
    │   ├── Rejected                     refused by Callr: fix it first: .status .code .receipt .halts
    │   ├── OutcomeUnknown               it may have been sent: reconcile first: .why .receipt
    │   └── Halted                       a campaign that stopped before its end: see why, then resume it
    └── MissingExtra (ImportError)       an optional dependency that is not installed
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import callr_segment as sms

__all__ = [
    "BudgetExceeded",
    "CallrSegmentError",
    "Halted",
    "InputError",
    "InvalidMessage",
    "InvalidNumber",
    "LedgerError",
    "MissingExtra",
    "NotGsmError",
    "NotSent",
    "OutcomeUnknown",
    "RateError",
    "Rejected",
    "SendError",
    "TemplateError",
    "WebhookError",
    "counted",
    "did_you_mean",
    "visible",
]


class CallrSegmentError(Exception):
    """Anything this package refuses."""


class InputError(CallrSegmentError, ValueError):
    """Data that cannot be read as it stands; says where it is and what to do about it."""

    row: object
    column: object
    value: object

    def __init__(
        self, message: str, *, row: object = None, column: object = None, value: object = None
    ) -> None:
        super().__init__(message)
        self.row = row
        self.column = column
        self.value = value

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


class TemplateError(InputError):
    """A template that is not plain text with ``{field}`` placeholders."""


class RateError(InputError):
    """A rate card that does not say one price for one destination; of several, ``faults`` are all."""

    faults: tuple[RateError, ...] = ()


class InvalidNumber(InputError):
    """A phone number that cannot be one."""


class NotGsmError(InputError):
    """A text that GSM 03.38 cannot carry; ``culprits`` are the characters that forbid it."""

    def __init__(
        self,
        message: str,
        *,
        culprits: tuple[sms.Culprit, ...] = (),
        row: object = None,
        column: object = None,
        value: object = None,
    ) -> None:
        super().__init__(message, row=row, column=column, value=value)
        self.culprits: tuple[sms.Culprit, ...] = culprits


class InvalidMessage(CallrSegmentError, ValueError):
    """A message that must not be sent as it is; ``problems`` says why."""

    def __init__(self, message: str, *, problems: tuple[sms.Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems: tuple[sms.Problem, ...] = problems

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


class BudgetExceeded(CallrSegmentError):
    """A campaign that costs more than it is allowed to; ``estimate`` says why, where one was made for it."""

    estimate: sms.Estimate | None = None


class LedgerError(CallrSegmentError):
    """A ledger that cannot be trusted with this campaign: another plan, another process, a damaged file."""


class WebhookError(CallrSegmentError):
    """An event that Callr cannot be shown to have sent, or that is not one."""


class SendError(CallrSegmentError):
    """A message that Callr did not accept, sorted by what to do next.

    ``status`` is that of HTTP, ``receipt`` what Callr said of the message, where it said so much.
    """

    receipt: sms.Receipt | None = None

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


class NotSent(SendError):
    """Certainly nothing was sent: it may be sent again, after ``retry_after_seconds`` where that is known."""

    def __init__(
        self, message: str, *, status: int | None = None, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(message, status=status)
        self.retry_after_seconds = retry_after_seconds


class Rejected(SendError):
    """Callr refused it, and would again: fix it first.

    ``code`` is Callr's, ``receipt`` what it answered instead of an error, where it did. ``halts`` is true
    where no other message would pass either: a key that is not accepted.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        receipt: sms.Receipt | None = None,
        halts: bool = False,
    ) -> None:
        super().__init__(message, status=status)
        self.code = code
        self.receipt = receipt
        self.halts = halts


class OutcomeUnknown(SendError):
    """It may have been sent, so it must not be sent again before that is known: reconcile first.

    ``why`` is a short stable word: ``"timeout"``, ``"reset"``, ``"status 503"``, ``"cut body"``. ``receipt``
    is what could be read of the answer, where one came.
    """

    def __init__(
        self, message: str, *, why: str, status: int | None = None, receipt: sms.Receipt | None = None
    ) -> None:
        super().__init__(message, status=status)
        self.why = why
        self.receipt = receipt


class Halted(SendError):
    """A campaign that stopped before its end, with everything recorded: see why, then resume it."""


class MissingExtra(CallrSegmentError, ImportError):
    """An optional dependency that is not installed; the message says which extra brings it."""


def did_you_mean(name: object, known: Iterable[object]) -> str:
    """Word the way out for a name that is not known: the nearest one, and all there are.

    >>> did_you_mean("firstname", ["first_name", "link"])
    "did you mean 'first_name'? there are first_name, link"
    """
    from difflib import get_close_matches  # noqa: PLC0415 (only when something is refused)

    names = [str(each) for each in known]
    alike = [each for each in names if each.casefold() == str(name).casefold()]
    near = alike or get_close_matches(str(name), names, n=1)
    listed = f"there are {', '.join(names[:20])}" if names else "there are none"
    return f"did you mean {near[0]!r}? {listed}" if near else listed


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun.

    >>> counted(1, "row"), counted(1200, "row"), counted(2, "is", "are")
    ('1 row', '1,200 rows', '2 are')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def visible(value: object) -> str:
    r"""Write a value so that nothing in it hides, moves what stands around it, or speaks to a terminal.

    >>> visible("20\xa0€ \u202e\x1b[2J")
    '20\\xa0€ \\u202e\\x1b[2J'
    """
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in str(value))


def _rebuild(
    kind: type[CallrSegmentError], args: tuple[object, ...], state: dict[str, object]
) -> CallrSegmentError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error
