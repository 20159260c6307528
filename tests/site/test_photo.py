"""The photograph of the front page, in a reader's hands."""

from __future__ import annotations

import io
import json
from itertools import pairwise
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

import conv
from conv.figures import presets
from tests.site.conftest import ADDRESS, wait_until

READY = "document.querySelector('conv-photo')?.dataset.ready === ''"


class Photo:
    """A photograph on an open page."""

    def __init__(self, page):
        wait_until(page, READY)
        self.page = page
        self.window = page.locator(".cp-window")

    def get(self, name):
        """Return a property of the element as an array; as text it comes in a fraction of the time."""
        value = f"JSON.stringify(document.querySelector('conv-photo').{name})"
        return np.array(json.loads(self.page.evaluate(value)))

    def button(self, name):
        return self.page.locator("conv-photo").get_by_role("button", name=name, exact=True)

    def entry(self, at):
        row, column = divmod(at, 3)
        return self.page.get_by_label(f"Kernel, row {row}, column {column}")

    @property
    def sum(self):
        return self.page.locator(".cp-products b").inner_text()

    @property
    def noise(self):
        return self.page.locator(".cp-kernel .cp-title span").inner_text()

    @property
    def message(self):
        return self.page.locator(".cp-message").inner_text()

    def is_right(self):
        """Say whether the output is what `correlate` makes of input and kernel."""
        expected = conv.correlate(self.get("input"), self.get("kernel"), padding="valid")
        return np.allclose(self.get("output"), expected)


def said(kernel):
    """Return what is to be read of a kernel's noise gain, and of an edge from 0 to 1."""
    edge = conv.correlate(np.repeat([[0, 1]], 5, 1).repeat(3, 0), kernel, padding="valid")
    return f"noise {np.linalg.norm(kernel):.2g}, edge {np.ptp(edge):.2g}"


def test_the_input_is_the_sample(open_page):
    """What a browser reads from the picture is what the page computed, to the last value."""
    values = conv.images.sample()[:450, 80:464].mean(axis=2)
    grey = np.rint(100 * values.reshape(150, 3, 128, 3).mean(axis=(1, 3)))
    assert np.array_equal(Photo(open_page()).get("input"), grey)


def test_every_preset_gives_the_numbers_of_conv(open_page):
    """For all kernels, as they are and flipped."""
    photo = Photo(open_page())
    for flip, change in (("flipped ∗", conv.flip), ("as it is ⋆", np.copy)):
        photo.button(flip).click()
        for name, (entries, divisor) in presets.KERNELS.items():
            photo.button(name).click()
            assert photo.button(name).get_attribute("aria-pressed") == "true"
            assert np.allclose(photo.get("kernel"), change(entries / divisor))
            assert photo.is_right()


def test_a_link_of_the_gallery_brings_its_kernel(open_page):
    """One press leads to the photograph with that kernel; a name that there is not changes nothing."""
    for name in ("sharpen", "emboss", "Sobel x"):
        page = open_page("beyond/gallery/")
        page.locator(f"a[href$='?kernel={quote(name)}']").click()
        photo = Photo(page)
        entries, divisor = presets.KERNELS[name]
        assert np.allclose(photo.get("kernel"), entries / divisor)
        assert photo.button(name).get_attribute("aria-pressed") == "true"
        assert photo.noise == said(photo.get("kernel"))
    usual, unknown = (Photo(open_page(query)) for query in ("", "?kernel=toString"))
    assert np.array_equal(unknown.get("kernel"), usual.get("kernel"))


@pytest.mark.parametrize("width", [1280, 390])
def test_the_gallery_tells_what_a_kernel_does_to_noise(open_page, width):
    """Beside its name, for every kernel, a flipped one and one's own, in a single line."""
    page = open_page("beyond/gallery/", width=width)
    page.locator("conv-photo").scroll_into_view_if_needed()
    photo, heights = Photo(page), set()
    title = page.locator("conv-photo .cp-kernel .cp-title")
    for name, (entries, divisor) in presets.KERNELS.items():
        page.get_by_label("Kernel", exact=True).select_option(name)
        assert photo.noise == said(entries / divisor)
        heights.add(title.evaluate("one => one.offsetHeight"))
    photo.button("flipped ∗").click()
    assert photo.noise == said(conv.flip(entries / divisor))
    photo.entry(0).fill("-2.5")
    assert photo.noise == said(photo.get("kernel"))
    heights.add(title.evaluate("one => one.offsetHeight"))
    assert len(heights) == 1


