"""Figures that move, in a reader's hands."""

from __future__ import annotations

import re

import numpy as np
import pytest

import conv
from conv import figures
from tests.site.conftest import ADDRESS, wait_until

PAGE = "guide/smoothing/"  # lends its head to a page of figures
X = np.array([6, 12, 18, 6, 24, 12, 18, 6])
W = np.array([1 / 2, 1 / 3, 1 / 6])
IMAGE = np.random.default_rng(0).integers(-2, 4, (5, 5))
KERNEL = np.array([[1, 0, 1], [0, 2, 0], [1, 0, 1]])
BLOCKS = {
    name: conv.Geometry.of((12, 12), (3, 3), stride=n)
    for n, name in ((1, "one"), (2, "two"))
}
CURVES = (
    ["0°", "30°", "60°", "90°"],
    {"one": [0, 1, 3, 2]},
    [[figures.Picture([[n / 3]], "dot", note=" ")] for n in range(4)],
    ["none", "few", "many", "some"],
)
COUNTS = {"valid": 9, "same": 25, "full": 49}
READY = """[...document.querySelectorAll("conv-slide")].every((one) => "ready" in one.dataset)"""


@pytest.fixture
def open_slides(open_page, site):
    """Return a function that opens a page of three slides: the signal, the modes, blocks."""
    return opener(
        open_page,
        site,
        figures.sliding(X, W, at=4, caption="Weights slide."),
        figures.modes(IMAGE, KERNEL, caption="Three modes."),
        figures.blocks(BLOCKS, caption="Blocks.", alt="Nine."),
    )


@pytest.fixture
def open_others(open_page, site):
    """Return a function that opens a page of others: curves, receptive fields, circles."""
    return opener(
        open_page,
        site,
        figures.along(*CURVES, label="height", at=2, caption="Curves.", alt="One."),
        figures.fields({"1, 1": [1, 1], "1, 2": [1, 2]}, caption="Fields.", alt="Two."),
        figures.squares(8, caption="Points.", alt="Eight, four and two."),
    )


def opener(open_page, site, *shown):
    """Return a function that opens a page of figures."""
    parts = [f"<p>Above.</p>{one._repr_html_()}" for one in shown]
    html = f"<h1>Slides</h1>{''.join(parts)}<p>Below.</p>"
    article = re.compile(r"(<article[^>]*>).*(</article>)", re.S)
    body = article.sub(lambda m: m[1] + html + m[2], site.read(f"{PAGE}index.html"))

    def open_slides(held=None, **options):
        page = open_page(None, **options)
        page.route(
            f"**/{PAGE}", lambda route: route.fulfill(body=body, content_type="text/html")
        )
        if held is not None:
            page.route("**/slide/slide.js", lambda route: held.append(route))
        page.goto(ADDRESS + PAGE)
        if held is None and options.get("java_script_enabled", True):
            wait_until(page, READY)
        return page

    return open_slides


def slides(page):
    """Return the signal and the modes."""
    return page.locator("conv-slide").nth(0), page.locator("conv-slide").nth(1)


def at(slide):
    """Return the position that a slide is at."""
    return slide.evaluate("one => one.at")


def press(slide, name):
    """Press one of a slide's buttons."""
    slide.get_by_role("button", name=name, exact=True).click()


def seen(slide, selector):
    """Return the texts of what is seen of a selection."""
    return slide.locator(f".cs-stage {selector}").evaluate_all(
        """all => all.filter((one) => getComputedStyle(one).visibility === "visible")
            .map((one) => one.textContent)"""
    )


def settle(page):
    """Let transitions and what is delayed come to their end."""
    page.wait_for_timeout(300)
    page.evaluate("document.getAnimations().forEach((one) => one.finish())")


def test_the_first_frame_is_the_message(open_slides):
    """The signal opens at its moment, the modes with complete outputs; nothing plays by itself."""
    page = open_slides()
    signal, modes = slides(page)
    page.wait_for_timeout(700)
    assert at(signal) == 4
    assert signal.locator(".cs-note").inner_text().endswith("= 17")
    assert signal.locator(".cs-status").inner_text() == "5 of 8: t = 4"
    assert seen(modes, "[data-from]") == []
    assert len(seen(modes, "[data-at='-1']")) == 3
    assert modes.locator(".cs-note").all_inner_texts() == [
        f"{count} places" for count in COUNTS.values()
    ]


