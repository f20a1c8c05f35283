"""The command line: figures on standard output, one line on standard error, and the exit code says which."""

import gzip
import io
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import callr_segment as sms
from callr_segment.campaign import demo
from callr_segment.cli import main

CAMPAIGN = [
    str(demo.FOLDER / "recipients.csv"),
    *("--templates", str(demo.FOLDER / "templates.json"), "--choose", "template", "--to", "to"),
    *(
        "--rates",
        str(demo.FOLDER / "rates.csv"),
        "--currency",
        "EUR",
        "--country",
        "country",
        "--region",
        "FR",
    ),
]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(sms.__file__).parents[1])}
SMALL = "to,first_name\n+33639981020,Zoé\n0639981021,François\nn/a,Bo\n"
TEXT = ["--text", "Bonjour {first_name}. STOP au 36105", "--to", "to", "--region", "FR"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(SMALL, encoding="utf-8")
    return tmp_path


@pytest.fixture
def refused(call):
    """Run a command line that is refused, with 2 and nothing on standard output; return the one line."""

    def run(*tokens):
        code, out, err = call(*tokens)
        assert (code, out) == (2, ""), err
        assert err.count("\n") == 1
        assert err.startswith("callr-segment: ")
        assert "Traceback" not in err
        return err.removeprefix("callr-segment: ").strip()

    return run


def process(*tokens, env=ENVIRONMENT, **options):
    """Run a command line as a process of its own."""
    command = [sys.executable, "-m", "callr_segment", *tokens]
    return subprocess.run(command, capture_output=True, env=env, check=False, **options)


def run_python(code):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=ENVIRONMENT, check=False)


# one text


def test_count_tells_what_a_text_comes_to(call):
    code, out, err = call("count", "Ça va, garçon ?")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "1 part of Unicode: 15 units, 55 more fit",
        "Ça va, garçon ?",
        "ç U+00E7 LATIN SMALL LETTER C WITH CEDILLA, 1 ×, first at 10: write 'c' (--rewrite fold)",
    ]


def test_count_shows_each_part_and_what_saves_some(call):
    code, out, _ = call("count", "C’est prêt ! " + "a" * 60, "--max-parts", "1")
    assert code == 1
    assert out.splitlines() == [
        "2 parts of Unicode: 73 units, 61 more fit; 3 fewer save a part",
        "part 1, 67 units: C’est prêt ! " + "a" * 54,
        "part 2, 6 units: aaaaaa",
        '’ U+2019 RIGHT SINGLE QUOTATION MARK, 1 ×, first at 1: write "\'" (--rewrite safe)',
        "ê U+00EA LATIN SMALL LETTER E WITH CIRCUMFLEX, 1 ×, first at 8: write 'e' (--rewrite fold)",
        "--rewrite safe,fold makes it 1 part of GSM: 73 units, 87 more fit",
    ]
    assert call("count", "C’est prêt ! " + "a" * 60, "--max-parts", "1", "--rewrite", "safe,fold")[0] == 0


def test_count_tells_of_emoji_and_of_what_has_no_replacement(call):
    _, out, _ = call("count", "Ж🎉")
    assert out.splitlines()[2:] == [
        "Ж U+0416 CYRILLIC CAPITAL LETTER ZHE, 1 ×, first at 0: GSM lacks it, and has nothing like it",
        "🎉 U+1F389 PARTY POPPER, 1 ×, first at 1: leave it out (--rewrite emoji)",
    ]


def test_count_knows_its_rules(refused):
    assert "--rewrite takes safe, fold, emoji, not 'all'" in refused("count", "a", "--rewrite", "all")


def test_count_speaks_json(call):
    found = json.loads(call("count", "5 € ’’", "--json")[1])
    assert (found["encoding"], found["units"], found["extensions"]) == ("unicode", 6, 0)
    assert found["culprits"][0] | {"name": ""} == {
        "character": "’",
        "code_point": "U+2019",
        "name": "",
        "count": 2,
        "position": 4,
    }


@pytest.mark.parametrize("text", ["-30 % aujourd'hui", "--", "-", "a -b", "-x"])
def test_a_text_may_begin_with_a_hyphen(call, monkeypatch, text):
    stdin = io.TextIOWrapper(io.BytesIO(b"-"))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert json.loads(call("count", "--json", "--", text)[1])["units"] == sms.segment(text).units
    if text.startswith("-3"):
        assert json.loads(call("count", text, "--json")[1])["units"] == sms.segment(text).units


