"""Whatever a file holds, a command prints nothing that a terminal would obey, and ends with a line."""

import json
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

import callr_segment as sms
from callr_segment.sending.fake import FakeCallr

pytestmark = pytest.mark.once

HOSTILE = "\x1b[2J\x9b31m\x07 \u202e\u2066\u200f\u2028 <b>&\x7f"
OPTIONS = ["--text", "Bonjour {nom} à {ville}, STOP au 36105", "--to", "to", "--network", "réseau"]
RATES = ["--rates", "rates.csv", "--currency", "EUR"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells = [
        f"+3361234567{at}{',' + HOSTILE * (at % 2) + 'Zoé'}{',' + HOSTILE},Free{HOSTILE}" for at in range(4)
    ]
    rows = ["to,nom,ville,réseau", *cells, f"{HOSTILE}n/a,Bo,Lyon,Free", ""]
    Path(f"a{HOSTILE.replace('/', '')}.csv").write_text("\n".join(rows), encoding="utf-8", newline="")
    card = f"country,network,cents\nFR,Free{HOSTILE},4\nFR,,5\n"
    Path("rates.csv").write_text(card, encoding="utf-8", newline="")
    return tmp_path


def people():
    return next(path.name for path in Path().iterdir() if path.name.startswith("a"))


def obeyed(text):
    """Characters that a terminal, or a reader of text, would obey instead of show."""
    return {
        char for char in text if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs")
    }


@pytest.mark.parametrize(
    "tokens",
    [
        ["estimate", "FILE", *OPTIONS, *RATES],
        ["estimate", "FILE", *OPTIONS, *RATES, "--json"],
        ["estimate", "FILE", *OPTIONS, *RATES, "--strict", "--budget", "1"],
        ["estimate", "FILE", *OPTIONS, *RATES, "--report", "page.html", "--out", "rows.csv"],
        ["estimate", "FILE", "--text", "{" + HOSTILE + "}", "--to", HOSTILE],
        ["estimate", "FILE", *OPTIONS, "--rates", "FILE", "--currency", "EUR"],
        ["verify", "was.json", "FILE", *RATES],
        ["verify", "was.json", "FILE", "--price", "9", "--currency", "EUR", "--json"],
        ["count", HOSTILE],
        ["count", HOSTILE, "--json"],
        ["lint", "FILE"],
        [HOSTILE],
    ],
    ids=lambda tokens: (
        " ".join(tokens[:1] + tokens[-1:])[:30].encode("ascii", "ignore").decode().strip("\x1b\x07\x7f")
    ),
)
def test_no_command_prints_what_a_terminal_would_obey(call, tokens):
    if tokens[0] == "verify":
        Path("was.json").write_text(
            call("estimate", people(), *OPTIONS, *RATES, "--json")[1], encoding="utf-8"
        )
    code, out, err = call(*[people() if token == "FILE" else token for token in tokens])
    assert code in (0, 1, 2)
    assert obeyed(out) == obeyed(err) == set()
    assert "Traceback" not in err
    if "--json" in tokens and code < 2:
        json.loads(out)
    if "--report" in tokens:
        assert obeyed(Path("page.html").read_text(encoding="utf-8")) == set()


def test_json_says_the_names_of_a_file_as_they_are(call):
    _, out, _ = call("estimate", people(), *OPTIONS, *RATES, "--json")
    origin = json.loads(out)["origin"]
    assert origin["rates"]["source"] == "rates.csv"
    assert json.loads(out)["messages"] == 4
    assert sms.read(people())["réseau"].tolist()[0] == f"Free{HOSTILE}"


def test_what_is_sent_and_what_became_of_it_obeys_nobody_either(call, monkeypatch):
    with FakeCallr() as fake:
        monkeypatch.setenv("CALLR_API_KEY", fake.api_key)
        sending = [
            "--ledger",
            "a.ledger",
            "--base-url",
            fake.url,
            "--yes",
            "--budget",
            "900",
            "--log-json",
            "--skip-errors",
        ]
        code, out, err = call("send", people(), *OPTIONS, *RATES, *sending)
        assert code == 0, err
        assert obeyed(out) == obeyed(err) == set()
        for line in err.splitlines():
            assert json.loads(line)["event"]
    for more in ([], ["--json"], ["--unknown", "--rejected"]):
        code, out, err = call("status", "a.ledger", *more)
        assert (code, obeyed(out), obeyed(err)) == (0, set(), set())


# An estimate that somebody edited


def deep(depth):
    return "[" * depth + "]" * depth


ODD = [
    "null", "[]", '"x"', "-1", "NaN", "1e999", "9" * 5_000, deep(40), deep(100_000), '{"column": 3}',
    '"\\ud800"',
    '["x", "x"]',
]  # fmt: skip
OPTIONS_OF_ESTIMATES = """
    templates choose encoding errors limits unknown to country network default_region traffic sender when
    invalid duplicates policy
""".split()  # noqa: SIM905 (a table of words)
PLACES = [
    *(("origin", "options", name) for name in OPTIONS_OF_ESTIMATES),
    *(("origin", name) for name in ("options", "rewrites", "kept_fields", "input", "rates", "opted_out")),
    ("origin", "input", "columns"),
    ("origin",),
    ("format",),
    ("parts",),
]


@pytest.fixture(scope="module")
def written():
    frame = pd.DataFrame({"to": ["+33612345678"], "nom": ["Zoé"]})
    return json.loads(sms.estimate(frame, text="Bonjour {nom}", to="to").to_json())


@pytest.mark.parametrize("place", PLACES, ids=".".join)
def test_an_estimate_that_was_edited_ends_verify_with_a_line(call, written, place):
    Path("b.csv").write_text("to,nom\n+33612345678,Zoé\n", encoding="utf-8")
    mark = "the value that is odd"
    edited = json.loads(json.dumps(written))
    node = edited
    for name in place[:-1]:
        node = node[name]
    node[place[-1]] = mark
    text = json.dumps(edited)
    for odd in ODD:
        Path("was.json").write_text(text.replace(json.dumps(mark), odd), encoding="utf-8")
        code, out, err = call("verify", "was.json", "b.csv")
        assert code in (0, 1, 2), (odd[:40], err)
        assert err.count("\n") <= 1, (odd[:40], err)
        assert "Traceback" not in err
        assert obeyed(out + err) == set()
        assert len(err) < 2_000
