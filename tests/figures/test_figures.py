"""Figures say in words and draw in numbers what they were given."""

from __future__ import annotations

import base64
import io
import re
import sys

import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

import conv
from conv import figures
from conv.figures import colours, plots
from conv.figures.cells import DOT, MARK
from conv.figures.text import duration

WORDS = {"caption": "A caption.", "alt": "What it shows."}


def parse(figure):
    """Return a figure's HTML, parsed."""
    return BeautifulSoup(figure._repr_html_(), "html.parser")


BOX = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-\3z")


def boxes(soup):
    """List the cells of a grid: left, top, width and height, and the element they are of."""
    drawn = soup("path", {"stroke": True, "stroke-width": False})
    return [(*map(int, box), path) for path in drawn for box in BOX.findall(path["d"])]


def rings(soup, *, dashed=False):
    """List left, top, width and height of the rings of a grid."""
    drawn = soup("path", class_="conv-ring", attrs={"stroke-dasharray": dashed})
    return [tuple(map(int, box)) for path in drawn for box in BOX.findall(path["d"])]


def cells(soup):
    """List text and colour of the cells of a grid, row by row, as a browser places them."""
    return [(text, fill) for *_, text, fill in _cells(soup)]


def framed(soup, *, dashed=False):
    """List the texts of the cells that each frame of a grid surrounds."""
    drawn, frames = _cells(soup), rings(soup, dashed=dashed)
    return [[text for x, y, text, _ in drawn if _holds(frame, x, y)] for frame in frames]


def _cells(soup):
    """List middle, text and colour of the cells of a grid, row by row."""
    texts = {}
    for span in soup("tspan", x=True):
        places = list(zip(span["x"].split(), span["y"].split(), strict=True))
        assert len(places) <= len(span.string)
        for index, character in enumerate(span.string):
            place = tuple(map(float, places[min(index, len(places) - 1)]))
            texts[place] = texts.get(place, "") + character
    drawn = []
    for *box, path in sorted(boxes(soup), key=lambda box: box[1::-1]):
        inside = [place for place in texts if _holds(box, *place)]
        text = "".join(texts.pop(place) for place in inside)
        left, top, width, height = box
        drawn.append((left + width / 2, top + height / 2, text, path["fill"]))
    assert not texts  # none stands outside
    return drawn


def _holds(box, x, y):
    """Say whether a point lies in a box."""
    left, top, width, height = box
    return left < x < left + width and top < y < top + height


# Figures


def test_a_figure_says_what_it_shows():
    """The caption is visible, the alternative text describes the panels, neither is markup."""
    soup = parse(figures.Figure(("<p>x</p>",), caption='1 <b> 2 & "so"', alt='a "<b>"'))
    assert soup.figcaption.string == '1 <b> 2 & "so"'
    panels = soup.find(role="img")
    assert panels["aria-label"] == 'a "<b>"'
    assert panels.p.string == "x"
    assert not soup.find("b")


@pytest.mark.parametrize("missing", ["caption", "alt"])
def test_a_figure_without_words_is_refused(missing):
    """Caption and alternative text are required, and not blank."""
    with pytest.raises(ValueError, match=f"{missing} must say what the figure shows"):
        figures.Figure((), **(WORDS | {missing: " "}))


def test_a_figure_in_a_script_is_its_words():
    """Where nothing is drawn, the representation tells caption and alternative text."""
    assert repr(figures.Figure((), **WORDS)) == "Figure: A caption. [What it shows.]"


# Grids