def test_the_numbers_of_every_moment_are_those_of_conv(open_slides):
    """Products sum to the result, which has grown to this moment; the weights are where they apply."""
    page = open_slides()
    signal, _ = slides(page)
    y = conv.convolve(X, W, padding=[(2, 0)])
    for t in range(8):
        signal.evaluate("(one, t) => one.go(t)", t)
        settle(page)
        assert signal.locator(".cs-note").inner_text().startswith(f"y({t}) = ")
        assert [float(n) for n in seen(signal, "[data-from]")] == pytest.approx(y[: t + 1])
        (say,) = signal.locator(f".cs-stage [data-say][data-at='{t}']").evaluate_all(
            "all => all.map((one) => one.dataset.say)"
        )
        assert len(seen(signal, "[data-say]")) == 1
        assert float(say.split("= ")[-1]) == pytest.approx(y[t])
        newest = signal.locator(".cs-stage .cs-move rect").first.bounding_box()
        result = signal.locator(f".cs-stage [data-from='{t}'] rect").bounding_box()
        assert newest["x"] == pytest.approx(result["x"], abs=1.5)


def test_every_position_of_the_modes_is_that_of_correlate(open_slides):
    """Each stage goes through its own places; one that has fewer waits at its last."""
    page = open_slides()
    _, modes = slides(page)
    for n in (0, 7, 8, 9, 24, 30, 48):
        modes.evaluate("(one, n) => one.go(n)", n)
        settle(page)
        for name, count in COUNTS.items():
            stage = modes.locator(f".cs-one[data-name={name}]")
            output = conv.correlate(IMAGE, KERNEL, padding=name)
            own = min(n, count - 1)
            row, column = divmod(own, output.shape[1])
            numbers = [
                int(text.replace("−", "-"))
                for text in seen(modes, f"[data-name={name}] [data-from]")
            ]
            assert numbers == output.ravel()[: own + 1].tolist()
            note = f"{own + 1} of {count}: row {row}, column {column}"
            assert stage.locator(".cs-note").inner_text() == note
            ring = stage.locator(".cs-move").nth(1).bounding_box()
            cell = stage.locator(f"[data-from='{own}'] path").bounding_box()
            middles = [
                (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
                for box in (ring, cell)
            ]
            np.testing.assert_allclose(*middles, atol=0.6)
        assert modes.locator(".cs-status").inner_text() == f"{n + 1} of 49"


def test_play_runs_to_the_end_and_begins_anew(open_slides):
    """It stops by itself at the last position, and can be paused on the way."""
    page = open_slides()
    signal, modes = slides(page)
    press(signal, "Play")
    assert at(signal) == 5
    wait_until(page, "document.querySelector('conv-slide').at === 7")
    assert signal.get_by_role("button", name="Play").is_visible()
    press(signal, "Play")
    assert at(signal) == 0
    press(signal, "Pause")
    page.wait_for_timeout(700)
    assert at(signal) == 0
    press(modes, "Play")
    assert at(modes) == 0  # the first output is computed before the second
    press(modes, "Next")
    page.wait_for_timeout(700)
    assert at(modes) == 1  # who takes over, has it


def test_the_scrubber_and_keys_move_all_stages(open_slides):
    """Arrows step wherever the focus is in the bar, Home and End are the range's, Space plays."""
    page = open_slides()
    _, modes = slides(page)
    position = modes.get_by_label("Position")
    position.fill("20")
    notes = [note.partition(":")[0] for note in modes.locator(".cs-note").all_inner_texts()]
    assert notes == ["9 of 9", "21 of 25", "21 of 49"]
    position.focus()
    for key, expected in (
        *(("ArrowRight", 21), ("ArrowUp", 20), ("ArrowLeft", 19), ("ArrowDown", 20)),
        *(("Home", 0), ("ArrowLeft", 0), ("End", 48), ("ArrowRight", 48)),
    ):
        page.keyboard.press(key)
        assert at(modes) == expected
    assert position.get_attribute("aria-valuetext") == "49 of 49"
    page.keyboard.press("Space")
    assert at(modes) == 0
    assert modes.get_by_role("button", name="Pause").is_visible()
    page.keyboard.press("Space")
    modes.get_by_role("button", name="Back").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+ArrowRight")  # the browser's
    assert at(modes) == 1


def test_a_change_is_said_when_it_has_settled(open_slides):
    """Once for several keys, with the numbers that are seen."""
    page = open_slides()
    signal, modes = slides(page)
    page.evaluate(
        """window.said = []; for (const one of document.querySelectorAll(".cs-heard"))
            new MutationObserver(() => said.push(one.textContent))
                .observe(one, { childList: true })"""
    )
    for _ in range(3):
        press(signal, "Back")
    wait_until(page, "said.length > 0")
    assert page.evaluate("said") == ["y(1) = 1/2 · 12 + 1/3 · 6 = 8"]
    modes.evaluate("one => one.go(9)")
    wait_until(page, "said.length > 1")
    same = conv.correlate(IMAGE, KERNEL, padding="same")[1, 4]
    assert f"same 10 of 25: row 1, column 4, output {same:g}" in page.evaluate(
        "said[1]"
    ).replace("−", "-")


def test_the_weights_follow_the_pointer(open_slides):
    """A click or a drag on the drawing brings the newest weight to the moment below it."""
    page = open_slides()
    signal, _ = slides(page)
    box = signal.locator(".cs-stage .cs-signal").bounding_box()

    def place(t):
        return box["x"] + 120 + (t + 0.5) * (box["width"] - 120) / 8, box["y"] + 150

    page.mouse.click(*place(2))
    assert at(signal) == 2
    page.mouse.move(*place(2))
    page.mouse.down()
    page.mouse.move(*place(6), steps=4)
    page.mouse.up()
    page.mouse.move(*place(3))
    assert at(signal) == 6


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_else_moves(open_slides, width):
    """From before the script comes to the last position, all of the page keeps its place."""
    held = []
    page = open_slides(held, width=width)
    places = """[...document.querySelectorAll("article > p, .cs-bar, figcaption, .cs-note")]
        .filter((one) => one.checkVisibility())
        .map((one) => [one.offsetTop, one.getBoundingClientRect().height])"""
    page.locator("conv-slide").nth(1).scroll_into_view_if_needed()
    while not held:
        page.wait_for_timeout(50)
    before = page.evaluate(places)
    for route in held:
        route.continue_()
    wait_until(page, READY)
    assert page.evaluate(places) == before
    for slide in slides(page):
        for n in (0, 1, 5, 48):
            slide.evaluate("(one, n) => one.go(n)", n)
            assert page.evaluate(places) == before
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_on_a_phone_one_mode_is_shown(open_slides):
    """Three buttons choose it, the scrubber has its positions, and fingers find all they press."""
    page = open_slides(width=390, has_touch=True, is_mobile=True)
    _, modes = slides(page)
    stages = modes.locator(".cs-one:visible")
    position = modes.get_by_label("Position")
    for name, count in COUNTS.items():
        modes.get_by_role("button", name=name).tap()
        assert stages.evaluate_all("all => all.map((one) => one.dataset.name)") == [name]
        assert position.get_attribute("max") == str(count - 1)
    position.fill("40")
    modes.get_by_role("button", name="valid").tap()
    assert at(modes) == 8
    assert modes.locator(".cs-status").inner_text() == "9 of 9"
    sizes = page.locator(".cs-bar :is(button, input):visible").evaluate_all(
        "all => all.map((one) => [one.offsetWidth, one.offsetHeight])"
    )
    assert len(sizes) == 4 + 7 + 6
    assert np.min(sizes) >= 44


def test_a_finger_moves_the_weights_but_may_scroll(open_slides):
    """A tap and a drag across go to a moment; a drag up scrolls the page, and leaves it."""
    page = open_slides(width=390, has_touch=True, is_mobile=True)
    signal, _ = slides(page)
    session = page.context.new_cdp_session(page)

    def touch(*path):
        box = signal.locator(".cs-stage .cs-signal").bounding_box()
        for step, (x, y) in enumerate(path):
            point = {"x": box["x"] + x * box["width"] / 8, "y": box["y"] + y}
            kind = "touchMove" if step else "touchStart"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(100)
        return at(signal)

    assert touch((2.5, 150)) == 2
    assert touch((2.5, 150), (3.5, 152), (5.5, 155)) == 5
    assert touch((1.5, 300), *((1.5, 300 - 15 * step) for step in range(1, 12))) == 5
    wait_until(page, "scrollY > 20")


def test_where_motion_is_not_wanted_there_are_steps(open_slides):
    """Play is a step, nothing glides, and each step is there at once."""
    page = open_slides(reduced_motion="reduce")
    signal, modes = slides(page)
    for slide, expected in ((signal, 5), (modes, 0)):
        press(slide, "Step")
        page.wait_for_timeout(700)
        assert at(slide) == expected
    press(signal, "Step")
    assert page.evaluate("document.getAnimations().length") == 0
    assert signal.get_by_role("button", name="Step").is_visible()
    page.emulate_media(reduced_motion="no-preference")
    signal.get_by_role("button", name="Play").wait_for()


def test_without_scripts_it_is_complete(open_slides):
    """A strip of four moments, three modes with their outputs, and nothing that does nothing."""
    for width in (1280, 390):
        page = open_slides(width=width, java_script_enabled=False)
        signal, modes = slides(page)
        assert signal.locator(".cs-strip svg.cs-signal:visible").count() == 4
        assert not signal.locator(".cs-stage").is_visible()
        assert modes.locator(".cs-one:visible").count() == 3
        assert page.locator("conv-slide button, conv-slide input").count() == 0


def test_on_paper_it_is_the_first_frame(open_slides):
    """Whatever the reader has done, paper has the strip and the complete outputs, without controls."""
    page = open_slides()
    signal, modes = slides(page)
    modes.evaluate("one => one.go(12)")
    page.emulate_media(media="print")
    wait_until(page, "document.querySelectorAll('conv-slide')[1].at === 0")
    assert signal.locator(".cs-strip svg.cs-signal:visible").count() == 4
    assert seen(modes, "[data-from]") == []
    assert modes.locator(".cs-note").first.inner_text() == "9 places"
    assert not page.get_by_role("button", name="Play").first.is_visible()
    page.emulate_media(media="screen")
    press(modes, "Play")
    assert at(modes) == 0


def test_it_rests_when_its_page_is_left(open_slides):
    """A slide that has left the page plays no more, and says nothing."""
    page = open_slides()
    signal, _ = slides(page)
    press(signal, "Play")
    page.evaluate("window.left = document.querySelector('conv-slide'); left.remove()")
    page.wait_for_timeout(700)
    assert page.evaluate("left.at") == 5


def test_blocks_tell_what_they_need(open_slides):
    """Below each image and for those who do not see it: the slices, and not a place."""
    slide = open_slides().locator("conv-slide").nth(2)
    press(slide, "Next")
    needed = ["rows 3 to 8, columns 7 to 11", "rows 4 to 8, columns 8 to 11"]
    assert slide.locator(".cs-note").all_text_contents() == needed
    settle(slide.page)
    heard = slide.locator(
        ".cs-heard",
        has_text="; ".join(f"{n} {t}" for n, t in zip(BLOCKS, needed, strict=True)),
    )
    heard.wait_for(state="attached")


def test_points_lead_to_their_squares(open_others):
    """A step frames the next pair and its square, says which, and a click changes nothing."""
    slide = open_others().locator("conv-slide").nth(2)
    slide.locator(".cs-stage").click()
    assert at(slide) == 1
    press(slide, "Next")
    assert slide.locator(".cs-status").text_content() == "3 of 4: k = 2"
    says = "z = −i, −z = i: z² = −1, z⁴ = 1"
    assert slide.locator(".cs-note").text_content() == says
    framed = slide.locator("svg [data-at]").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).visibility === 'visible')"
    )
    assert framed == [k == 2 for k in range(4)]


