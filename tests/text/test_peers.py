"""The counters people use agree with ours, but for disagreements whose reasons are known.

smsutil comes from PyPI. The two of npm are installed as locked, into a cache folder, when CI is set or that
folder exists. A reason explains a disagreement only if it foretells the very parts the counter answers with.
"""

import json
import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from corpus import PAIR, boundary_texts

from callr_segment.alphabet.gsm import LIMITS
from callr_segment.text.message import is_gsm, segment

pytestmark = pytest.mark.once

ADAPTERS = Path(__file__).with_name("peers")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "callr-segment" / "peers"

ZALGO = "e" + "\u0301" * 200
CLUSTERS = ("🇫🇷", "👨‍👩‍👧‍👦", "👍🏽", "❤️", "e\u0301", "क्षि", "각", "กำ", "\r\n", ZALGO[:30], ZALGO)


class Answer(NamedTuple):
    """What a counter says of a text: its encoding, and the units of each part."""

    encoding: str
    parts: tuple[int, ...]


class Reply(NamedTuple):
    """An answer and, where the counter tells them, the pieces of the text it never cuts."""

    answer: Answer
    pieces: tuple[str, ...] = ()


class Reason(NamedTuple):
    """Why a counter disagrees: a text on which it does, and whether this explains its reply to any other."""

    example: str
    explains: Callable[[str, Reply], bool]


def ours(text):
    found = segment(text)
    return Answer(found.encoding, tuple(part.units for part in found.split()))


def is_empty(text, reply):
    return text == "" and reply.answer.parts == (0,)


def takes_the_escape_for_gsm(text, reply):
    return reply.answer == ours(text.replace("\x1b", " "))


def pairs_any_high_surrogate(text, reply):
    """Each lone high surrogate takes the unit after it along, be it half of a pair or missing."""
    lone = re.compile(r"[\ud800-\udbff](?:([\U00010000-\U0010ffff])|[\0-\uffff]|$)")
    return reply.answer == ours(lone.sub(lambda found: PAIR + ("\udc00" if found[1] else ""), text))


def packed(widths, single, part):
    """Fill parts with whole pieces; what leaves the first part for its header is not measured again."""
    parts, room = [[]], single
    for width in widths:
        if sum(parts[-1]) + width > room:
            room = part
            parts.append([])
            while len(parts) == 2 and sum(parts[0]) > part:
                parts[1].insert(0, parts[0].pop())
        parts[-1].append(width)
    return tuple(map(sum, parts))


def is_cluster(piece):
    """One character, or several of which at most one stands alone elsewhere: the others are not even GSM."""
    return len(piece) == 1 or sum(map(is_gsm, piece)) <= 1


def keeps_clusters(text, reply):
    """Every cluster is left whole; only texts in Unicode have any."""
    if "".join(reply.pieces) != text or not all(map(is_cluster, reply.pieces)):
        return False
    widths = [len(piece.encode("utf-16-be", "surrogatepass")) // 2 for piece in reply.pieces]
    return reply.answer == ("unicode", packed(widths, LIMITS.unicode_single, LIMITS.unicode_part))


def is_overfull(reply):
    return len(reply.answer.parts) > 1 and max(reply.answer.parts) > LIMITS.unicode_part


def fills_with_clusters(text, reply):
    return keeps_clusters(text, reply) and not is_overfull(reply)


def overfills_with_clusters(text, reply):
    return keeps_clusters(text, reply) and is_overfull(reply)


EMPTY = {"the empty text is one part": Reason("", is_empty)}
KNOWN = {
    "smsutil": EMPTY | {"the escape is GSM": Reason("\x1be", takes_the_escape_for_gsm)},
    "split-sms": EMPTY | {"a lone high surrogate counts two": Reason("a\ud83d", pairs_any_high_surrogate)},
    "sms-segments-calculator": EMPTY
    | {
        "grapheme clusters stay whole": Reason("ç" * 65 + "👍🏽" + "ç" * 65, fills_with_clusters),
        "grapheme clusters overfill a part": Reason(ZALGO, overfills_with_clusters),
    },
}
NPM = [pytest.param(peer, marks=pytest.mark.slice) for peer in KNOWN if peer != "smsutil"]
PEERS = pytest.mark.parametrize("peer", ["smsutil", *NPM])


@pytest.fixture(scope="session")
def node_modules():
    """Folder of the counters from npm, installed as locked."""
    if not CACHE.is_dir() and not os.environ.get("CI"):
        pytest.skip(f"to compare with the counters of npm, mkdir -p {CACHE}: they are then installed there")
    if not shutil.which("npm"):
        pytest.skip("to compare with the counters of npm, install node and npm")
    installed = CACHE / "package-lock.json"
    if not installed.exists() or installed.read_bytes() != (ADAPTERS / installed.name).read_bytes():
        install()
    return CACHE / "node_modules"


def install():
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ADAPTERS / name, CACHE)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=CACHE, capture_output=True, text=True, check=False)
    if done.returncode:
        (CACHE / "package-lock.json").unlink()
        pytest.skip(f"the counters of npm could not be installed: {done.stderr.strip()[-200:]}")