def test_a_grid_holds_its_numbers():
    """Every value stands in its cell, in three digits, with a true minus sign."""
    soup = parse(figures.beside(figures.Grid([[-1, 0.12345], [-0.0, 1e6]], "<b>"), **WORDS))
    assert [text for text, _ in cells(soup)] == ["−1", "0.123", "0", "1e+06"]
    assert soup.find("tspan", {"font-weight": "600"}).string == "<b> "
    assert soup("tspan")[-1].string == "2 × 2"
    soup = parse(figures.beside(figures.Grid(["<a>", -0.12345]), **WORDS))
    assert [text for text, _ in cells(soup)] == ["<a>", "−0.123"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (999.4, "999"),
        (999.6, "1000"),
        (np.uint16(65025), "65025"),
        (-2040, "−2040"),
        (999_999, "999999"),
        (-1e6, "−1e+06"),
        (np.float32(1 / 3), "0.333"),
        (-0.00001, "−1e−05"),
        (True, "1"),
        (-np.inf, "−inf"),
        (np.nan, "nan"),
    ],
)
def test_numbers_are_written_in_three_digits(value, text):
    """Up to a million all digits before the point are written, so that integers are exact."""
    [(drawn, _)] = cells(parse(figures.beside(figures.Grid([[value]]), **WORDS)))
    assert drawn == text
    assert figures.Grid([[value]]).texts.tolist() == [[text]]


def test_a_grid_shows_its_padding():
    """Around the values stand as many zeros as the geometry puts there, in their own colour."""
    geometry = conv.Geometry.of((2, 3), (2, 2))
    image = np.arange(1, 7).reshape(2, 3)
    drawn = cells(parse(figures.beside(figures.Grid(image, pads=geometry.pads), **WORDS)))
    assert [float(text) for text, _ in drawn] == np.pad(
        image, geometry.pads
    ).ravel().tolist()
    padding = np.array(["--conv-padding" in fill for _, fill in drawn]).reshape(3, 4)
    assert padding.tolist() == [[False] * 3 + [True]] * 2 + [[True] * 4]
    signal = figures.Grid([5, -6], pads=((2, 1),))
    assert signal.texts.tolist() == [["0", "0", "5", "−6", "0"]]


@pytest.mark.parametrize("role", ["input", "kernel", "output", "padding"])
def test_roles_have_colours(role):
    """What the values are decides the colour of the cells."""
    [(_, fill)] = cells(parse(figures.beside(figures.Grid([1], role=role), **WORDS)))
    assert fill.startswith(f"var(--conv-{role},")


def test_the_frame_is_the_window():
    """A window is one frame where the geometry has it; a dilated one has a frame a cell."""
    image = np.arange(30).reshape(5, 6)
    geometry = conv.Geometry.of((5, 6), (3, 2), padding="valid", stride=2)
    grid = figures.Grid(image, focus=geometry.window((1, 1)))
    expected = [["14", "15", "20", "21", "26", "27"]]
    assert framed(parse(figures.beside(grid, **WORDS))) == expected
    geometry = conv.Geometry.of((5,), (3,), padding="valid", dilation=2)
    grid = figures.Grid(range(5), focus=geometry.window((0,)))
    assert framed(parse(figures.beside(grid, **WORDS))) == [["0"], ["2"], ["4"]]
    grid = figures.Grid(image, focus=(1, 2))
    assert framed(parse(figures.beside(grid, **WORDS))) == [["8"]]
    assert framed(parse(figures.beside(figures.Grid([1]), **WORDS))) == []


def test_the_frame_lies_on_its_cell():
    """Also below a title, frame and cell have the same place and size."""
    grid = figures.Grid([[1, 2], [3, 4]], "title", focus=(1, 0))
    soup = parse(figures.beside(grid, **WORDS))
    assert rings(soup) == [boxes(soup)[2][:4]]


@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("padding", ["full", "same", "valid"])
def test_every_window_is_framed(padding, dilation):
    """The framed cells hold the numbers that the kernel covers, at each of its positions."""
    image = np.arange(1, 31).reshape(6, 5)
    geometry = conv.Geometry.of((6, 5), (3, 2), padding=padding, dilation=dilation)
    for index in np.ndindex(geometry.output_size):
        window = geometry.window(index)
        grid = figures.Grid(image, pads=geometry.pads, focus=window)
        found = framed(parse(figures.beside(grid, **WORDS)))
        assert len(found) == (1 if dilation == 1 else 6)
        padded = np.pad(image, geometry.pads)
        assert [int(text) for texts in found for text in texts] == padded[
            window
        ].ravel().tolist()


def names(grid):
    """List the names of the colours of a grid's cells, as they are drawn."""
    fills = [fill for _, fill in cells(parse(figures.beside(grid, **WORDS)))]
    return [fill.partition(",")[0].removeprefix("var(--conv-") for fill in fills]


