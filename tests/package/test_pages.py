"""Pages stay short and true: their links lead somewhere, and their pictures are what the library says."""

import importlib.util
import re

import pytest
from folders import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted(ROOT.glob("docs/**/*.md")),
]
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not (ROOT / "README.md").exists(), reason="the pages are not beside these tests"),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_is_read_in_a_few_minutes():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


def test_the_picture_is_made_by_the_library():
    spec = importlib.util.spec_from_file_location("make_picture", ROOT / "scripts" / "make_picture.py")
    make_picture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_picture)
    assert make_picture.TARGET.read_text(encoding="utf-8") == make_picture.source()
