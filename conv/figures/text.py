"""Tables and sources, as Markdown that a page shows like its own."""

from __future__ import annotations

import ast
import inspect
import statistics
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from conv.figures.grid import format_number
from conv.timing import processor, ratio


@dataclass(frozen=True)
class Markdown:
    """A text that shows itself as Markdown."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.text


def table(
    columns: Mapping[str, Iterable[Any]], *, measured: bool = False, note: str = ""
) -> Markdown:
    """Set values in a table, a column for each name.

    Parameters
    ----------
    columns : mapping of str to iterable
        Cells by the name of their column, as many in each. Numbers are written in three
        significant digits, integers in full, and texts, which may hold Markdown, as they
        are.
    measured : bool
        Whether the table holds times or the like, which differ from build to build. The
        page then says so.
    note : str
        What stands below the table.

    Raises
    ------
    ValueError
        If the columns differ in length.

    Examples
    --------
    >>> table({"mode": ["full", "valid"], "size": [7, 3]})
    | mode | size |
    | --- | ---: |
    | full | 7 |
    | valid | 3 |
    """
    cells = [list(column) for column in columns.values()]
    numeric = [not any(isinstance(value, str) for value in column) for column in cells]
    rows = [columns, *zip(*cells, strict=True)]
    lines = [[_cell(value) for value in row] for row in rows]
    lines.insert(1, ["---:" if right else "---" for right in numeric])
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    if note:
        text += f"\n\n{note}"
    if measured:
        text = (
            f'<div class="conv-measured" data-search-exclude markdown>\n\n{text}\n\n</div>'
        )
    return Markdown(text)


def race_table(
    seconds: Mapping[str, Sequence[float]],
    *,
    multiplications: Mapping[str, int] | None = None,
) -> Markdown:
    """Set the times of a race in a table, and compare them with the first.

    Parameters
    ----------
    seconds : mapping of str to sequence of float
        Seconds in each round, by name, as `conv.timing.race` measures them. All do the
        same job; the first is what the others are compared with.
    multiplications : mapping of str to int, optional
        How many multiplications each call makes. Adds a column with their rate.

    Returns
    -------
    Markdown
        A table marked as measured, which names the machine: the median time of each call,
        and the median over the rounds of how many times as fast as the first it was.

    Examples
    --------
    >>> print(race_table({"slow": [3, 4], "fast": [0.5, 1]}).text)  # doctest: +ELLIPSIS
    <div class="conv-measured" data-search-exclude markdown>
    <BLANKLINE>
    | method | time | times as fast |
    | --- | --- | ---: |
    | slow | 3.5 s | 1 |
    | fast | 750 ms | 5 |
    ...
    """
    first = next(iter(seconds.values()))
    medians = {name: statistics.median(turns) for name, turns in seconds.items()}
    columns: dict[str, Iterable[Any]] = {
        "method": medians,
        "time": map(duration, medians.values()),
        "times as fast": [ratio(first, turns)[0] for turns in seconds.values()],
    }
    if multiplications is not None:
        columns["billion multiplications a second"] = [
            multiplications[name] / median / 1e9 for name, median in medians.items()
        ]
    note = f"{processor()}, one thread, NumPy {np.__version__}. Medians over the rounds:"
    note += " a median ratio need not be the ratio of two median times."
    return table(columns, measured=True, note=note)


def duration(seconds: float) -> str:
    """Write seconds in a unit that fits.

    Examples
    --------
    >>> duration(0.0125)
    '12.5 ms'
    """
    for unit, factor in (("s", 1.0), ("ms", 1e3)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def source(function: Callable[..., Any], *, docstring: bool = False) -> Markdown:
    """Show a function's source as it is in the package, or above on the page.

    Parameters
    ----------
    function : callable
        A function that is written in Python.
    docstring : bool
        Whether to show its docstring as well.

    Examples
    --------
    >>> from conv import geometry
    >>> print(source(geometry._same).text.splitlines()[1])
    def _same(n: int, extent: int, stride: int) -> tuple[int, int]:
    """
    text = textwrap.dedent(_cell_source(function) or inspect.getsource(function))
    if not docstring:
        definition = ast.parse(text).body[0]
        assert isinstance(definition, ast.FunctionDef)
        if ast.get_docstring(definition):
            first, lines = definition.body[0], text.splitlines(keepends=True)
            text = "".join(lines[: first.lineno - 1] + lines[first.end_lineno :])
    path = function.__module__.replace(".", "/")
    title = "" if _is_own(function) else f' title="{path}.py"'
    return Markdown(f"```python{title}\n{text.rstrip()}\n```")


def _cell_source(function: Callable[..., Any]) -> str:
    """Return a function's source from the cell that defines it; empty if none does."""
    first = function.__code__.co_firstlineno - 1
    cells = getattr(sys.modules["__main__"], "In", []) if _is_own(function) else []
    for cell in reversed(cells):
        lines = cell.splitlines(keepends=True)[first:]
        if lines and lines[0].startswith(f"def {function.__name__}("):
            return "".join(inspect.getblock(lines))
    return ""


def _is_own(function: Callable[..., Any]) -> bool:
    """Tell whether a page or a notebook itself defines a function, and no module."""
    return function.__module__ == "__main__"


def _cell(value: Any) -> str:
    if isinstance(value, float | np.floating):
        if not 10_000 <= abs(float(value)) < 999_999.5:
            return format_number(value)
        value = round(float(value))
    text = str(value)
    if isinstance(value, int | np.integer) and abs(int(value)) >= 10_000:
        text = f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    if not isinstance(value, str):
        text = text.replace("-", "−")
    return text.replace("|", "\\|")
