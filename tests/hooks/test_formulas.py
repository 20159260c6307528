"""Formulas: what stands on a page, in its tables and its contents, and their font."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from markdown import Markdown
from markdown.extensions import Extension

from hooks import formulas

ROOT = Path(__file__).parent.parent.parent


class Formulas(Extension):
    """Formulas alone."""

    def extendMarkdown(self, md):
        formulas.extend(md, set(), [])


@pytest.fixture
def md():
    """Return a converter as the site has it, as far as formulas are concerned."""
    arithmatex = {"pymdownx.arithmatex": {"generic": True}}
    names = ["tables", "toc", "attr_list", "abbr", *arithmatex]
    return Markdown(extensions=[*names, Formulas()], extension_configs=arithmatex)


def test_formulas_become_mathml(md):
    """In a line and as a block, with what LaTeX and HTML write in different ways."""
    html = md.convert(r"If $a < b \max c$, then." "\n\n$$ x^2 > \\tfrac12 $$")
    inline, block = BeautifulSoup(html, "html.parser")("math")
    assert inline.get_text() == "a<bmax\u2061c"
    assert inline.next_sibling == ", then."
    assert block["display"] == "block"
    assert block.parent["class"] == ["conv-formula"]
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in html
    assert set("ab<max\u2061c2>1") <= set(md.treeprocessors["formulas"].characters)


def test_formulas_that_cannot_be_read_are_named(md):
    """All of a page, as they were written."""
    md.convert(r"$\frac{1}$, $x$ and $\nosuch$")
    first, second = md.treeprocessors["formulas"].unreadable
    assert r"\\frac{1}" in first
    assert r"\\nosuch" in second


def test_formulas_in_headings_are_readable_in_the_contents(md):
    """In words and signs, not in TeX; words around them, abbreviations and ids stay."""
    text = "## Why $n^2$, not $n^{2k}$ or $\\frac{a}{b_i}$\n\n## Sums { #sums }\n\n## Plain `x`"
    html = md.convert(text)
    names = [token["name"] for token in md.toc_tokens]
    assert names == ["Why n^2, not n^2k or a/b_i", "Sums", "Plain x"]
    assert [token["id"] for token in md.toc_tokens][1:] == ["sums", "plain-x"]
    assert len(BeautifulSoup(html, "html.parser").h2("math")) == 3
    assert "toc-label" not in html


def test_a_formula_with_bars_is_one_cell(md):
    """A formula in a table is not split at its bars; code and prices are as before."""
    rows = "| a | b |\n| - | - |\n| $|x|$ | `|` |\n| $5 | 6 $ |\n| \\$7 | $P(a|b) = |y|$ |"
    html = md.convert(rows)
    cells = [
        [cell.get_text() for cell in row("td")]
        for row in BeautifulSoup(html, "html.parser")("tr")[1:]
    ]
    assert cells == [["|x|", "|"], ["$5", "6 $"], ["$7", "P(a|b)=|y|"]]


@pytest.fixture
def whole():
    """Return the font as it comes."""
    with TTFont(str(formulas.FONT)) as font:
        yield font


def cut(characters):
    """Return the font that the style sheet holds."""
    sheet = formulas.style_sheet(frozenset(characters))
    [data] = re.findall(r";base64,([^\"]+)\"", sheet)
    return TTFont(io.BytesIO(base64.b64decode(data)))


def test_primes_stand_low_enough_to_be_raised(whole):
    """They have the form for superscripts: Chromium asks for no other, and raises what it gets."""
    font = cut("′")
    usual = whole["glyf"]["minute"].yMax
    prime = font["glyf"][font.getBestCmap()[ord("′")]]
    assert usual > 650
    assert prime.yMax == whole["glyf"]["minute.ssty"].yMax < 550


def test_the_font_of_formulas_stays_small():
    """The features of mathematical type that are kept cost hardly anything."""
    sheet = formulas.style_sheet(frozenset("′∑α"))
    assert len(sheet) < 33_000
    features = cut("′∑αi")["GSUB"].table.FeatureList.FeatureRecord
    assert "dtls" in {record.FeatureTag for record in features}


def test_the_licence_of_the_font_is_published(whole):
    """It has the font's own line of copyright, stands beside the style sheet, and is named there."""
    licence = (ROOT / "docs" / "assets" / formulas.LICENCE).read_text(encoding="utf-8")
    assert licence.startswith(str(whole["name"].getDebugName(0)))
    assert "SIL OPEN FONT LICENSE Version 1.1 - 26 February 2007" in licence
    assert formulas.LICENCE in formulas.style_sheet(frozenset()).splitlines()[0]