def test_a_character_that_cannot_be_seen_is_named(call):
    _, out, _ = call("count", "20\xa0€ \u202e")
    assert "  U+00A0 NO-BREAK SPACE" in out
    assert "\u202e" not in out


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_count_reads_standard_input_without_its_last_line_break(ending):
    done = process("count", "-", "--json", input="à\n€".encode() + ending)
    assert json.loads(done.stdout)["units"] == 4


def test_standard_input_must_be_utf8():
    done = process("count", "-", input="été".encode("latin-1"))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"callr-segment: standard input is not UTF-8: byte 0 is 0xe9\n"


def test_bytes_of_an_argument_that_are_no_text_are_counted_as_half_characters():
    done = process("count", b"a\xff", "--json")
    assert json.loads(done.stdout)["culprits"][0]["code_point"] == "U+DCFF"
    assert process("count", b"a\xff").returncode == 0


def test_a_text_without_quotes_is_refused(refused):
    assert refused("count", "Bonjour", "Zoé").startswith("give one text in quotes")
    assert refused("count").startswith("give one text in quotes")


def test_a_text_that_forced_gsm_cannot_carry_is_refused(refused):
    assert "U+00E7 LATIN SMALL LETTER C WITH CEDILLA" in refused("count", "ç", "--encoding", "gsm")


def test_counting_loads_no_frame_library():
    code = """import sys
from callr_segment.cli import main
try:
    main(["count", "a"])
finally:
    print(*sys.modules)"""
    loaded = set(run_python(code).stdout.split())
    assert "callr_segment.cli.count_text" in loaded
    assert not {"pandas", "numpy", "pyarrow", "jinja2", "openpyxl"} & loaded


# a campaign


def test_a_campaign_is_costed_as_the_library_does(call):
    code, out, err = call("estimate", *CAMPAIGN, "--json", "--duplicates", "drop")
    assert (code, err) == (0, "")
    recipients, templates, card = demo.load()
    found = sms.estimate(
        recipients, text=templates, choose="template", to="to", country="country", default_region="FR",
        rates=card, duplicates="drop",
    )  # fmt: skip
    said = json.loads(out)
    assert said["parts"] == found.parts
    assert Decimal(said["cost_cents"]["expected"]) == found.cost_cents
    assert (Decimal(said["cost_cents"]["low"]), Decimal(said["cost_cents"]["high"])) == found.cost_range_cents
    assert said["problems"] == found.summary.problems


def test_a_campaign_reads_well_where_there_is_no_terminal(call):
    code, out, err = call("estimate", *CAMPAIGN)
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 100
    assert "\x1b" not in out
    for said in ("expected cost", "amount_text", "NO-BREAK SPACE", "invalid number", "By country"):
        assert said in out


@pytest.mark.parametrize("form", ["csv", "tsv", "parquet", "xlsx"])
def test_any_file_gives_the_same_figures(call, form):
    frame = pd.read_csv("people.csv", dtype=str, keep_default_na=False)
    {
        "csv": lambda: frame.to_csv("p.csv", sep=";", encoding="utf-16"),
        "tsv": lambda: frame.to_csv("p.tsv", sep="\t"),
        "parquet": lambda: frame.to_parquet("p.parquet"),
        "xlsx": lambda: frame.to_excel("p.xlsx"),
    }[form]()
    figures = [json.loads(call("estimate", name, *TEXT, "--json")[1]) for name in ("people.csv", f"p.{form}")]
    assert figures[0] == figures[1]
    assert (figures[0]["messages"], figures[0]["parts"], figures[0]["gsm"]) == (2, 2, 1)


def test_a_text_may_stand_in_a_file(call, folder):
    (folder / "text.txt").write_text("Bonjour {first_name}. STOP au 36105\n", encoding="utf-8")
    there = call("estimate", "people.csv", *TEXT, "--json")
    assert call("estimate", "people.csv", "--text", "@text.txt", *TEXT[2:], "--json") == there


def test_one_price_for_all(call):
    said = json.loads(
        call("estimate", "people.csv", *TEXT, "--price", "4.50", "--currency", "EUR", "--json")[1]
    )
    assert (said["cost_cents"]["expected"], said["currency"]) == ("9.000000", "EUR")


