"""Races: how long calls take, measured in alternating rounds.

Examples
--------
>>> seconds = race({"slow": lambda: sum(range(99_999)), "fast": lambda: None}, rounds=3)
>>> median, lower, upper = ratio(seconds["slow"], seconds["fast"])
>>> lower <= median <= upper
True
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

__all__ = ["processor", "quartiles", "race", "ratio"]


def race(
    calls: Mapping[str, Callable[[], Any]],
    *,
    rounds: int = 5,
    turn: float = 0.005,
    clock: Callable[[], float] = time.perf_counter,
    threads: int | None = 1,
) -> dict[str, list[float]]:
    """Measure the seconds that calls take, in rounds in which each has its turn.

    Each turn makes one call unmeasured, to warm the caches, and then repeats the call until
    `turn` seconds have passed. What else the machine does meets all alike.

    Parameters
    ----------
    calls : mapping of str to callable
        What to call, by name, without arguments.
    rounds : int
        How often each has its turn.
    turn : float
        The seconds that a turn takes at least.
    clock : callable
        What tells the seconds. With ``time.process_time`` the processor's time counts, of
        all threads together, and what else the machine does hardly matters.
    threads : int or None
        How many threads matrix products may take at most; None lets them take what their
        library has chosen. Apple's Accelerate does not listen.

    Returns
    -------
    dict of str to list of float
        The mean seconds of a call in each round, by the names of the calls.

    See Also
    --------
    - [conv.timing.ratio][]: compares two of the calls.
    - [conv.figures.race_table][]: sets all of them in a table.

    Examples
    --------
    >>> seconds = race({"a": dict, "b": list}, rounds=3, turn=1e-6)
    >>> {name: len(turns) for name, turns in seconds.items()}
    {'a': 3, 'b': 3}
    """
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    with threadpool_limits(threads):
        for _ in range(rounds):
            for name, call in calls.items():
                call()
                count, spent, start = 0, 0.0, clock()
                while not count or spent < turn:
                    call()
                    count, spent = count + 1, clock() - start
                seconds[name].append(spent / count)
    return seconds


def ratio(above: Sequence[float], below: Sequence[float]) -> tuple[float, float, float]:
    """Compute the median of the ratios of paired measurements, and the quartiles around it.

    Parameters
    ----------
    above, below : sequence of float
        Seconds of two calls, round by round, as `race` measures them.

    Returns
    -------
    tuple of float
        The median, the lower and the upper quartile.

    See Also
    --------
    - [conv.timing.race][]: measures the seconds.

    Examples
    --------
    >>> ratio([2, 6, 4], [1, 2, 4])
    (2.0, 1.5, 2.5)
    """
    return quartiles([a / b for a, b in zip(above, below, strict=True)])


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Compute the median of values, and the quartiles around it.

    Parameters
    ----------
    values : sequence of float
        At least one value, such as the seconds of a call in each round.

    Returns
    -------
    tuple of float
        The median, the lower and the upper quartile.

    Examples
    --------
    >>> quartiles([1, 5, 2])
    (2.0, 1.5, 3.5)
    """
    lower, middle, upper = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
    return middle, lower, upper


def processor() -> str:
    """Name this machine's processor, or its architecture where the system tells no more.

    Returns
    -------
    str
        Such as the model name that Linux knows.

    Examples
    --------
    >>> processor() != ""
    True
    """
    file = Path("/proc/cpuinfo")
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    names = [line for line in text.splitlines() if line.startswith("model name")]
    return names[0].partition(":")[2].strip() if names else platform.machine()
