"""What two functions of other libraries answer, side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from conv.figures.topics import TOPICS
from conv.libraries import Row

WHOSE = "your library", "the other"
AGREE = "These two agree on all that was asked."
NOTHING = "change nothing"


@dataclass(frozen=True, eq=False)
class Answers:
    """Two functions, and what can be asked of all; without scripts, the two alone."""

    rows: Mapping[str, Row]
    chosen: tuple[str, str]
    caption: str

    def __repr__(self) -> str:
        return f"Answers: {self.sentence(*self.chosen)}"

    def sentence(self, first: str, second: str) -> str:
        """Say how to make the second function compute what the first does."""
        a, b = self.rows[first], self.rows[second]
        if all(topic.answer(a) == topic.answer(b) for topic in TOPICS):
            return AGREE
        steps = [step for topic in TOPICS if (step := topic.step(a, b))]
        names = [_name(row, self.rows) for row in (a, b)]
        said = "; ".join(steps or [NOTHING])
        return f"From {names[0]} under same to {names[1]}: {said}."

    def facts(self) -> dict[str, Any]:
        """Return what the browser needs: for each topic its answers, and the steps between.

        A function has the numbers of its answers; steps are by those of two functions.
        """
        topics: list[dict[str, Any]] = []
        places: dict[str, list[int]] = {name: [] for name in self.rows}
        for topic in TOPICS:
            first: list[Row] = []  # to give each of the answers
            for name, row in self.rows.items():
                known = [topic.answer(one) for one in first]
                if topic.answer(row) not in known:
                    first.append(row)
                places[name].append([*known, topic.answer(row)].index(topic.answer(row)))
            steps = [[topic.step(a, b) for b in first] for a in first]
            shown = [topic.shown(row) for row in first] if topic.label else []
            topics.append({"shown": shown, "steps": steps})
        functions = [
            {"name": _name(row, self.rows), "call": row["call"], "at": places[name]}
            for name, row in self.rows.items()
        ]
        chosen = [list(self.rows).index(name) for name in self.chosen]
        fixed = {"agree": AGREE, "nothing": NOTHING, "chosen": chosen}
        return {"functions": functions, "topics": topics, **fixed}

    def _repr_html_(self) -> str:
        two = [self.rows[name] for name in self.chosen]
        data = json.dumps(self.facts(), ensure_ascii=False).replace("<", "\\u003c")
        labels = "".join(
            f"<label><span><b>{letter}</b>, {whose}</span>"
            f'<span class="conv-control"><code>{escape(_name(row, self.rows))}</code>'
            "</span></label>"
            for letter, whose, row in zip("AB", WHOSE, two, strict=True)
        )
        lines = "".join(f"<pre><code>{escape(row['call'])}</code></pre>" for row in two)
        return (  # div: a block in Markdown
            f'<div><conv-libraries><script type="application/json">{data}</script>'
            f'<figure class="conv-figure cl"><div class="conv-panels">{labels}</div>'
            f'<p class="cl-steps" role="status">{escape(self.sentence(*self.chosen))}</p>'
            f"{_table(two)}<p>What gives <code>conv.correlate(x, w)</code> with A,"
            f" and with B:</p>{lines}<figcaption>{escape(self.caption)}</figcaption>"
            "</figure></conv-libraries></div>"
        )


def _table(two: list[Row]) -> str:
    """Set what can be shown of two rows side by side."""
    lines = "".join(
        f"<tr{' class=cl-differs' * (topic.answer(two[0]) != topic.answer(two[1]))}>"
        + f'<th scope="row">{topic.label}</th>'
        + "".join(f"<td>{escape(topic.shown(row))}</td>" for row in two)
        + "</tr>"
        for topic in TOPICS
        if topic.label
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
    >>> two.sentence(*names).partition(": ")[2]
    'flip the kernel.'
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
