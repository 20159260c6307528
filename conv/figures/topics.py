"""What functions of other libraries are asked, and how to get from answer to answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from conv import convolve, correlate
from conv.libraries import PADS, UNBROKEN, Row

SIGNAL, IMPULSE = np.arange(1, 7), np.array([1, 0, 0, 0])
REFUSED, NONE = "refused", "–"
INSTEAD = "name the mode valid instead of same"
PICTURES = PADS["numpy.pad"].values()  # what each rule sets around 1 2 3 4


@dataclass(frozen=True, eq=False)
class Topic:
    """One question: what a function answers, and how to get one answer from another.

    Attributes
    ----------
    label : str
        What stands before the answers; if empty, the answers are not shown.
    answer : callable
        Takes a row of `conv.libraries.ROWS`.
    step : callable, optional
        Takes two rows, and returns what makes the second compute what the first does;
        empty if there is nothing to do. It asks no more of them than their answers.
    """

    label: str
    answer: Callable[[Row], Any]
    step: Callable[[Row, Row], str] = lambda a, b: ""

    def shown(self, row: Row) -> str:
        """Return an answer on one line, or nothing."""
        return str(self.answer(row)).translate(UNBROKEN) if self.label else ""


def _zeros(row: Row, case: str) -> str:
    pads = row["same"].get(case, NONE)
    return pads if isinstance(pads, str) else f"{pads[0]} before, {pads[1]} after"


def _numbers(row: Row) -> str:
    pads = row["same"]["k=4"]
    if isinstance(pads, str):
        return REFUSED
    operation = convolve if row["operation"] == "convolution" else correlate
    output = operation(SIGNAL, IMPULSE, padding=[(pads[0], pads[1])])
    return " ".join(f"{value:g}" for value in output)


def _has_valid(row: Row) -> bool:
    return "valid" in row["longer_kernel"]


def _valid(row: Row) -> str:
    """Say how to get the places at which the kernel lies wholly on what was padded."""
    return "name the mode valid" if _has_valid(row) else "crop as much from the output"


def _rule(row: Row) -> str:
    """Name the border of a call that names none, as `numpy.pad` does."""
    names = {drawn: rule for rule, drawn in PADS["numpy.pad"].items()}
    return f"numpy.pad’s rule {names[row['defaults']['border']]}"


def _even(a: Row, b: Row) -> str:
    """Pad by hand for a kernel of 4, with the border of the first, and never twice."""
    ours, theirs = a["same"]["k=4"], b["same"]["k=4"]
    if ours == theirs or isinstance(ours, str):
        return ""
    if isinstance(theirs, str):
        return "use odd kernels, because it refuses 4 entries"
    padded = f"for a kernel of 4, pad {ours[0]} before and {ours[1]} after by {_rule(a)}"
    if _has_valid(b):
        return f"{padded}, and {INSTEAD}"
    return f"{padded}, and crop {theirs[0]} and {theirs[1]} from the output"


def _strided(a: Row, b: Row) -> str:
    first, second = _zeros(a, "k=3 s=2 n=4"), _zeros(b, "k=3 s=2 n=4")
    if first == second or not first[0].isdigit():
        return ""
    if second == NONE:
        ends = "in mode valid" if _has_valid(b) else "without what its own border made"
        return f"for a stride, which it lacks, pad A’s zeros and slice the output {ends}"
    return f"at a stride, pad A’s zeros by hand, and {INSTEAD}"


def _dilated(a: Row, b: Row) -> str:
    first, second = _zeros(a, "k=3 d=2"), _zeros(b, "k=3 d=2")
    if first == second or not first[0].isdigit():
        return ""
    if second == NONE:
        return "for a dilation, which it lacks, put zeros into the kernel"
    return f"at a dilation, pad A’s zeros by hand, and {INSTEAD}"


def _strided_and_dilated(row: Row) -> list[str]:
    cases = "k=3 s=2 d=2 n=7", "k=3 s=2 n=4", "k=3 d=2"
    return [_zeros(row, case) for case in cases]


def _both(a: Row, b: Row) -> str:
    """Warn of a function that has strides and dilations, but not together."""
    first, second = _strided_and_dilated(a), _strided_and_dilated(b)
    fine = [zeros[0].isdigit() for zeros in (first[0], *second)]
    return "do not combine a stride with a dilation" if fine == [1, 0, 1, 1] else ""


def _word(picture: str, row: Row) -> str:
    words = {drawn: word for word, drawn in row["borders"].items()}
    return words.get(picture, NONE)


def _border(a: Row, b: Row) -> str:
    steps = []
    theirs = {drawn: word for word, drawn in b["borders"].items()}
    wanted = a["defaults"]["border"]
    if wanted != b["defaults"]["border"]:
        named = f"name the border {theirs.get(wanted)}"
        by_hand = f"pad as many as A’s zeros, by {_rule(a)}, and {_valid(b)}"
        steps.append(named if wanted in theirs else by_hand)
    for word in sorted(a["borders"].keys() & b["borders"].keys()):
        drawn = a["borders"][word]
        if drawn != b["borders"][word]:
            instead = f"write {theirs.get(drawn)} for {word}"
            other = f"avoid {word}, which means another border"
            steps.append(instead if drawn in theirs else other)
    return "; ".join(steps)


def _longer(a: Row, b: Row) -> str:
    sizes = a["longer_kernel"], b["longer_kernel"]
    both = sizes[0].keys() & sizes[1].keys()
    differ = any(sizes[0][mode] != sizes[1][mode] for mode in both)
    return "keep the kernel no longer than the input" if differ else ""


def _mode(a: Row, b: Row) -> str:
    """Name same, which the first was told, where the second does otherwise by itself."""
    theirs = b["defaults"]["mode"]
    if theirs in ("same", a["defaults"]["mode"]):
        return ""
    why = "it has no default" if theirs == "none" else f"its default is {theirs}"
    return f"name the mode same, because {why}"


def _scale(a: Row, b: Row) -> str:
    divides = ["scale" in row["defaults"] for row in (a, b)]
    steps = {(0, 1): "pass normalize_kernel=False", (1, 0): "divide by the kernel’s sum"}
    return steps.get((divides[0], divides[1]), "")


def _bytes(row: Row) -> str:
    kind, _, value = row["dtypes"]["uint8"].partition(": ")
    return value + (f", in {kind}" if kind.startswith("float") else "") or kind


def _dtypes(a: Row, b: Row) -> str:
    return (
        ""
        if a["dtypes"] == b["dtypes"]
        else "give both A and B float32, image and kernel alike"
    )


TOPICS = (
    Topic("1 2 3 4 5 6 under 1 0 0 0", _numbers),
    Topic(
        "flips the kernel",
        lambda row: {"convolution": "yes", "cross-correlation": "no"}[row["operation"]],
        lambda a, b: "" if a["operation"] == b["operation"] else "flip the kernel",
    ),
    Topic("zeros, kernel of 4", lambda row: _zeros(row, "k=4")),
    Topic(
        "zeros, kernel of 3, stride 2, input of 4",
        lambda row: _zeros(row, "k=3 s=2 n=4").replace(NONE, "no stride"),
    ),
    Topic("border, if none is named", lambda row: row["defaults"]["border"]),
    *(
        Topic(f"gives {drawn.translate(UNBROKEN)}", partial(_word, drawn))
        for drawn in PICTURES
    ),
    Topic("three bytes of 100, added", _bytes),
    # Steps: first what holds for every call, then kernels, strides and types that differ.
    Topic("", lambda row: row["defaults"]["mode"], _mode),
    Topic("", lambda row: row["defaults"].get("scale"), _scale),
    Topic(
        "",
        lambda row: (row["defaults"]["border"], row["borders"], _has_valid(row)),
        _border,
    ),
    Topic(
        "",
        lambda row: (row["same"]["k=4"], row["defaults"]["border"], _has_valid(row)),
        _even,
    ),
    Topic("", lambda row: (_zeros(row, "k=3 s=2 n=4"), _has_valid(row)), _strided),
    Topic("", lambda row: _zeros(row, "k=3 d=2"), _dilated),
    Topic("", _strided_and_dilated, _both),
    Topic("", lambda row: row["dtypes"], _dtypes),
    Topic("", lambda row: row["longer_kernel"], _longer),
    Topic("", lambda row: {**row, "name": "", "layout": "", "call": ""}),
)
