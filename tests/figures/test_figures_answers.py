"""Two functions of other libraries, side by side, and the steps from one to the other."""

from __future__ import annotations

import importlib
import itertools
import json
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup

import conv
from conv import figures
from conv.figures import comparison
from conv.figures.topics import TOPICS, differ, steps
from conv.libraries import ROWS

NAMES = list(ROWS)
SIGNAL = "scipy.signal.correlate2d mode='same'"
TORCH = "torch.nn.functional.conv2d padding='same'"
NDIMAGE = "scipy.ndimage.correlate mode='constant'"
OPENCV = "cv2.filter2D borderType=BORDER_CONSTANT"
CONV2D = "tensorflow.nn.conv2d padding='SAME'"
LAYER = "torch.nn.Conv2d padding='same'"
UPPER = "onnxruntime Conv auto_pad='SAME_UPPER'"
ASTROPY = "astropy.convolution.convolve boundary='fill'"
FFT = "astropy.convolution.convolve_fft boundary='fill'"


@pytest.fixture
def two():
    """Return SciPy's and PyTorch's correlation side by side."""
    return figures.answers(ROWS, SIGNAL, TORCH, caption="Two.")


@pytest.mark.parametrize(
    ("first", "second", "step"),
    [
        ("scipy.signal.convolve mode='same'", "scipy.signal.correlate mode='same'", "Flip the kernel."),
        ("scipy.signal.correlate mode='same'", SIGNAL, "Pad A’s zeros, k // 2 before and (k − 1) // 2 after, and pass mode='valid'."),
        (CONV2D, "jax.lax.conv_general_dilated padding='SAME_LOWER'", "Pad A’s zeros, (k − 1) // 2 before and k // 2 after at stride and dilation 1, and pass padding='VALID'."),
        (CONV2D, TORCH, "Pad A’s zeros, (k − 1) // 2 before and k // 2 after at stride and dilation 1, and keep B’s default, which is valid."),
        (CONV2D, UPPER, "Pad A’s zeros, (k − 1) // 2 before and k // 2 after at stride and dilation 1, and keep B’s default, which is valid."),
        (TORCH, NDIMAGE, "B lacks dilations: see strides, below."),
        (CONV2D, SIGNAL, "B lacks strides and dilations: see strides, below."),
        (CONV2D, "tensorflow.nn.depthwise_conv2d padding='SAME'", "Do not combine a stride with a dilation."),
        (NDIMAGE, OPENCV, "Pass borderType=cv2.BORDER_REFLECT for A’s border."),
        (NDIMAGE, "scipy.signal.convolve2d mode='same'", "Pass boundary='symm' for A’s border."),
        (OPENCV, NDIMAGE, "Pass mode='mirror' for A’s border."),
        (NDIMAGE, "jax.numpy.correlate mode='same'", "Keep to one axis: B takes no images."),
        (OPENCV, SIGNAL, "Pad with numpy.pad(…, mode='reflect'), k // 2 before and (k − 1) // 2 after, and pass mode='valid'."),
        (OPENCV, FFT, "Pad with numpy.pad(…, mode='reflect'), k // 2 before and (k − 1) // 2 after, and crop the output by (k − 1) // 2 before and k // 2 after."),
        (OPENCV, ASTROPY, "Pad with numpy.pad(…, mode='reflect'), (k − 1) // 2 before and after, and crop the output by (k − 1) // 2 before and after."),
        (SIGNAL, NDIMAGE, "For an even kernel, pass origin=[k % 2 - 1 for k in w.shape]."),
        (SIGNAL, OPENCV, "For an even kernel, pass anchor=((w.shape[1] - 1) // 2, (w.shape[0] - 1) // 2)."),
        (LAYER, NDIMAGE, "If A names the border reflect, pass mode='mirror'."),
        (NDIMAGE, ASTROPY, "Pass normalize_kernel=False."),
        (NDIMAGE, FFT, "Pass normalize_kernel=False and nan_treatment='fill'."),
        (ASTROPY, NDIMAGE, "Divide the kernel by its sum."),
        (SIGNAL, LAYER, "Pass bias=False, because B’s bias starts at random."),
        (LAYER, SIGNAL, "Add A’s bias, unless A has bias=False."),
        (SIGNAL, TORCH, "Pass padding='same', because B’s default is valid."),
        (SIGNAL, CONV2D, "Pass padding='SAME', because B has no default."),
        (LAYER, ASTROPY, "Use odd kernels, because B refuses even ones."),
        (NDIMAGE, NDIMAGE, "Change nothing."),
    ],
)  # fmt: skip
def test_the_list_has_the_step(two, first, second, step):
    """What parts two functions is among the steps from one to the other."""
    assert step in two.steps(first, second)


