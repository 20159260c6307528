"""Read a page, fill in what its text computes, and check the numbers that are typed.

Nothing here knows MkDocs, or executes anything.
"""

from __future__ import annotations

import ast
import contextlib
import io
import math
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from bs4 import BeautifulSoup
from nbformat import NotebookNode

FORMAT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
CELL = re.compile(r"\s*#\s*%%+(\s|$)")  # the line that begins a cell
# Code in a text, and what looks like it: the role {eval}.
CODE = re.compile(
    r"""^\#?[ ]?(?P<fence>`{3,}|~{3,})[^`\n]*\n.*?^\#?[ ]?(?P=fence)
    | \{eval\}`(?P<expression>[^`\n]+)`(?!`)
    | (?<!`)(?P<ticks>`+)(?!`)(?:(?!\n\#?[ ]*\r?\n).)+?(?<!`)(?P=ticks)(?!`)""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
THOUSANDS = ",\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
DIGITS = r"(?<!\w)(?:(?:\d{1,3}(?:[%s]\d{3})+(?!\d)|\d+)(?:\.\d+)*(?:e[+-]?\d+)?|\.\d+)"
TYPED = DIGITS % f"{THOUSANDS} "
PRINTED = DIGITS % THOUSANDS  # a space stands between the numbers of an array
VERSION = re.compile(r"\..*\.")
WORDS = "chapter|issue|page|question|request|section|version|volume|Python"
# What a text holds besides its own words and numbers.
EXEMPT = re.compile(
    rf"""\$\$.*?\$\$ | (?<!\\)\$(?:(?!\n[ ]*\n)[^$])+\$  # formulas
    | \[\^[^]]*\] | !?\[[^]]*\](?:\([^)]*\)|\[[^]]*\]|:[ ][^\n]*)  # footnotes, links
    | <[a-zA-Z/!][^>]*> | https?://\S+ | \{{[:\#. ][^}}\n]*\}}  # HTML, URLs, attributes
    | ^[ ]*(?:\#+[ ](?:\w+[ ])?)?\d+[.:)](?=\s)  # headings and items that are numbered
    | \b(?:{WORDS})s?\s{TYPED}(?:(?:,|,?\s(?:and|or|to))\s{TYPED})*
    | (?<![\w.,])(?:19|20)\d\d(?:-\d\d-\d\d)?(?![\w%]|[.,]\d)  # years and days""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


class PageError(Exception):
    """A page that must not be published; the message names page, line and cell."""


@dataclass(frozen=True)
class Cell:
    """A cell as it is written: ``text`` from the line after its mark to the next mark."""

    text: str
    line: int  # of the file, at which the text begins; from 1
    node: NotebookNode

    @property
    def is_code(self) -> bool:
        """Whether the kernel executes it."""
        return self.node.cell_type == "code"

    @property
    def prose(self) -> str:
        """The text of a cell that is not executed."""
        return "" if self.is_code else self.text

    @property
    def begin(self) -> int:
        """The line of the file at which its first words stand."""
        blank = len(self.text) - len(self.text.lstrip())
        return self.line + self.text.count("\n", 0, blank)

    def roles(self) -> list[tuple[int, str]]:
        """Return what its text computes: lines of the file, and expressions."""
        found = [match for match in CODE.finditer(self.prose) if match["expression"]]
        return [(self._line(match.start()), match["expression"]) for match in found]

    def typed(self) -> list[tuple[int, str]]:
        """Return the numbers of two or more digits, or with a point, with their lines."""
        text = CODE.sub(_blank, self.prose)
        text = re.sub(r"^# ?|\r$", "", text, flags=re.MULTILINE)
        text = EXEMPT.sub(_blank, text)
        return [
            (self._line(match.start(), text), match[0])
            for match in re.finditer(rf"{TYPED}(?:\s?%)?", text)
            if re.search(r"\d.*\d|[.]", match[0]) and not VERSION.search(match[0])
        ]

    def _line(self, position: int, text: str = "") -> int:
        return self.line + (text or self.prose).count("\n", 0, position)


@dataclass(frozen=True)
class Page:
    """A page as it is written: a percent script."""

    name: str
    text: str
    cells: list[Cell]

    @classmethod
    def read(cls, path: Path, name: str) -> Page:
        """Read a page.

        Raises
        ------
        PageError
            If it is not UTF-8, or its cells cannot be told apart.
        """
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise PageError(f"{name}:{line}: is not UTF-8: {error.reason}") from None
        nodes = _notebook(text).cells
        lines = text.removeprefix("\N{BYTE ORDER MARK}").split("\n")
        marks = [n for n, line in enumerate(lines, 1) if CELL.match(line)]
        if len(marks) < len(nodes):
            marks.insert(0, 0)  # what stands before the first mark is a cell, too
        if len(marks) != len(nodes):
            raise PageError(f"{name}: has {len(marks)} marks of cells, {len(nodes)} cells")
        ends = [*[mark - 1 for mark in marks[1:]], len(lines)]
        cells = [
            Cell("\n".join(lines[mark:end]), mark + 1, node)
            for mark, end, node in zip(marks, ends, nodes, strict=True)
        ]
        return cls(name, text, cells)

    def place(self, number: int) -> str:
        """Say where a cell stands; ``number`` counts from 1."""
        return f"{self.name}:{self.cells[number - 1].begin}, cell {number}"

    def roles(self) -> list[tuple[int, str]]:
        """Return what the whole text computes: lines, and expressions."""
        return [role for cell in self.cells for role in cell.roles()]

    def executed(
        self, outputs: list[list[NotebookNode]], values: list[str]
    ) -> NotebookNode:
        """Return the page as a notebook with its outputs, its text filled in.

        Raises
        ------
        PageError
            If a number is typed that no code and no output holds.
        """
        self._check(outputs)
        lines, nodes = self.text.split("\n"), []
        shown, remaining = iter(outputs), iter(values)
        for number, cell in enumerate(self.cells, 1):
            node = cell.node
            node.id = f"cell-{number}"
            if cell.is_code:
                node.outputs = next(shown)
            elif roles := cell.roles():
                own = [next(remaining) for _ in roles]
                first, last = cell.line - 1, cell.line + cell.text.count("\n")
                lines[first:last] = _filled(cell.text, own).split("\n")
                node.source = _filled(node.source, own)
            nodes.append(node)
        metadata = NotebookNode(script="\n".join(lines))
        return nbformat.v4.new_notebook(cells=nodes, metadata=metadata)

    def _check(self, outputs: list[list[NotebookNode]]) -> None:
        """Raise a PageError that tells of all numbers that are typed and stand nowhere."""
        known = [_tokens(cell.node.source) for cell in self.cells if cell.is_code]
        known += [_shown(output) for shown in outputs for output in shown]
        values = set().union(*known)
        wrong = [
            f"{self.name}:{line}: {text} is typed, and stands in no code and no output of "
            "this page; compute it with {eval}, or say in a word what it refers to"
            for cell in self.cells
            for line, text in cell.typed()
            if not any(_equal(text, value) for value in values)
        ]
        if wrong:
            raise PageError("\n".join(wrong))


def _notebook(text: str) -> NotebookNode:
    text = text.removeprefix("\N{BYTE ORDER MARK}").replace("\r\n", "\n")
    return jupytext.reads(text, fmt=FORMAT)


def _filled(text: str, values: list[str]) -> str:
    """Put values in place of the roles of a text."""
    remaining = iter(values)
    return CODE.sub(lambda m: next(remaining) if m["expression"] else m[0], text)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", "·", match[0])


def _value(text: str) -> float:
    return float(re.sub(r"[^\d.e+-]", "", text))


def _equal(text: str, value: float) -> bool:
    parts = (1, 100) if "%" in text else (1,)
    return any(math.isclose(_value(text) / part, value, rel_tol=1e-9) for part in parts)


def _tokens(source: str) -> set[float]:
    """Return the numbers of code, without those in strings and comments."""
    found = set()
    with contextlib.suppress(tokenize.TokenError):  # what IPython alone understands
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.NUMBER and token.string[-1] not in "jJ":
                found.add(float(ast.literal_eval(token.string)))
    return found


def _shown(output: NotebookNode) -> set[float]:
    """Return the numbers in text and tables, but for those that are measured."""
    data = output.get("data", {})
    text = output.get("text", "") or data.get("text/plain", "")
    if "text/markdown" in data:
        text = CODE.sub("", data["text/markdown"])
    elif "text/html" in data:
        tables = BeautifulSoup(data["text/html"], "html.parser")("table")
        text = " ".join(table.get_text(" ") for table in tables)
    found = [] if "conv-measured" in text else re.findall(PRINTED, text)
    return {_value(number) for number in found if not VERSION.search(number)}
