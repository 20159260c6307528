"""Formulas: LaTeX to MathML, and the font that draws it, while the site is built."""

from __future__ import annotations

import base64
import html
import importlib.util
import io
import re
import string
from functools import cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from math_core import LatexError, LatexToMathML

# What pymdownx.arithmatex leaves of $...$ and $$...$$ in its generic form.
FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<latex>.*?)\\[)\]]</(?P=tag)>',
    re.DOTALL,
)
# A browser draws the one letter of an <mi> with its mathematical italic.
ITALICS = [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C)]
ALWAYS = {*string.printable, *map(chr, ITALICS), *"⋆∗×"}  # these stand in figures, too

# OpenType features that a layout of mathematics asks for: letters without their dots below
# accents, and flat accents. (Of ``ssty``, forms for superscripts, see `_lower_primes`.)
FEATURES = ["dtls", "flac"]
PRIMES = range(0x2032, 0x2035)
LICENCE = "STIXTwoMath-OFL.txt"  # beside the style sheet, as the font's licence asks


class FormulaError(Exception):
    """A formula that is not LaTeX as we know it."""


def typeset(content: str) -> str:
    r"""Replace every formula in a page's HTML by MathML.

    Raises
    ------
    FormulaError
        If a formula cannot be read; the message quotes it.

    Examples
    --------
    >>> "<msup>" in typeset('<span class="arithmatex">\\(x^2\\)</span>')
    True
    """
    return FORMULA.sub(_convert, content)


def characters(content: str) -> set[str]:
    """Return the characters that the formulas of a page's HTML use."""
    formulas = re.findall(r"<math.*?</math>", content, re.DOTALL)
    return set(html.unescape(re.sub(r"<[^>]*>", "", "".join(formulas))))


@cache
def style_sheet(used: frozenset[str]) -> str:
    """Return a style sheet that holds STIX Two Math, no more than the characters in use.

    A font in a file of its own arrives later than the text, and moves what it changes. This
    one is read at the first layout of a page, for a letter that nobody sees: browsers read
    a font when it is first used, and lay out again what they have laid out by then.

    The font is under the SIL Open Font License; the wheel of ziamath ships it.
    """
    options = subset.Options(flavor="woff2", hinting=False)
    options.layout_features += FEATURES
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(used | ALWAYS)))
    file = io.BytesIO()
    with subset.load_font(str(font_path()), options) as font:
        _lower_primes(font)
        subsetter.subset(font)
        subset.save_font(font, file, options)
    data = base64.b64encode(file.getvalue()).decode()
    return (
        f"/*! STIX Two Math, under the SIL Open Font License: see {LICENCE} */\n"
        '@font-face {\n  font-family: "STIX Two Math";\n'
        f'  src: url("data:font/woff2;base64,{data}") format("woff2");\n}}\n'
        '.md-header::after {\n  content: "x";\n  position: absolute;\n'
        '  visibility: hidden;\n  font-family: "STIX Two Math";\n}\n'
    )


def font_path() -> Path:
    """Return where the whole font lies."""
    spec = importlib.util.find_spec("ziamath")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0], "fonts", "STIXTwoMath-Regular.ttf")


def _lower_primes(font: TTFont) -> None:
    """Give primes their form for superscripts, where alone they stand in formulas.

    Chromium does not ask a font for that form (the feature ``ssty``), and raises the usual
    one, which is high already. To keep the feature for all signs would double the font.
    """
    names = font.getBestCmap()
    forms = {prime: f"{names[prime]}.ssty" for prime in PRIMES}
    for table in font["cmap"].tables:
        if forms.keys() <= table.cmap.keys():
            table.cmap.update(forms)


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)


def _convert(match: re.Match[str]) -> str:
    latex = html.unescape(match["latex"])
    display = match["tag"] == "div"
    try:
        formula = _converter().convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise FormulaError(f"cannot read the formula {latex!r}: {error}") from None
    return f'<div class="conv-formula">{formula}</div>' if display else str(formula)
