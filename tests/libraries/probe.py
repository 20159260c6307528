"""The questions that are put to each operation, and what its answers say."""

from __future__ import annotations

import inspect
import warnings
from itertools import product
from typing import Any

import numpy as np

import conv
from tests.libraries.operations import Border, Operation

REFUSED = "refused"
ZEROS = "0 0 0 | 1 2 3 4 | 0 0 0"
FAULTS = (NameError, AttributeError, LookupError)  # of the question: no library refuses so
ONE_TO_FOUR = np.array([1.0, 2.0, 3.0, 4.0])


def row(operation: Operation) -> dict[str, Any]:
    """Return all that is asked of one operation, as a row of libraries.json."""
    kind = kind_of(operation)
    return {
        "name": operation.name,
        "operation": kind,
        "layout": operation.layout,
        "same": same(operation, kind),
        "longer_kernel": longer_kernel(operation),
        "borders": borders(operation),
        "defaults": defaults(operation),
        "dtypes": dtypes(operation, kind),
        "call": operation.call,
    }


def ask(
    operation: Operation, x: np.ndarray, w: np.ndarray, **options: Any
) -> np.ndarray | None:
    """Return the operation's answer for a signal, or None where it refuses.

    One of two axes gets the signal as a row, and as a column.
    """
    missing = options.keys() - inspect.signature(operation.run).parameters.keys()
    assert not missing, f"{operation.name} has no {missing}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if operation.axes == 1:
                return np.asarray(operation.run(x, w, **options))
            # A copy each: some libraries share memory with what they are given.
            across = np.asarray(operation.run(x[None].copy(), w[None].copy(), **options))
            down = np.asarray(
                operation.run(x[:, None].copy(), w[:, None].copy(), **options)
            )
    except FAULTS:
        raise
    except Exception:
        return None
    assert np.array_equal(across.T, down, equal_nan=True), (
        f"{operation.name}: rows are not as columns"
    )
    return across.reshape(-1)


def kind_of(operation: Operation) -> str:
    """Tell convolution from cross-correlation by an impulse, which shows the kernel."""
    impulse = np.zeros((7, 7), operation.dtype)
    kernel = np.arange(1, 10, dtype=operation.dtype).reshape(3, 3)
    impulse[3, 3] = 1
    mode = operation.modes["same"]
    if operation.axes == 1:
        shown = operation.run(impulse[3], kernel[0], mode=mode)[2:5]
        kernel = kernel[0]
    else:
        shown = np.asarray(operation.run(impulse, kernel, mode=mode))[2:5, 2:5]
    if np.allclose(shown, kernel, atol=1e-9):
        return "convolution"
    assert np.allclose(shown, conv.flip(kernel), atol=1e-9), shown
    return "cross-correlation"


def same(operation: Operation, kind: str) -> dict[str, list[int] | str]:
    """Find the zeros that `same` puts before and after: those with which ours gives its answer."""
    found = {}
    sizes = [(k, 1, d, 8) for d, k in product((1, 2), (3, 4, 5))]
    sizes += [
        (k, s, 1, n) for s, n in ((2, 4), (2, 5), (3, 4), (3, 5), (3, 6)) for k in (3, 4, 5)
    ]
    sizes += [(3, 2, 2, 7), (3, 2, 2, 8)]
    for k, s, d, n in sizes:
        options = {"stride": s} if s > 1 else {}
        options |= {"dilation": d} if d > 1 else {}
        if not options.keys() <= set(operation.options):
            continue
        # All sums differ: 1, 2, 4 and so on, in an order that is no run of theirs.
        x = (2 ** np.arange(n)).astype(operation.dtype)
        w = (3 ** np.arange(k)).astype(operation.dtype)
        applied = w[::-1] if kind == "convolution" else w
        name = f"k={k}" + f" s={s}" * (s > 1) + f" d={d}" * (d > 1) + f" n={n}" * (s > 1)
        answer = ask(operation, x, w, mode=operation.modes["same"], **options)
        if answer is None:
            found[name] = REFUSED
            continue
        reach = d * (k - 1) + 1
        fits = [
            (before, after)
            for after, before in product(range(reach + s), repeat=2)
            if n + before + after >= reach
            and agree(
                conv.naive.correlate(
                    x, applied, padding=[(before, after)], stride=s, dilation=d
                ),
                answer,
            )
        ]
        found[name] = list(fits[0]) if fits else "no zeros give its numbers"
    return found


