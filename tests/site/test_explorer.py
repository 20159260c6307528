"""The explorer in a real browser: what it shows, held to conv, and every way to use it."""

from __future__ import annotations

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
        return [[float(text.replace("−", "-") or 0) for text in row] for row in rows]

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

    @property
    def formula(self):
        return self.page.locator(".cx .formula").inner_text()

    @property
    def message(self):
        return self.page.locator(".cx .message").inner_text()


def test_every_view_shows_what_conv_computes(open_page):
    """Padded input, kernel, output, kernel matrix and patches are conv's, number by number."""
    explorer = Explorer(open_page(PLACE))

    @in_one_page
    @given(states)
    def compare(state):
        explorer.state = state
        expected = Expected(state)
        assert explorer.table("kernel") == expected.w.tolist()
        if expected.output is None:
            assert "fits nowhere" in explorer.message
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
    """From an output its window, from an input its outputs, from a weight all its places."""
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

        weight = draw(expected.w.shape)
        explorer.focus("kernel", *weight)
        mark = np.zeros_like(expected.w)
        mark[weight] = 1
        laid = conv.flip(mark) if state["flip"] else mark
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
    assert explorer.formula == "y[1, 0] = 5·3 + 6·−4 = −9"
    assert explorer.page.locator(".cx .formula").get_attribute("aria-live") == "polite"
    explorer.focus("kernel", 0, 1)
    assert explorer.formula == "Weight [0, 1] is used twice, once for each output."


@pytest.mark.parametrize("library", ["conv", "scipy", "torch", "jax"])
def test_the_program_gives_the_same_numbers(open_page, library):
    """What stands under "As a program" computes and prints the output in view."""
    if not find_spec(library):
        pytest.skip(f"{library} is not installed")
    explorer = Explorer(open_page(PLACE))
    explorer.page.get_by_text("As a program, as a link").click()
    explorer.page.get_by_label("Library").select_option(library)
    program = explorer.page.get_by_label("Program", exact=True)

    @in_one_page
    @given(states)
    def compare(state):
        expected = Expected(state)
        if expected.output is None:
            return
        explorer.state = state
        names = {}
        with redirect_stdout(StringIO()) as printed:
            exec(program.inner_text(), names)
        assert printed.getvalue()
        output = np.asarray(names["y"]).reshape(expected.output.shape)
        assert np.allclose(output, expected.output)

    compare()


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
    page.get_by_label("mode").select_option("full")
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
    """The tab key comes to every control and into every table; arrows go on from there."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    for summary in page.locator(".cx details:not([open]) > summary").all():
        summary.click()
    page.locator(".cx summary").first.focus()
    reached = set()
    for _ in range(60):
        reached.add(
            page.evaluate(
                """() => { const e = document.activeElement;
                return e.closest("[data-view]")?.dataset.view || e.name
                    || e.closest("label")?.textContent.slice(0, 7) || e.textContent.slice(0, 14) }"""
            )
        )
        page.keyboard.press("Tab")
    fields = page.locator(".cx-controls :is(input, select):not(:disabled)")
    names = set(fields.evaluate_all("all => all.map((one) => one.name)"))
    views = {"input", "kernel", "output", "matrix", "im2col", "scatter"}
    buttons = {"Play", "Step", "Reset", "Copy link", "Copy as Python", "Positio", "Library"}
    assert names | views | buttons <= reached

    explorer.cell("output", 0, 0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert explorer.formula.startswith("y[1, 1] = ")
    assert explorer.state["at"] == [1, 1]
    ring = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(ring) == "solid"


def test_values_are_edited_in_place(open_page):
    """A number that is typed into a cell counts; what is no number is refused."""
    page = open_page(PLACE)
    explorer = Explorer(page)
    field = explorer.cell("kernel", 0, 0).locator("input")
    for typed, kept in (("-2.5", -2.5), ("−3", -3), ("1,5", 1.5)):
        field.fill(typed)
        field.press("Tab")
        assert explorer.state["kernel"][0][0] == kept
    for refused in ("two", "", "1e99", "<b>1</b>"):
        field.fill(refused)
        field.press("Tab")
        assert explorer.state["kernel"][0][0] == 1.5
        assert "A value is a number" in explorer.message
    page.get_by_role("button", name="Reset").click()
    assert explorer.state["kernel"][0] == [1, 2, 3]


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
    for name, kernel in named.items():
        page.locator('[name="named"]').select_option(name)
        assert np.allclose(explorer.state["kernel"], kernel), name


def open_with_a_stopped_clock(open_page, **options):
    """Open the explorer on a page where time passes only if it is told to."""
    page = open_page(None, **options)
    page.clock.install(time=0)
    page.goto(ADDRESS + PLACE)
    explorer = Explorer(page)
    page.clock.pause_at(1_000_000_000)
    return page, explorer


def test_play_stops_by_itself(open_page):
    """The window moves on its own for no more than five seconds, and not at all if unwanted."""
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
    page.clock.run_for(5000)
    assert play.is_visible()  # it has stopped by itself
    after = explorer.state["at"]
    page.clock.run_for(10_000)
    assert explorer.state["at"] == after
    assert after > [0, 4]

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
    titles = page.locator(".cx-title").all_inner_texts()
    padding = "in its padding 10 by 8: 1 above, 2 below, 1 left, 2 right"
    assert titles == [f"Input, 7 by 5, {padding}", "Kernel, 4 by 4", "Output, 4 by 3"]


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
    page.get_by_text("As a program, as a link").click()
    page.get_by_role("button", name="Copy link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    assert Explorer(open_page(link[link.index(PLACE) :])).state == explorer.state
    page.get_by_role("button", name="Copy as Python").click()
    assert "stride=(2, 2)" in page.evaluate("navigator.clipboard.readText()")


def test_a_phone(open_page):
    """At 360 pixels nothing scrolls sideways, and what is touched is large enough."""
    page = open_page(PLACE, width=360)
    explorer = Explorer(page)
    explorer.state = {"input": [[1] * 12] * 12, "padding": "full"}
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    sizes = page.locator(
        ".cx .md-button, .cx select, .cx-controls input, .cx-grids td[data-row]"
    ).evaluate_all("all => all.map((e) => [e.offsetWidth, e.offsetHeight])")
    assert np.min(sizes) >= 44


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
    canvas.focus()
    for key in ("ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    assert explorer.lit("output") == [(0, 1)]
    assert explorer.formula == "In y[0, 1] the weight 1 meets 1."


def test_it_is_read_when_a_reader_comes_near(open_page, site):
    """A page below whose first screens an explorer stands reads its modules on the way there."""
    page = open_page("guide/padding/")
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
    assert len(pages) >= 5
    for name in pages:
        place = name.removesuffix("index.html")
        page = open_page(place)
        explorer = Explorer(page)
        assert explorer.message == ""
        element = page.locator("conv-explorer")
        asked = parse_qs(element.get_attribute("state"))
        view = element.get_attribute("view")
        assert [explorer.state["padding"]] == asked["padding"]
        assert page.locator(f'.cx details[open] [data-view="{view}"]').count() == 1
        explorer.state = {"stride": [2, 1]}
        assert page.url == site.address + place


def test_it_is_small():
    """All modules and the style sheet together are under 60 kB, readable as they are."""
    sizes = [path.stat().st_size for path in FOLDER.iterdir()]
    assert sum(sizes) < 60_000


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
