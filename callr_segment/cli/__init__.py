"""The command line: ``callr-segment count``, ``estimate``, ``verify`` and ``demo``; ``send`` and its kin.

It ends with 0; with 1 where ``--strict`` finds errors, the cost is over ``--budget``, ``verify`` finds a
difference or a message was not accepted; with 2 for what cannot be read or written. Then one line says why.
Figures go to standard output, all else to standard error.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

from callr_segment.cli.console import CLOSED, FINE, INTERRUPTED, PROBLEMS, REFUSED, log_as_json, say
from callr_segment.errors import BudgetExceeded, CallrSegmentError, Halted, InputError
from callr_segment.version import __version__

__all__ = ["main"]

COMMANDS = {  # loaded when called: only the first does without pandas
    "count": ("count_text:count", "Count one text: its encoding, its parts, what makes it Unicode."),
    "lint": ("lint_files:lint", "Look at the SMS texts in the files of a program."),
    "estimate": ("estimate_campaign:estimate", "Cost a campaign: recipients, texts and a rate card."),
    "verify": (
        "verify_estimate:verify",
        "Make an estimate again, and compare it with what was written.",
    ),
    "send": ("send_campaign:send", "Send a campaign as it was costed, each message at most once."),
    "resume": ("send_campaign:resume", "Go on with a campaign where it stopped."),
    "status": ("send_campaign:status", "Tell how far a campaign is, and what it has cost."),
    "reconcile": ("reconcile_bill:reconcile", "Hold the bill against the estimate."),
    "replan": ("settle_ledger:replan", "Plan messages again that are unknown or refused."),
    "recover": ("settle_ledger:recover", "Use a ledger again whose log is lost."),
    "purge": ("settle_ledger:purge", "Remove every number and text from a ledger."),
    "ping": ("check_connection:ping", "Ask whether Callr takes the key."),
    "fake": ("run_fake:fake", "Run a Callr that is not there, for tests and rehearsals."),
    "demo": ("estimate_campaign:demo", "Cost the campaign that comes with the package."),
}


def main(tokens: Sequence[str] | None = None) -> NoReturn:
    """Run a command line, that of the process unless given, and end the process with its exit code."""
    if sys.stdout is None:
        sys.exit(say("standard output is closed: there is nowhere to write to", REFUSED))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    log_as_json(False)  # whatever a command before this one chose
    with warnings.catch_warnings():
        warnings.simplefilter("default", UserWarning)
        warnings.showwarning = lambda message, *_, **__: say(f"warning: {message}")
        sys.exit(_run(sys.argv[1:] if tokens is None else tokens))


def _run(tokens: Sequence[str]) -> int:
    try:
        code = _call(tokens)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return say("interrupted", INTERRUPTED)
    except BrokenPipeError:
        _give_up_output()
        return CLOSED
    except CallrSegmentError as error:
        return say(str(error), PROBLEMS if isinstance(error, BudgetExceeded | Halted) else REFUSED)
    except ImportError as error:
        return say(f'{error.__cause__ or error}: pip install "callr-segment[cli]"', REFUSED)
    except OSError as error:
        if error.filename is None:  # of standard output, perhaps: a disk that is full
            _give_up_output()
        return say(f"{error.filename or 'a file'}: {error.strerror or error}", REFUSED)
    return code


def _give_up_output() -> None:
    """Let what is not written yet go nowhere, or Python complains as it ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _call(tokens: Sequence[str]) -> int:
    from cyclopts import CycloptsError  # noqa: PLC0415 (optional)

    try:
        return _application()(tokens, print_error=False, exit_on_error=False) or FINE
    except CycloptsError as error:
        message = " ".join(str(error).split())
        raise InputError(f"{message[:1].lower()}{message[1:]} See callr-segment --help.") from error


def _application() -> Any:
    from cyclopts import App, Parameter  # noqa: PLC0415 (optional)

    application = App(
        "callr-segment",
        help="What SMS will cost, to the part and to the cent, before they are sent with the Callr API.",
        version=__version__,
        default_parameter=Parameter(negative=()),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    for name, (place, meaning) in COMMANDS.items():
        own_help = {"help_flags": ()} if name == "fake" else {}
        application.command(f"{__name__}.{place}", name=name, help=meaning, **own_help)
    return application