def test_each_value_may_have_a_role():
    """A role for each value colours cells one by one; "" leaves a cell without colour."""
    grid = figures.Grid([[1, 2], [3, 4]], role=[["kernel", ""], ["output", "input"]])
    assert names(grid) == ["kernel", "none", "output", "input"]


def test_tints_are_the_entries_of_a_kernel():
    """Entries have the steps of one ramp, in reading order; -1 leaves a cell without colour."""
    grid = figures.Grid(np.zeros((2, 2)), tints=[[8, 0], [-1, 4]], pads=((0, 0), (1, 0)))
    expected = ["padding", "entry-8", "entry-0", "padding", "none", "entry-4"]
    assert names(grid) == expected
    assert names(figures.Grid([5, 6, 7, 8], tints=range(4))) == [
        *("entry-0", "entry-3", "entry-5", "entry-8")
    ]
    assert names(figures.Grid([5], tints=[0], kernel_size=(1,))) == ["entry-4"]


def test_marks_show_the_places_of_entries():
    """A dot in each cell lies where its entry lies in the kernel, whatever the colours do."""
    order = np.random.default_rng(0).permutation(20)
    grid = figures.Grid(order, tints=order, kernel_size=(4, 5))
    soup = parse(figures.beside(grid, **WORDS))
    drawn = " ".join(path["d"] for path in soup("path"))
    squares, dots = (
        np.array(re.findall(rf"M([\d.]+) ([\d.]+)h{side}v", drawn), float)
        for side in (MARK, DOT)
    )
    where = (dots - squares)[np.argsort(squares[:, 0])] / (MARK - DOT)
    np.testing.assert_allclose(where[:, 1] * 3, order // 5, atol=1e-4)
    np.testing.assert_allclose(where[:, 0] * 4, order % 5, atol=1e-4)


def test_an_output_below_0_shows_its_signs():
    """Negative and positive outputs have the ends of the scale of signs, 0 its middle."""
    grid = figures.Grid([-4, 0, 2, 4], role="output")
    assert names(grid) == ["signed-0", "signed-2", "signed-3", "signed-4"]
    assert names(figures.Grid([0, 2, 4], role="output")) == ["output"] * 3


def test_numbers_have_the_ink_of_their_colour():
    """A number on a dark step of a ramp is light, and the other way round."""
    soup = parse(figures.beside(figures.Grid(range(9), tints=range(9)), **WORDS))
    inks = [text["fill"] for text in soup("text")]
    assert inks == [colours.colour(f"entry-{n}-ink") for n in range(9)]


def test_padding_differs_not_by_colour_alone():
    """The cells of the padding are dashed, no others are."""
    grid = figures.Grid([1, 2], pads=((1, 0),))
    drawn = boxes(parse(figures.beside(grid, **WORDS)))
    assert [bool(path.get("stroke-dasharray")) for *_, path in drawn] == [
        True,
        False,
        False,
    ]


SCALES = [("entry", n) for n in range(9)] + [("signed", n) for n in range(5)]


def contrast(one, other):
    """Return the ratio of two colours' luminances, as WCAG 2.2 defines it."""
    bright, dark = sorted(map(luminance, (one, other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour):
    """Return the relative luminance of a colour, from 0 to 1."""
    channels = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255
    linear = np.where(
        channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
    )
    return linear @ (0.2126, 0.7152, 0.0722)


def test_colours_have_contrast():
    """Numbers can be read on every colour that they stand on, and text on the page (WCAG, AA)."""
    names = colours.COLOURS
    pairs = [(f"{scale}-{n}-ink", f"{scale}-{n}") for scale, n in SCALES]
    pairs += [("ink", role) for role in colours.ROLES]
    pairs += [(text, on) for text in ("text", "muted", "link") for on in ("page", "frame")]
    pairs += [("on-link", "link"), ("on-link", "hover")]
    for scheme in (0, 1):
        for above, below in pairs:
            assert contrast(names[above][scheme], names[below][scheme]) >= 4.5, (
                above,
                below,
            )
        for control in ("control", "focus"):
            assert contrast(names[control][scheme], names["frame"][scheme]) >= 3


def test_grids_have_a_size_that_holds_them():
    """Width and height are given, equal the view box, and hold a title that is long."""
    for grid in (
        figures.Grid([1]),
        figures.Grid(np.zeros((3, 20))),
        figures.Grid([1], "a title much longer than the grid is wide"),
    ):
        svg = parse(figures.beside(grid, **WORDS)).svg
        left, _, width, height = map(float, svg["viewbox"].split())
        assert (float(svg["width"]), float(svg["height"])) == (width, height)
        assert width >= 9 * len(grid.title)
        for x, y, wide, high, _ in boxes(svg):
            assert left < x < x + wide < left + width
            assert 0 <= y < y + high < height


def test_panels_stand_in_one_row():
    """Cells become smaller, down to a size that can be read, so that panels fit the column."""
    for sides in ((5,), (9, 3, 7), (8, 8, 8), (7, 3, 7, 3)):
        grids = [figures.Grid(np.zeros((side, side)), "name") for side in sides]
        svgs = parse(figures.beside(*grids, **WORDS))("svg")
        assert sum(int(svg["width"]) for svg in svgs) + 16 * (len(svgs) - 1) <= 640
        [size] = {height for svg in svgs for *_, height, _ in boxes(svg)}
        assert 22 <= size <= 34
        assert size == 34 or sum(sides) * (size + 1) + 16 * len(svgs) + 20 > 600


def test_pictures_are_enlarged_by_whole_numbers():
    """Each value of a picture is a square of one, two or three pixels: as many as fit."""
    for width, scale in ((400, 1), (300, 2), (100, 3)):
        picture = figures.Picture(np.zeros((4, width)))
        image = parse(figures.beside(picture, **WORDS)).img
        assert (int(image["width"]), int(image["height"])) == (scale * width, scale * 4)


def test_signs_stand_between_grids():
    """A text among the panels is a sign, in its place."""
    soup = parse(
        figures.beside(figures.Grid([1]), "<b>", figures.Picture([[1]], "dot"), **WORDS)
    )
    first, second = soup.find(role="img").children
    assert first.name == "svg"
    sign, picture = second.children
    assert sign.string == "<b>"
    assert picture.img


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"values": 1}, r"values must be \(N,\) or \(H, W\), not \(\)"),
        ({"values": np.zeros((1, 1, 1))}, r"not \(1, 1, 1\)"),
        (
            {"values": [1], "role": "inputs"},
            "role must be one of 'input', 'kernel', 'output', 'padding', not 'inputs'",
        ),
        ({"values": np.zeros((0, 3))}, r"not \(0, 3\)"),
        (
            {"values": np.zeros((2, 3)), "pads": ((1, 1),)},
            r"pads must have one item for each axis of \(2, 3\), not \(\(1, 1\),\)",
        ),
        (
            {"values": np.zeros((2, 3)), "focus": (1,)},
            r"focus must have one item for each axis of \(2, 3\), not \(1,\)",
        ),
        (
            {"values": [1, 2], "role": ["input"]},
            r"role must have the .* \(2,\), not \(1,\)",
        ),
        (
            {"values": np.zeros((2, 3)), "tints": [0, 1]},
            r"tints must have the values' shape \(2, 3\), not \(2,\)",
        ),
        ({"values": [1, 2], "focus": (slice(2, 4),)}, r"has no cells in \(1, 2\)"),
        ({"values": [1, 2], "focus": (2,)}, "out of bounds"),
    ],
)
def test_grids_that_are_refused(options, message):
    """What cannot be drawn as it is meant is an error that says what is allowed."""
    with pytest.raises((ValueError, IndexError), match=message):
        figures.Grid(**options)