def test_a_layer_has_its_own_argument_for_a_border():
    """Its padding is the mode; no function on record brings a border that it would name."""
    row = ROWS[SIGNAL]
    wrapped = {**row, "defaults": {**row["defaults"], "border": row["borders"]["wrap"]}}
    assert "Pass padding_mode='circular' for A’s border." in steps(wrapped, ROWS[LAYER])


def test_a_flip_is_said_if_and_only_if_operations_differ(two):
    """So are a bias that only one of them has, and a division by the kernel's sum."""
    for a, b in itertools.product(NAMES, NAMES):
        said = " ".join(two.steps(a, b))
        assert ("Flip" in said) == (ROWS[a]["operation"] != ROWS[b]["operation"])
        assert (" bias" in said) == ((a == LAYER) != (b == LAYER))
        scaled = ["scale" in ROWS[name]["defaults"] for name in (a, b)]
        assert ("normalize" in said or "its sum" in said) == (scaled[0] != scaled[1])


def test_a_mode_is_named_once_if_b_does_not_choose_it_by_itself(two):
    """Same or valid, and never both; a function that has only same needs no mode."""
    for a, b in itertools.product(NAMES, NAMES):
        said = [step for step in two.steps(a, b) if re.search("same|valid", step, re.I)]
        if ROWS[b]["defaults"]["mode"] == "same":
            assert not any("same" in step.lower() for step in said)
        else:
            assert len(said) == 1


def _pad(call, before, after, mode="constant"):
    """Pad each axis of the input by what is said of a kernel of k."""
    call["x"] = np.pad(call["x"], _counts(call, before, after), mode=mode)


