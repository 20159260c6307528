"""Races: who is faster, measured while the page is built."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from conv.figures.text import Markdown, table

Call = Callable[[], Any]


def race(
    calls: Mapping[str, Call],
    *,
    multiplications: Mapping[str, int] | None = None,
    rounds: int = 5,
) -> Markdown:
    """Measure calls against the first of them, and set the result in a table.

    Parameters
    ----------
    calls : mapping of str to callable
        What to call, by name. All do the same job; the first is what the others are
        compared with.
    multiplications : mapping of str to int, optional
        How many multiplications each call makes. Adds a column with their rate.
    rounds : int
        How often each has its turn; see `take_turns`.

    Returns
    -------
    Markdown
        A table marked as measured, which names the machine: the median time of each call,
        and the median over the rounds of how many times as fast as the first it was.

    Examples
    --------
    >>> race({"slow": lambda: sum(range(999)), "fast": lambda: None})  # doctest: +ELLIPSIS
    <div class="conv-measured" data-search-exclude markdown>
    ...
    """
    seconds = take_turns(calls, rounds=rounds)
    first = next(iter(seconds.values()))
    medians = [statistics.median(turns) for turns in seconds.values()]
    columns: dict[str, list[Any]] = {
        "contestant": list(calls),
        "time": [duration(median) for median in medians],
        "times as fast": [ratio(first, turns)[0] for turns in seconds.values()],
    }
    if multiplications is not None:
        counts = (multiplications[name] for name in calls)
        columns["million multiplications a second"] = [
            count / median / 1e6 for count, median in zip(counts, medians, strict=True)
        ]
    machine = f"{processor()}, one thread, NumPy {np.__version__}"
    return table(columns, measured=True, note=machine)


def take_turns(
    calls: Mapping[str, Call], *, rounds: int, turn: float = 0.005
) -> dict[str, list[float]]:
    """Measure the seconds that calls take, in rounds in which each has its turn.

    A turn is one call that is not measured, since the others have emptied the caches, and
    then as many as fill the given seconds. What else the machine does meets all alike.

    Examples
    --------
    >>> list(take_turns({"a": dict, "b": list}, rounds=3, turn=1e-6))
    ['a', 'b']
    """
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            call()
            count, spent, start = 0, 0.0, time.perf_counter()
            while not count or spent < turn:
                call()
                count, spent = count + 1, time.perf_counter() - start
            seconds[name].append(spent / count)
    return seconds


def ratio(above: list[float], below: list[float]) -> tuple[float, float, float]:
    """Compute the median of the ratios of paired measurements, and the quartiles around it.

    Examples
    --------
    >>> ratio([2, 6, 4], [1, 2, 4])
    (2.0, 1.5, 2.5)
    """
    ratios = [a / b for a, b in zip(above, below, strict=True)]
    return quartiles(ratios)


def quartiles(values: list[float]) -> tuple[float, float, float]:
    """Compute the median of values, and the quartiles around it.

    Examples
    --------
    >>> quartiles([1, 5, 2])
    (2.0, 1.5, 3.5)
    """
    lower, middle, upper = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
    return middle, lower, upper


def duration(seconds: float) -> str:
    """Write seconds in a unit that fits.

    >>> duration(0.0125)
    '12.5 ms'
    """
    for unit, factor in (("s", 1.0), ("ms", 1e3)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def processor() -> str:
    """Name this machine's processor."""
    file = Path("/proc/cpuinfo")
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    names = [line for line in text.splitlines() if line.startswith("model name")]
    return names[0].partition(":")[2].strip() if names else platform.machine()
