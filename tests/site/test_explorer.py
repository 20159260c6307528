"""The explorer in a real browser: what it shows, held to conv, and every way to use it."""

from __future__ import annotations

import re
import warnings
from contextlib import redirect_stdout
from importlib.util import find_spec
from io import StringIO
from urllib.parse import parse_qs, quote, urlsplit

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import conv
from tests.site.conftest import ADDRESS, READY, ROOT, wait_until

FOLDER = ROOT / "docs" / "assets" / "explorer"
PLACE = "explorer/"
ELEMENT = "document.querySelector('conv-explorer')"
READY_HERE = f"'ready' in {ELEMENT}.dataset"
in_one_page = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture
    ],  # each example sets all of it
)


def grids(most):
    """Draw a table of whole numbers."""
    number = st.integers(-20, 20)
    return st.tuples(st.integers(1, most), st.integers(1, most)).flatmap(
        lambda size: st.lists(
            st.lists(number, min_size=size[1], max_size=size[1]),
            min_size=size[0],
            max_size=size[0],
        )
    )


def pairs(least, most):
    """Draw two whole numbers."""
    return st.lists(st.integers(least, most), min_size=2, max_size=2)


states = st.fixed_dictionaries(
    {
        "input": grids(6),
        "kernel": grids(4),
        "padding": st.sampled_from(["full", "same", "valid"])
        | st.lists(pairs(0, 3), min_size=2, max_size=2),
        "stride": pairs(1, 3),
        "dilation": pairs(1, 2),
        "flip": st.booleans(),
    }
)


class Expected:
    """What conv gives for a state; the output is None where the kernel fits nowhere."""

    def __init__(self, state):
        self.x, self.w = np.array(state["input"]), np.array(state["kernel"])
        options = {"stride": state["stride"], "dilation": state["dilation"]}
        self.laid = conv.flip(self.w) if state["flip"] else self.w
        try:
            geometry = conv.Geometry.of(
                self.x.shape, self.w.shape, padding=state["padding"], **options
            )
        except conv.ShapeError:
            self.output = None
            return
        pads = geometry.pads
        if state["flip"] and state["padding"] == "same":
            pads = [(after, before) for before, after in pads]
        options["padding"] = pads
        operation = conv.convolve if state["flip"] else conv.correlate
        self.output = operation(self.x, self.w, **{**options, "padding": state["padding"]})
        self.geometry = conv.Geometry.of(self.x.shape, self.w.shape, **options)
        self.padded = np.pad(self.x, pads)
        self.matrix = conv.kernel_matrix(self.laid, self.x.shape, **options)
        self.patches = conv.im2col(self.x, self.w.shape, **options)


class Explorer:
    """The explorer of an open page."""

    def __init__(self, page):
        self.page = page
        page.locator("conv-explorer").scroll_into_view_if_needed()
        wait_until(page, READY)

    @property
    def state(self):
        return self.page.evaluate(f"{ELEMENT}.state")

    @state.setter
    def state(self, state):
        self.page.evaluate(f"state => {{ {ELEMENT}.state = state }}", state)

    def table(self, view):
        """Read the numbers of a view from the page; an empty cell counts as 0."""
        rows = self.page.evaluate(
            """view => [...document.querySelectorAll(`[data-view="${view}"] tbody tr`)].map(
                (row) => [...row.querySelectorAll("td[data-row]")].map(
                    (cell) => cell.querySelector("input")?.value ?? cell.textContent))""",
            view,
        )
        return [[float(text.replace("−", "-") or 0) for text in row] for row in rows if row]

    def lit(self, view):
        """List the cells of a view that are lit, in order."""
        cells = self.page.evaluate(
            """view => [...document.querySelectorAll(`[data-view="${view}"] td.lit`)].map(
                (cell) => [Number(cell.dataset.row), Number(cell.dataset.column)])""",
            view,
        )
        return [tuple(cell) for cell in cells]

    def cell(self, view, row, column):
        return self.page.locator(
            f'[data-view="{view}"] td[data-row="{row}"][data-column="{column}"]'
        )

    def focus(self, view, row, column):
        """Let the pointer enter a cell."""
        self.cell(view, row, column).dispatch_event("pointerover", {"bubbles": True})

    def choose(self, name):
        """Press a switch above the grids, by the text on it."""
        self.page.locator(".cx-segments label", has_text=name).click()

    @property
    def formula(self):
        return self.page.locator(".cx-formula").inner_text()

    @property
    def message(self):
        return self.page.locator(".cx-message").inner_text()


def test_every_view_shows_what_conv_computes(open_page):
    """Padded input, kernel, output, kernel matrix and patches are conv's, number by number."""
    explorer = Explorer(open_page(PLACE))

    @in_one_page
    @given(states)
    def compare(state):
        explorer.state = state
        expected = Expected(state)
        assert explorer.table("kernel") == expected.laid.tolist()
        if expected.output is None:
            assert "fits nowhere" in explorer.message
            title = explorer.page.locator('[data-title="output"]')
            assert title.inner_text().strip() == "No output"
            assert not any(explorer.table("output"))
            return
        assert explorer.table("input") == expected.padded.tolist()
        assert explorer.table("output") == expected.output.tolist()
        assert explorer.table("matrix") == expected.matrix.tolist()
        assert explorer.table("im2col") == expected.patches.tolist()
        first = expected.output[0, 0] * expected.matrix[0]
        assert explorer.table("scatter") == first.reshape(expected.x.shape).tolist()

    compare()


