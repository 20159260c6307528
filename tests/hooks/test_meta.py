"""What a page says about itself, and links to the glossary about their terms."""

from __future__ import annotations

import re
from pathlib import Path

import jupytext
import pytest
from bs4 import BeautifulSoup
from markdown import Markdown
from markdown.extensions import Extension

from hooks import meta

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("For x < 3 and y > 2 the sum is 4.", "For x &lt; 3 and y &gt; 2 the sum is 4."),
        ("The `a < b` of\n[a *window*](x.md). It.", "The a &lt; b of a window. It."),
        ("It is <b>short</b>. " + "word " * 60 + ".", "It is short."),
        ('What "is" & was.', "What &quot;is&quot; &amp; was."),
        ("- A list.\n\n<p>HTML.</p>\n\nText at last? Yes", "Text at last?"),
        ("No sentence", ""),
    ],
)
def test_a_page_is_described_by_its_first_sentences(text, expected):
    """In plain words: no markup, nothing lost, no half sentence, no more than fit."""
    assert meta.description(f"# Title\n\n{text}\n") == expected


def test_every_page_is_described_in_its_own_words():
    """Each page of the site has a description of 50 to 240 characters, and none shares it."""
    described = {}
    for path in [*DOCS.rglob("*.md"), *DOCS.rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            cells = jupytext.reads(text, fmt="py:percent").cells
            text = "\n\n".join(c.source for c in cells if c.cell_type == "markdown")
        described[path] = meta.description(text)
    assert len(set(described.values())) == len(described) > 10
    assert {p: d for p, d in described.items() if not 50 <= len(d) <= 240} == {}


def test_what_a_page_says_itself_stays():
    """Its own description and rank are not replaced; the guide is ranked, other pages not."""
    own = {"description": "Mine.", "search": {"boost": 1}}
    meta.describe(own, "guide/a.py", "# A\n\nOther.", {"guide/a.py": "2001-01-02"})
    assert own == {"description": "Mine.", "search": {"boost": 1}, "updated": "2001-01-02"}
    found: dict = {}
    meta.describe(found, "guide/b.py", "# A\n\nOther.", {})
    assert found == {"description": "Other.", "search": {"boost": meta.BOOST}}
    found = {}
    meta.describe(found, "b.py", "# A", {})
    assert found == {}


class Links(Extension):
    """What links say, alone."""

    def extendMarkdown(self, md):
        terms = meta.terms('# Terms\n\n## Stride { #stride }\n\nA "step" & more.\n')
        meta.extend(md, terms, {"guide/a.py": 7})


def test_cards_say_how_long_their_page_takes():
    """A link with the class of a card ends with minutes; others do not."""
    text = "[A](guide/a.py){ .conv-card } and [a](guide/a.py)"
    html = Markdown(extensions=[Links(), "attr_list"]).convert(text)
    assert 'href="guide/a.py">A<small>7 min</small></a> and' in html
    assert html.count("min") == 1


def test_links_to_the_glossary_say_what_the_term_means():
    """In text, from any folder; not on other links, nor in code."""
    html = Markdown(extensions=[Links()]).convert(
        "[One](../reference/glossary.md#stride), [two](glossary.md#stride), "
        "[three](glossary.md#unknown), [four](api.md#stride), `[5](glossary.md#stride)`"
    )
    links = BeautifulSoup(html, "html.parser")("a")
    assert [link.get("title") for link in links] == ['A "step" & more.'] * 2 + [None] * 2


def test_a_term_that_links_to_others_is_shown_without_links():
    """A tooltip is plain text."""
    assert meta.terms("## A { #a }\n\nA [b](#b), not a [c](#c).\n") == {
        "a": "A b, not a c."
    }


def test_the_glossary_has_a_line_of_letters():
    """Before its terms, each leading to the first that begins with it."""
    text = "# Terms\n\nAll.\n\n## Bias { #bias }\n\nB.\n\n## box { #box }\n\n## Z { #z }\n"
    line = "[B](#bias) [Z](#z)\n{ .conv-letters }\n\n"
    assert meta.alphabet(text) == text.replace("## Bias", f"{line}## Bias")


def test_every_term_of_the_glossary_fits_into_a_tooltip():
    """Its first line stands there as it is: in whole sentences, without markup, not too long."""
    glossary = (DOCS / meta.GLOSSARY).read_text(encoding="utf-8")
    terms = meta.terms(glossary)
    assert len(terms) == glossary.count("\n## ") > 30
    names = re.findall("^## (.*) {", glossary, re.MULTILINE)
    assert names == sorted(names, key=str.lower)
    for anchor, meaning in terms.items():
        assert meaning.endswith("."), anchor
        assert len(meaning) <= 240, anchor
        assert not set("`*[]$<>{}") & set(meaning), anchor


def test_days_of_commits_are_known_from_the_whole_history_alone(tmp_path, monkeypatch, git):
    """Each file has its own last day; without git, or in a shallow clone, none has."""
    docs = tmp_path / "whole" / "docs"
    (docs / "guide").mkdir(parents=True)
    assert meta.days_of_last_commits(str(docs)) == {}
    assert meta.day_of_commit(str(docs)) == ""
    git(docs.parent, "init", "--quiet")
    for number, name in enumerate(["guide/é b.py", "index.md", "index.md"]):
        (docs / name).write_text(f"{number}")
        git(docs.parent, "add", ".")
        day = f"2001-01-0{number + 1}"
        git(docs.parent, "commit", "--quiet", "--message", day, day=day)
    days = {"guide/é b.py": "2001-01-01", "index.md": "2001-01-03"}
    assert meta.days_of_last_commits(str(docs)) == days
    assert meta.day_of_commit(str(docs)) == "2001-01-03"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{docs.parent}", "shallow")
    assert meta.days_of_last_commits(str(tmp_path / "shallow" / "docs")) == {}
    monkeypatch.setenv("PATH", str(tmp_path))  # where no git is
    assert meta.days_of_last_commits(str(docs)) == {}