def _counts(call, *said):
    halves = {"(k − 1) // 2": lambda k: (k - 1) // 2, "k // 2": lambda k: k // 2}
    return [tuple(halves[half](k) for half in said) for k in call["w"].shape]


def _crop(call, before, after):
    call["crop"] = _counts(call, before, after)


def _stride(call):
    """Pad with the first function's zeros at the stride, as the page says, and crop the rest."""
    n, k, s = call["given"].shape, call["w"].shape, call["stride"]
    if s == 1:
        return
    pads = conv.Geometry.of(n, k, padding="same", stride=s).pads
    call["x"] = np.pad(call["given"], [pad[:: call["step"]] for pad in pads])
    call["keep"], own = s, call["theirs"]["same"]["k=4"]
    if "valid" in call["theirs"]["longer_kernel"]:
        call["options"] = {call["theirs"]["name"].split()[-1].split("=")[0]: "valid"}
    else:
        call["options"] = {}
        _crop(call, *["(k − 1) // 2", "k // 2"][:: 1 if own == [1, 2] else -1])


HALF = r"(\(k − 1\) // 2|k // 2)"
STEPS = {  # what a reader does who follows a step
    r"Change nothing.": lambda call: None,
    r"Flip the kernel.": lambda call: call.update(w=conv.flip(call["w"])),
    r"Pass (mode|padding)='(\w+)', because .+": lambda call, name, mode: call[
        "options"
    ].update({name: mode}),
    r"Pass (mode|boundary)='(\w+)' for A’s border.": lambda call, name, border: call[
        "options"
    ].update({name: border}),
    r"Keep to one axis: .+": lambda call: call.update(flat=True),
    r"For an even kernel, pass (\w+)=(.+)\.": lambda call, name, value: call[
        "options"
    ].update({name: eval(value, {"w": call["w"]})}),
    rf"Pad A’s zeros, {HALF} before and {HALF} after.*": _pad,
    rf"Pad with numpy.pad\(…, mode='(\w+)'\), {HALF} before and {HALF} after.*": (
        lambda call, mode, before, after: _pad(call, before, after, mode)
    ),
    r".+, and pass (mode|padding)='valid'.": lambda call, name: call["options"].update(
        {name: "valid"}
    ),
    r"Pad .+, and keep B’s default, which is valid.": lambda call: None,
    rf".+, and crop the output by {HALF} before and {HALF} after.": _crop,
    r"B lacks strides and dilations: .+": _stride,
    r"Keep the kernel no longer than the input.": lambda call: call.update(short=True),
}


def _run(row, x, w, **options):
    """Call a function of NumPy, SciPy or ours, on one axis or two."""
    path = row["name"].split()[0]
    package, _, function = path.rpartition(".")
    called = getattr(importlib.import_module(package), function)
    if function.endswith("2d") and x.ndim == 1:
        return called(x[None], w[None], **options)[0]
    return called(x, w, **options)


def _follow(two, first, second, x, w, stride=1):
    """Return what the first computes under same, and the second as the steps say."""
    ours, theirs = ROWS[first], ROWS[second]
    same = (
        {} if "ndimage" in first else dict([first.split()[-1].replace("'", "").split("=")])
    )
    expected = _run(ours, x, w, **same, **({"stride": stride} if stride > 1 else {}))
    step = 1 if ours["same"]["k=4"] == [1, 2] else -1  # which half of the zeros is first
    call = {"given": x, "x": x, "w": w, "options": {}, "stride": stride}
    call |= {"step": step, "theirs": theirs}
    for step in two.steps(first, second):
        found = [
            (do, said) for how, do in STEPS.items() if (said := re.fullmatch(how, step))
        ]
        assert found, step
        for do, said in found:
            do(call, *said.groups())
    output = _run(theirs, call["x"], call["w"], **call["options"])
    crops = zip(call.get("crop", [(0, 0)] * x.ndim), output.shape, strict=True)
    kept = tuple(slice(b, size - a, call.get("keep")) for (b, a), size in crops)
    return expected, output[kept], call.get("short", False)


ORACLES = [name for name in NAMES if name.startswith(("conv.", "numpy.", "scipy."))]


@pytest.mark.parametrize("size", [3, 4, 5])
@pytest.mark.parametrize(("first", "second"), list(itertools.product(ORACLES, ORACLES)))
def test_who_follows_the_steps_gets_the_numbers_of_the_first(two, first, second, size):
    """B has no mode and no border but what the steps name."""
    rng = np.random.default_rng(size)
    x, w = rng.standard_normal(9), rng.standard_normal(size)
    expected, output, _ = _follow(two, first, second, x, w)
    np.testing.assert_allclose(output, expected, atol=1e-12)


PLANES = [name for name in ORACLES if not name.startswith("numpy.")]


@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (2, 4)])
@pytest.mark.parametrize(("first", "second"), list(itertools.product(PLANES, PLANES)))
def test_an_odd_axis_beside_an_even_one_stays(two, first, second, shape):
    """On two axes too, the steps hold for each: an odd one is not moved with an even one."""
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((8, 9)), rng.standard_normal(shape)
    expected, output, _ = _follow(two, first, second, x, w)
    np.testing.assert_allclose(output, expected, atol=1e-12)


@pytest.mark.parametrize(("first", "second"), list(itertools.product(ORACLES, ORACLES)))
def test_a_long_kernel_is_forbidden_where_it_makes_a_difference(two, first, second):
    """And nowhere else: where it is not, kernels longer than the input may be used."""
    rng = np.random.default_rng(0)
    agree = []
    for n, k in ((2, 3), (3, 4), (3, 5), (4, 5)):
        expected, output, forbidden = _follow(
            two, first, second, rng.standard_normal(n), rng.standard_normal(k)
        )
        agree.append(output.shape == expected.shape and np.allclose(output, expected))
    assert all(agree) != forbidden