def test_what_belongs_together_lights_up(open_page):
    """From an output its window, from an input its outputs, from an entry all its places."""
    explorer = Explorer(open_page(PLACE))

    @in_one_page
    @given(states, st.data())
    def compare(state, data):
        expected = Expected(state)
        if expected.output is None:
            return
        explorer.state = state
        geometry, columns = expected.geometry, expected.output.shape[1]
        places = np.arange(expected.padded.size).reshape(expected.padded.shape)
        outputs = list(np.ndindex(expected.output.shape))
        seen = [set(places[geometry.window(index)].ravel().tolist()) for index in outputs]

        def draw(shape):
            return data.draw(st.tuples(*(st.integers(0, n - 1) for n in shape)))

        index = draw(expected.output.shape)
        row = index[0] * columns + index[1]
        explorer.focus("output", *index)
        numbers = [r * places.shape[1] + c for r, c in explorer.lit("input")]
        assert set(numbers) == seen[row]
        assert {r for r, _ in explorer.lit("matrix")} <= {row}
        assert explorer.lit("im2col") == [(row, n) for n in range(expected.w.size)]
        assert len(explorer.lit("kernel")) == expected.w.size

        pixel = draw(places.shape)
        explorer.focus("input", *pixel)
        fed = [
            place for place, one in zip(outputs, seen, strict=True) if places[pixel] in one
        ]
        assert explorer.lit("output") == fed
        assert len(explorer.lit("kernel")) == len(fed)

        entry = draw(expected.w.shape)
        explorer.focus("kernel", *entry)
        laid = np.zeros_like(expected.w)
        laid[entry] = 1
        options = {"padding": geometry.pads, "stride": geometry.stride}
        options["dilation"] = geometry.dilation
        where = conv.kernel_matrix(laid, expected.x.shape, **options)
        assert explorer.lit("matrix") == [tuple(p) for p in np.argwhere(where).tolist()]
        column = int(np.argmax(laid))
        assert explorer.lit("im2col") == [(r, column) for r in range(len(outputs))]

    compare()


def test_the_formula_is_written_out(open_page):
    """The output in focus is the sum of its products, in a live region."""
    explorer = Explorer(open_page(PLACE))
    explorer.state = {"input": [[1, 2], [3, -4]], "kernel": [[5, 6]], "padding": "valid"}
    explorer.focus("output", 1, 0)
    assert explorer.formula == "y[1, 0] = 5·3 + 6·(−4) = −9"
    assert explorer.page.locator(".cx-formula").get_attribute("aria-live") == "polite"
    explorer.focus("kernel", 0, 1)
    assert explorer.formula == "Kernel [0, 1] is used twice, once for each output."
    explorer.state = {"padding": "same", "kernel": [[1] * 3] * 2}
    explorer.focus("output", 1, 0)
    assert explorer.formula.split("\n") == [
        "y[1, 0] = 1·0 + 1·3 + 1·(−4)",
        "+ 1·0 + 1·0 + 1·0 = −1",
    ]


def test_zeros_of_the_padding_are_marked(open_page):
    """In the sum and among the patches they are told from zeros of the input."""
    explorer = Explorer(open_page(PLACE))
    explorer.state = {"input": [[0, 2], [3, 4]], "kernel": [[1] * 3], "padding": "same"}
    marked = explorer.page.locator(".cx-formula u")
    assert explorer.formula == "y[0, 0] = 1·0 + 1·0 + 1·2 = 2"
    assert marked.all_inner_texts() == ["0"]
    assert marked.evaluate("one => getComputedStyle(one).outlineStyle") == "dashed"
    explorer.page.get_by_role("tab", name="im2col").click()
    zeros = explorer.page.locator('[data-view="im2col"] .cx-padding')
    places = zeros.evaluate_all("all => all.map((e) => [e.dataset.row, e.dataset.column])")
    assert places == [["0", "0"], ["1", "2"], ["2", "0"], ["3", "2"]]
    explorer.cell("im2col", 0, 0).hover()
    assert explorer.formula == "In y[0, 0], kernel [0, 0] = 1 meets a zero of the padding."


def test_a_cell_has_one_number(open_page):
    """Rows and columns are counted in the input and in the output, whatever the padding is."""
    explorer = Explorer(open_page(PLACE))
    for padding in ([[2, 0], [0, 1]], "full", "valid"):
        explorer.state = {"padding": padding}
        first = explorer.page.locator('[data-view="input"] td.cx-input').first
        first.hover()
        assert explorer.formula.startswith("Input [0, 0]")
        row = first.locator("xpath=ancestor::tr")
        assert row.locator("th").inner_text() == "0"
        rows = explorer.page.locator('[data-view="input"] tbody th').all_inner_texts()
        columns = explorer.page.locator('[data-view="input"] thead th').all_inner_texts()
        assert rows == columns == list("01234")
    matrix = explorer.page.locator('[data-view="matrix"] tbody th').all_inner_texts()
    assert [text.replace("\xa0", " ") for text in matrix][:4] == [
        "0, 0",
        "0, 1",
        "0, 2",
        "1, 0",
    ]
    explorer.cell("matrix", 4, 6).hover()
    assert explorer.formula == "In y[1, 1], kernel [0, 0] = 1 meets input [1, 1] = 3."