# Pictures


def pixels(image):
    """Decode the PNG of an <img>."""
    data = image["src"].removeprefix("data:image/png;base64,")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_pictures_hold_their_pixels():
    """Values between the limits become bytes, values beyond are cut, sizes are given."""
    soup = parse(
        figures.pictures(
            {"grey": [[-2, -1, 0, 1, 2]], "<b>": np.ones((2, 1, 3))},
            limits=(-1, 1),
            **WORDS,
        )
    )
    grey, colour = soup("img")
    assert pixels(grey).tolist() == [[0, 0, 128, 255, 255]]
    assert (grey["width"], grey["height"]) == ("15", "3")
    assert (colour["width"], colour["height"]) == ("3", "6")
    assert pixels(colour).tolist() == [[[255] * 3]] * 2
    assert [span.span.text for span in soup(class_="conv-picture")] == [
        "grey 1 × 5",
        "<b> 2 × 1",
    ]


def test_signed_pictures_have_the_colours_of_signs():
    """Lower limit, zero and upper limit have the ends and the middle, in each scheme."""
    picture = figures.Picture([[-9, -2, 0, 2]], "x", (-2, 2), signed=True)
    soup = parse(figures.beside(picture, **WORDS))
    assert (soup.img["width"], soup.img["height"]) == ("12", "3")
    for scheme, url in enumerate((soup.img["src"], soup.source["srcset"])):
        data = base64.b64decode(url.partition(",")[2])
        row = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))[0]
        names = ["#" + bytes(pixel).hex() for pixel in row]
        ends = colours.SIGNED[0][0][scheme], colours.SIGNED[4][0][scheme]
        assert names[:2] == [ends[0]] * 2
        assert names[3] == ends[1]
        middle = bytes.fromhex(colours.SIGNED[2][0][scheme][1:])
        assert np.abs(row[2].astype(int) - list(middle)).max() <= 4