LISTED = {
    "csv": "ISO;Price / msg\nFR;0.0450\nBE;0.07\n",
    "tsv": "ISO\tPrice / msg\nFR\t0.0450\nBE\t0.07\n",
    "json": '[{"ISO": "FR", "Price / msg": "0.0450"}, {"ISO": "BE", "Price / msg": "0.07"}]',
}
AS_LISTED = ["--rate-column", "country=ISO", "--rate-column", "price=Price / msg", "--rate-unit", "major"]


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "parquet"])
def test_rates_may_be_listed_in_any_form(call, folder, form):
    if form == "parquet":
        pd.DataFrame({"ISO": ["FR", "BE"], "Price / msg": ["0.0450", "0.07"]}).to_parquet("list.parquet")
    else:
        (folder / f"list.{form}").write_text(LISTED[form], encoding="utf-8")
    rates = ["--rates", f"list.{form}", *AS_LISTED, "--currency", "EUR"]
    code, out, err = call("estimate", "people.csv", *TEXT, *rates, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["cost_cents"]["expected"] == "9.000000"


def test_what_stands_between_the_cells_of_a_list_may_be_said(call, folder):
    listed = "Prices of 2026^^\nISO^Zone^Tariff (EUR)\nFR^EU^0.045\nBE^EU^n/a\n"
    (folder / "list.csv").write_text(listed, encoding="utf-16-le")
    options = ["--rate-separator", "^", "--rate-encoding", "utf-16-le", "--rate-unpriced", "n/a"]
    options += ["--rate-column", "country=ISO", "--rate-column", "price=Tariff (EUR)"]
    out = call("estimate", "people.csv", *TEXT, "--rates", "list.csv", *options, "--json")[1]
    assert json.loads(out)["cost_cents"]["expected"] == "9.000000"


def test_the_first_column_that_is_filled_counts(call, folder):
    listed = '{"code": "FR", "default": "0.05", "networks": [{"id": "20801", "price": "0.04"}]}'
    (folder / "list.json").write_text(listed, encoding="utf-8")
    columns = ["country=code", "network=id", "price=price", "price=default"]
    options = [token for column in columns for token in ("--rate-column", column)]
    rates = ["--rates", "list.json", *options, "--rate-unit", "major", "--currency", "EUR"]
    cost = json.loads(call("estimate", "people.csv", *TEXT, *rates, "--json")[1])["cost_cents"]
    assert (cost["low"], cost["high"]) == ("8.000000", "10.000000")


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        (
            ["--rates", "list.xls"],
            "list.xls is not one of .csv, .tsv, .parquet, .xlsx, .xlsm, .json; save it as one",
        ),
        (["--rates", "list.csv"], "list.csv: line 1: column 'ISO': did you mean 'country'"),
        (
            ["--rates", "list.csv", "--rate-column", "country"],
            "--rate-column 'country' is not like country=ISO",
        ),
        (["--rates", "list.csv", "--rate-column", "country=iso"], "no line has 'iso'; did you mean 'ISO'?"),
        (["--rates", "list.csv", "--rate-column", "land=ISO"], "a card has no column 'land'"),
        (["--rates", "list.json", "--currency", "EUR"], "list.json: no object in it says a price"),
        (["--rates", "list.csv", *AS_LISTED], "list.csv: "),
        (["--rate-column", "country=ISO"], "--rate-column tells about the columns of --rates"),
        (["--rates", "list.parquet"], "list.parquet: "),
    ],
)
def test_a_price_list_that_cannot_be_read_is_refused(refused, folder, rates, said):
    for form in ("csv", "json"):
        (folder / f"list.{form}").write_text(LISTED[form], encoding="utf-8")
    (folder / "list.parquet").write_text("no parquet", encoding="utf-8")
    assert said in refused("estimate", "people.csv", *TEXT, *rates)


def test_options_are_values_or_columns(call, folder):
    rows = "to,how\n+33639981020,gsm\n+33639981021,unicode\n"
    (folder / "people.csv").write_text(rows, encoding="utf-8")
    gsm = {
        how: json.loads(call("estimate", "people.csv", "--text", "a", "--encoding", how, "--json")[1])["gsm"]
        for how in ("how", "gsm", "unicode")
    }
    assert gsm == {"how": 1, "gsm": 2, "unicode": 0}


