"""A campaign that a scheduler starts again and again until all of it is sent.

Each run costs it anew, goes on where the last one stopped, and ends with 0 when nothing is left. It may be
killed at any moment: what may have been sent is never sent again. With CALLR_API_KEY in the environment::

    */10 8-21 * * *  cd /srv/campaign && python scheduled_campaign.py
"""

import os
import sys

import pandas as pd

import callr_segment as sms

OPTIONS = {"base_url": url} if (url := os.environ.get("CALLR_BASE_URL")) else {}
TEXT = "Bonjour {first_name}, -20 % ce week-end chez Maison Lou. STOP au 36105"
BUDGET = sms.Budget(max_cost_cents="20000", max_parts_per_message=1)


def main() -> int:
    """Send what is left."""
    recipients = pd.read_csv("people.csv", dtype=str, keep_default_na=False)
    rates = sms.RateCard.read_csv("rates.csv", currency="EUR")
    found = sms.estimate(
        recipients, text=TEXT, to="to", default_region="FR", rates=rates, duplicates="drop", budget=BUDGET
    )
    with sms.Client(**OPTIONS) as client, sms.Ledger("sale.ledger") as ledger:
        client.send_all(
            found,
            ledger,
            budget_cents="20000",
            per_second=float(os.environ.get("SMS_PER_SECOND", "20")),
            window=sms.FRENCH_MARKETING if "CALLR_BASE_URL" not in os.environ else None,
            progress=False,
        )
        print(sms.reconcile(ledger))
        return 0 if ledger.counts().not_sent == 0 else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except sms.CallrSegmentError as stopped:
        sys.exit(f"scheduled_campaign: {stopped}")
