"""Measured times as bars: divided into their parts, or one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from conv.figures.colours import TEXT, colour
from conv.figures.figure import Measured
from conv.figures.text import duration

PARTS = (("bar", "text"), ("muted", "page"), ("link", "on-link"))  # fill, and ink on it
ROW, BAR = 58, 26  # pixels from bar to bar, and the height of one
TOP, LENS = 40, 38  # above the first bar's name, and between a bar and itself magnified
WORD = 25  # per cent of the width from which on a part's name fits into it
LANE, LEFT = 20, 22  # pixels from row to row of a stream, and per cent for their names
LEAST = 1.5  # pixels of a bar in it


class Bars(Measured):
    """Bars of measured times."""


def bars(
    times: Mapping[str, Mapping[str, float]],
    *,
    caption: str,
    alt: str,
    magnify: bool = False,
) -> Bars:
    """Draw times as bars on one scale, each divided into parts.

    Parameters
    ----------
    times : mapping of str to mapping of str to float
        For each bar the seconds of its parts, by their names: the same at most three parts
        for all bars, in one order. A rest that comes out below 0, because other parts took
        longer on their own, counts as 0.
    caption, alt : str
        See `conv.figures.Figure`; without measured numbers, which differ each time.
    magnify : bool
        Whether to draw the last bar again below, as wide as the longest, with the times of
        its parts, and to say how many times it was magnified.

    Raises
    ------
    ValueError
        If the bars have not the same parts, or more than three.

    Examples
    --------
    >>> bars({"walk": {"uphill": 60, "level": 30}}, caption="A walk.", alt="Two thirds.")
    Bars: A walk. [Two thirds.]
    """
    names = list(next(iter(times.values())))
    if len(names) > len(PARTS) or any(list(parts) != names for parts in times.values()):
        raise ValueError(f"each bar must have the same, at most {len(PARTS)}, parts")
    drawn = ""
    for n, (name, (fill, _)) in enumerate(zip(names, PARTS, strict=False)):
        drawn += _box(f"{105 * n}", "14", fill, 1, 14) + _text(f"{105 * n + 20}", 13, name)
    seconds = [[max(0.0, part) for part in parts.values()] for parts in times.values()]
    longest = max(map(sum, seconds))
    for row, (name, parts) in enumerate(zip(times, seconds, strict=True)):
        top = ROW * row + TOP
        drawn += _text("0", top + 13, name, ' font-weight="600"')
        drawn += _text("100%", top + 13, duration(sum(parts)), ' text-anchor="end"')
        drawn += _bar(dict(zip(names, parts, strict=True)), longest, top + 20)
    height = ROW * len(times) + TOP - 12
    if magnify:
        last = dict(zip(names, seconds[-1], strict=True))
        whole = sum(last.values())
        drawn += _lens(f"{100 * whole / longest:.2f}%", height)
        drawn += _bar(last, whole, height + LENS)
        kept = [f"{name} {duration(part)}" for name, part in last.items() if part]
        words = f"magnified {longest / whole:.3g} times"
        drawn += _text("100%", height + 14, words, ' text-anchor="end"')
        height += LENS + BAR + 26
        drawn += _text("0", height - 8, ", ".join(kept))
    return Bars((_svg(drawn, height),), caption, alt)


def stream(
    tasks: Mapping[str, Mapping[str, Sequence[tuple[float, float]]]],
    *,
    caption: str,
    alt: str,
) -> Bars:
    """Draw what was done when: a row for each kind of task, with a bar for each of them.

    Parameters
    ----------
    tasks : mapping of str to mapping of str to sequence of (float, float)
        For each worker its tasks by their kind: when they began and ended, in seconds. The
        first beginning is drawn as 0.
    caption, alt : str
        See `conv.figures.Figure`; without measured numbers, which differ each time.

    Examples
    --------
    >>> stream({"cook": {"cut": [(0, 2)], "boil": [(2, 9)]}}, caption="Soup.", alt="Two.")
    Bars: Soup. [Two.]
    """
    times = [time for kinds in tasks.values() for spans in kinds.values() for time in spans]
    start, end = min(a for a, _ in times), max(b for _, b in times)
    drawn, y = "", 0
    for worker, kinds in tasks.items():
        drawn += _text("0", y + 14, worker, ' font-weight="600"')
        for kind, spans in kinds.items():
            y += LANE
            drawn += _text("0", y + 14, kind)
            drawn += _box(f"{LEFT}%", f"{100 - LEFT}%", "hair", y + 18, 1)
            for a, b in spans:
                left, share = ((100 - LEFT) * t / (end - start) for t in (a - start, b - a))
                place, width = f"{LEFT + left:.2f}%", f"{share:.2f}%"
                seen = f' style="width: max({width}, {LEAST}px)"'  # however short
                drawn += _box(place, width, "link", y + 4, LANE - 6, seen)
        y += LANE + 12
    drawn += _text(f"{LEFT}%", y + 2, "0")
    drawn += _text("100%", y + 2, duration(end - start), ' text-anchor="end"')
    return Bars((_svg(drawn, y + 10),), caption, alt)


def _bar(parts: Mapping[str, float], longest: float, y: int) -> str:
    """Draw the parts of a bar, and into those that are wide enough their names."""
    drawn, left = "", 0.0
    for (name, part), (fill, ink) in zip(parts.items(), PARTS, strict=False):
        share = 100 * part / longest
        drawn += _box(f"{left:.2f}%", f"{share:.2f}%", fill, y, BAR)
        if share > WORD:
            inked = f' dx="8" fill="{colour(ink)}"'
            drawn += _text(f"{left:.2f}%", y + 18, name, inked)
        left += share
    return drawn


def _lens(right: str, y: int) -> str:
    """Draw lines from the ends of a bar to those of the same bar, magnified."""
    return "".join(
        f'<line x1="{above}" y1="{y}" x2="{below}" y2="{y + LENS}"'
        f' stroke="{colour("muted")}" stroke-dasharray="3 3"/>'
        for above, below in (("0", "0"), (right, "100%"))
    )


def _svg(drawn: str, height: int) -> str:
    return (
        f'<svg width="100%" height="{height}" font-family="inherit"'
        f' font-size="14" fill="{TEXT}" xmlns="http://www.w3.org/2000/svg">{drawn}</svg>'
    )


def _box(x: str, width: str, fill: str, y: int, height: int, more: str = "") -> str:
    place = f'x="{x}" y="{y}" width="{width}" height="{height}"'
    return f'<rect {place} fill="{colour(fill)}"{more}/>'


def _text(x: str, y: int, words: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}"{more}>{escape(words)}</text>'
