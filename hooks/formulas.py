"""Formulas: LaTeX to MathML, and the font that draws it, while the site is built."""

from __future__ import annotations

import base64
import html
import io
import re
import string
from functools import cache
from importlib.metadata import distribution
from xml.etree.ElementTree import Element, fromstring

from fontTools import subset
from fontTools.ttLib import TTFont
from markdown import Markdown
from markdown.extensions.tables import TableProcessor
from markdown.treeprocessors import Treeprocessor
from math_core import LatexError, LatexToMathML

# A browser draws the one letter of an <mi> with its mathematical italic.
ITALICS = [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C)]
# Signs stand in figures, too; that of a root stands in no text, since <msqrt> draws it.
ALWAYS = {*string.printable, *map(chr, ITALICS), *"⋆∗×√"}
FONT = distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")
# OpenType features that a layout of mathematics asks for: letters without their dots below
# accents, and flat accents. (Of ``ssty``, forms for superscripts, see `_lower_primes`.)
FEATURES = ["dtls", "flac"]
PRIMES = range(0x2032, 0x2035)
LICENCE = "STIXTwoMath-OFL.txt"  # beside the style sheet, as the font's licence asks
SIGNS = {"msup": "^", "msub": "_", "mfrac": "/"}  # what stands between their parts
INVISIBLE = dict.fromkeys(range(0x2061, 0x2065))  # function application, invisible times
DOLLARS = re.compile(r"(?<![\\$])\$(?![\s$])(?:\\.|[^\\$])+?(?<!\s)\$")
NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)\w+;")  # of HTML, unknown to XML
HEADING = re.compile("h[1-6]")
CONVERTER = LatexToMathML(fancy_error=False)
PIPE = "\x04"  # stands for a formula's | while a row of a table is split


class Formulas(Treeprocessor):
    """Replaces the formulas of a Markdown text by MathML.

    Attributes
    ----------
    characters : set of str
        What the font must have; grows with every page.
    unreadable : list of str
        What is wrong with the formulas that could not be read.
    """

    def __init__(self, md: Markdown, characters: set[str], unreadable: list[str]) -> None:
        super().__init__(md)
        self.characters, self.unreadable = characters, unreadable

    def run(self, root: Element) -> None:
        """Find what pymdownx.arithmatex leaves of a formula in its generic form."""
        for parent in list(root.iter()):
            for place, child in enumerate(parent):
                if child.get("class") == "arithmatex":
                    self._typeset(parent, place, child)
            if HEADING.fullmatch(parent.tag) and parent.find(".//math") is not None:
                parent.attrib.setdefault("data-toc-label", readable(parent).strip())

    def _typeset(self, parent: Element, place: int, source: Element) -> None:
        display = source.tag == "div"
        latex = html.unescape(source.text or "")[2:-2]  # \( and \), or \[ and \]
        try:
            math = fromstring(mathml(latex, display=display))
        except LatexError as error:
            self.unreadable.append(f"cannot read the formula {latex!r}: {error}")
            return
        self.characters.update("".join(math.itertext()))
        if display:
            source.text = None
            source.set("class", "conv-formula")
            source.append(math)
        else:
            math.tail = source.tail
            parent[place] = math


class Tables(TableProcessor):
    """Reads tables in whose cells a formula may have bars: ``$|x|$`` is one cell."""

    def _split(self, row: str) -> list[str]:
        row = DOLLARS.sub(lambda formula: formula[0].replace("|", PIPE), row)
        return [cell.replace(PIPE, "|") for cell in super()._split(row)]


def extend(md: Markdown, characters: set[str], unreadable: list[str]) -> None:
    """Let a Markdown converter typeset formulas, before it lists the headings."""
    tables = Tables(md.parser, md.parser.blockprocessors["table"].config)
    md.parser.blockprocessors.register(tables, "table", 75)
    md.treeprocessors.register(Formulas(md, characters, unreadable), "formulas", 6)


def mathml(latex: str, *, display: bool = False) -> str:
    r"""Return a formula as MathML.

    Examples
    --------
    >>> mathml("x^2")
    '<math><msup><mi>x</mi><mn>2</mn></msup></math>'
    """
    text = str(CONVERTER.convert_with_local_state(latex, displaystyle=display))
    return NAMED.sub(lambda sign: html.unescape(sign[0]), text)


def readable(element: Element) -> str:
    r"""Return the text of an element, with its formulas as one types them.

    Examples
    --------
    >>> readable(fromstring(mathml(r"\frac{n^2}{k_i}")))
    'n^2/k_i'
    """
    parts = (readable(child) + (child.tail or "") for child in element)
    text = (element.text or "") + SIGNS.get(element.tag, "").join(parts)
    return text.translate(INVISIBLE)


@cache
def style_sheet(used: frozenset[str]) -> str:
    """Return a style sheet that holds STIX Two Math, no more than the characters in use.

    The font stands in the style sheet, as a file of its own would arrive after the text and
    shift the layout. A browser reads a font when it first lays out text in it, and then
    does that layout again; so hooks/theme/main.html asks for it before.

    The font is under the SIL Open Font License.
    """
    options = subset.Options(flavor="woff2", hinting=False)
    options.layout_features += FEATURES
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(used | ALWAYS)))
    file = io.BytesIO()
    with subset.load_font(str(FONT), options) as font:
        _lower_primes(font)
        subsetter.subset(font)
        subset.save_font(font, file, options)
    data = base64.b64encode(file.getvalue()).decode()
    return (
        f"/*! STIX Two Math, under the SIL Open Font License: see {LICENCE} */\n"
        '@font-face {\n  font-family: "STIX Two Math";\n'
        f'  src: url("data:font/woff2;base64,{data}") format("woff2");\n}}\n'
    )


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
