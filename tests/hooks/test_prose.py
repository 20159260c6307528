"""Numbers that are typed into the text of a page stand in its code or its outputs, too."""

from __future__ import annotations

import re

import pytest
from nbformat.v4 import new_output

from hooks.prose import Page, PageError

TABLE = "| size | share |\n| ---: | ---: |\n| 12\N{NARROW NO-BREAK SPACE}345 | 0.75 |"
MEASURED = f'<div class="conv-measured" markdown>\n\n{TABLE}\n\n</div>'
SVG = "<figure><svg><text>88</text></svg><figcaption>All 99 of them.</figcaption></figure>"


def page_of(tmp_path, prose, code="pass", shown=(), values=()):
    """Return a page of a text and a cell, executed."""
    text = "\n".join(f"# {line}".rstrip() for line in prose.split("\n"))
    path = tmp_path / "page.py"
    path.write_text(f"# %% [markdown]\n{text}\n\n# %%\n{code}\n", encoding="utf-8")
    page = Page.read(path, "docs/page.py")
    outputs = [new_output("display_data", data={kind: data}) for kind, data in shown]
    return page.executed([outputs], list(values))


@pytest.mark.parametrize(
    ("prose", "code"),
    [
        ("Of 42 and 0.5.", "x = 42 + 1 / 2 + .5"),
        ("Minus −42, or -42, or 42.", "x = -42"),
        ("10,000 and 10 000 and 10\N{NARROW NO-BREAK SPACE}000 and 10000", "x = 10_000"),
        ("50 % and 50%, then 12.5 %.", "x = 0.5, 12.5"),
        ("Between 12–34, 12/34, 12×34, (12, 34).", "x = 12, 34"),
        ("In 1968, from 1989 to 2026, on 2020-03-28.", ""),
        ("From 1968.", ""),
        ("See issue 1180, issues 3867 and 67551, chapter 11, section 9.1.", ""),
        ("Python 3.11, SciPy 1.17.1, version 12, pages 77 to 88, volume 34, question 99.", ""),
        ("[question 16798888](https://stackoverflow.com/q/16798888), <https://a.org/77>", ""),
        ("A [link\nof 77 words](../page-88.md#99), ![77](a77.png), [77][a], a note[^77].", ""),
        ("The code `np.ones(77)`, the name float64, CS231n and conv2d.", ""),
        ("Formulas: $x_{77}$, and\n\n$$ \\tfrac12 + 77 \\\\\n+ 88 $$\n\nand $a\n= 77$.", ""),
        ("## 12. A heading\n\n### Exercise 11: another { #ex-77 }\n\n10. an item\n11. and one", ""),
        ("```\nx = 77\n```\n\n<span data-size='77'>eight</span>", ""),
        ("One digit: 7, 7 %, 3 by 3, 1, 2, 3.", ""),
    ],
)  # fmt: skip
def test_numbers_that_may_be_typed(tmp_path, prose, code):
    """They stand in the code, in whatever spelling, or are no numbers of the text."""
    page_of(tmp_path, prose, code or "pass")


@pytest.mark.parametrize(
    ("prose", "code"),
    [
        ("There are 77.", "x = '77'  # 77"),
        ("There are 77.", "x = 7.7, 777, 0.77"),
        ("It is 7.5.", "x = 75"),
        ("It is .5.", "x = 5"),
        ("It is 1e9.", "x = 1e8"),
        ("It is 77 %.", "x = 7.7"),
        ("A `span` and 77 ``more``.", "x = 1"),
        ("A [list of] 77, [[77, 8]].", "x = 1"),
        ("It costs $5, then 77.", "x = 1"),
        ("| a | b |\n| - | - |\n| 1 | 77 |", "x = 1"),
        ("- a list\n- of 77\n  lines", "x = 1"),
        ("77 lines", "x = 1"),
        ("77x8 numbers, 77s and 77px", "x = 1"),
        ("In 1899.", "x = 1"),
        ("In 2,026 and 2026.5 cases", "x = 1"),
        ("An issue of 77 pages", "x = 1"),
        ("x < 77 and y > 8", "x = 1"),
    ],
)
def test_numbers_that_are_wrong_are_named(tmp_path, prose, code):
    """Neither strings nor comments count; the message names the number and its line."""
    with pytest.raises(PageError, match=r"docs/page\.py:\d+: .* is typed") as caught:
        page_of(tmp_path, prose, code)
    lines = str(caught.value).split("\n")
    for line in lines:
        number, text = re.match(r"docs/page\.py:(\d+): (.*) is typed", line).groups()
        assert text in prose.split("\n")[int(number) - 2]


@pytest.mark.parametrize("shown", [[("text/markdown", TABLE)], [("text/plain", "array([12345, 0.75])")], [("text/plain", "12,345 of 1"), ("text/html", "<table><tr><td>75 %</td><td>0.75</td></tr></table>")]])  # fmt: skip
def test_numbers_in_outputs_count(tmp_path, shown):
    """What a page prints and sets in tables may be typed."""
    page_of(tmp_path, "Of 12,345 a share of 75 % or 0.75.", shown=shown)


def test_whatever_code_and_outputs_hold_is_read(tmp_path):
    """Versions, imaginary numbers and what IPython alone understands are no fault."""
    code = "x = 2j, 1e-300\n!echo '\n"
    page_of(tmp_path, "One word.", code, [("text/plain", "2.4.6, 1e400, 7e, ²")])


@pytest.mark.parametrize("number", ["88", "99", "12,345", "0.75", "66"])
def test_numbers_in_drawings_and_measured_ones_do_not_count(tmp_path, number):
    """Captions, SVG, code in outputs, and times are no proof of a number."""
    shown = [("text/html", SVG), ("text/markdown", MEASURED)]
    shown += [("text/markdown", "```python\nx = 66\n```")]
    with pytest.raises(PageError, match=number):
        page_of(tmp_path, f"There are {number}.", shown=shown)


def test_all_wrong_numbers_of_a_page_are_named_at_once(tmp_path):
    """An author mends them in one go."""
    with pytest.raises(PageError) as caught:
        page_of(tmp_path, "Here 77,\nand there 88 and 77.")
    assert [line.split(" is")[0] for line in str(caught.value).splitlines()] == [
        "docs/page.py:2: 77", "docs/page.py:3: 88", "docs/page.py:3: 77",
    ]  # fmt: skip


def test_values_are_not_typed(tmp_path):
    """What a role computes needs no proof, in no place where it may stand."""
    prose = (
        'There are {eval}`x`, in [a {eval}`x`](a.md), $a = {eval}`x`$, {eval}`f"{x}"` %.'
    )
    page = page_of(tmp_path, prose, values=["77", "78", "79", "80"])
    assert page.cells[0].source == "There are 77, in [a 78](a.md), $a = 79$, 80 %."


def test_a_role_can_be_shown(tmp_path):
    """In two backticks, in a block of code and in a code cell it stays as it is."""
    prose = "``{eval}`x` ``\n\n```text\n{eval}`x`\n```\n{eval}``x``"
    page = page_of(tmp_path, prose, "x = 1  # {eval}`x`")
    assert page.cells[0].source == prose
    assert "`x`" in page.cells[1].source