def test_own_kernels_give_the_numbers_of_conv(open_page):
    """Six drawn kernels, half of them typed while the kernel is flipped."""
    photo = Photo(open_page())
    draw = np.random.default_rng(0)
    for turn in range(6):
        if turn == 3:
            photo.button("flipped ∗").click()
        kernel = draw.integers(-99, 100, (3, 3))
        for at, entry in enumerate(kernel.flat):
            photo.entry(at).fill(str(entry))
        divisor = int(draw.integers(1, 99))
        photo.page.get_by_label("Divisor").fill(str(divisor))
        assert np.allclose(photo.get("kernel"), kernel / divisor)
        assert photo.is_right()
    assert photo.button("own").get_attribute("aria-pressed") == "true"


def test_what_is_no_number_is_named_and_left_out(open_page):
    """The last number stays, the field says that it is wrong, and gets the number back."""
    photo = Photo(open_page())
    before = photo.get("kernel")
    for text in ("", "-", "."):  # begun, and not wrong yet
        photo.entry(4).fill(text)
        assert "no number" not in photo.message
        assert np.array_equal(photo.get("kernel"), before)
    for text in ("abc", "1,000", "100", "--1", "Infinity"):
        photo.entry(4).fill(text)
        assert photo.entry(4).get_attribute("aria-invalid") == "true"
        assert f"“{text}” is no number from −99 to 99" in photo.message
        assert np.array_equal(photo.get("kernel"), before)
    photo.page.get_by_label("Divisor").fill("0")
    assert "is no number from 0.001" in photo.message
    photo.entry(4).fill("−2.5")
    assert (
        photo.message
        == "The kernel's sum is −2.5: flat areas are multiplied by it, so the output is signed."
    )
    assert photo.get("kernel")[1, 1] == -2.5
    photo.entry(0).focus()
    photo.page.keyboard.type(
        "1/3"
    )  # first a number, then none: what was there before stays
    assert photo.get("kernel")[0, 0] == -1
    photo.entry(0).press("Enter")
    assert photo.entry(0).input_value() == "−1"
    photo.button("blur").click()
    assert photo.message == presets.ABOUT["blur"]
    photo.button("own").click()  # and the reader's own kernel comes back
    assert photo.get("kernel")[1, 1] == -2.5
    photo.button("own").click()
    assert photo.get("kernel")[1, 1] == -2.5


@pytest.mark.parametrize("flip", ["as it is ⋆", "flipped ∗"])
def test_a_moved_picture_is_said(open_page, flip):
    """A single 1 off the centre moves the picture: the way that is said is the way it went."""
    photo = Photo(open_page())
    photo.button(flip).click()
    ways = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
    photo.button("identity").click()
    for before, at in pairwise((4, 0, 1, 2, 3, 5, 6, 7, 8)):
        photo.entry(before).fill("0")
        photo.entry(at).fill("1")
        said = photo.message.split("the picture has moved ")[1].rstrip(".")
        down, right = np.sum([ways[word] for word in said.split(" and ")], axis=0)
        found, moved = photo.get("input"), photo.get("output")
        assert np.array_equal(moved, found[1 - down : 149 - down, 1 - right : 127 - right])
    photo.entry(8).fill("0")
    photo.entry(4).fill("1")
    if flip == "as it is ⋆":
        assert photo.message == "The kernel's sum is 1: flat areas keep their brightness."


def test_a_kernel_of_one_s_own_is_offered_once_there_is_one(open_page):
    """Until a number is changed there is no chip for it, and its room is kept."""
    photo = Photo(open_page())
    own = photo.page.locator(".cp-presets button", has_text="own")
    assert not own.is_visible()
    photo.entry(0).fill("5")
    assert own.is_visible()


