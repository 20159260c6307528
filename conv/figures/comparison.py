"""What two functions of other libraries answer, side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from conv.figures.ported import ported
from conv.figures.topics import ALIKE, OPEN, TOPICS, differ, steps
from conv.libraries import UNBROKEN, Row

WHOSE = "your library", "the other"
LEAD = "To get A’s output under same, with A’s default border, change B(image, kernel) so:"
FOLD = "What lies beyond the border, and what bytes become"
RULES = (
    "Each border row shows what a rule sets around 1 2 3 4, and what a function calls it. "
    "“default”: the function uses the rule unasked and has no name for it; "
    "–: it lacks the rule. In the last row, astropy gets normalize_kernel=False; by "
    "default it divides the 300 by the kernel’s sum, 3."
)
CODE = "Code to copy: A’s output from B, at stride 1"
LINES = (
    "Give the function floats: x, which its comment names, and a smaller kernel w. It "
    "returns what A returns under same, with A’s default border. For even kernels it may "
    "take another way than the list: a zero makes them odd."
)


@dataclass(frozen=True, eq=False)
class Answers:
    """Two functions, and what can be asked of all; without scripts, the two alone."""

    rows: Mapping[str, Row]
    chosen: tuple[str, str]
    caption: str

    def __repr__(self) -> str:
        return f"Answers. {LEAD} {' '.join(self.steps(*self.chosen))}"

    def steps(self, first: str, second: str) -> list[str]:
        """Say how to make the second function compute what the first does."""
        return steps(self.rows[first], self.rows[second])

    def code(self, first: str, second: str) -> list[str]:
        """Write lines of code in which the second function computes what the first does."""
        return ported(self.rows[first], self.rows[second])

    def facts(self) -> dict[str, Any]:
        """Return what the browser needs: what is shown of each function, and lines by pair.

        A pair has the numbers of its steps and of its code, because many pairs share them.
        """
        names = list(self.rows)
        functions = [
            {"name": _name(row, self.rows), "shown": _shown(row)}
            for row in self.rows.values()
        ]
        chosen = [names.index(name) for name in self.chosen]
        facts: dict[str, Any] = {"functions": functions, "chosen": chosen}
        for said, write in (("steps", self.steps), ("code", self.code)):
            numbers: dict[str, int] = {}
            pairs = [
                [[numbers.setdefault(o, len(numbers)) for o in write(a, b)] for b in names]
                for a in names
            ]
            facts[said] = {"lines": list(numbers), "pairs": pairs}
        return {**facts, "alike": ALIKE}

    def _repr_html_(self) -> str:
        two = [self.rows[name] for name in self.chosen]
        data = json.dumps(self.facts(), ensure_ascii=False).replace("<", "\\u003c")
        labels = "".join(
            f"<label><span><b>{letter}</b>, {whose}</span>"
            f'<span class="conv-control"><code>{escape(_name(row, self.rows))}</code>'
            "</span></label>"
            for letter, whose, row in zip("AB", WHOSE, two, strict=True)
        )
        code = escape("\n".join(self.code(*self.chosen)))
        items = "".join(f"<li>{escape(step)}</li>" for step in self.steps(*self.chosen))
        return (  # div: a block in Markdown
            f'<div><conv-libraries><script type="application/json">{data}</script>'
            f'<figure class="conv-figure cl"><div class="conv-panels">{labels}</div>'
            f'<div class="cl-steps" role="status"><p>{LEAD}</p>'
            f"<ul>{items}</ul></div>"
            f"<details><summary>{CODE}</summary><p>{LINES}</p>"
            f"<pre><code>{code}</code></pre></details>"
            f"{_table(two, slice(OPEN))}"
            f"<details><summary>{FOLD}</summary><p>{RULES}</p>"
            f"{_table(two, slice(OPEN, None))}</details>"
            f"<figcaption>{escape(self.caption)}</figcaption></figure></conv-libraries></div>"
        )


def _shown(row: Row) -> list[str]:
    """Return the answers to what is asked, each on one line."""
    return [answer(row).translate(UNBROKEN) for answer in TOPICS.values()]


def _table(two: list[Row], topics: slice) -> str:
    """Set the answers of two rows to some topics side by side."""
    lines = "".join(
        f"<tr{' class=cl-differs' * differ(a, b)}>"
        f'<th scope="row">{label}</th><td>{escape(a)}</td><td>{escape(b)}</td></tr>'
        for label, a, b in list(zip(TOPICS, *map(_shown, two), strict=True))[topics]
    )
    return (
        '<table class="cl-answers"><thead><tr><td></td><th scope="col">A</th>'
        f'<th scope="col">B</th></tr></thead><tbody>{lines}</tbody></table>'
    )


def answers(rows: Mapping[str, Row], first: str, second: str, *, caption: str) -> Answers:
    """Let the reader put any two functions side by side, and say what parts them.

    This site brings the scripts; in a notebook the two stand there as they are.

    Parameters
    ----------
    rows : mapping of str to Row
        What can be chosen: `conv.libraries.ROWS`.
    first, second : str
        The names of those that stand there at first.
    caption : str
        See `conv.figures.Figure`.

    Raises
    ------
    KeyError
        If there is no such function.

    Examples
    --------
    >>> from conv.libraries import ROWS
    >>> names = "scipy.signal.convolve mode='same'", "scipy.signal.correlate mode='same'"
    >>> two = answers(ROWS, *names, caption="Two functions of SciPy.")
    >>> two.steps(*names)
    ['Flip the kernel.', "Pass mode='same', because B’s default is full."]
    """
    for name in (first, second):
        if name not in rows:
            raise KeyError(f"there is no function {name!r}")
    return Answers(rows, (first, second), caption)


def _name(row: Row, rows: Mapping[str, Row]) -> str:
    """Leave the mode out of a name that is clear without it."""
    path, argument = row["name"].rsplit(maxsplit=1)
    alone = sum(name.startswith(f"{path} ") for name in rows) == 1
    return path if alone else f"{path} {argument.partition('=')[2].strip(chr(39))}"
