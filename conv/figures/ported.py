"""Code with which one library's function computes what another's does."""

from __future__ import annotations

from collections.abc import Iterator

from conv.figures.topics import EVEN, NONE, RULES, UNNAMED, argument, named, one_axis, takes
from conv.libraries import PADS, Row

WHOLE = "conv", "jax", "keras", "tensorflow", "torch"  # one import brings all of it
PLACES = {True: ("(1 - k % 2, 0)", "in front"), False: ("(0, 1 - k % 2)", "behind")}


def ported(a: Row, b: Row) -> list[str]:
    """Write a function that returns, with b, what a makes of x and w under same.

    It holds at stride 1 for a kernel smaller than the input. An even kernel that b places
    otherwise is made odd by a zero: then all have as many zeros before as after.
    """
    body = [*_kernel(a, b), *_called(a, b)]
    imports = _imports(b, any("numpy." in line for line in body))
    head = f"def same_as_a(x, w):  # x: {_taken(a, b)}"
    return [*imports, "", "", head, *(f"    {line}" for line in body)]


def _imports(b: Row, arrays: bool) -> list[str]:
    path = b["name"].split()[0]
    package, module = path.split(".")[0], path.rpartition(".")[0]
    if package == "onnxruntime":
        lines = {
            "from tests.libraries.onnx_conv import conv as run  # in a clone of this site"
        }
    else:
        lines = {f"import {package if package in WHOLE else module}"}
    if package == "dask_image":
        lines.add("import dask.array")
    return sorted(lines | ({"import numpy"} if arrays else set()))


def _kernel(a: Row, b: Row) -> Iterator[str]:
    """Give x and w the axes of b, and w the values and the place that it has in a."""
    if one_axis(a) and _plane(b):
        yield "x, w = x[None], w[None]  # B takes images"
    flips = [row["operation"] == "convolution" for row in (a, b)]
    if flips[0] != flips[1]:
        yield f"w = numpy.flip(w).copy()  # only {'AB'[flips[1]]} flips"
    if "scale" in a["defaults"]:
        yield "w = w / w.sum()  # as A does"
    if takes(a, EVEN) and a["same"][EVEN] != b["same"][EVEN]:
        pad, where = PLACES[(a["same"][EVEN] == [1, 2]) != flips[1]]
        yield f"# Make even sizes odd: a zero {where}"
        yield f"w = numpy.pad(w, [{pad} for k in w.shape])"


def _called(a: Row, b: Row) -> Iterator[str]:
    """Call b with a's border, which is an argument or padded by hand and cropped."""
    border, call = a["defaults"]["border"], b["call"]
    word, by_hand = named(border, b), False
    if border != PADS["numpy.pad"]["constant"]:
        if by_hand := word in (NONE, UNNAMED):
            yield "# A's border, by hand"
            yield "p = [(k // 2, k // 2) for k in w.shape]"
            yield f"x = numpy.pad(x, p, mode={RULES[border]!r})"
        else:
            call = _with(call, b, word)
    kept = "[tuple(slice(k, -k or None) for k, _ in p)]" * by_hand
    kept += "[0]" * (one_axis(a) and _plane(b))
    if kept:
        yield f"y = {call}"
    yield f"return y{kept}" if kept else f"return {call}"


def _with(call: str, b: Row, word: str) -> str:
    """Name a border in a call under same, in place of the zeros or after the mode."""
    zeros = argument(b, named(PADS["numpy.pad"]["constant"], b))
    if zeros in call:
        return call.replace(zeros, argument(b, word))
    mode = b["name"].split()[-1]
    return call.replace(mode, f"{mode}, {argument(b, word)}")


def _taken(a: Row, b: Row) -> str:
    """Say what both functions take, or are given here by one more axis."""
    if one_axis(a) or one_axis(b):
        return "a signal"
    return "an image" if _plane(a) or _plane(b) else "a signal or an image"


def _plane(row: Row) -> bool:
    """Tell whether a function takes images and nothing with fewer axes."""
    return not one_axis(row) and row["layout"][:3] not in ("any", "HWC")