def test_numbers_that_opted_out_are_left_out(call, folder):
    (folder / "stop.txt").write_text("06 39 98 10 20\n", encoding="utf-8")
    said = json.loads(call("estimate", "people.csv", *TEXT, "--exclude", "stop.txt", "--json")[1])
    assert said["problems"]["opted_out"] == 1
    assert said["opted_out"] == {"given": 1, "found": 1}
    assert "Opted out: 1 given, 1 found." in call("estimate", "people.csv", *TEXT, "--exclude", "stop.txt")[1]


def test_rows_and_report_are_written(call, folder):
    code, _, err = call("estimate", "people.csv", *TEXT, "--out", "rows.parquet", "--report", "report.html")
    assert code == 0
    assert err == "callr-segment: wrote rows.parquet\ncallr-segment: wrote report.html\n"
    rows = pd.read_parquet("rows.parquet")
    assert rows["row"].tolist() == [2, 3, 4]
    assert rows["number"].tolist()[:2] == ["+33639981020", "+33639981021"]
    assert "<h1>people.csv</h1>" in (folder / "report.html").read_text(encoding="utf-8")


def test_rows_are_written_as_csv_with_their_numbers_whole(call, folder):
    call("estimate", "people.csv", *TEXT, "--price", "4.5", "--currency", "EUR", "--out", "rows.csv")
    rows = pd.read_csv("rows.csv", dtype=str, keep_default_na=False)
    assert rows["number"].tolist() == ["+33639981020", "+33639981021", ""]
    assert rows["cost_cents"].tolist() == ["4.500000", "4.500000", ""]


@pytest.mark.parametrize("option", ["--out", "--report"])
def test_nothing_is_replaced_unless_told(call, refused, folder, option):
    path = folder / {"--out": "mine.csv", "--report": "mine.html"}[option]
    path.write_text("mine", encoding="utf-8")
    assert "exists; name another file, or replace it" in refused(
        "estimate", "people.csv", *TEXT, option, path
    )
    assert path.read_text(encoding="utf-8") == "mine"
    assert call("estimate", "people.csv", *TEXT, option, path, "--force")[0] == 0
    assert path.read_text(encoding="utf-8") != "mine"


def test_strict_ends_with_1_where_rows_have_errors(call, folder):
    code, out, err = call("estimate", "people.csv", *TEXT, "--strict")
    assert code == 1
    assert out
    assert err == "callr-segment: 1 of 3 rows have errors and are not in the cost\n"
    (folder / "people.csv").write_text(SMALL.replace("n/a,Bo\n", ""), encoding="utf-8")
    assert call("estimate", "people.csv", *TEXT, "--strict")[0] == 0


def test_a_budget_is_kept(call):
    priced = ["estimate", "people.csv", *TEXT, "--price", "4.50", "--currency", "EUR"]
    assert call(*priced, "--budget", "9")[0] == 0
    code, out, err = call(*priced, "--budget", "8.99")
    assert (code, out) == (1, "")
    assert "over the budget" in err


@pytest.mark.parametrize(
    ("limit", "said"), [("--max-parts", "longest message"), ("--max-card-age", "how old the rates are")]
)
def test_other_limits_are_kept(call, limit, said):
    priced = ["estimate", "people.csv", *TEXT, "--price", "4.50", "--currency", "EUR"]
    assert call(*priced, "--max-unpriced", "0", "--max-parts", "1")[0] == 0
    code, _, err = call(*priced, limit, "0")
    assert code == 1
    assert said in err


def test_warnings_are_one_line(call):
    pd.DataFrame({"to": [33639981020]}).to_parquet("n.parquet")
    code, _, err = call("estimate", "n.parquet", "--text", "a", "--to", "to")
    assert code == 0
    assert err.startswith("callr-segment: warning: column 'to' holds numbers")
    assert err.count("\n") == 1