def test_chips_begin_whole(open_page):
    """On a phone the row of chips begins with a whole one, whichever is chosen first."""
    photo = Photo(open_page(width=390))
    lefts = photo.page.locator(".cp-presets").evaluate(
        "row => [...row.children].map((one) => one.offsetLeft - row.offsetLeft - row.scrollLeft)"
    )
    assert min(map(abs, lefts)) <= 1


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_what_is_said_moves_nothing(open_page, width):
    """The line below the pictures has room for whatever it says of a kernel or of the flip."""
    page = open_page(width=width)
    photo, heights = Photo(page), set()
    for flip in ("as it is ⋆", "flipped ∗"):
        photo.button(flip).click()
        for name in ("identity", "sharpen", "Sobel x", "emboss"):
            photo.button(name).click()
            heights.add(
                page.locator("conv-photo figure").evaluate("one => one.offsetHeight")
            )
        for entry in range(9):
            photo.entry(entry).fill(str(int(entry == 8)))
        heights.add(page.locator("conv-photo figure").evaluate("one => one.offsetHeight"))
        photo.entry(0).fill("-2.5")
        heights.add(page.locator("conv-photo figure").evaluate("one => one.offsetHeight"))
    assert len(heights) == 1


def test_arrow_keys_count_in_an_entry(open_page):
    """Up and down change an entry by one; left and right stay with the caret."""
    photo = Photo(open_page())
    photo.entry(4).press("ArrowUp")
    photo.entry(4).press("ArrowUp")
    photo.entry(4).press("ArrowDown")
    photo.entry(4).press("ArrowLeft")
    assert photo.get("kernel")[1, 1] == 1


