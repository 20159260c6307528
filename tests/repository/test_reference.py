"""What the pages Notation and API promise: letters, colours, and each name that is public."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import jupytext
import numpy as np
import pytest
import scipy.signal

import conv
from conv.figures.colours import COLOURS, ENTRIES, ROLES, SIGNED

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
NOTATION = (DOCS / "reference" / "notation.md").read_text(encoding="utf-8")
API = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
FIGURES = (DOCS / "reference" / "api_figures.md").read_text(encoding="utf-8")
PAGES = sorted(path for kind in ("md", "py") for path in DOCS.rglob(f"*.{kind}"))
CODE = re.compile(r"^(`{3,}).*?^\1|(`+).+?\2", re.DOTALL | re.MULTILINE)
FORMULA = re.compile(r"(?<!\\)\$\$.+?\$\$|(?<!\\)\$[^$\n][^$]*\$", re.DOTALL)
WORDS = re.compile(r"\\(?:text|mathrm|mathit|operatorname|begin|end)\{[^}]*\}")
GREEK = re.compile(
    r"\\(?:var)?(alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho"
    r"|sigma|tau|phi|chi|psi|omega)\b",
    re.IGNORECASE,
)


def letters(formula: str) -> set[str]:
    r"""Return the letters of a formula: no words, no commands, no subscripts of axes.

    >>> sorted(letters(r"$k_h = 3, p_\text{before}, w_{u,v}, \sigma \star \int x\, dt'$"))
    ['k', 'p', 'sigma', 't', 'u', 'v', 'w', 'x']
    """
    formula = re.sub(r"\\[,;]\s*d(?=[a-z])", "", WORDS.sub("", formula))  # of an integral
    formula = re.sub(r"_(?:[hw]\b|\{[hw]\})", "", formula)
    rest = re.sub(r"\\[a-zA-Z]+", " ", formula)
    return {*GREEK.findall(formula), *re.findall("[a-zA-Z]", rest)}


def formulas(text: str) -> list[str]:
    """List the formulas of a page's text."""
    return FORMULA.findall(CODE.sub("", text))


def text_of(path: Path) -> str:
    """Return a page's text, without the code of its cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        cells = jupytext.reads(text, fmt="py:percent").cells
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return text


def rows(heading: str, page: str = NOTATION) -> list[list[str]]:
    """List the cells of each row of a table below a heading."""
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[2:]]


LISTED = [letters("".join(formulas(row[0]))) for row in rows("Letters")]


def test_each_letter_is_listed_once() -> None:
    """No letter has a second row, nor a row without a letter or a meaning."""
    assert all(LISTED)
    assert sum(map(len, LISTED)) == len(set.union(*LISTED)) > 20
    assert all(len(row) == 3 and row[1] for row in rows("Letters"))


def test_the_page_that_is_named_for_a_letter_has_it() -> None:
    """A reader who follows the link finds a formula with the letter there."""
    absent = {}
    for row, listed in zip(rows("Letters"), LISTED, strict=True):
        for name in re.findall(r"\(\.\./([\w/]+\.py)\)", row[2]):
            found = set().union(*map(letters, formulas(text_of(DOCS / name))))
            absent |= {(row[0], name): listed - found} if listed - found else {}
    assert absent == {}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_formulas_have_no_letters_of_their_own(path: Path) -> None:
    """A formula's letters are those of the table, which says what each of them means."""
    unknown = {
        formula: sorted(found)
        for formula in formulas(text_of(path))
        if (found := letters(formula) - set.union(*LISTED))
    }
    assert unknown == {}


def test_every_colour_of_a_role_has_its_swatch() -> None:
    """The swatches have the site's own colours: all roles, both scales, and the frame."""
    shown = re.findall(r"var\(--conv-([\w-]+)\)", NOTATION)
    assert set(shown) <= set(COLOURS)
    scales = {"entry": ENTRIES, "signed": SIGNED}
    steps = [f"{name}-{n}" for name, scale in scales.items() for n in range(len(scale))]
    assert {*ROLES, *steps, "focus"} <= set(shown)


