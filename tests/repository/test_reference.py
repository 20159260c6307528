"""What the pages Notation and API promise: letters, colours, and each name that is public."""

from __future__ import annotations

import inspect
import re
import textwrap
from contextlib import redirect_stdout
from io import StringIO
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
    r"|sigma|tau|phi|chi|psi|omega)(?![a-zA-Z])",
    re.IGNORECASE,
)
PLAIN = re.compile(  # signs of school and of layout
    r"\\(?:cdots?|sqrt|sin|infty|le|t?frac|left|right|big[lr]|q?quad|text|operatorname|begin|end)"
    "(?![a-zA-Z])"
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


def signs(formula: str) -> set[str]:
    r"""Return the signs of a formula, but for those of school and of layout.

    >>> sorted(signs(r"$\sum_{u} 2 \cdot x \star \bar w \le t'$"))
    ["'", '\\bar', '\\star', '\\sum']
    """
    formula = PLAIN.sub("", GREEK.sub("", WORDS.sub("", formula)))
    return {*re.findall(r"\\[a-zA-Z]+|[*']", formula)}


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
    """List the cells of each row of the tables below a heading."""
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    section = re.sub(r"^\| .*\n\| ---.*$", "", section, flags=re.MULTILINE)
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


LISTED = [letters("".join(formulas(row[0]))) for row in rows("Letters")]


def test_each_letter_is_listed_once() -> None:
    """No letter has a second row, nor a row without a letter or a meaning."""
    assert all(LISTED)
    assert sum(map(len, LISTED)) == len(set.union(*LISTED)) > 20
    assert all(len(row) == 3 and row[1] for row in rows("Letters"))


def test_the_page_that_is_named_for_a_letter_introduces_it() -> None:
    """It is the first in the menu that has the letter, which n has with other meanings, too."""
    menu = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    found = {
        name: set().union(*map(letters, formulas(text_of(DOCS / name))))
        for name in re.findall(r"- .+: ((?:guide|beyond)/\w+\.py)", menu)
    }
    for row, listed in zip(rows("Letters"), LISTED, strict=True):
        (name,) = re.findall(r"\(\.\./([\w/]+\.py)\)", row[2])
        assert listed <= found[name], row
        earlier = {page for page in found if listed & found[page] - {"n"}}
        assert listed == {"n"} or min(earlier, key=list(found).index) == name, row


def test_the_sizes_of_the_example_belong_together() -> None:
    """Those that are given have the extent and the output size that are printed."""
    (example,) = re.findall(
        r"For example, (.+) and one zero on either side give (.+)\.", NOTATION
    )
    n, k, s, d, e, o = map(int, re.findall(r"= (\d+)", " ".join(example)))
    geometry = conv.Geometry.of([n], [k], padding=[(1, 1)], stride=s, dilation=d)
    assert (geometry.extent, geometry.output_size) == ((e,), (o,))


def test_orders_of_axes_lead_to_the_other_library_and_back() -> None:
    """The numbers of both columns make one library's order of the other's."""
    for _, ours, theirs, there, back in rows("Orders of axes"):
        one, other = (np.array(cell.strip("`").split(", ")) for cell in (ours, theirs))
        to, fro = ([int(n) for n in cell.strip("`").split(", ")] for cell in (there, back))
        assert one[to].tolist() == other.tolist()
        assert other[fro].tolist() == one.tolist()


def test_each_sign_of_a_formula_is_listed() -> None:
    """And those that are listed are those of some formula."""
    listed = signs("".join(row[0] for row in rows("Signs")))
    pages = [path for path in PAGES if path.name != "notation.md"]
    used = {path.name: signs("".join(formulas(text_of(path)))) for path in pages}
    assert {name: found - listed for name, found in used.items() if found - listed} == {}
    assert set().union(*used.values()) == listed


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


def test_what_a_page_rests_on_is_among_the_sources() -> None:
    """Each address outside is listed, but for documentation of libraries and threads."""
    listed = (DOCS / "reference" / "sources.md").read_text(encoding="utf-8")
    manuals = r"(?:docs|numpy|fluxml|jobqueue|distributed)\.|\w+\.readthedocs"
    absent = {
        f"{path.name}: {address}"
        for path in PAGES
        for address in re.findall(r"\]\((https?://[^)\s]+)\)", text_of(path))
        if not re.match(rf"https?://(?:github\.com|stackoverflow\.com|{manuals})", address)
        and f"({address})" not in listed
    }
    assert absent == set()


def test_each_public_function_has_its_line_in_the_table() -> None:
    """It is the first line of the docstring; modules are in the table with what they export."""
    modules = {"": conv}
    modules |= {
        f"{name}.": getattr(conv, name)
        for name in ("kernels", "images", "timing", "figures")
    }
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


PAGE = jupytext.read(DOCS / "reference" / "article.py", fmt="py:percent")
CODE_CELLS = [
    cell.source
    for cell in PAGE.cells
    if cell.cell_type == "code" and "hide" not in cell.metadata.get("tags", [])
]
CHECK = "\n".join(code for code in CODE_CELLS if "CASES" in code)
REPEATING = CHECK.replace('"an error", bright', "[[6]], bright")
FIXED = "\n".join(
    code for code in CODE_CELLS if re.match(r"def (?:plain|pads|correlate)\b", code)
)
SUM = "np.sum(part * w)"
OUTPUT = "np.zeros((rows, columns))"
NEED = "need - n"
SAME = f"max(0, {NEED})"
SPLIT = "p // 2, p - p // 2"
FLOATS = "map(np.float64, (x, w))"
CHANNELS = "x.shape[2:] != w.shape[2:]"
AXES = "= pads(n, k, mode, s)"
EVERY = "[::s, ::s]"
PLACE = "n + p < k"

FIVE = [  # the bugs of the page and one beside them, by their numbers, and what comes closest to them
    (0, (PLACE, "False")),
    (1, ("[mode]", '["same"]')),
    (1, ("[mode]", '["valid"]')),
    (1, ("[mode]", '["full"]')),
    (1, ("[mode]", ".get(mode, 0)")),
    (1, (SAME, f"{SAME} if s > 1 else 0")),
    (2, ("k_h, k_w = w.shape[:2]", "k_w, k_h = w.shape[:2]")),
    (2, (SUM, "x[i : i + k_w, j : j + k_h].ravel() @ w.ravel()")),
    (2, (AXES, "= pads(x.shape[a], w.shape[1 - a], mode, s)")),
    (2, (AXES, '= pads(x.shape[a], w.shape[1 - a if mode == "full" else a], mode, s)')),
    (3, (CHANNELS, "False")),
    (
        3,
        (
            "np.pad(x, zeros)",
            "(np.pad(x, zeros) if x.ndim < 3 else x)",
        ),
    ),
    (3, (EVERY, "[::s, :: s if x.ndim < 3 else 1]")),
    (3, (AXES, "= pads(x.shape[a - 2], w.shape[a - 2], mode, s)")),
    (4, (FLOATS, "np.asarray(x), np.asarray(w)")),
    (4, (FLOATS, "x, w"), (OUTPUT, "np.zeros((rows, columns), x.dtype)")),
    (4, (EVERY, "[::s, ::s].astype(int).astype(np.uint8)")),
    (4, (EVERY, "[::s, ::s].clip(0, 255)")),
    (5, (NEED, "k - 1")),
    (5, (EVERY, "")),
    (5, (AXES, "= pads(x.shape[a], w.shape[a], mode, 1)")),
]
CHANGES = {  # a piece of the function, and what someone might have written
    "[mode]": [
        '["valid"]',
        '["full"]',
        f".get(mode, {SAME})",
        ".get(mode.lower()[:4], 0)",
    ],
    "2 * (k - 1)": [
        "k - 1",
        "2 * (k - s)",
        "2 * k - 1",
        "k",
        "s * (k - 1)",
        f"k - 1 + {SAME}",
        "2 * (n - 1)",
    ],
    '"valid": 0': [f'"valid": {SAME}', '"valid": s - 1', '"valid": -(n - k) % s'],
    "max(0, ": ["(", "abs(", "max(1, "],
    "-(-n // s)": [
        "n // s",
        "round(n / s)",
        "int(n / s + 0.5)",
        "(n // s + 1)",
        "-(-n // 2)",
        "-(-(n - k + 1) // s)",
    ],
    NEED: ["k - s", "(n - 1) * s + k - n"],
    PLACE: [
        "n + p <= k",
        "n + p > k",
        "n + p < k - 1",
        "n + p < 1",
        "n < k",
    ],
    SPLIT: [
        "p - p // 2, p // 2",
        "p // 2, p // 2",
        "p - p // 2, p - p // 2",
        "0, p",
        "p, 0",
        "*sorted([p // 2, p - p // 2], reverse=s == 1),",
    ],
    OUTPUT: [
        "np.zeros((x.shape[1] - k_h + 1, x.shape[0] - k_w + 1))",
        "np.zeros((x.shape[0] - k_w + 1, x.shape[1] - k_h + 1))",
        "np.zeros((rows - 1, columns - 1))",
        "np.zeros((rows, columns), int)",
        "np.zeros((rows, columns), np.uint8)",
        "np.zeros((rows, columns), np.int16)",
        "np.zeros((rows, columns), np.uint16)",
    ],
    "part[:, j : j + k_w]": [
        "part[:, j : j + k_h]",
        "part[:, i : i + k_w]",
        "part[j : j + k_w]",
    ],
    SUM: [
        "np.sum(x[j : j + k_h, i : i + k_w] * w)",
        "np.sum(x[i : i + k_h, j : j + k_w] * w[::-1, ::-1])",
        "np.sum(x[i : i + k_h, j : j + k_w] * w[::-1])",
        "np.sum(x[i : i + k_h, j : j + k_w] * w[:, ::-1])",
        "np.sum(x[i : i + k_h, j : j + k_w] * w[..., ::-1])",
        "np.sum(x[i : i + k_h, j : j + k_w] * w, (0, 1)).flat[0]",
        "np.max(np.sum(x[i : i + k_h, j : j + k_w] * w, (0, 1)))",
        "np.mean(x[i : i + k_h, j : j + k_w] * w)",
        "np.sum(x[i : i + k_h, j : j + k_w] * w[:: 1 if w.ndim < 3 else -1])",
    ],
    FLOATS: [
        "np.asarray(x, int), np.asarray(w, float)",
        "np.asarray(x, float), np.asarray(w, int)",
        "np.asarray(x, np.int8) * 1.0, np.asarray(w, float)",
        "np.asarray(x, float) / 255, np.asarray(w, float)",
        "np.asarray(x, float), np.asarray(w, float) / np.sum(w)",
        "np.asarray(x, float), np.abs(np.asarray(w, float))",
    ],
    CHANNELS: [
        "x.ndim != w.ndim",
        "x.ndim > w.ndim",
        "x.ndim < w.ndim",
        "x.ndim > 2 or w.ndim > 2",
        "x.shape[2:] > w.shape[2:]",
        "x.shape[2:] < w.shape[2:]",
        "x.shape[3:] != w.shape[3:]",
        "x.shape[-1] != w.shape[-1]",
        "x.ndim > 2 and x.shape[2:] != w.shape[2:]",
        "w.ndim > 2 and x.shape[2:] != w.shape[2:]",
        "set(x.shape[2:]) - set(w.shape[2:])",
    ],
    AXES: [
        "= pads(x.shape[1 - a], k, mode, s)",
        "= pads(x.shape[a], w.shape[1 - a], mode, s)",
        '= pads(x.shape[a], w.shape[1 - a if mode == "full" else a], mode, s)',
        "= pads(x.shape[0], w.shape[a], mode, s)",
        "= pads(x.shape[1], w.shape[a], mode, s)",
        "= pads(x.shape[a], w.shape[0], mode, s)",
        "= pads(x.shape[a], w.shape[1], mode, s)",
        "= pads(x.shape[a], w.shape[a], mode, 1)",
        "= pads(x.shape[a], w.shape[a], mode, 2)",
    ],
    "for a in (0, 1)": ["for a in (0, 0)", "for a in (1, 1)"],
    "[(0, 0)] *": ["[(1, 0)] *", "[(0, 1)] *", "[(1, 1)] *"],
    "np.pad(x, zeros)": [
        'np.pad(x, zeros, "edge")',
        'np.pad(x, zeros, "wrap")',
        'np.pad(x, zeros, "reflect")',
        "np.pad(x, zeros, constant_values=1)",
    ],
    EVERY: [
        "",
        "[::s]",
        "[:, ::s]",
        "[::2, ::2]",
        "[s // 2 :: s, s // 2 :: s]",
        "[s - 1 :: s, s - 1 :: s]",
        "[::s, ::s].T",
        "[::s, ::s].round()",
        "[::s, ::s].clip(0)",
        "[::s, ::s].clip(None, 255)",
    ],
}
CHANGED = [(piece, other) for piece, others in CHANGES.items() for other in others]
EQUIVALENT = [  # other ways to write the same function
    ("-(-n // s)", "((n - 1) // s + 1)"),
    (NEED, "-n % s + k - s"),
    (PLACE, 'mode == "valid" and n < k'),
    ("for a in (0, 1)", "for a in (1, 0)"),
    ("y[i, j] =", "y[i, j] +="),
    ("y = np.zeros(", "y = np.empty("),
    (SUM, "np.vdot(x[i : i + k_h, j : j + k_w], w)"),
    (FLOATS, "np.asarray(x, float), np.asarray(w)"),
    (FLOATS, "np.asarray(x), np.asarray(w, float)"),
    (CHANNELS, f"x.ndim != w.ndim or {CHANNELS}"),
]


def said(correlate: Any, check: str = CHECK) -> list[str]:
    """Return the lines that the page's check prints for a function."""
    scope = dict[str, Any](np=np)
    exec(check, scope)
    with redirect_stdout(StringIO()) as printed:
        scope["check"](correlate)
    return printed.getvalue().splitlines()


def changed(*changes: tuple[str, str]) -> Any:
    """Return the page's function, with pieces replaced."""
    code, scope = FIXED, dict[str, Any](np=np)
    for piece, other in changes:
        assert code.count(piece) == 1
        code = code.replace(piece, other)
    exec(code, scope)
    return scope["correlate"]


def test_the_fixed_function_passes_the_check() -> None:
    """As the page says, with dozens of mistakes below that do not pass."""
    assert said(changed()) == []
    assert len({*CHANGED, *FIVE}) > 80


@pytest.mark.parametrize("bug", FIVE)
def test_each_of_the_five_bugs_is_named_first(bug: tuple[Any, ...]) -> None:
    """The first line that is printed has the bug's number, with outputs rounded, too."""
    number, *changes = bug
    correlate = changed(*changes)
    for function in (correlate, lambda *call: np.round(correlate(*call), 6)):
        assert said(function)[0].startswith(f"bug {number}: ")


def test_the_third_bug_is_found_where_a_kernel_is_repeated() -> None:
    """With the page's [[6]], repeating a kernel for each channel passes, broadcasting fails."""
    fixed = changed()

    def repeats(x: Any, w: Any, mode: str, s: int) -> Any:
        one = x.ndim == 3 and np.atleast_3d(w).shape[2] == 1
        return fixed(x, np.repeat(np.atleast_3d(w), x.shape[2], 2) if one else w, mode, s)

    assert said(repeats, REPEATING) == []
    broadcasts = said(changed((CHANNELS, "False")), REPEATING)
    assert broadcasts[-2:] == ["  wanted [[6]]", "     got [[1.0]]"]


@pytest.mark.parametrize(("piece", "other"), CHANGED)
def test_the_check_stops_every_other_change(piece: str, other: str) -> None:
    """What comes close to the five, and what else is easily written wrong."""
    assert said(changed((piece, other)))


@pytest.mark.parametrize(("piece", "other"), EQUIVALENT)
def test_what_the_check_lets_through_is_the_same_function(piece: str, other: str) -> None:
    """It gives what conv gives, on sizes, strides and modes at random, and refuses alike."""
    correlate = changed((piece, other))
    assert said(correlate) == []
    random = np.random.default_rng(0)
    for _ in range(200):
        (height, width), (h, w) = random.integers(1, 9, 2), random.integers(1, 5, 2)
        channels = (3,) * int(random.integers(2))
        image = random.integers(0, 256, (height, width, *channels)).astype(np.uint8)
        kernel = random.integers(-128, 128, (h, w, *channels)).astype(np.int8)
        mode, s = str(random.choice(["full", "same", "valid"])), int(random.integers(1, 5))
        if mode == "valid" and (h > height or w > width):
            with pytest.raises(ValueError, match="too large"):
                correlate(image, kernel, mode, s)
            continue
        expected = conv.correlate(image, kernel, padding=mode, stride=s)
        np.testing.assert_allclose(correlate(image, kernel, mode, s), expected)


def test_the_wrapper_around_scipy_prints_what_the_page_says() -> None:
    """The page cannot run it, because the site is built without SciPy."""
    text = text_of(DOCS / "reference" / "article.py")
    code, lines, *_ = re.findall(r"^```(?:python|text)\n(.*?)^```", text, re.M | re.S)
    scope = dict[str, Any](np=np)
    exec(CHECK + "\n" + code.replace("check(wrapped)", ""), scope)
    printed = said(scope["wrapped"])
    assert [line[:6] for line in printed[::5]] == ["bug 0:", "bug 4:", "bug 5:"]
    assert [*printed[:5], "…"] == lines.splitlines()


def test_a_function_that_takes_numbers_of_zeros_is_padded_by_the_page_s_wrapper() -> None:
    """With the wrapper in the fold, a function without modes passes the whole check."""
    text = text_of(DOCS / "reference" / "article.py")
    (code,) = re.findall(r"^( +)```python\n(.*?)^ +```", text, re.M | re.S)
    scope = dict[str, Any](np=np)
    exec(FIXED + "\n" + textwrap.dedent(code[1]), scope)
    scope["f"] = lambda x, w, p, s: changed()(x, w, {0: "valid"}[p], s)
    assert said(scope["padded"]) == []
