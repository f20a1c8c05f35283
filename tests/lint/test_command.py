"""`callr-segment lint`: exit codes, outputs, fixes, suppressions, settings, and what it does without."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.once

TEXTS = '{\n  "otp": "Votre code est 4821",\n  "promo": "C’est l’été, à bientôt"\n}\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fr.json").write_text(TEXTS, encoding="utf-8")
    return tmp_path


def test_findings_are_told_where_they_are(folder, call):
    code, out, err = call("lint", "fr.json", "--output", "concise")
    assert code == 1
    assert out.splitlines() == [
        'fr.json:3:14: SMS001 [*] ’ (U+2019) is not GSM; write "\'"',
        'fr.json:3:20: SMS001 [*] ’ (U+2019) is not GSM; write "\'"',
        "fr.json:3:33: SMS002 ô (U+00F4) is not GSM; write 'o' if that may be read",
    ]
    assert err == "callr-segment: 3 findings in 1 file; 2 can be made good with --fix\n"


def test_warnings_alone_do_not_fail(folder, call):
    assert call("lint", ".", "--ignore", "SMS001")[0] == 0


def test_fixes_are_written_and_what_is_left_is_told(folder, call):
    assert call("lint", "fr.json", "--fix")[0] == 0
    assert json.loads((folder / "fr.json").read_text(encoding="utf-8"))["promo"] == "C'est l'été, à bientôt"
    assert call("lint", "fr.json", "--fix", "--unsafe-fixes", "--output", "concise")[1] == ""
    assert "bientot" in (folder / "fr.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a.json", '{"a": "“x”"}', '{"a": "\\"x\\""}'),
        ("a.xml", '<r><string name="a">l’x</string></r>', '<r><string name="a">l\\\'x</string></r>'),
        ("a.yml", "a: 'l’x'\n", "a: 'l''x'\n"),
        ("a.yml", "a: “x\n", "a: “x\n"),  # a plain text of YAML cannot begin with a quote
        ("a.csv", 'text\n"“x”"\n', 'text\n"""x"""\n'),
        ("a.strings", '"a" = "“x”";\n', '"a" = "\\"x\\"";\n'),
        ("a.po", 'msgid "a"\nmsgstr "“x”"\n', 'msgid "a"\nmsgstr "\\"x\\""\n'),
        ("a.json", '{"a": "l\\u2019x"}', '{"a": "l\\u2019x"}'),  # what is escaped is left alone
    ],
)
def test_a_fix_keeps_the_format_whole(folder, call, name, before, after):
    (folder / name).write_text(before, encoding="utf-8")
    call("lint", name, "--fix")
    assert (folder / name).read_text(encoding="utf-8") == after


def test_comments_suppress_and_say_when_in_vain(folder, call):
    (folder / "a.yml").write_text(
        "# sms: ignore[SMS001]\na: l’x\nb: l’y  # sms: ignore\nc: ok  # sms: ignore[SMS001]\n",
        encoding="utf-8",
    )
    code, out, _ = call("lint", "a.yml", "--output", "concise")
    assert (code, out) == (0, "a.yml:4:8: SMS900 this comment suppresses nothing; take it out\n")


def test_a_baseline_tells_what_is_new(folder, call):
    assert call("lint", ".", "--add-baseline")[0] == 0
    assert call("lint", ".")[:2] == (0, "")
    (folder / "fr.json").write_text(TEXTS.replace("C’est", "C’est… "), encoding="utf-8")
    assert call("lint", ".", "--output", "concise")[1].count("\n") == 1


def test_settings_of_the_project(folder, call):
    (folder / "pyproject.toml").write_text(
        '[tool.callr-segment.lint]\nfiles = ["*.json"]\nkeys = ["otp"]\nmax-parts = 1\n', encoding="utf-8"
    )
    assert call("lint")[:2] == (0, "")
    (folder / "pyproject.toml").write_text("[tool.callr-segment.lint]\nmax-part = 1\n", encoding="utf-8")
    code, _, err = call("lint", "fr.json")
    assert code == 2
    assert "lint has no setting 'max-part'; did you mean 'max-parts'" in err


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (["nowhere.json"], "nowhere.json: there is no such file"),
        (["a.docx"], "a.docx: of no known format"),
        ([], "there is nothing to look at"),
        (["fr.json", "--select", "SMS9x"], "there is no code 'SMS9x'"),
        (["fr.json", "--unsafe-fixes"], "--unsafe-fixes goes with --fix"),
    ],
)
def test_what_cannot_be_done_is_refused(folder, call, tokens, message):
    (folder / "a.docx").touch()
    code, out, err = call("lint", *tokens)
    assert (code, out) == (2, "")
    assert message in err


def test_other_programs_can_read_it(folder, call):
    (record, *_) = json.loads(call("lint", "fr.json", "--output", "json")[1])
    assert (record["line"], record["column"], record["code"], record["fix"]) == (
        3, 14, "SMS001", {"text": "'", "safe": True},
    )  # fmt: skip
    said = call("lint", "fr.json", "--output", "github")[1].splitlines()
    assert said[0].startswith("::error file=fr.json,line=3,col=14,endLine=3,endColumn=15,title=SMS001::")
    run = json.loads(call("lint", "fr.json", "--output", "sarif")[1])["runs"][0]
    assert {each["ruleId"] for each in run["results"]} <= {
        rule["id"] for rule in run["tool"]["driver"]["rules"]
    }
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] == 14


def test_nothing_of_a_file_speaks_to_the_terminal(folder, call):
    (folder / "a.json").write_text('{"a": "l’\x9b2J\u202e"}', encoding="utf-8")
    for form in ("full", "concise", "github"):
        assert not {"\x9b", "\u202e"} & set(call("lint", "a.json", "--output", form)[1])


def test_it_loads_no_frame_library(folder):
    code = (
        "import sys\nfrom callr_segment.cli import main\n"
        "try: main(['lint', 'fr.json'])\nexcept SystemExit: pass\n"
        "print({'numpy', 'pandas', 'pyarrow'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stderr.splitlines()[-1] == "set()"