def test_each_public_function_has_its_line_in_the_table() -> None:
    """It is the first line of the docstring; modules are in the table with what they export."""
    modules = {"": conv}
    modules |= {f"{name}.": getattr(conv, name) for name in ("kernels", "images", "timing")}
    public = {
        prefix + name: getattr(module, name)
        for prefix, module in modules.items()
        for name in module.__all__
        if not inspect.ismodule(getattr(module, name))
    }
    public |= {
        "naive.correlate": conv.naive.correlate,
        "separable.correlate": conv.separable.correlate,
        "fft.correlate": conv.fft.correlate,
        "winograd.correlate": conv.winograd.correlate,
        "winograd.transforms": conv.winograd.transforms,
        "libraries.sizes": conv.libraries.sizes,
        "libraries.Row": conv.libraries.Row,
    }
    expected = {
        f"[`{name}`][conv.{name}]": inspect.getdoc(thing).split("\n")[0].rstrip(".")
        for name, thing in public.items()
    }
    listed = dict(rows("At a glance", API)) | dict(rows("At a glance", FIGURES))
    assert conv.matmul.correlate is conv.correlate
    assert {name: line.replace("`", "") for name, line in listed.items()} == {
        name: line.replace("`", "") for name, line in expected.items()
    }


def test_each_public_module_has_its_entry() -> None:
    """None that conv exports, or loads when it is asked for, is left out."""
    names = [name for name in conv.__all__ if inspect.ismodule(getattr(conv, name))]
    for name in (*names, "images", "figures"):
        assert re.search(rf"^::: conv\.{name}$", API + FIGURES, re.MULTILINE), name


def test_defaults_give_the_sizes_of_the_table() -> None:
    """The page says how many values a kernel of 3 on 5 gives in each library's default."""
    x, w = np.ones(5), np.ones(3)
    sizes = [int(row[2]) for row in rows("A default that differs", API)]
    assert sizes == [
        len(conv.correlate(x, w)),
        len(np.correlate(x, w)),
        len(np.convolve(x, w)),
    ]
    assert len(conv.convolve(x, w)) == sizes[0]
    assert len(scipy.signal.correlate(x, w)) == sizes[2]


BUGS = [  # a line of the page's function, and what someone might have written
    ("[mode]", '["same"]'),
    ("[mode]", ".get(mode, 0)"),
    ("2 * (k - 1)", "k - 1"),
    ("k_h, k_w = w.shape[:2]", "k_w, k_h = w.shape[:2]"),
    ("x.ndim != w.ndim or x.shape[2:] != w.shape[2:]", "False"),
    ("x.ndim != w.ndim or x.shape[2:] != w.shape[2:]", "x.ndim != w.ndim"),
    ("x.ndim != w.ndim or x.shape[2:] != w.shape[2:]", "x.ndim > 2 or w.ndim > 2"),
    (
        "np.sum(x[i : i + k_h, j : j + k_w] * w)",
        "np.sum(x[i : i + k_h, j : j + k_w] * w, (0, 1)).flat[0]",
    ),
    ("[(0, 0)] *", "[(1, 0)] *"),
    ("np.asarray(x, float), np.asarray(w, float)", "np.asarray(x), np.asarray(w)"),
    ("[::s, ::s]", "[::s, ::s].astype(int).astype(np.uint8)"),
    ("[::s, ::s]", "[:, ::s]"),
    ("[::s, ::s]", "[::s]"),
    ("(-(-n // s) - 1) * s + k - n", "k - 1"),
]


@pytest.mark.parametrize(("line", "bug"), BUGS)
def test_the_check_of_the_five_bugs_stops_each(line: str, bug: str) -> None:
    """The page says so of the five; its readers also tried what comes close to them."""
    page = jupytext.read(DOCS / "reference" / "article.py", fmt="py:percent")
    cells = [cell for cell in page.cells if cell.cell_type == "code" and not cell.metadata]
    code = "\n".join(cell.source for cell in cells)
    scope: dict[str, Any] = {}
    exec(code, scope)
    scope["check"](scope["correlate"])
    fixed = "\n".join(
        cell.source
        for cell in cells
        if re.match(r"def (?:plain|pads|correlate)\b", cell.source)
    )
    assert fixed.count(line) == 1
    altered = dict(scope)
    exec(fixed.replace(line, bug), altered)
    with pytest.raises((AssertionError, ValueError)):
        scope["check"](altered["correlate"])