def ask_smsutil(texts):
    smsutil = pytest.importorskip("smsutil", reason="to compare with smsutil, pip install smsutil==1.1.3")
    for text in texts:
        found = smsutil.split(text)
        encoding, octets = ("gsm", 1) if found.encoding == "gsm0338" else ("unicode", 2)
        yield Reply(Answer(encoding, tuple(part.bytes // octets for part in found.parts)))


def ask_npm(peer, texts, node_modules):
    done = subprocess.run(
        ["node", ADAPTERS / "answers.js", peer],
        input=json.dumps(texts),
        env=os.environ | {"NODE_PATH": str(node_modules)},
        capture_output=True,
        text=True,
        check=True,
    )
    for encoding, parts, pieces in json.loads(done.stdout):
        yield Reply(Answer(encoding, tuple(parts)), tuple(pieces))


@pytest.fixture
def ask(request, peer):
    """Put texts to a counter and read its replies."""
    if peer == "smsutil":
        return ask_smsutil
    folder = request.getfixturevalue("node_modules")
    return lambda texts: ask_npm(peer, texts, folder)


def reasons_for(peer, text, reply):
    return [words for words, reason in KNOWN[peer].items() if reason.explains(text, reply)]


def unexplained(peer, texts, replies):
    """Texts on which a counter disagrees with us for no reason that is known."""
    return [
        (text, ours(text), reply.answer)
        for text, reply in zip(texts, replies, strict=True)
        if reply.answer != ours(text) and not reasons_for(peer, text, reply)
    ]


def clustered_texts(count, *, seed=20261122):
    """Texts of about one to five parts in which what a reader sees as one character is many."""
    rng = random.Random(seed)
    pieces = ("ç", "a", *CLUSTERS)
    for _ in range(count):
        text = "".join(rng.choice(pieces) * rng.choice((1, 2, 9, 40)) for _ in range(rng.randint(1, 9)))
        yield text[: rng.choice((69, 71, 135, 200, 300))]


@PEERS
def test_boundary_heavy_texts(peer, ask):
    texts = ["", *boundary_texts(20_000)]
    assert unexplained(peer, texts, ask(texts)) == []


@PEERS
def test_texts_of_grapheme_clusters(peer, ask):
    texts = list(clustered_texts(2_000))
    assert unexplained(peer, texts, ask(texts)) == []


@PEERS
def test_real_texts(peer, ask, shared):
    folder = shared / "texts"
    spam = (folder / "SMSSpamCollection.tsv").read_text(encoding="utf-8").splitlines()
    templates = (folder / "sms_templates_multilingual.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [line.partition("\t")[2] for line in spam] + [json.loads(line)["text"] for line in templates]
    assert len(texts) > 5_000
    assert unexplained(peer, texts, ask(texts)) == []


@PEERS
def test_every_known_disagreement_occurs(peer, ask):
    texts = [reason.example for reason in KNOWN[peer].values()]
    for words, text, reply in zip(KNOWN[peer], texts, ask(texts), strict=True):
        assert reply.answer != ours(text)
        assert reasons_for(peer, text, reply) == [words]


@pytest.mark.parametrize("peer", KNOWN)
def test_no_reason_explains_another_answer(peer):
    """Were a counter wrong in a new way on the very texts that have a reason, it would show."""
    texts = [reason.example + "ç" * 200 for reason in KNOWN[peer].values()]
    wrong = [Reply(Answer("unicode", (66, 67, 67, 3)), tuple(text)) for text in texts]
    assert len(unexplained(peer, texts, wrong)) == len(texts)
