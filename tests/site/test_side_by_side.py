"""Two functions of other libraries, side by side, as a reader chooses them."""

from __future__ import annotations

import json

import numpy as np
import pytest

import conv
from conv import figures, libraries
from tests.site.conftest import wait_until

PAGE = "beyond/libraries/"
ROWS = libraries.ROWS
NAMES = list(ROWS)
PAIRS = [
    ("scipy.signal.convolve2d mode='same'", "scipy.signal.correlate2d mode='same'"),
    ("numpy.correlate mode='same'", "tensorflow.nn.conv2d padding='SAME'"),
    ("scipy.ndimage.correlate mode='constant'", "cv2.filter2D borderType=BORDER_CONSTANT"),
    ("torch.nn.Conv2d padding='same'", "astropy.convolution.convolve boundary='fill'"),
    ("keras.ops.conv padding='same'", "keras.layers.Conv2D padding='same'"),
]
# The steps of all pairs, and every height that the figure has meanwhile.
ALL_PAIRS = """() => {
    const tool = document.querySelector("conv-libraries");
    const [first, second] = tool.selects;
    const said = [], code = [], heights = new Set();
    for (let e = tool; e.localName !== "article"; e = e.parentElement) // the rest need not be laid out
        for (const other of e.parentElement.children) if (other !== e) other.style.display = "none";
    for (const a of tool.functions.keys()) for (const b of tool.functions.keys()) {
        [first.value, second.value] = [a, b];
        second.dispatchEvent(new Event("change"));
        const items = tool.querySelectorAll("[role=status] li");
        said.push([...items].map((item) => item.textContent));
        code.push(tool.querySelector("pre code").textContent);
        heights.add(tool.getBoundingClientRect().height);
    }
    return { said, code, heights: [...heights] };
}"""


@pytest.fixture
def open_libraries(open_page):
    """Return a function that opens the page, and scrolls to where it can be chosen."""

    def open_libraries(**options):
        page = open_page(PAGE, **options)
        page.locator("conv-libraries").scroll_into_view_if_needed()
        wait_until(page, "'ready' in document.querySelector('conv-libraries').dataset")
        return page

    return open_libraries


def choose(page, first, second):
    """Choose two functions, each in its list."""
    for label, name in (("A, your library", first), ("B, the other", second)):
        page.get_by_label(label).select_option(str(NAMES.index(name)))


def shown(page):
    """Return what the table says of A and B, by what was asked; spaces may be any."""
    rows = page.locator(".cl-answers tbody tr").evaluate_all(
        "all => all.map((row) => [...row.children].map((cell) => cell.textContent))"
    )
    plain = [
        [cell.replace("\xa0", " ").replace("\u2060", "") for cell in row] for row in rows
    ]
    return {asked: answers for asked, *answers in plain}


@pytest.mark.parametrize("pair", PAIRS)
def test_two_functions_stand_side_by_side(open_libraries, pair):
    """Numbers, flips, zeros, borders and bytes are those of the record, and so is the code."""
    page = open_libraries()
    choose(page, *pair)
    table, two = shown(page), [ROWS[name] for name in pair]
    for side, row in enumerate(two):
        said = {asked: answers[side] for asked, answers in table.items()}
        flips = row["operation"] == "convolution"
        axes = "no" if row["layout"] == "N, k" else "yes"
        assert said["takes images (two axes)"] == axes
        assert said["flips the kernel"] == ("yes" if flips else "no")
        pads = row["same"]["k=4"]
        if pads == "refused":
            assert said["1 2 3 4 5 6 under 1 0 0 0"] == "refused"
        else:
            operation = conv.convolve if flips else conv.correlate
            output = operation(np.arange(1, 7), np.array([1, 0, 0, 0]), padding=[pads])
            numbers = [int(n) for n in said["1 2 3 4 5 6 under 1 0 0 0"].split()]
            assert numbers == output.tolist()
            assert said["zeros, kernel of 4"] == f"{pads[0]} before, {pads[1]} after"
        strided = row["same"].get("k=3 s=2 n=4", "no stride")
        if isinstance(strided, list):
            strided = f"{strided[0]} before, {strided[1]} after"
        assert said["zeros, kernel of 3, stride 2, input of 4"] == strided
        assert said["border, if none is named"] == row["defaults"]["border"]
        named = {drawn: rule for rule, drawn in row["borders"].items()}
        for drawn in libraries.PADS["numpy.pad"].values():
            default = "default" if drawn == row["defaults"]["border"] else "–"
            assert said[f"gives {drawn}"] == named.get(drawn, default)
        added = said["100 100 100 under 1 1 1, both in bytes"].partition(",")[0]
        assert added == row["dtypes"]["uint8"].split(": ")[-1]
    ours = figures.answers(ROWS, *pair, caption="Two.")
    (code,) = page.locator("conv-libraries pre code").all_text_contents()
    assert code.strip() == "\n".join(ours.code(*pair))


