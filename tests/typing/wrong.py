# pyright: strict
"""Lines that type checkers must refuse, each for one reason: an ignore that is not needed is an error itself."""

import callr_segment as sms

sms.segment(b"Bonjour")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
sms.segment("Bonjour", encoding="gsm7")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
sms.segment("Bonjour", errors="ignore")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
sms.segment("Bonjour", "gsm")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
sms.segment("Bonjour").parts = 2  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
sms.count_parts(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
sms.rewrite("a", "safe")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
sms.check("a", traffic="promo")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
sms.Policy(severities={"empty": "fatal"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
sms.Policy(max_part=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
sms.RateCard({"FR": "4.50"})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
sms.estimate([], text="a", invalid="drop")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
sms.estimate([], text="a", invald="price")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def wrong(client: sms.Client, error: sms.InvalidMessage, over: sms.BudgetExceeded) -> None:
    client.send("+33612345678", "a", traffic="promo")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    print(sms.segment("a").cost)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
    print(error.problems[0].kode)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
    print(over.estimate.parts)  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    print(sms.validate("a") + 1)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownArgumentType]
