"""The notebooks run from top to bottom, and say of the campaign what the library says."""

import runpy

import pytest
from folders import ROOT

FOLDER = ROOT / "notebooks"
if not FOLDER.is_dir():
    pytest.skip("the notebooks are not here: an installed package is being tested", allow_module_level=True)

pytestmark = [
    pytest.mark.once,
    pytest.mark.filterwarnings("default::UserWarning"),  # a bar without widgets says so
]


@pytest.fixture
def run(monkeypatch):
    """Run a notebook as the script it is; return what it names."""
    pytest.importorskip("matplotlib")
    pytest.importorskip("tqdm")
    pytest.importorskip("starlette")
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.chdir(FOLDER)
    return lambda name: runpy.run_path(str(FOLDER / name))


def test_a_first_message(run):
    assert (run("01_first_message.py")["found"].parts) == 2


@pytest.mark.slice
def test_the_story_of_a_campaign(run):
    told = run("02_cost_a_campaign.py")
    euros = [str(round(each.cost_cents / 100, 2)) for each in told["steps"].values()]
    assert euros == ["585.17", "1633.12", "1588.36", "1090.05", "853.53", "721.73"]
    assert [each.parts for each in told["steps"].values()] == [12_360, 34_753, 33_795, 23_331, 18_343, 15_414]
    assert told["options_together"]["parts"].min() == told["steps"]["a shorter STOP"].parts
    assert told["million"].messages > 1_000_000


@pytest.mark.slice
def test_a_campaign_is_sent_and_its_bill_teaches(run):
    told = run("03_send_and_reconcile.py")
    bill = told["bill"]
    assert bill.counts["planned"] == 300 == bill.counts["accepted"] + bill.counts["unknown"]
    assert bill.counts["billed"] == len(set(told["callr"].journal)) == len(told["callr"].journal)
    assert bill.extension_characters().set_index("character").loc["€", "as_gsm"] == 0
    assert len(bill.failed_but_billed()) >= 1
    assert told["learned"].lookup(country="BE").basis == "learned mix"
