"""What functions of other libraries are asked, and how to get from answer to answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from conv import convolve, correlate
from conv.libraries import PADS, UNBROKEN, Row

SIGNAL, IMPULSE = np.arange(1, 7), np.array([1, 0, 0, 0])
REFUSED, NONE, UNNAMED = "refused", "–", "default"
ALIKE = REFUSED, "no stride".translate(UNBROKEN)  # neither has strides under same
EVEN, STRIDED, DILATED, BOTH = "k=4", "k=3 s=2 n=4", "k=3 d=2", "k=3 s=2 d=2 n=7"
RULES = {drawn: rule for rule, drawn in PADS["numpy.pad"].items()}
HALVES = "(k − 1) // 2", "k // 2"


def one_axis(row: Row) -> bool:
    """Tell whether a function takes one axis, and no image."""
    return row["layout"] == "N, k"


def _zeros(row: Row, case: str) -> str:
    pads = row["same"].get(case, NONE)
    return pads if isinstance(pads, str) else f"{pads[0]} before, {pads[1]} after"


def _numbers(row: Row) -> str:
    pads = row["same"][EVEN]
    if isinstance(pads, str):
        return REFUSED
    operation = convolve if row["operation"] == "convolution" else correlate
    output = operation(SIGNAL, IMPULSE, padding=[(pads[0], pads[1])])
    return " ".join(f"{value:g}" for value in output)


def named(picture: str, row: Row) -> str:
    """Look up the name of a border; some functions have one border, and no name for it."""
    words = {drawn: word for word, drawn in row["borders"].items()}
    return words.get(picture, UNNAMED if picture == row["defaults"]["border"] else NONE)


def _bytes(row: Row) -> str:
    kind, _, value = row["dtypes"]["uint8"].partition(": ")
    return value + (f", in {kind}" if kind.startswith("float") else "") or kind


TOPICS: dict[str, Callable[[Row], str]] = {
    "takes images (two axes)": lambda row: "no" if one_axis(row) else "yes",
    "1 2 3 4 5 6 under 1 0 0 0": _numbers,
    "flips the kernel": lambda row: "yes" if row["operation"] == "convolution" else "no",
    "zeros, kernel of 4": partial(_zeros, case=EVEN),
    "zeros, kernel of 3, stride 2, input of 4": lambda row: (
        _zeros(row, STRIDED) if STRIDED in row["same"] else ALIKE[1]
    ),
    "border, if none is named": lambda row: row["defaults"]["border"],
    **{f"gives {drawn.translate(UNBROKEN)}": partial(named, drawn) for drawn in RULES},
    "100 100 100 under 1 1 1, both in bytes": _bytes,
}
OPEN = 5  # the first topics, of axes, kernel and zeros; borders and bytes are folded


def differ(one: str, other: str) -> bool:
    """Tell whether two answers part: a refused stride is none."""
    return one != other and {one, other} != {*ALIKE}


def steps(a: Row, b: Row) -> list[str]:
    """Say how b, called with operands alone, comes to compute what a does under same."""
    return [*_called(a, b), *_placed(a, b), *_beyond(a, b)] or ["Change nothing."]


def _called(a: Row, b: Row) -> Iterator[str]:
    """Say what holds wherever the zeros are."""
    if one_axis(b) and not one_axis(a):
        yield "Keep to one axis: B takes no images."
    if a["operation"] != b["operation"]:
        yield "Flip the kernel."
    scaled = ["scale" in row["defaults"] for row in (a, b)]
    if scaled == [False, True]:
        options = b["call"][b["call"].index("normalize_kernel") : -1]
        yield f"Pass {options.replace(', ', ' and ')}."
    if scaled == [True, False]:
        yield "Divide the kernel by its sum."
    biased = [row["name"].startswith("torch.nn.Conv2d") for row in (a, b)]
    if biased == [False, True]:
        yield "Pass bias=False, because B’s bias starts at random."
    if biased == [True, False]:
        yield "Add A’s bias, unless A has bias=False."


def _placed(a: Row, b: Row) -> Iterator[str]:
    """Give b the border and the zeros of a: by arguments if it has them, else by hand."""
    mode, border = b["defaults"]["mode"], a["defaults"]["border"]
    if _by_hand(a, b):
        yield f"Pad {_padding(a, b)}, and {_unpadded(b)}."
        return
    if mode != "same":
        why = "B has no default" if mode == "none" else f"B’s default is {mode}"
        yield f"Pass {b['name'].split()[-1]}, because {why}."
    if border != b["defaults"]["border"]:
        yield f"Pass {argument(b, named(border, b))} for A’s border."
    if _differ(a, b, EVEN):
        yield f"For an even kernel, pass {_shift(b)}."


def _beyond(a: Row, b: Row) -> Iterator[str]:
    """Say what holds for even, strided, dilated and long kernels, and for named borders."""
    has = {case: takes(a, case) for case in (EVEN, STRIDED, DILATED)}
    if has[EVEN] and not takes(b, EVEN):
        yield "Use odd kernels, because B refuses even ones."
    lacks = {STRIDED: "strides", DILATED: "dilations"}
    if missing := [
        what for case, what in lacks.items() if has[case] and case not in b["same"]
    ]:
        yield f"B lacks {' and '.join(missing)}: see strides, below."
    if takes(a, BOTH) and not takes(b, BOTH) and takes(b, STRIDED) and takes(b, DILATED):
        yield "Do not combine a stride with a dilation."
    for word in sorted(a["borders"].keys() & b["borders"].keys()):
        instead = named(a["borders"][word], b)
        if instead not in (word, NONE):
            yield f"If A names the border {word}, pass {argument(b, instead)}."
    if _long_differs(a, b):
        yield "Keep the kernel no longer than the input."


def takes(row: Row, case: str) -> bool:
    """Tell whether some zeros give what a function answers in a case of same."""
    return isinstance(row["same"].get(case), list)


def _differ(a: Row, b: Row, case: str) -> bool:
    """Tell whether b takes a case of a, but not with the same zeros."""
    if not takes(a, case) or (case == EVEN and not takes(b, case)):
        return False
    return a["same"][case] != b["same"].get(case, a["same"][case])


def _by_hand(a: Row, b: Row) -> bool:
    """Tell whether no argument of b gives the border and the zeros of a."""
    if a["defaults"]["border"] not in (b["defaults"]["border"], *b["borders"].values()):
        return True
    return not _shift(b) and any(_differ(a, b, case) for case in (EVEN, STRIDED, DILATED))


def argument(row: Row, word: str) -> str:
    """Write the argument that names a border."""
    path, mode = row["name"].split()[0], row["name"].split()[-1].partition("=")[0]
    if word.startswith("BORDER_"):
        return f"{mode}=cv2.{word}"
    others = {"scipy.signal": "boundary", "torch.nn": "padding_mode"}  # same is their mode
    return f"{others.get(path.rpartition('.')[0], mode)}={word!r}"


def _shift(row: Row) -> str:
    """Write the argument that moves the kernel along its even axes, if there is one."""
    if row["name"].startswith("cv2"):
        return "anchor=((w.shape[1] - 1) // 2, (w.shape[0] - 1) // 2)"
    shifted = row["name"].startswith(("scipy.ndimage", "dask_image"))
    return "origin=[k % 2 - 1 for k in w.shape]" if shifted else ""


def _halves(row: Row) -> str:
    """Write how many values same has before and after, for every kernel that it takes."""
    if not takes(row, EVEN):
        return "(k − 1) // 2 before and after"
    before, after = HALVES if row["same"][EVEN] == [1, 2] else HALVES[::-1]
    return f"{before} before and {after} after"


def _padding(a: Row, b: Row) -> str:
    """Write with what a pads, and how much."""
    rule = RULES[a["defaults"]["border"]]
    zeros = rule == "constant"
    what = "A’s zeros" if zeros else f"with numpy.pad(…, mode={rule!r})"
    when = " at stride and dilation 1" * (takes(a, STRIDED) and STRIDED in b["same"])
    return f"{what}, {_halves(a if takes(b, EVEN) else b)}{when}"


def _unpadded(row: Row) -> str:
    """Say how to get the outputs that need no padding; valid is written as same is."""
    if "valid" not in row["longer_kernel"]:
        return f"crop the output by {_halves(row)}"
    if row["defaults"]["mode"] == "valid":
        return "keep B’s default, which is valid"
    mode, word = row["name"].split()[-1].split("=")
    return f"pass {mode}={'VALID' if word.isupper() else 'valid'!r}"


def _long_differs(a: Row, b: Row) -> bool:
    """Tell whether a kernel longer than the input has other outputs after all steps.

    NumPy's functions then have as many as the kernel; its two operations disagree which.
    """
    sizes = [row["longer_kernel"]["same"] for row in (a, b)]
    if _by_hand(a, b) or sizes == [3, 3]:
        return sizes[0] != 3
    return sizes[0] != sizes[1] or a["operation"] != b["operation"]