def agree(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Tell whether two answers are the same numbers, up to the rounding of float32."""
    return ours.shape == theirs.shape and np.allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def longer_kernel(operation: Operation) -> dict[str, int | str]:
    """Give three values and a kernel of five, and count what comes back."""
    sizes: dict[str, int | str] = {}
    three, five = (np.ones(size, operation.dtype) for size in (3, 5))
    for mode, theirs in operation.modes.items():
        answer = ask(operation, three, five, mode=theirs)
        sizes[mode] = REFUSED if answer is None else answer.size
    return sizes


def borders(operation: Operation) -> dict[str, str]:
    """Give each rule's name the values that it sets around 1 2 3 4."""
    return {rule: around(operation, border=rule) for rule in operation.borders}


def pads(border: Border) -> dict[str, str]:
    """Do the same for a function that pads and does nothing else."""
    rules = {}
    for rule in border.borders:
        padded = np.asarray(border.run(ONE_TO_FOUR, 3, rule))
        rules[rule] = pictogram(padded[:3], padded[-3:])
    return rules


def around(operation: Operation, **options: Any) -> str:
    """Look three places beyond both ends, by kernels that hold a single 1.

    Whether a kernel is flipped does not matter: both are looked through, and it is clear which
    shows the beginning.
    """
    first, last = np.zeros((2, 7), operation.dtype)
    first[0] = last[-1] = 1
    four = ONE_TO_FOUR.astype(operation.dtype)
    if len(operation.modes) > 1:  # otherwise it is the border's rule that is called mode
        options["mode"] = operation.modes["same"]
    one, two = (ask(operation, four, kernel, **options) for kernel in (first, last))
    if one is None or two is None:
        return REFUSED
    left, right = (one, two) if np.isclose(one[-1], 1) else (two, one)
    return pictogram(left[:3], right[-3:])


def pictogram(before: np.ndarray, after: np.ndarray) -> str:
    """Write what stands before and after 1 2 3 4."""
    sides = (np.rint(part) + 0.0 for part in (before, after))  # 0, and not −0
    left, right = (" ".join(f"{value:.0f}" for value in side) for side in sides)
    return f"{left} | 1 2 3 4 | {right}"


def defaults(operation: Operation) -> dict[str, str]:
    """Call it with nothing but operands, and tell the mode by the size of the answer.

    The border is asked for under `same`, and not named. Where there is only one, `same` has
    shown already that it is zeros.
    """
    border = {"border": around(operation) if operation.borders else ZEROS}
    x, w = np.arange(1, 8, dtype=operation.dtype), np.ones(3, operation.dtype)
    sizes = {9: "full", 7: "same", 5: "valid"}
    answer = ask(operation, x, w)
    if answer is None:
        return {"mode": "none"} | border
    found = {"mode": sizes[answer.size]}
    if np.isclose(answer[answer.size // 2], x[3]):  # and not the sum of three, 12
        found["scale"] = "divided by the kernel's sum"
    return found | border


def dtypes(operation: Operation, kind: str) -> dict[str, str]:
    """Tell which kinds of numbers come back, and what 300 and -100 become in bytes."""
    # What comes next minus what came before.
    rise = np.array([-1.0, 0, 1] if kind == "cross-correlation" else [1.0, 0, -1])
    fall = np.array([100, 100, 0, 0, 0], np.uint8)
    asked = {
        dtype: (np.full(5, 100, dtype), np.ones(3, dtype))
        for dtype in ("uint8", "int64", "float32", "float64")
    }
    asked["uint8 by float64"] = (fall, rise)
    found = {}
    for name, (x, w) in asked.items():
        answer = ask(operation, x, w, mode=operation.modes["same"])
        told = answer is not None
        found[name] = f"{answer.dtype.name}: {answer[2]:g}" if told else REFUSED
    return found
