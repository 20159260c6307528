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
from math_core import LatexError, LatexToMathML

# What pymdownx.arithmatex leaves of $...$ and $$...$$ in its generic form.
FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<latex>.*?)\\[)\]]</(?P=tag)>',
    re.DOTALL,
)
# A browser draws the one letter of an <mi> with its mathematical italic.
ITALICS = [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C)]
ALWAYS = {*string.printable, *map(chr, ITALICS), *"⋆∗×"}  # these stand in figures, too


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
    spec = importlib.util.find_spec("ziamath")
    assert spec is not None
    assert spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0], "fonts", "STIXTwoMath-Regular.ttf")
    options = subset.Options(flavor="woff2", hinting=False)
    loaded = subset.load_font(str(path), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(used | ALWAYS)))
    subsetter.subset(loaded)
    file = io.BytesIO()
    subset.save_font(loaded, file, options)
    data = base64.b64encode(file.getvalue()).decode()
    return (
        '@font-face {\n  font-family: "STIX Two Math";\n'
        f'  src: url("data:font/woff2;base64,{data}") format("woff2");\n}}\n'
        '.md-header::after {\n  content: "x";\n  position: absolute;\n'
        '  visibility: hidden;\n  font-family: "STIX Two Math";\n}\n'
    )


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