@pytest.mark.parametrize(
    ("values", "limits"), [([[1]], (-1, 2)), (np.zeros((1, 1, 3)), (-1, 1))]
)
def test_signed_pictures_that_are_refused(values, limits):
    """Zero must be the middle, and a colour has no sign."""
    with pytest.raises(ValueError, match=r"'x' must be \(H, W\) between opposite limits"):
        figures.Picture(values, "x", limits, signed=True)


@pytest.mark.parametrize(
    ("values", "limits", "message"),
    [
        ([1], (0, 1), r"'x' must be \(H, W\) or \(H, W, 3\), not \(1,\)"),
        (np.zeros((1, 1, 2)), (0, 1), r"not \(1, 1, 2\)"),
        (np.zeros((0, 3)), (0, 1), r"not \(0, 3\)"),
        ([[np.inf]], (0, 1), "'x' must be finite"),
        ([[1]], (0, np.nan), "limits must be in ascending order"),
        ([[1]], (1, 1), r"limits must be in ascending order, not \(1, 1\)"),
    ],
)
def test_pictures_that_are_refused(values, limits, message):
    """What cannot be shown is an error that names the picture."""
    with pytest.raises(ValueError, match=message):
        figures.Picture(values, "x", limits)


# Curves


def drawings(figure):
    """Return the light and the dark SVG of a plot."""
    picture = parse(figure).picture
    addresses = picture.img["src"], picture.source["srcset"]
    return [base64.b64decode(a.partition(",")[2]).decode() for a in addresses]


def heights(svg):
    """List the heights on paper of each curve that joins three values."""
    lines = re.findall(r'<path d="(M [^"]*)" clip-path', svg)
    found = [[float(y) for y in re.findall(r"[\d.]+ ([\d.]+)", line)] for line in lines]
    return [line for line in found if len(line) == 3]


def plot(**options):
    """Plot two curves of three values."""
    labels = {"x_label": "x", "y_label": "y"}
    y = {"rise": [1, 2, 4], "fall": [4, 2, 1]}
    return figures.curves([1, 2, 3], y, **labels, **WORDS, **options)


def test_curves_come_in_both_schemes():
    """The dark drawing differs from the light one in its colours alone, and in all of them."""
    light, dark = drawings(plot())
    assert light != dark
    assert re.sub(r"#[0-9a-f]{6}\b", "", light) == re.sub(r"#[0-9a-f]{6}\b", "", dark)
    both = [set(re.findall(r"#[0-9a-f]{6}\b", svg)) for svg in (light, dark)]
    assert both[0] == {pair[0] for pair in (*plots.CURVES[:2], plots.INK, plots.FAINT)}
    assert both[1] == {pair[1] for pair in (*plots.CURVES[:2], plots.INK, plots.FAINT)}
    assert plot()._repr_html_().count('width="442" height="278"') == 1