@pytest.mark.parametrize("width", [1280, 390])
def test_every_pair_has_its_steps_and_nothing_moves(open_libraries, width):
    """The browser says of all pairs what Python does; the figure, unfolded, keeps its height."""
    page = open_libraries(width=width)
    for summary in page.locator("conv-libraries summary").all():
        summary.click()
    found = page.evaluate(ALL_PAIRS)
    ours = figures.answers(ROWS, *NAMES[:2], caption="Two.")
    assert found["said"] == [ours.steps(a, b) for a in NAMES for b in NAMES]
    assert found["code"] == ["\n".join(ours.code(a, b)) for a in NAMES for b in NAMES]
    assert len(found["heights"]) == 1


def steps(page):
    """Return the steps that are shown, from A to B."""
    return (
        page.locator("conv-libraries").get_by_role("status").locator("li").all_inner_texts()
    )


def test_the_steps_name_what_parts_two_functions(open_libraries):
    """Flips, modes and borders are said where they differ."""
    page = open_libraries()
    choose(page, *PAIRS[0])
    assert steps(page)[0] == "Flip the kernel."
    choose(page, *PAIRS[2])
    assert "Pass borderType=cv2.BORDER_REFLECT for A’s border." in steps(page)
    choose(page, *PAIRS[4])
    assert steps(page) == ["Pass padding='same', because B’s default is valid."]


@pytest.mark.parametrize(
    ("pair", "differs"), [((PAIRS[0][1], PAIRS[3][0]), False), (PAIRS[1], True)]
)
def test_no_stride_is_no_difference(open_libraries, pair, differs):
    """SciPy has none and PyTorch refuses it under same; TensorFlow has one, and NumPy none."""
    page = open_libraries()
    choose(page, *pair)
    row = page.locator(".cl-answers tbody tr", has_text="stride 2")
    assert ("cl-differs" in (row.get_attribute("class") or "")) == differs


def test_a_border_without_a_name_is_a_difference(open_libraries):
    """SciPy calls zeros fill and PyTorch pads with them unasked; neither repeats one value."""
    page = open_libraries()
    choose(page, PAIRS[0][0], "torch.nn.functional.conv2d padding='same'")
    found = page.locator(".cl-answers tr.cl-differs th").all_text_contents()
    plain = " ".join(found).replace("\xa0", " ").replace("\u2060", "")
    assert "gives 0 0 0" in plain
    assert "gives 3 2 1" in plain
    assert "gives 1 1 1" not in plain


def test_keys_choose(open_libraries):
    """The lists are the browser's own: Tab comes to them, and arrows choose."""
    page = open_libraries()
    page.get_by_label("A, your library").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    ours = figures.answers(ROWS, *NAMES[:2], caption="Two.")
    assert steps(page) == ours.steps(
        "scipy.signal.correlate2d mode='same'", "cv2.filter2D borderType=BORDER_CONSTANT"
    )


def test_folds_open_by_keys_and_move_nothing_above(open_page):
    """Borders, bytes and code come into sight without a script; the rest keeps its place."""
    page = open_page(PAGE, java_script_enabled=False)
    tool = page.locator("conv-libraries")
    above = tool.get_by_role("status").locator("li").last
    top = "(row) => row.getBoundingClientRect().top + scrollY"
    before = above.evaluate(top)
    for at, folded in enumerate((tool.locator("pre"), tool.locator("tbody tr").last)):
        assert not folded.is_visible()
        tool.locator("summary").nth(at).press("Enter")
        assert folded.is_visible()
    assert above.evaluate(top) == before


def test_without_scripts_two_stand_there(open_page, site):
    """Their names, steps and table are in the page, and no list that does nothing."""
    page = open_page(PAGE, java_script_enabled=False)
    tool = page.locator("conv-libraries")
    assert tool.locator("label code").all_inner_texts() == [
        "scipy.signal.convolve2d",
        "torch.nn.functional.conv2d",
    ]
    assert tool.locator("select").count() == 0
    ours = figures.answers(
        ROWS, PAIRS[0][0], "torch.nn.functional.conv2d padding='same'", caption="Two."
    )
    assert steps(page) == ours.steps(*ours.chosen)
    (script,) = site.soups[f"{PAGE}index.html"].select("conv-libraries script")
    assert json.loads(script.string) == json.loads(json.dumps(ours.facts()))