# what is refused, each with its place and the way out


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        (["cuont"], 'unknown command "cuont". did you mean "count"?'),
        (["estimate"], "file"),
        (["estimate", "people.csv", "--txet", "a"], "--txet"),
        (["estimate", "people.csv", "--text", "a", "--duplicates", "maybe"], "--duplicates"),
        (["estimate", "absent.csv", "--text", "a"], "absent.csv: no such file or directory"),
        (["estimate", ".", "--text", "a"], "is not one of .csv, .tsv, .parquet, .xlsx"),
        (["estimate", "people.csv"], "say what to send: --text"),
        (["estimate", "people.csv", "--text", "a", "--templates", "t.json"], "say what to send"),
        (["estimate", "people.csv", "--templates", "t.json"], "--templates needs --choose"),
        (["estimate", "people.csv", "--text", "@absent.txt"], "absent.txt: no such file or directory"),
        (["estimate", "people.csv", "--text", "{firstname}"], "did you mean 'first_name'?"),
        (
            ["estimate", "people.csv", "--text", "a", "--to", "too"],
            "'too' is not in people.csv; did you mean 'to'?",
        ),
        (
            ["estimate", "people.csv", "--text", "a", "--country", "cuntry"],
            "country='cuntry' is neither a column",
        ),
        (["estimate", "people.csv", "--text", "first_name"], "write '{first_name}'"),
        (["estimate", "people.csv", "--text", "{{name}}"], "write {name}"),
        (["estimate", "people.csv", "--text", "{first_name.__class__}"], "more than the name of a field"),
        (["estimate", "people.csv", "--text", "{0}"], "more than the name of a field"),
        (["estimate", "people.csv", "--text", "{first_name!r}"], "more than the name of a field"),
        (["estimate", "people.csv", "--text", "{first_name:>9}"], "more than the name of a field"),
        (["estimate", "people.csv", "--text", "${first_name}"], "another system's placeholder"),
        (["estimate", "people.csv", "--text", "a", "--price", "4"], "--price needs --currency"),
        (["estimate", "people.csv", "--text", "a", "--price", "1e999", "--currency", "EUR"], "1e999"),
        (["estimate", "people.csv", "--text", "a", "--price", "-1", "--currency", "EUR"], "-1"),
        (["estimate", "people.csv", "--text", "a", "--price", "4", "--rates", "c.csv"], "not both"),
        (["estimate", "people.csv", "--text", "a", "--rates", "absent.csv"], "absent.csv: no such file"),
        (["estimate", "people.csv", "--text", "a", "--budget", "9"], "a budget needs rates"),
        (
            ["estimate", "people.csv", "--text", "a", "--out", "rows.xls"],
            "rows.xls is not one of .parquet, .csv",
        ),
        (["estimate", "people.csv", "--text", "a", "--report", "no/r.html"], "there is no folder no"),
        (
            ["estimate", "people.csv", "--text", "a", "--separator", "ab"],
            "separator 'ab' is not one character",
        ),
        (["estimate", "people.csv", "--text", "a", "--file-encoding", "x"], "'x' is no encoding of files"),
    ],
    ids=lambda value: None if isinstance(value, str) else " ".join(value[2:]) or value[0],
)
def test_a_wrong_command_says_what_is_right(refused, tokens, said):
    assert said.lower() in refused(*tokens).lower()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "people.csv: the file is empty"),
        (SMALL.encode("cp1252"), "people.csv: line 2: byte 0xe9 is not utf-8"),
        (SMALL.encode("utf-16-le"), "people.csv: line 1: a NUL byte"),
        (SMALL.replace("Zo", "Zo,").encode(), "people.csv: line 2: 3 cells under a header of 2"),
        (SMALL.replace(",Bo", "").encode(), "people.csv: line 4: 1 cell under a header of 2"),
        (SMALL.replace("Zo", '"Zo').encode(), "people.csv: line 2: unexpected end of data"),
        (SMALL.replace("first_name", "to").encode(), "people.csv: two columns are called 'to'"),
    ],
    ids=["empty", "cp1252", "utf-16 without a mark", "comma", "missing cell", "open quote", "twice"],
)
def test_a_file_out_of_order_is_named_with_its_line(refused, folder, content, said):
    (folder / "people.csv").write_bytes(content)
    assert said in refused("estimate", "people.csv", *TEXT)


def test_cp1252_is_read_when_it_is_said(call, folder):
    there = call("estimate", "people.csv", *TEXT, "--json")
    (folder / "people.csv").write_bytes(SMALL.encode("cp1252"))
    assert call("estimate", "people.csv", *TEXT, "--json", "--file-encoding", "cp1252") == there