def test_curves_are_drawn_where_the_values_are():
    """On linear axes, equal steps of a value are equal steps on paper."""
    rise, fall = heights(drawings(plot())[0])
    assert rise == fall[::-1]
    assert rise[1] - rise[2] == pytest.approx(2 * (rise[0] - rise[1]))


def test_curves_on_logarithmic_axes_and_as_points():
    """A doubling is a constant step on logarithmic axes; points are not joined."""
    rise, _ = heights(drawings(plot(scale="log"))[0])
    assert rise[0] - rise[1] == pytest.approx(rise[1] - rise[2], rel=1e-3)
    assert not heights(drawings(plot(joined=False))[0])


@pytest.mark.parametrize(
    ("x", "names"),
    [([2, 3, 7, 20], ["2", "3", "7", "20"]), (range(1, 501), ["1", "10", "100"])],
)
def test_names_on_a_logarithmic_axis_have_room(x, names):
    """A few places are named each, of many the powers of ten; y has its powers beside."""
    labels = {"x_label": "places", "y_label": "values"}
    svg = drawings(figures.curves(x, {"": x}, scale="log", **labels, **WORDS))[0]
    across = svg[svg.index('-matplotlib.axis_1"') : svg.index('-matplotlib.axis_2"')]
    assert re.findall(r"<!-- (\d+) -->", across) == names


def test_each_curve_can_have_a_style():
    """Every value of one curve is a dot; the others are bare lines of two widths."""
    x, labels = range(30), {"x_label": "x", "y_label": "y"}
    y, styles = {"readings": x, "truth": x, "result": x}, ["dots", "thin", "thick"]
    svg = drawings(figures.curves(x, y, styles=styles, **labels, **WORDS))[0]
    for number, dots, width in (
        (0, 31, None),
        (1, 0, "1.2"),
        (2, 0, "3.2"),
    ):  # and a legend
        colour = plots.CURVES[number][0]
        assert len(re.findall(f'<use [^>]*stroke: {colour}"', svg)) == dots
        found = re.findall(f'fill: none; stroke: {colour}; stroke-width: ([^;"]+)', svg)
        assert found == [width] * (2 if width else 0)


def test_one_curve_has_no_legend():
    """A legend tells curves apart; a single curve needs none."""
    one = figures.curves([1, 2], {"only": [1, 2]}, x_label="x", y_label="y", **WORDS)
    assert 'legend_1"' not in drawings(one)[0]
    assert 'legend_1"' in drawings(plot())[0]


def test_drawings_are_reproducible_and_keep_apart():
    """Equal plots are equal byte by byte; different ones share no id; no style leaks."""
    assert plot()._repr_html_() == plot()._repr_html_()
    ids = [
        set(re.findall(r'\bid="([^"]+)"', drawings(p)[0]))
        for p in (plot(), plot(joined=False))
    ]
    assert all(ids)
    assert not ids[0] & ids[1]
    light = drawings(plot())[0]
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', light)) <= ids[0]
    assert "<style" not in light
    assert "<dc:date>" not in light


@pytest.mark.parametrize(("columns", "level"), [(2, "32px"), (24, "26px")])
def test_signs_are_level_with_a_single_row(columns, level):
    """The middle of a sign, 14 pixels down, is that of the row, whose cells are 34 or 22 high."""
    row, column = figures.Grid(np.ones(columns)), figures.Grid(np.ones((2, 1)))
    soup = parse(figures.beside(row, "=", column, **WORDS))
    assert soup.select_one(".conv-sign")["style"] == f"--level: {level}"
    soup = parse(figures.beside(column, "=", column, **WORDS))
    assert not soup.select_one(".conv-sign").has_attr("style")


def test_curves_that_are_refused():
    """No curve is dropped silently, and none of another length is drawn."""
    labels = {"x_label": "x", "y_label": "y"}
    y = {str(number): [number, number] for number in range(6)}
    with pytest.raises(ValueError, match="y must hold at most 5 curves, not 6"):
        figures.curves([1, 2], y, **labels, **WORDS)
    with pytest.raises(ValueError, match="same first dimension"):
        figures.curves([1, 2, 3], {"short": [1, 2]}, **labels, **WORDS)
    for styles in (["thin"], ["thin", "fat"]):
        with pytest.raises(ValueError, match="'thick' for each curve, not"):
            plot(styles=styles)