@pytest.mark.parametrize(
    ("size", "stride", "count"), [(3, 2, 9), (4, 3, 9), (4, 2, 5), (5, 2, 8)]
)
@pytest.mark.parametrize("second", ORACLES[2:])
@pytest.mark.parametrize("first", ORACLES[:2])
def test_a_stride_can_be_made_up_for(two, first, second, size, stride, count):
    """With our zeros at the stride, every so many outputs of valid are ours, as the page says."""
    rng = np.random.default_rng(size)
    x, w = rng.standard_normal(count), rng.standard_normal(size)
    expected, output, _ = _follow(two, first, second, x, w, stride)
    np.testing.assert_allclose(output, expected, atol=1e-12)


def test_an_image_is_forbidden_where_b_refuses_it(two):
    """And nowhere else: NumPy's functions take signals, and all others here images, too."""
    x, w = np.ones((5, 6)), np.ones((3, 3))
    refusing = set()
    for name in ORACLES:
        try:
            _run(ROWS[name], x, w)
        except ValueError:
            refusing.add(name)
    assert refusing == {name for name in ORACLES if name.startswith("numpy.")}
    for a, b in itertools.product(ORACLES, ORACLES):
        said = any("no images" in step for step in two.steps(a, b))
        assert said == (b in refusing and a not in refusing)
        answers = [TOPICS["takes images (two axes)"](ROWS[name]) for name in (a, b)]
        assert [answer == "no" for answer in answers] == [a in refusing, b in refusing]


def test_facts_hold_the_steps_and_the_code_of_all_pairs(two):
    """From what a page holds, those of each pair can be put together."""
    facts = json.loads(json.dumps(two.facts()))
    for (a, first), (b, second) in itertools.product(enumerate(NAMES), repeat=2):
        for name, write in (("steps", two.steps), ("code", two.code)):
            said, found = write(first, second), facts[name]
            assert [found["lines"][number] for number in found["pairs"][a][b]] == said


@pytest.mark.parametrize(("first", "second"), list(itertools.product(ORACLES, ORACLES)))
def test_the_code_says_what_x_is(two, first, second):
    """What it says runs in both functions and in the code; a signal alone may need an axis."""
    said = two.code(first, second)
    (taken,) = [line.partition("# x: ")[2] for line in said if line.startswith("def ")]
    for kind in taken.split(" or "):
        shape = (9,) if kind == "a signal" else (6, 9)
        names = {"x": np.ones(shape), "w": np.ones((3,) * len(shape))}
        for name in (first, second):
            assert _run(ROWS[name], names["x"], names["w"]).ndim == len(shape)
        exec("\n".join(said), names)
        assert names["same_as_a"](names["x"], names["w"]).shape == shape


@pytest.mark.parametrize("size", [3, 4])
@pytest.mark.parametrize(("first", "second"), list(itertools.product(ORACLES, ORACLES)))
def test_the_code_gives_what_the_first_function_answers(two, first, second, size):
    """Both are run here; for other libraries `tests.libraries` runs it, and has the record."""
    rng = np.random.default_rng(size)
    names = {"x": rng.standard_normal(9), "w": rng.standard_normal(size)}
    mode = {} if "ndimage" in first else {first.split()[-1].split("=")[0]: "same"}
    expected = _run(ROWS[first], names["x"], names["w"], **mode)
    if ROWS[second]["layout"] != "N, k" and ROWS[first]["layout"] != "N, k":
        names = {name: value[None] for name, value in names.items()}
    exec("\n".join(two.code(first, second)), names)
    output = names["same_as_a"](names["x"], names["w"])
    np.testing.assert_allclose(np.squeeze(output), expected, atol=1e-12)