def test_the_window_is_moved_by_keys(open_page):
    """Arrows by one, with Shift by ten, Home and End to the ends; the sum is said."""
    photo = Photo(open_page())
    photo.window.focus()
    for key in ("Home", "ArrowDown", "Shift+ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        photo.page.keyboard.press(key)
    place = "Window from row 116, column 11 on. Arrow keys move it"
    assert photo.window.get_attribute("aria-label") == place
    assert float(photo.sum.replace("−", "-")) == photo.get("output")[116, 11]
    wait_until(
        photo.page, "document.querySelector('.cp-message').innerText.startsWith('Output')"
    )
    assert photo.message == f"Output, row 116, column 11: {photo.sum}"
    for key in ["End"] + ["Shift+ArrowDown"] * 9:
        photo.page.keyboard.press(key)
    assert "row 147, column 125 on." in photo.window.get_attribute("aria-label")


def test_the_window_follows_the_pointer(open_page):
    """A click on either picture, and a drag, bring the window to the value under it."""
    photo = Photo(open_page())
    for view, offset in ((".cp-input .cp-view", 1), (".cp-output .cp-view", 0)):
        photo.page.locator(view).click(position={"x": 101, "y": 141})
        place = f"row {70 - offset}, column {50 - offset} on."
        assert place in photo.window.get_attribute("aria-label")
    box = photo.page.locator(".cp-input .cp-view").bounding_box()
    photo.page.mouse.move(box["x"] + 20, box["y"] + 20)
    photo.page.mouse.down()
    photo.page.mouse.move(box["x"] + 200.5, box["y"] + 40.5, steps=3)
    photo.page.mouse.up()
    assert "row 19, column 99 on." in photo.window.get_attribute("aria-label")


def test_a_finger_taps_or_drags_but_may_scroll(open_page):
    """A tap sets the window, a drag across moves it; a drag up scrolls the page and leaves it."""
    page = open_page(width=390, has_touch=True, is_mobile=True)
    photo, session = Photo(page), page.context.new_cdp_session(page)
    place = "const {x, y} = document.querySelector('.cp-input .cp-view').getBoundingClientRect(); return [x, y]"

    def touch(*path):
        left, top = page.evaluate(f"() => {{ {place} }}")
        for at, (x, y) in enumerate(path):
            kind = "touchMove" if at else "touchStart"
            point = {"x": left + x, "y": top + y}
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        return photo.get("at").tolist()

    assert touch((20.5, 90.5)) == [89, 19]
    assert touch((20.5, 90.5), (40.5, 92.5), (80.5, 100.5)) == [99, 79]
    assert touch((50, 140), *((50, 140 - 10 * step) for step in range(1, 13))) == [99, 79]
    wait_until(page, "scrollY > 20")
    page.evaluate("document.documentElement.style.overflow = 'hidden'")
    assert touch((50, 20), (50, 60), (50, 120)) == [99, 79]  # nor without scrolling


def test_other_keys_stay_with_the_browser(open_page):
    """With Alt, Control or Meta a key does what it does elsewhere; so does Escape at full size."""
    photo = Photo(open_page())
    photo.page.evaluate(
        "window.kept = []; addEventListener('keydown', (e) => kept.push(e.defaultPrevented))"
    )
    photo.window.focus()
    for key in ("Control+ArrowDown", "Control+Home", "Meta+ArrowUp", "Alt+ArrowDown"):
        photo.page.keyboard.press(key)
    assert photo.get("at").tolist() == [125, 72]
    assert not any(photo.page.evaluate("kept"))


def test_enlarged_it_shows_single_values(open_page):
    """A value under the pointer is said; Escape shows the whole picture again."""
    photo = Photo(open_page())
    photo.button("Enlarge around the window").click()
    photo.page.locator(".cp-input .cp-view").hover(position={"x": 8, "y": 8})
    row, column = 125 + 1 - 9, 72 + 1 - 8
    value = int(photo.get("input")[row, column])
    assert photo.message == f"Input, row {row}, column {column}: {value}"
    box = photo.page.locator(".cp-input .cp-view").bounding_box()
    x, y = box["x"] + 128, box["y"] + 150
    photo.page.mouse.move(x, y)
    photo.page.mouse.down()
    photo.page.mouse.move(x - 48, y - 48, steps=30)  # three values of 16 pixels
    photo.page.mouse.up()
    assert "row 122, column 69 on." in photo.window.get_attribute("aria-label")
    photo.window.focus()
    photo.page.keyboard.press("Escape")
    assert photo.button("Enlarge around the window").is_visible()


def test_the_scale_fits_the_kernel_until_the_reader_chooses(open_page):
    """Kernels whose entries cancel or add up to less show signs, others grey; a choice stays until the next preset."""
    photo = Photo(open_page())
    pressed = "[aria-label=Output] [aria-pressed=true]"
    for name, (entries, _) in presets.KERNELS.items():
        photo.button(name).click()
        shown = photo.page.locator(pressed).inner_text()
        assert shown == ("grey" if entries.sum() > 0 else "signed")
        assert photo.message == presets.ABOUT[name]
    photo.button("signed").click()
    photo.button("flipped ∗").click()
    assert photo.page.locator(pressed).inner_text() == "signed"
    photo.button("identity").click()
    assert photo.page.locator(pressed).inner_text() == "grey"
    photo.page.get_by_label("Kernel, row 1, column 1").fill("-1")
    assert photo.page.locator(pressed).inner_text() == "signed"


def test_what_lies_beyond_the_scale_is_said(open_page):
    """The share of clipped values stands beside the scale, in two digits."""
    photo = Photo(open_page())
    legend = photo.page.locator(".cp-legend")
    for name, least, most in (("Sobel x", -150, 150), ("emboss", 0, 100)):
        photo.button(name).click()
        output = photo.get("output")
        share = float(f"{100 * np.mean((output < least) | (output > most)):.2g}")
        assert f"{share:g} % of pixels beyond the scale" in legend.inner_text()
    photo.button("blur").click()
    assert "beyond" not in legend.inner_text()


def file(values, suffix, orientation=None):
    """Return a picture as a file that a reader might choose."""
    image = Image.fromarray(np.uint8(values))
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    contents = io.BytesIO()
    image.save(contents, {"jpg": "JPEG", "png": "PNG"}[suffix], exif=exif, quality=95)
    return {"name": f"own.{suffix}", "mimeType": "image/*", "buffer": contents.getvalue()}


def choose(photo, chosen):
    """Give the photograph a file."""
    with photo.page.expect_file_chooser() as chooser:
        photo.button("Your picture").click()
    chooser.value.set_files(chosen)


def test_a_picture_of_the_reader_s_own(open_page):
    """It is cut to the ratio, reduced to means, and given up for the portrait again."""
    photo = Photo(open_page())
    values = np.zeros((300, 400))
    values[150:] = 255
    values[::2] = 255  # every second row: means of 50 per cent above
    choose(photo, file(values, "png"))
    photo.button("The portrait").wait_for()
    found = photo.get("input")
    assert found.shape == (150, 128)
    assert np.abs(found[:74] - 50).max() <= 1
    assert np.all(found[76:] == 100)
    assert photo.is_right()
    photo.button("The portrait").click()
    photo.button("Your picture").wait_for()
    assert photo.get("input").min() < 50


def test_a_turned_picture_stands_upright(open_page):
    """A photograph that a telephone stored on its side is shown as it was taken."""
    photo = Photo(open_page())
    values = np.zeros((128, 150))
    values[:, :75] = 255  # left; upright, after a quarter turn to the right, above
    choose(photo, file(values, "jpg", orientation=6))
    photo.button("The portrait").wait_for()
    found = photo.get("input")
    assert found[:70].min() > 95
    assert found[80:].max() < 5


def test_a_file_that_is_no_picture_is_named(open_page):
    """The portrait stays, and the line below says why."""
    photo = Photo(open_page())
    broken = {"name": "notes.png", "mimeType": "image/png", "buffer": b"no picture"}
    choose(photo, broken)
    wait_until(
        photo.page, "document.querySelector('.cp-message').innerText.includes('no picture')"
    )
    assert photo.message == "notes.png is no picture that this browser can read."
    assert photo.button("Your picture").is_visible()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_the_kernel_turns_where_motion_is_wanted(open_page, motion):
    """The flip is seen as half a turn, or at once."""
    photo = Photo(open_page(reduced_motion=motion))
    photo.page.evaluate("document.querySelectorAll('.cp-either button')[1].click()")
    running = photo.page.evaluate(
        "document.querySelector('.cp-grid').getAnimations().length"
    )
    assert bool(running) == (motion == "no-preference")
    assert photo.get("kernel").tolist() == [[1, 0, -1], [2, 0, -2], [1, 0, -1]]


def test_fingers_have_buttons_for_what_keypads_lack(open_page):
    """One more, one less and the other sign act on the entry that was touched last."""
    page = open_page(width=390, has_touch=True, is_mobile=True)
    photo = Photo(page)
    photo.entry(8).tap()
    photo.button("Other sign").tap()
    photo.button("One less").tap()
    assert photo.get("kernel")[2, 2] == -2
    sizes = page.locator(".cp .conv-control:not(.cp-zoom)").evaluate_all(
        "all => all.map((one) => [one.offsetWidth, one.offsetHeight])"
    )
    assert len(sizes) == 3 + 10 + 4
    assert np.min(sizes) >= 44


@pytest.mark.parametrize("touch", [False, True])
def test_its_room_is_kept_until_the_script_comes(open_page, touch):
    """At every width the figure is as high before its script has come as it is afterwards."""
    page = open_page(None, has_touch=touch, is_mobile=touch)
    height = "document.querySelector('conv-photo figure').offsetHeight"
    held = []
    page.route("**/photo/photo.js", lambda route: held.append(route))
    page.goto(ADDRESS, wait_until="commit")
    wait_until(page, "document.querySelector('.cp-output img')?.complete")
    widths = (1440, 1100, 820, 640, 390)

    def heights():
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            yield page.evaluate(height)

    before = list(heights())
    while not held:
        page.wait_for_timeout(50)
    for route in held:
        route.continue_()
    wait_until(page, READY)
    assert list(heights()) == before


def test_without_scripts_it_is_complete(open_page):
    """Input, window, kernel, products and output are there, and nothing that does nothing."""
    page = open_page(java_script_enabled=False)
    assert page.locator(".cp-products b").inner_text() == "202"
    assert page.locator(".cp-output img").first.evaluate("one => one.naturalWidth") == 126
    assert page.locator("conv-photo button, conv-photo input").count() == 0
    assert page.locator(".cp-kernel .cp-title").inner_text().strip() == "kernel"


def test_from_the_file_system_it_stands_still(open_page, site):
    """A page that may not read its pictures keeps the figure, without an error."""
    page = open_page(None)
    page.goto((site.folder / "index.html").as_uri())
    page.wait_for_timeout(500)
    assert page.locator(".cp-products b").inner_text() == "202"
    assert page.locator("conv-photo button").count() == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_the_small_form_works_alike(open_page, width):
    """In the guide a list holds the kernels; numbers, flip and window are those of the large form."""
    page = open_page("guide/first/", width=width)
    page.locator("conv-photo").scroll_into_view_if_needed()
    photo = Photo(page)
    for name, (entries, divisor) in presets.KERNELS.items():
        page.get_by_label("Kernel", exact=True).select_option(name)
        assert np.allclose(photo.get("kernel"), entries / divisor)
        assert photo.is_right()
    photo.button("flipped ∗").click()
    assert np.allclose(photo.get("kernel"), conv.flip(entries / divisor))
    page.locator(".cp-output .cp-view").click(position={"x": 61, "y": 41})
    assert "row 20, column 30 on." in photo.window.get_attribute("aria-label")
    assert not page.locator(".cp-zoom").is_visible()