# Tables and sources


def test_tables_are_markdown():
    """Numbers stand on the right in three digits, long ones in full and groups, a bar is escaped."""
    table = figures.table(
        {
            "a|a": ["x|y", "un-signed"],
            "b": np.array([1 / 3, -2], np.float32),
            "c": iter([12345678, np.int64(-7)]),
            "d": [12345.6, 1234.5],
        }
    )
    assert table._repr_markdown_().splitlines() == [
        "| a\\|a | b | c | d |",
        "| --- | ---: | ---: | ---: |",
        "| x\\|y | 0.333 | 12\u202f345\u202f678 | 12\u202f346 |",
        "| un-signed | −2 | −7 | 1234 |",
    ]
    assert repr(table) == table.text


def test_a_note_stands_below_its_table():
    """A note is a paragraph after the last row."""
    text = figures.table({"a": [1]}, note="How it was measured.").text
    assert text.splitlines()[2:] == ["| 1 |", "", "How it was measured."]


def test_measured_tables_are_marked():
    """A table of measurements says so, by a class that the site and its checks know."""
    text = figures.table({"s": [1.5]}, measured=True).text
    assert text.startswith(
        '<div class="conv-measured" data-search-exclude markdown>\n\n| s |'
    )
    assert text.endswith("\n\n</div>")


def test_a_race_is_a_table_marked_as_measured():
    """Median times, the rounds' median of how many times as fast, rates, and the machine."""
    seconds = {"loop": [2, 4, 2], "product": [0.004, 0.004, 0.02]}
    work = {"product": 10**9, "loop": 4 * 10**9}
    text = figures.race_table(seconds, multiplications=work).text
    assert '<div class="conv-measured" data-search-exclude markdown>' in text
    assert "| method | time | times as fast | billion multiplications a second |" in text
    assert "| loop | 2 s | 1 | 2 |" in text
    assert "| product | 4 ms | 500 | 250 |" in text
    assert f"{conv.timing.processor()}, one thread, NumPy {np.__version__}" in text
    assert "a median ratio need not be the ratio of two median times" in text
    assert "a second" not in figures.race_table(seconds).text


@pytest.mark.parametrize(
    ("seconds", "written"), [(12.3, "12.3 s"), (0.0123, "12.3 ms"), (0.0000123, "12.3 µs")]
)
def test_durations_have_a_fitting_unit(seconds, written):
    """Seconds, milliseconds or microseconds, in three digits."""
    assert duration(seconds) == written


def test_tables_of_unequal_columns_are_refused():
    """No cell is dropped silently."""
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        figures.table({"a": [1, 2], "b": [1]})


def test_sources_are_the_package_s_own():
    """A source is what the file holds, with or without the docstring."""
    shown = figures.source(conv.naive.correlate).text
    assert shown.startswith('```python title="conv/naive.py"\ndef correlate(')
    assert '"""' not in shown
    assert "np.sum(window * operands.kernel[..., f])" in shown
    whole = figures.source(conv.naive.correlate, docstring=True).text
    assert "Compute the cross-correlation of inputs and kernel, one output" in whole
    bare = figures.source(plot).text
    assert bare.startswith('```python title="test_figures.py"\ndef plot(')


def test_the_source_of_a_cell_s_function_is_the_cell_s(monkeypatch):
    """In a notebook it is the last cell that defines the function at its place."""
    one, two = (f"#\ndef two():\n    return {n}\n\n\nx = two()" for n in (1, 2))
    names = {"__name__": "__main__"}
    exec(two, names)
    cells = ["", one, two, "#\nx = 3", "two"]
    monkeypatch.setattr(sys.modules["__main__"], "In", cells, raising=False)
    assert figures.source(names["two"]).text == "```python\ndef two():\n    return 2\n```"
    monkeypatch.setattr(sys.modules["__main__"], "In", ["", "two"])
    with pytest.raises(OSError, match="source code"):
        figures.source(names["two"])