def test_curves_are_moved_along(open_others):
    """A click takes the line to the place below it, with the picture and the note there."""
    page = open_others()
    slide = page.locator("conv-slide").nth(0)
    assert slide.locator(".cs-status").inner_text() == "3 of 4: 60°"
    plot = slide.locator(".cs-signal > line").bounding_box()
    slide.locator(".cs-signal").click(position={"x": plot["width"] / 8, "y": 60})
    settle(page)
    assert at(slide) == 0
    assert slide.locator(".cs-status").inner_text() == "1 of 4: 0°"
    assert slide.locator(".cs-note").inner_text() == "none"
    frames = slide.locator(".conv-panels[data-at]")
    shown = frames.evaluate_all("all => all.map((one) => getComputedStyle(one).visibility)")
    assert shown == ["visible", "hidden", "hidden", "hidden"]
    line = slide.locator(".cs-move line").bounding_box()
    dot = slide.locator("circle[data-at='0']").bounding_box()
    middles = [box["x"] + box["width"] / 2 for box in (line, dot)]
    assert middles[0] == pytest.approx(middles[1], abs=1.5)


def test_fields_go_through_layers(open_others):
    """They open at the last layer, and play from the first."""
    slide = open_others().locator("conv-slide").nth(1)
    notes = slide.locator(".cs-note")
    assert notes.all_inner_texts() == ["layer 2: 25 of 5 × 5", "layer 2: 49 of 7 × 7"]
    press(slide, "Back")
    assert notes.all_inner_texts() == ["layer 1: 9 of 3 × 3"] * 2
    assert slide.locator(".cs-status").inner_text() == "1 of 2"