def test_rows_are_numbered_in_small_cells(open_page):
    """A 7 by 5 input under same has its numbers; so has the output."""
    explorer = Explorer(open_page(PLACE))
    explorer.state = {
        "input": [[1] * 5] * 7,
        "kernel": [[1] * 4] * 4,
        "padding": "same",
        "stride": [2, 2],
    }
    for view in ("input", "output"):
        assert explorer.page.locator(f'[data-view="{view}"] th').first.is_visible()


def test_dots_leave_numbers_alone(open_page):
    """The mark of an entry ends above its number, and very small cells have none."""
    explorer = Explorer(open_page(PLACE))
    dots = """all => all.filter((one) => getComputedStyle(one).backgroundImage !== "none")
        .map((one) => {
            const { backgroundPositionY: y, backgroundSize: size, fontSize } = getComputedStyle(one);
            const end = parseFloat(y) + parseFloat(size.split(" ").at(1));
            return (one.offsetHeight - 0.73 * parseFloat(fontSize)) / 2 - end; // digits are so high
        })"""
    for side, some in ((3, True), (5, True), (7, False)):
        explorer.state = {"kernel": [[12] * side] * side, "padding": "same"}
        for view in ("kernel", "matrix"):
            free = explorer.page.locator(f'[data-view="{view}"] .cx-entry').evaluate_all(
                dots
            )
            assert bool(free) == (some or view == "matrix")
            assert min(free, default=0) >= 0


@pytest.mark.parametrize("library", ["conv", "scipy", "torch", "tensorflow", "jax"])
def test_the_program_gives_the_same_numbers(open_page, library):
    """What stands under "As a program" computes and prints the output in view."""
    if not find_spec(library):
        pytest.skip(f"{library} is not installed")
    explorer = Explorer(open_page(PLACE))
    explorer.page.get_by_role("tab", name="Program").click()
    explorer.page.get_by_label("Library").select_option(library)
    program = explorer.page.locator(".cx-panel pre")

    @in_one_page
    @given(states)
    def compare(state):
        expected = Expected(state)
        explorer.state = state
        names = {}
        with redirect_stdout(StringIO()) as printed, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # PyTorch's, for even kernels
            exec(program.locator("code").inner_text(), names)
        if expected.output is None:
            assert printed.getvalue().strip() in explorer.message
            return
        assert printed.getvalue()
        assert np.allclose(names["y"], expected.output)

    compare()


@pytest.mark.parametrize(
    ("state", "own"),
    [
        ({"kernel": [[1] * 3] * 3}, {"conv", "scipy", "torch", "tensorflow", "jax"}),
        ({"kernel": [[1] * 3] * 3, "stride": [2, 2]}, {"conv", "tensorflow", "jax"}),
        ({"kernel": [[1] * 4] * 4, "flip": True}, {"conv", "scipy"}),
    ],
)
def test_a_program_uses_its_library_s_own_mode(open_page, state, own):
    """Each library's own "same" is used where it is the same thing; elsewhere the program says so."""
    explorer = Explorer(open_page(PLACE))
    explorer.page.get_by_role("tab", name="Program").click()
    explorer.state = {"padding": "same"} | state
    for library in ("conv", "scipy", "torch", "tensorflow", "jax"):
        explorer.page.get_by_label("Library").select_option(library)
        text = explorer.page.locator(".cx-panel pre").inner_text()
        code = re.sub("#.*", "", text)
        assert ('"same"' in code.lower()) == (library in own), text
        assert ('own "same" differs' in text) == (library not in own)


def test_the_address_holds_the_state(open_page):
    """What the address says is what a reader who opens it sees, for any state."""
    explorer = Explorer(open_page(PLACE))
    encode = "async state => (await import('../assets/explorer/address.js')).encode(state)"
    decode = "async text => (await import('../assets/explorer/address.js')).decode(text)"

    @in_one_page
    @given(states, pairs(0, 9))
    def compare(state, at):
        state["at"] = at
        text = explorer.page.evaluate(encode, state)
        assert explorer.page.evaluate(decode, text) == {"state": state, "notes": []}
        assert parse_qs(text)["v"] == ["1"]

    compare()


