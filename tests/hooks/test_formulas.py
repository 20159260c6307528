"""Formulas: what stands on a page, in its tables and its contents, and their font."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from hooks import mathml as formulas

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def whole():
    """Return the font as it comes."""
    with TTFont(formulas.font_path()) as font:
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