def test_a_row_is_called_what_the_file_calls_it(refused, folder):
    (folder / "people.csv").write_text("to,land\n+33639981020,FR\n+33639981021,Fra\n", encoding="utf-8")
    said = refused("estimate", "people.csv", "--text", "a", "--country", "land")
    assert said.startswith("row 3, column 'land': 'Fra' is not a country")


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ("country,cents\nFR,x\n", "card.csv: line 2"),
        ("country,cents\nFR,nan\n", "card.csv: line 2"),
        ("country,cents\nFR,1\nFR,1\n", "card.csv: line"),
        ("country,price\nFR,0.1\n", "card.csv: line 2, column price"),
    ],
)
def test_a_bad_card_is_named_with_its_line(refused, folder, card, said):
    (folder / "card.csv").write_text(card, encoding="utf-8")
    assert said in refused("estimate", "people.csv", *TEXT, "--rates", "card.csv", "--currency", "EUR")


def test_a_number_that_opted_out_and_is_none_is_refused(refused, folder):
    (folder / "stop.txt").write_text("n/a\n", encoding="utf-8")
    assert refused("estimate", "people.csv", *TEXT, "--exclude", "stop.txt").startswith(
        "exclude, row 0: 'n/a'"
    )


def test_what_is_refused_speaks_to_no_terminal(refused):
    assert "\\x1b[2J" in refused("estimate", "\x1b[2J.csv", "--text", "a")


# the demo, help, and the end of the process


def test_the_demo_tells_what_it_costs_and_why(call, folder):
    code, out, err = call("demo")
    assert (code, err) == (0, "callr-segment: wrote demo.html\n")
    for said in (
        "EUR",
        "amount_text",
        "RIGHT SINGLE QUOTATION MARK",
        "duplicate",
        "invalid number",
        "By country",
    ):
        assert said in out
    assert "<h1>A winter sale, the demo campaign</h1>" in (folder / "demo.html").read_text(encoding="utf-8")


def test_the_demo_runs_again_and_replaces_no_other_page(call, refused, folder):
    assert call("demo")[0] == call("demo")[0] == 0
    (folder / "demo.html").write_text("mine", encoding="utf-8")
    assert "demo.html exists" in refused("demo")
    assert call("demo", "--report", "other.html", "--json")[0] == 0
    assert call("demo", "--force")[0] == 0


def test_version_and_help(call):
    assert call("--version") == (0, f"{sms.__version__}\n", "")
    code, out, err = call("--help")
    assert (code, err) == (0, "")
    assert {"count", "estimate", "demo"} <= set(out.split())
    assert "--file-encoding" in call("estimate", "--help")[1]
    assert call()[0] == 0


def test_the_module_runs_as_the_command_does():
    done = process("--version")
    assert (done.returncode, done.stdout.decode()) == (0, f"{sms.__version__}\n")


def test_without_its_extra_one_line_says_which(call, monkeypatch):
    monkeypatch.setitem(sys.modules, "cyclopts", None)
    code, out, err = call("count", "a")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert 'pip install "callr-segment[cli]"' in err


def test_without_pandas_a_campaign_says_which_extra_brings_it():
    code = "import sys; sys.modules['pandas'] = None\nfrom callr_segment.cli import main; main(['demo'])"
    done = run_python(code)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert 'pip install "callr-segment[cli]"' in done.stderr