def test_back_and_forward(open_page):
    """Each change is a step of the browser's history; a new window shows the same."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    explorer.choose("full")
    page.locator('[name="strideDown"]').fill("2")
    page.locator('[name="strideDown"]').blur()
    assert parse_qs(urlsplit(page.url).query)["stride"] == ["2,1"]
    assert explorer.state["stride"] == [2, 1]
    page.go_back()
    assert (explorer.state["padding"], explorer.state["stride"]) == ("full", [1, 1])
    page.go_back()
    assert explorer.state["padding"] == "valid"
    page.go_forward()
    page.go_forward()
    assert explorer.state["stride"] == [2, 1]
    again = Explorer(open_page(PLACE + "?" + urlsplit(page.url).query))
    assert again.state == explorer.state
    assert again.message == ""


@pytest.mark.parametrize(
    ("query", "note"),
    [
        (
            "input=<script>alert(1)</script>",
            "input cannot be read from “<script>alert(1)</sc…”",
        ),
        ("<img src=x onerror=alert(1)>=1", "“<img src” is not known"),
        ("kernel=1x1:NaN", "kernel cannot be read from “1x1:NaN”"),
        ("kernel=1x1:Infinity", "kernel cannot be read from “1x1:Infinity”"),
        ("kernel=1x1:1e300", "kernel is not what it should be"),
        ("input=99x99:1", "input cannot be read from “99x99:1”"),
        ("input=2x2:1,2,3", "input cannot be read from “2x2:1,2,3”"),
        ("stride=0,1", "stride is not what it should be"),
        ("stride=99999999999999999999,1", "stride is not what it should be"),
        ("dilation=1.5,1", "dilation is not what it should be"),
        ("padding=SAME", "padding cannot be read from “SAME”"),
        ("padding=1,2,3,-4", "padding is not what it should be"),
        ("op=__proto__", "op cannot be read from “__proto__”"),
        ("__proto__=1", "“__proto__” is not known"),
        ("constructor=1", "“constructor” is not known"),
        ("v=2&stride=2,2", "version “2” is not known"),
        ("at=-1,0", "at is not what it should be"),
        ("input=" + "9" * 10_000, "the address is too long"),
    ],
)
def test_hostile_addresses(open_page, query, note):
    """What is not understood is left out with a note, and never becomes markup."""
    page = open_page(PLACE + "?" + quote(query, safe="=&:,"))
    explorer = Explorer(page)
    assert note in explorer.message
    start = {"padding": "valid", "stride": [1, 1], "dilation": [1, 1], "at": [0, 0]}
    assert start.items() <= explorer.state.items()
    assert page.locator(".cx script, .cx img").count() == 0
    assert explorer.table("output")[0][0] == 50


def test_a_place_beyond_the_output_is_moved_inside(open_page):
    """A window that the output does not have becomes the nearest that it has."""
    explorer = Explorer(open_page(PLACE + "?at=500,1"))
    assert explorer.state["at"] == [2, 1]


def test_everything_is_in_reach_of_the_keyboard(open_page):
    """The tab key comes to every control and into every grid; arrows go on from there."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    page.locator(".cx select").first.focus()
    reached = set()
    for _ in range(40):
        reached.add(
            page.evaluate(
                """() => { const e = document.activeElement;
                return e.closest("[data-view]")?.dataset.view || e.dataset.name || e.name
                    || e.ariaLabel || e.textContent.slice(0, 14) }"""
            )
        )
        page.keyboard.press("Tab")
    fields = page.locator(".cx-settings :is(input, select):not(:disabled)")
    names = set(fields.evaluate_all("all => all.map((one) => one.name)"))
    views = {"input", "kernel", "output", "matrix"}
    buttons = {"Play", "Step", "Reset", "Copy link", "Position", "padding", "operation"}
    assert names | views | buttons <= reached
    page.get_by_role("tab", name="Kernel matrix").focus()
    for name in ("im2col", "Laid back", "Program", "Kernel matrix"):
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.textContent") == name
        assert page.get_by_role("tabpanel").get_attribute("aria-label") == name

    explorer.cell("output", 0, 0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert explorer.formula.startswith("y[1, 1] = ")
    assert explorer.state["at"] == [1, 1]
    ring = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(ring) == "solid"


def test_values_are_edited_in_place(open_page):
    """A number that is typed into a cell counts; what is no number is named and refused."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    field = explorer.cell("kernel", 0, 0).locator("input")
    for typed, kept in (("-2.5", -2.5), ("−3", -3), ("1.5", 1.5)):
        field.fill(typed)
        field.press("Tab")
        assert explorer.state["kernel"][0][0] == kept
    for refused in ("two", "", "1e99", "<b>1</b>", "1,000", "0x10"):
        field.fill(refused)
        field.press("Tab")
        assert explorer.state["kernel"][0][0] == 1.5
        assert f"not “{refused}”" in explorer.message
        assert field.input_value() == "1.5"
    field.fill("abc")
    steps = page.evaluate("history.length")
    field.press("Enter")
    assert field.input_value() == "1.5"
    field.fill("2")
    field.press("Enter")
    field.press("Tab")
    assert page.evaluate("history.length") == steps + 1
    explorer.choose("flipped")
    field.fill("7")  # the kernel is shown as it is applied
    field.press("Tab")
    assert explorer.state["kernel"][2][2] == 7
    page.get_by_role("button", name="Reset").click()
    assert explorer.state["kernel"][0] == [1, 2, 3]


def test_arrows_move_the_caret_within_a_text(open_page):
    """To the left and right they leave a cell only where its text ends, or all of it is selected."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    explorer.state = {"kernel": [[12, 34]]}
    explorer.cell("kernel", 0, 0).locator("input").focus()
    where = """() => { const e = document.activeElement;
        return [e.closest("td").dataset.column, e.selectionStart] }"""
    page.keyboard.press("ArrowRight")
    assert page.evaluate(where)[0] == "1"
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(where) == ["1", 1]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(where)[0] == "0"


def test_settings_that_are_refused_are_named(open_page):
    """A size beyond the limits keeps the last one, in the field as well, and says what is allowed."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    for name, value in (("inputRows", "13"), ("strideDown", "0"), ("kernelColumns", "1.5")):
        before = explorer.state
        field = page.locator(f'[name="{name}"]')
        kept = field.input_value()
        field.fill(value)
        field.blur()
        assert "must be a whole number from" in explorer.message
        assert f"not “{value}”" in explorer.message
        assert field.input_value() == kept
        assert explorer.state == before


def test_one_state_is_seen_everywhere(open_page):
    """Slider, address, lit cells and sentence agree after a link, Reset, a change, back and forward."""
    page = open_page(PLACE + "?at=2,1&padding=valid")
    explorer = Explorer(page)

    def agree():
        row, column = explorer.state["at"]
        columns = len(explorer.table("output")[0])
        assert page.get_by_label("Position").input_value() == str(row * columns + column)
        assert explorer.lit("output") == [(row, column)]
        assert explorer.formula.startswith(f"y[{row}, {column}] = ")
        assert page.locator(".cx-where").inner_text() == f"row {row}, column {column}"
        asked = parse_qs(urlsplit(page.url).query)["at"]
        assert asked == [f"{row},{column}"]
        return [row, column]

    assert agree() == [2, 1]
    step = page.get_by_role("button", name="Step")
    step.click()
    assert agree() == [2, 2]
    for mode in ("same", "full"):
        explorer.choose(mode)
        assert agree() == [2, 2]
    step.click()
    assert agree() == [2, 3]
    page.mouse.move(0, 0)  # and not over what is lit by it, should the page scroll
    page.go_back()
    assert agree() == [2, 2]
    page.go_forward()
    assert agree() == [2, 3]
    page.get_by_role("button", name="Reset").click()
    assert agree() == [0, 0]
    step.click()
    assert agree() == [0, 1]


def test_what_is_pointed_at_gives_way_to_the_place(open_page):
    """When the pointer leaves, the window of the slider is lit again."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    explorer.cell("input", 4, 4).hover()
    assert explorer.formula.startswith("Input [4, 4]")
    page.mouse.move(5, 5)
    assert explorer.formula.startswith("y[0, 0] = ")


PLACES = """() => [...document.querySelectorAll(
    ".cx-view, .cx-formula, .cx-tabs, .cx-bar > *, .cx-settings, .cx ~ *, article h2")]
    .filter((one) => one.checkVisibility()).map((one) => {
        const { left, top } = one.getBoundingClientRect();
        return [one.className, Math.round(left), Math.round(top + scrollY)];
    })"""


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves(open_page, width):
    """Modes, sizes within the limits, the operation and the cell in focus move nothing."""
    page = open_page(PLACE, width=width)
    explorer = Explorer(page)
    before = page.evaluate(PLACES)
    assert len(before) > 8
    for rows, columns, side in ((5, 5, 3), (4, 3, 2), (6, 5, 3)):
        explorer.state = {
            "input": [[1] * columns] * rows,
            "kernel": [[1] * side] * side,
        }
        for name in ("valid", "same", "full", "own", "flipped", "as it is"):
            explorer.choose(name)
            assert page.evaluate(PLACES) == before, (rows, name)
            explorer.focus("input", 0, 0)
            assert page.evaluate(PLACES) == before, (rows, name)


def test_cells_keep_their_places_from_mode_to_mode(open_page):
    """The input stays where it is, and each output that two modes share stays, too."""
    page = open_page(PLACE)
    explorer = Explorer(page)

    def middle(view):
        rows = explorer.table(view)
        offset = (len(rows) - {"input": 5, "output": 3}[view]) // 2
        return explorer.cell(view, offset, offset).bounding_box()

    explorer.choose("valid")
    places = middle("input"), middle("output")
    for mode in ("same", "full"):
        explorer.choose(mode)
        assert (middle("input"), middle("output")) == places


def test_all_stands_on_one_screen(open_page):
    """At 1280 by 800 and at 390 by 800 grids and sentence are seen without scrolling."""
    for width in (1280, 390):
        page = open_page(None, width=width)
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(ADDRESS + PLACE)
        explorer = Explorer(page)
        page.evaluate("scrollTo(0, 0)")
        for mode in ("valid", "full"):
            explorer.choose(mode)
            for part in (
                ".cx-view-input",
                ".cx-view-kernel",
                ".cx-view-output",
                ".cx-formula",
            ):
                box = page.locator(part).bounding_box()
                assert box["x"] >= 0
                assert box["x"] + box["width"] <= width, part
                assert box["y"] + box["height"] <= 810, part


def test_a_window_may_become_narrow(open_page):
    """Grids that were laid out for a desktop fit a phone after the window was resized, and back."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    explorer.state = {"padding": "full"}
    cell = explorer.cell("input", 0, 0)
    wide = cell.bounding_box()["width"]
    page.set_viewport_size({"width": 390, "height": 800})
    wait_until(page, f"{ELEMENT}.querySelector('td').offsetWidth <= 24")
    box = page.locator(".cx-view-input .cx-scroll")
    assert box.evaluate("one => one.scrollWidth <= one.clientWidth")
    page.set_viewport_size({"width": 1280, "height": 800})
    wait_until(page, f"{ELEMENT}.querySelector('td[data-row]').offsetWidth > 30")
    assert cell.bounding_box()["width"] == wide


def test_inputs_that_no_window_reads_are_hatched(open_page):
    """With a stride the last rows may be left over; the others are read."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    explorer.state = {"input": [[1] * 5] * 6, "stride": [2, 1]}
    hatched = page.locator('[data-view="input"] .cx-unread')
    rows = hatched.evaluate_all("all => all.map((one) => Number(one.dataset.row))")
    assert rows == [5] * 5
    explorer.focus("input", 5, 0)
    assert explorer.formula == "Input [5, 0] is read by no window."


def test_what_to_try_sets_a_state(open_page):
    """Each question is a link to a state, which comes without reading the page again."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    page.evaluate("window.same = true")
    questions = page.locator("article details:has(a)")
    assert questions.count() == 5
    for question in questions.all():
        before = explorer.state
        question.locator("summary").click()
        question.locator("a").click()
        assert explorer.state != before
        assert explorer.message == ""
        assert page.evaluate("window.same")
        assert page.evaluate("document.activeElement.closest('td').dataset.row") == "0"
    page.go_back()
    assert explorer.state["kernel"] == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]


@pytest.mark.parametrize("width", [1280, 390])
def test_what_to_try_leads_up_to_the_switches(open_page, width):
    """After each link all switches and grids are in sight: below the header, and below no button."""
    page = open_page(PLACE, width=width, reduced_motion="reduce")
    Explorer(page)
    hidden = """() => [...document.querySelectorAll(
        ".cx-bar > *, .cx-segments label, .cx-view-input")].filter((one) => {
            const { left, top, width } = one.getBoundingClientRect();
            return one.checkVisibility() && !one.contains(document.elementFromPoint(left + width / 2, top + 8));
        }).map((one) => one.className)"""
    for question in page.locator("article details:has(a)").all():
        question.locator("summary").click()
        question.locator("a").click()
        page.wait_for_timeout(300)  # the button to go back up comes and goes slowly
        assert page.evaluate(hidden) == []


def test_input_and_kernel_are_filled_by_name(open_page):
    """Ramp, impulse, checkerboard and random numbers; kernels that conv has have its numbers."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    page.locator('[name="inputColumns"]').fill("7")
    drawn = []
    for name in ("ramp", "impulse", "checkerboard", "random"):
        page.locator('[name="fill"]').select_option(name)
        drawn.append(np.array(explorer.state["input"]))
        assert drawn[-1].shape == (5, 7)
    ramp, impulse, board, random = drawn
    assert np.array_equal(ramp, np.arange(35).reshape(5, 7))
    assert np.argwhere(impulse).tolist() == [[2, 3]]
    assert np.array_equal(board, np.indices((5, 7)).sum(0) % 2)
    assert len(np.unique(random)) > 4
    named = {
        "identity": conv.kernels.identity(),
        "ones": conv.kernels.box(3) * 9,
        "Gaussian": np.outer([1, 2, 1], [1, 2, 1]),
        "Sobel x": conv.kernels.sobel_x(),
        "Sobel y": conv.kernels.sobel_y(),
        "Laplacian": conv.kernels.laplacian(),
        "sharpen": conv.kernels.sharpen(),
        "emboss": conv.kernels.emboss(),
    }
    choice = page.locator('[name="named"]')
    for name in choice.locator("option").all_inner_texts():
        choice.select_option(name)
        assert name in ("typed", choice.input_value())
    for name, kernel in named.items():
        choice.select_option(name)
        assert np.allclose(explorer.state["kernel"], kernel), name
        assert page.locator('[name="named"]').input_value() == name


def test_kernels_grow_by_what_they_are_made_of(open_page):
    """One whose entries are all equal grows by that number, and ones stay ones; others by 0."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    rows, choice = page.locator('[name="kernelRows"]'), page.locator('[name="named"]')
    for kernel, grown in ((1, 1), (5, 5)):
        explorer.state = {"kernel": [[kernel] * 2] * 2}
        rows.fill("3")
        rows.blur()
        assert explorer.state["kernel"] == [[grown] * 2] * 3
        assert choice.input_value() == ("ones" if kernel == 1 else "typed")
    explorer.state = {"kernel": [[1, 2]]}
    rows.fill("2")
    rows.blur()
    assert explorer.state["kernel"] == [[1, 2], [0, 0]]


@pytest.mark.parametrize("width", [1280, 390])
def test_own_padding_is_typed(open_page, width):
    """A number of zeros that is typed is a padding of one's own; the switch says where to type."""
    page = open_page(PLACE, width=width)
    explorer = Explorer(page)
    explorer.choose("same")
    explorer.choose("own")
    assert explorer.message == "Type the zeros of each side in the settings."
    assert explorer.state["padding"] == [[1, 1], [1, 1]]
    explorer.choose("same")
    if width == 390:
        page.get_by_role("button", name="Settings").click()
    page.locator('[name="top"]').fill("2")
    page.locator('[name="top"]').blur()
    assert explorer.state["padding"] == [[2, 1], [1, 1]]
    assert page.locator('[value="own"]').is_checked()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_sum_is_seen_whole(open_page, width):
    """Kernels of up to seven rows leave no line of the sum out of sight."""
    page = open_page(PLACE, width=width)
    explorer = Explorer(page)
    for side in range(1, 8):
        explorer.state = {"kernel": [[1] * side] * side, "padding": "full"}
        box = page.locator(".cx-formula")
        assert box.evaluate("one => one.scrollHeight <= one.clientHeight"), side


def open_with_a_stopped_clock(open_page, **options):
    """Open the explorer on a page where time passes only if it is told to."""
    page = open_page(None, alone=True, **options)
    page.clock.install(time=0)
    page.goto(ADDRESS + PLACE)
    explorer = Explorer(page)
    page.clock.pause_at(1_000_000_000)
    return page, explorer


def test_play_runs_to_the_end(open_page):
    """The window moves on to the last output, where Play is itself again; or by one if unwanted."""
    page, explorer = open_with_a_stopped_clock(open_page)
    explorer.state = {"padding": "full"}
    play = page.get_by_role("button", name="Play")
    play.click()
    page.clock.run_for(1300)
    assert explorer.state["at"] == [0, 3]  # one step at once, and one each 0.6 s
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(10_000)
    assert explorer.state["at"] == [0, 3]
    play.click()
    page.clock.run_for(60_000)
    assert explorer.state["at"] == [6, 6]
    assert play.is_visible()

    page, explorer = open_with_a_stopped_clock(open_page, reduced_motion="reduce")
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(10_000)
    assert explorer.state["at"] == [0, 1]


def test_titles_tell_sizes(open_page):
    """Above each table stands its size, and where the padding is on which sides."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    explorer.state = {
        "input": [[1] * 5] * 7,
        "kernel": [[1] * 4] * 4,
        "padding": "same",
        "stride": [2, 2],
    }
    titles = page.locator(".cx-view .cx-title").all_inner_texts()
    assert [title.split("\n")[0] for title in titles] == [
        "Input 7 by 5",
        "Kernel 4 by 4",
        "Output 4 by 3",
    ]
    assert titles[0].endswith("zeros: 1 above, 2 below, 1 left, 2 right")


def test_step_and_scrub(open_page):
    """The button goes to the next window, and after the last to the first; the slider to any."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    step = page.get_by_role("button", name="Step")
    step.click()
    assert explorer.state["at"] == [0, 1]
    page.get_by_label("Position").fill("8")
    assert explorer.state["at"] == [2, 2]
    step.click()
    assert explorer.state["at"] == [0, 0]


def test_copying(open_page):
    """The link opens the same state, and the program is the one in view."""
    page = open_page(PLACE, permissions=["clipboard-read", "clipboard-write"])
    explorer = Explorer(page)
    explorer.state = {"stride": [2, 2]}
    page.get_by_role("button", name="Copy link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    assert Explorer(open_page(link[link.index(PLACE) :])).state == explorer.state
    page.get_by_role("tab", name="Program").click()
    page.get_by_role("button", name="Copy as Python").click()
    assert "stride=(2, 2)" in page.evaluate("navigator.clipboard.readText()")


def test_a_phone(open_page):
    """At 360 pixels nothing scrolls sideways, and what is touched is large enough."""
    page = open_page(PLACE, width=360, has_touch=True, is_mobile=True)
    explorer = Explorer(page)
    explorer.state = {"input": [[1] * 12] * 12, "padding": "full"}
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    least = {
        ".cx .conv-control:visible": 44,
        ".cx-grids td[data-row]": 24,
    }
    for selector, pixels in least.items():
        sizes = page.locator(selector).evaluate_all("all => all.map((e) => e.offsetHeight)")
        assert np.min(sizes) >= pixels
    cell = explorer.cell("kernel", 0, 0)
    assert cell.locator("input").get_attribute("inputmode") == "text"
    cell.tap()
    page.get_by_role("button", name="Other sign").tap()
    assert explorer.state["kernel"][0][0] == -1


def test_settings_are_a_sheet_on_a_phone(open_page):
    """They open over the lower part of the screen, above which the grids go on being seen."""
    page = open_page(PLACE, width=390)
    explorer = Explorer(page)
    stride = page.locator('[name="strideDown"]')
    assert not stride.is_visible()
    page.get_by_role("button", name="Settings").click()
    stride.fill("2")
    stride.blur()
    assert explorer.state["stride"] == [2, 1]
    assert page.locator(".cx-settings").bounding_box()["y"] > 250
    page.keyboard.press("Escape")
    assert not stride.is_visible()


def test_without_scripts_there_is_a_figure(open_page):
    """The figure that was made while the site was built stands there."""
    page = open_page(PLACE, java_script_enabled=False)
    figure = page.locator("conv-explorer figure")
    assert figure.is_visible()
    assert "3 by 3 output" in figure.locator("[role=img]").get_attribute("aria-label")


def test_the_largest_sizes(open_page):
    """Matrices too large for a table are pictures; their cells light up and are read out."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    large = np.arange(144).reshape(12, 12) % 10
    explorer.state = {"input": large.tolist(), "kernel": [[1] * 7] * 7, "padding": "full"}
    assert (
        explorer.table("output")
        == conv.correlate(large, np.ones((7, 7)), padding="full").tolist()
    )
    canvas = page.locator('canvas[data-view="matrix"]')
    assert canvas.get_attribute("aria-label").startswith("Kernel matrix, 324 by 144")
    assert "empty is 0" in page.locator('[data-title="matrix"]').inner_text()
    canvas.focus()
    for key in ("ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    assert explorer.lit("output") == [(0, 1)]
    assert explorer.formula == "In y[0, 1], kernel [6, 6] = 1 meets input [0, 1] = 1."


def test_it_is_read_when_a_reader_comes_near(open_page, site):
    """A page below whose first screens an explorer stands reads its modules on the way there."""
    page = open_page("guide/padding/", first=True)
    page.wait_for_load_state("networkidle")
    names = "performance.getEntriesByType('resource').map((e) => e.name)"
    module = site.address + "assets/explorer/explorer.js"
    assert module not in page.evaluate(names)
    Explorer(page).focus("output", 1, 1)
    assert module in page.evaluate(names)


def test_a_reader_may_go_on_while_it_is_read(open_page):
    """Modules that arrive when their page has gone begin with nothing, and complain of nothing."""
    page, held = open_page("guide/padding/"), []
    page.route("**/explorer.js", lambda route: held.append(route))
    page.evaluate(f"window.left = {ELEMENT}")
    with page.expect_request("**/explorer.js"):
        page.evaluate("left.scrollIntoView()")
    page.get_by_role("link", name="Reference", exact=True).first.click()
    wait_until(page, "!left.isConnected")
    held.pop().continue_()
    wait_until(page, "customElements.get('conv-explorer') !== undefined")
    assert not page.evaluate("'ready' in left.dataset")


def test_it_goes_on_working_from_page_to_page(open_page):
    """Instant navigation, to and fro, leaves a working explorer on every page."""
    page = open_page("guide/padding/")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="Explorer", exact=True).first.click()
    page.locator("h1", has_text="Explorer").wait_for()
    Explorer(page).focus("output", 1, 1)
    page.go_back()
    page.locator("h1", has_text="Full, same, valid").wait_for()
    explorer = Explorer(page)
    explorer.focus("output", 1, 1)
    assert explorer.formula.startswith("y[1, 1] = ")
    assert page.evaluate("window.same")


def test_every_page_that_has_an_explorer_presets_it(open_page, site):
    """Each embedding begins with what its page discusses, and leaves its address alone."""
    pages = [name for name in site.soups if "<conv-explorer small" in site.read(name)]
    assert len(pages) >= 4
    for name in pages:
        place = name.removesuffix("index.html")
        page = open_page(place)
        explorer = Explorer(page)
        assert explorer.message == ""
        element = page.locator("conv-explorer")
        asked = parse_qs(element.get_attribute("state"))
        view = element.get_attribute("view")
        assert [explorer.state["padding"]] == asked["padding"]
        grids = page.locator(".cx-grids")
        assert grids.evaluate("one => one.scrollWidth <= one.clientWidth"), name
        shown = page.locator(".cx-panel").evaluate_all(
            "all => all.map((one) => one.dataset.place)"
        )
        assert shown == ([view] if view else [])
        controls = (element.get_attribute("controls") or "").split()
        seen = page.locator("[data-control]:visible").evaluate_all(
            "all => all.map((one) => one.dataset.control)"
        )
        assert sorted(seen) == sorted(controls)
        explorer.state = {"stride": [2, 1]}
        assert page.url == site.address + place


def test_it_is_small():
    """All modules and the style sheet together are under 75 kB, readable as they are."""
    sizes = [path.stat().st_size for path in FOLDER.iterdir()]
    assert sum(sizes) < 75_000


@pytest.mark.parametrize("name", ["flip", "fully_connected", "padding"])
def test_what_stands_below_keeps_its_place(open_page, name):
    """A link to a heading below a small explorer leads there, and on the way up nothing jumps."""
    page = open_page(f"guide/{name}/")
    below = page.evaluate(
        """() => [...document.querySelectorAll("h2[id]")].map((h) => h.id).filter((id) =>
            document.querySelector("conv-explorer").compareDocumentPosition(
                document.getElementById(id)) & Node.DOCUMENT_POSITION_FOLLOWING)"""
    )
    top = "document.querySelector('#{}').getBoundingClientRect().top".format
    page = open_page(f"guide/{name}/#{below[0]}")
    wait_until(page, READY_HERE)
    assert 40 < page.evaluate(top(below[0])) < 100
    page = open_page(f"guide/{name}/#{below[-1]}")
    place = page.evaluate(top(below[0]))
    while not page.evaluate(READY_HERE):
        page.evaluate("scrollBy({ top: -400, behavior: 'instant' })")
        page.wait_for_timeout(100)
        place, before = page.evaluate(top(below[0])), place
        assert place == pytest.approx(before + 400, abs=2)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_box_follows_its_row_and_the_page_stays(open_page, width):
    """Stepping to the last output brings its row of the patches into sight, and moves nothing else."""
    explorer = Explorer(open_page("guide/matmul/", width=width))
    explorer.page.locator("conv-explorer").get_by_text("same", exact=True).click()
    before = explorer.page.evaluate("scrollY")
    explorer.page.evaluate(f"{ELEMENT}.move(15)")
    inside = """([name, ends]) => {
        const frame = document.querySelector(`[data-place=${name}]`).getBoundingClientRect();
        const lit = [...document.querySelectorAll(`[data-view=${name}] .lit`)];
        return lit.length > 0 && ends.every((end) => {
            const { top, bottom } = lit.at(end).getBoundingClientRect();
            return top >= frame.top - 1 && bottom <= frame.bottom + 1;
        });
    }"""
    assert explorer.page.evaluate(inside, ["im2col", [0, -1]])
    assert explorer.page.evaluate(inside, ["input", [0, -1]])
    assert explorer.page.evaluate("scrollY") == before


def test_names_of_rows_cover_nothing_that_lights_up(open_page):
    """On a phone the matrix scrolls back to its first weight, which its row's name leaves free."""
    explorer = Explorer(open_page(PLACE, width=390))
    for place in (8, 0):
        explorer.page.evaluate(f"{ELEMENT}.move({place})")
    first = explorer.page.locator('[data-view="matrix"] .lit').first
    first.scroll_into_view_if_needed()
    left = """one => {
        const { left, top, height } = one.getBoundingClientRect();
        return document.elementFromPoint(left + 2, top + height / 2) === one;
    }"""
    name = first.locator("xpath=ancestor::tr").locator("th").first
    assert name.is_visible()
    assert first.evaluate(left)
