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


def _pad(when: str, case: str, refused: str, none: str = "") -> Callable[[Row, Row], str]:
    """Return a step that sets the zeros of a case by hand, or says why that is needed."""

    def step(a: Row, b: Row) -> str:
        first, second = _zeros(a, case), _zeros(b, case)
        if first == second or not first[0].isdigit():
            return ""
        return {REFUSED: refused, NONE: none}.get(second, f"{when}, pad by hand: {first}")

    return step


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
        steps.append(named if wanted in theirs else "pad the border by hand")
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


def _has_one_mode(row: Row) -> bool:
    return len(row["longer_kernel"]) == 1


def _mode(a: Row, b: Row) -> str:
    ours, theirs = a["defaults"]["mode"], b["defaults"]["mode"]
    if ours in (theirs, "none"):
        return ""
    if _has_one_mode(b):
        return f"mind the size, because its only mode is {theirs}"
    why = "it has no default" if theirs == "none" else f"its default is {theirs}"
    return f"name the mode, because {why}"


def _scale(a: Row, b: Row) -> str:
    divides = ["scale" in row["defaults"] for row in (a, b)]
    steps = {(0, 1): "pass normalize_kernel=False", (1, 0): "divide by the kernel’s sum"}
    return steps.get((divides[0], divides[1]), "")


def _bytes(row: Row) -> str:
    kind, _, value = row["dtypes"]["uint8"].partition(": ")
    return value + (f", in {kind}" if kind.startswith("float") else "") or kind


def _dtypes(a: Row, b: Row) -> str:
    return "" if a["dtypes"] == b["dtypes"] else "convert image and kernel to float32 first"


TOPICS = (
    Topic("1 2 3 4 5 6 under 1 0 0 0", _numbers),
    Topic(
        "flips the kernel",
        lambda row: {"convolution": "yes", "cross-correlation": "no"}[row["operation"]],
        lambda a, b: "" if a["operation"] == b["operation"] else "flip the kernel",
    ),
    Topic(
        "zeros, kernel of 4",
        lambda row: _zeros(row, "k=4"),
        _pad("for a kernel of 4", "k=4", "use odd kernels, because it refuses 4 entries"),
    ),
    Topic(
        "zeros, kernel of 3, stride 2, input of 4",
        lambda row: _zeros(row, "k=3 s=2 n=4").replace(NONE, "no stride"),
        _pad(
            "at stride 2",
            "k=3 s=2 n=4",
            "pad by hand at a stride, where it refuses same",
            "for a stride, slice the output, because it has none",
        ),
    ),
    Topic(
        "",
        lambda row: _zeros(row, "k=3 d=2"),
        _pad(
            "at dilation 2",
            "k=3 d=2",
            "pad by hand under a dilation, where it refuses same",
            "for a dilation, put zeros into the kernel, because it has none",
        ),
    ),
    Topic("", _strided_and_dilated, _both),
    Topic("", lambda row: row["defaults"].get("scale"), _scale),
    Topic("border, if none is named", lambda row: row["defaults"]["border"]),
    *(
        Topic(f"gives {drawn.translate(UNBROKEN)}", partial(_word, drawn))
        for drawn in PICTURES
    ),
    Topic("", lambda row: (row["defaults"]["border"], row["borders"]), _border),
    Topic("three bytes of 100, added", _bytes),
    Topic("", lambda row: row["dtypes"], _dtypes),
    Topic("", lambda row: row["longer_kernel"], _longer),
    Topic("", lambda row: (row["defaults"]["mode"], _has_one_mode(row)), _mode),
    Topic("", lambda row: {**row, "name": "", "layout": "", "call": ""}),
)