def test_the_code_is_what_a_reader_copies(two):
    """It imports what it uses, flips once, and puts the even kernel's zero where A has it."""
    assert two.code("scipy.signal.convolve2d mode='same'", TORCH) == [
        "import numpy",
        "import torch",
        "",
        "",
        "def same_as_a(x, w):  # x: an image",
        "    w = numpy.flip(w).copy()  # only A flips",
        "    # Make even sizes odd: a zero behind",
        "    w = numpy.pad(w, [(0, 1 - k % 2) for k in w.shape])",
        f"    return {ROWS[TORCH]['call']}",
    ]
    assert two.code(SIGNAL, SIGNAL)[3:] == [
        "def same_as_a(x, w):  # x: an image",
        f"    return {ROWS[SIGNAL]['call']}",
    ]
    assert two.code(UPPER, NDIMAGE)[0] == "import numpy"
    assert two.code(NDIMAGE, UPPER)[:2] == [
        "from tests.libraries.onnx_conv import conv as run  # in a clone of this site",
        "import numpy",
    ]
    layer = " ".join(two.code(OPENCV, LAYER))
    assert "padding='same', padding_mode='reflect'" in layer


def test_a_stride_that_is_refused_is_as_good_as_none(two):
    """SciPy has none and PyTorch refuses it, which is no difference under same."""
    soup = BeautifulSoup(two._repr_html_(), "html.parser")
    (row,) = [row for row in soup.select("tbody tr") if "stride 2" in row.th.string]
    assert [cell.text for cell in row("td")] == ["no\xa0stride", "refused"]
    assert "class" not in row.attrs


def test_a_refused_kernel_is_a_difference(two):
    """So are zeros at a stride beside none, and a border by default beside none."""
    assert differ("refused", "1\xa0before, 2\xa0after")
    assert differ("no\xa0stride", "0\xa0before, 1\xa0after")
    assert differ("default", "–")


def test_borders_and_bytes_are_folded(two):
    """What concerns kernel and zeros is in sight; folds are closed, and hold all else."""
    soup = BeautifulSoup(two._repr_html_(), "html.parser")
    assert not soup.select("details[open]")
    folded = [th.string for th in soup.select("details tbody th")]
    assert [th.string for th in soup.select("tbody th")] == [*list(TOPICS)[:5], *folded]
    assert folded[0].startswith("border")
    assert folded[-1] == "100 100 100 under 1 1 1, both in bytes"
    code = soup("details")[0]
    assert code("pre") == soup("pre")
    assert "returns what A returns" in code.p.text


def test_zeros_without_a_name_are_a_difference(two):
    """SciPy calls them fill, and PyTorch's function pads with them unasked: marked, as two names are."""
    soup = BeautifulSoup(two._repr_html_(), "html.parser")
    (row,) = [
        row
        for row in soup.select("tbody tr")
        if "gives 0" in row.th.string.replace("\xa0", " ")
    ]
    assert [cell.string for cell in row("td")] == ["fill", "default"]
    assert row["class"] == ["cl-differs"]


def test_the_two_are_shown(two):
    """Names, six numbers and the code are there without a script; names are short but differ."""
    soup = BeautifulSoup(two._repr_html_(), "html.parser")
    names = [label.code.string for label in soup("label")]
    assert names == ["scipy.signal.correlate2d", "torch.nn.functional.conv2d"]
    (code,) = soup.select("pre code")
    assert code.string == "\n".join(two.code(SIGNAL, TORCH))
    x, w = np.arange(1, 7), [1, 0, 0, 0]
    numbers = [[int(n) for n in cell.string.split()] for cell in soup.select("tr")[2]("td")]
    assert numbers == [[0, 1, 2, 3, 4, 5]] * 2  # one zero before, as np.pad shows
    assert numbers[0] == np.correlate(np.pad(x, (1, 2)), w, "valid").tolist()
    shorter = [function["name"] for function in two.facts()["functions"]]
    assert len(set(shorter)) == len(NAMES)
    assert "jax.lax.conv_general_dilated SAME_LOWER" in shorter


def test_a_function_that_is_not_on_record_is_refused():
    """It is named."""
    with pytest.raises(KeyError, match="there is no function 'mine'"):
        figures.answers(ROWS, SIGNAL, "mine", caption="Two.")


def test_a_notebook_without_pictures_shows_the_steps(two):
    """Its text says what to change so that the second does what the first does."""
    assert repr(two) == (
        f"Answers. {comparison.LEAD} " + " ".join(two.steps(SIGNAL, TORCH))
    )
