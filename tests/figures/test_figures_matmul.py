"""The drawings of the matrix product: windows as rows, and times as bars."""

from __future__ import annotations

import re

import numpy as np
import pytest

from conv import figures
from conv.figures import plots
from tests.figures.test_figures import WORDS, cells, framed, parse


def strokes(soup):
    """List the colour and the dashes of the rings of a grid."""
    rings = soup("path", class_="conv-ring")
    return [(ring["stroke"], ring.get("stroke-dasharray")) for ring in rings]


def test_windows_are_rows_that_end_in_their_outputs():
    """A window and its row have one frame, in the order of the kernel's entries."""
    figure = figures.patches([[1, 2, 3], [4, 5, 6]], [[1, 10]], **WORDS)
    image, rows = parse(figure)("svg")
    texts = [text for text, _ in cells(rows)]
    expected = [[1, 10, "y"], [1, 2, 21], [2, 3, 32], [4, 5, 54], [5, 6, 65]]
    assert texts == [str(number) for row in expected for number in row]
    assert strokes(image) == strokes(rows)
    assert len(set(strokes(image))) == 4
    inside = [[text for text in frame if text] for frame in framed(image)]
    assert inside[0] == ["1", "2"]


def test_there_are_as_many_frames_as_can_be_told_apart():
    """Four; a fifth, or one without cells, is refused."""
    with pytest.raises(ValueError, match="frames must be at most 4, not 5"):
        figures.Grid(np.ones(5), frames=[(n,) for n in range(5)])
    with pytest.raises(IndexError, match="has no cells"):
        figures.Grid([1, 2], frames=[(slice(2, 3),)])


def test_bars_are_as_long_as_their_parts():
    """On one scale; the longest is as wide as the drawing, and a negative rest is none."""
    times = {"slow <1>": {"a": 6, "b": 2}, "fast": {"a": -1, "b": 1}}
    soup = parse(figures.bars(times, **WORDS))
    bars = [(b["x"], b["width"]) for b in soup("rect") if "%" in b["width"]]
    percents = [tuple(float(n.rstrip("%")) for n in bar) for bar in bars]
    assert percents == [(0, 75), (75, 25), (0, 0), (0, 12.5)]
    texts = [text.get_text() for text in soup("text")]
    assert texts == ["a", "b", "slow <1>", "8 s", "a", "fast", "1 s"]


def test_the_last_bar_is_drawn_again_magnified():
    """As wide as the longest, with its parts in the same shares, their times and a factor."""
    times = {"slow": {"a": 8, "b": 0}, "fast": {"a": 0, "b": 1}}
    soup = parse(figures.bars(times, magnify=True, **WORDS))
    bars = [(b["x"], b["width"]) for b in soup("rect") if "%" in b["width"]]
    percents = [tuple(float(n.rstrip("%")) for n in bar) for bar in bars]
    assert percents[-4:] == [(0, 0), (0, 12.5), (0, 0), (0, 100)]
    ends = [(line["x1"], line["x2"]) for line in soup("line")]
    assert ends == [("0", "0"), ("12.50%", "100%")]
    texts = [text.get_text() for text in soup("text")]
    assert texts[-3:] == ["b", "magnified 8 times", "b 1 s"]
    height = int(soup.svg["height"])
    assert all(int(b["y"]) + int(b["height"]) < height for b in soup("rect"))


def test_a_stream_has_a_bar_for_each_task():
    """Each on the row of its kind, from where it began to its end, and never too thin to see."""
    tasks = {"one": {"a": [(5, 6), (8, 9)], "b": []}, "two": {"a": [], "b": [(6, 15)]}}
    soup = parse(figures.stream(tasks, **WORDS))
    bars = [bar for bar in soup("rect") if int(bar["height"]) > 1]
    spans = [tuple(float(bar[n].rstrip("%")) for n in ("x", "width")) for bar in bars]
    assert spans == [(22, 7.8), (45.4, 7.8), (29.8, 70.2)]
    assert bars[0]["style"] == "width: max(7.80%, 1.5px)"
    rows = {text.get_text(): int(text["y"]) for text in soup("text")}
    assert [*rows] == ["one", "a", "b", "two", "0", "10 s"]
    one, again, two = (int(bar["y"]) for bar in bars)
    assert one == again < rows["two"] < two < rows["10 s"] < int(soup.svg["height"])
    assert soup.select_one(".conv-measured svg")


def test_bars_are_marked_as_measured():
    """What differs from build to build is inside the marker, and described in words."""
    soup = parse(figures.bars({"x": {"a": 0.5}}, **WORDS))
    measured = soup.select_one(".conv-measured")
    assert measured.select_one("[role=img]")["aria-label"] == WORDS["alt"]
    measured.decompose()
    assert not re.search(r"\d", soup.get_text())
    assert soup.figcaption.get_text() == WORDS["caption"]


def test_measured_curves_are_in_the_page():
    """No file is named after what was measured; inside the marker, both schemes' colours."""
    labels = {"x_label": "size", "y_label": "s"}
    figure = figures.curves([1, 2], {"a": [3, 4]}, measured=True, **labels, **WORDS)
    assert "data:" not in figure._repr_html_()
    assert "\n" not in figure._repr_html_()
    measured = parse(figure).select_one(".conv-measured")
    assert measured.select_one("[role=img]")["aria-label"] == WORDS["alt"]
    assert len(measured.select("svg rect")) > 0
    for light, dark in (plots.CURVES[0], plots.INK):
        assert f"light-dark({light}, {dark})" in str(measured)
    used = {use["xlink:href"] for use in measured("use")}
    assert used <= {f"#{drawn['id']}" for drawn in measured(id=True)}


@pytest.mark.parametrize(
    "times",
    [{"x": {"a": 1}, "y": {"b": 1}}, {"x": dict.fromkeys("abcd", 1.0)}],
)
def test_bars_need_the_same_few_parts(times):
    """Each part has one colour, and there are three."""
    with pytest.raises(ValueError, match="the same, at most 3, parts"):
        figures.bars(times, **WORDS)