def test_a_reader_that_goes_away_is_no_error():
    command = [sys.executable, "-m", "callr_segment", "estimate", *CAMPAIGN, "--json"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    running.stdout.close()
    assert running.stderr.read() == b""
    assert running.wait() == 141
    running.stderr.close()


def test_ctrl_c_ends_with_130_and_one_line(call, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("callr_segment.cli.count_text.segment", interrupt)
    assert call("count", "a") == (130, "", "callr-segment: interrupted\n")


def test_ctrl_c_on_a_process():
    done = run_python("""import os, signal, time
from callr_segment.cli import count_text, main
count_text.segment = lambda *_, **__: os.kill(os.getpid(), signal.SIGINT) or time.sleep(60)
main(["count", "a"])""")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "callr-segment: interrupted\n")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_shows_how_far_it_is(call, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    assert json.loads(call("estimate", *CAMPAIGN, "--json")[1])["rows"] == 2010
    assert "2010/2010" in terminal.getvalue()


def test_a_terminal_may_be_spared(call, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    call("estimate", *CAMPAIGN, "--json", "--no-progress")
    assert terminal.getvalue() == ""


def test_a_terminal_has_colours_and_markup_in_the_data_has_none(monkeypatch, folder):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    (folder / "people.csv").write_text("to\n[red]n/a[/red]\x1b[31m\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["estimate", "people.csv", "--text", "[bold]ça[/]", "--to", "to"])
    said = terminal.getvalue()
    assert "\x1b[1mpeople.csv\x1b[0m" in said
    assert "[red]n/a[/red]\\x1b[31m" in said
    assert "\x1b[31m" not in said


def test_the_alphabet_of_a_terminal_may_be_small():
    done = process("count", "ça €", env=ENVIRONMENT | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.returncode == 0
    assert b"\\xe7 U+00E7" in done.stdout


def test_recipients_come_from_standard_input_and_from_gzip_too(call, folder, monkeypatch):
    whole = call("estimate", "people.csv", *TEXT, "--json")[1]
    (folder / "people.csv.gz").write_bytes(gzip.compress((folder / "people.csv").read_bytes()))
    assert call("estimate", "people.csv.gz", *TEXT, "--json")[1] == whole
    stdin = io.TextIOWrapper(io.BytesIO((folder / "people.csv").read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert call("estimate", "-", *TEXT, "--json")[1] == whole


def test_numbers_to_exclude_and_recipients_to_verify_come_from_standard_input(call, folder):
    people = (folder / "people.csv").read_bytes()
    numbers = b"+33639981020\n"
    found = process("estimate", "people.csv", *TEXT, "--exclude", "-", "--json", input=numbers, cwd=folder)
    assert json.loads(found.stdout)["opted_out"] == {"given": 1, "found": 1}
    (folder / "told.json").write_text(call("estimate", "people.csv", *TEXT, "--json")[1], encoding="utf-8")
    assert process("verify", "told.json", "-", input=people, cwd=folder).returncode == 0
    changed = people.replace(b"\n", b"\n+33612345678,Bo\n", 1)
    assert process("verify", "told.json", "-", input=changed, cwd=folder).returncode == 1


def test_standard_input_is_one_file_and_is_nothing_to_send(refused):
    said = refused("estimate", "-", *TEXT, "--exclude", "-")
    assert said.startswith("standard input is one file; give the recipients, or --exclude, by name")
    said = refused("send", "-", *TEXT, "--ledger", "sent.ledger")
    assert said.startswith("send reads no standard input")
    assert said.rstrip().endswith("write them to a file")
    assert "unknown option" in refused("estimate", "people.csv", *TEXT, "--exclude", "--json")


def test_sheets_and_header_rows_are_said_to_verify_and_of_numbers_to_exclude(call, folder):
    people = pd.read_csv(folder / "people.csv", dtype=str)
    with pd.ExcelWriter(folder / "all.xlsx") as book:
        pd.DataFrame({"note": ["not this"]}).to_excel(book, sheet_name="about", index=False)
        people.to_excel(book, sheet_name="people", index=False, startrow=2)
        people[["to"]][:1].to_excel(book, sheet_name="stop", index=False, startrow=1)
    excluded = ("--exclude", "all.xlsx", "--exclude-sheet", "stop", "--exclude-header", "2")
    where = ("--sheet", "people", "--header", "3")
    told = call("estimate", "all.xlsx", *where, *TEXT, *excluded, "--json")[1]
    assert json.loads(told)["opted_out"] == {"given": 1, "found": 1}
    (folder / "told.json").write_text(told, encoding="utf-8")
    assert call("verify", "told.json", "all.xlsx", *where, *excluded)[0] == 0


def test_what_is_read_is_never_written_over(refused, folder):
    (folder / "link.csv").symlink_to("people.csv")
    os.link(folder / "people.csv", folder / "hard.csv")
    for name in ("people.csv", "link.csv", "hard.csv"):
        said = refused("estimate", "people.csv", *TEXT, "--out", name, "--force")
        assert f"{name} is read itself, as people.csv" in said
    assert (folder / "people.csv").read_text(encoding="utf-8") == SMALL
