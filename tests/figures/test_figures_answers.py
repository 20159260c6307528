"""Two functions of other libraries, side by side, and the sentence about them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from bs4 import BeautifulSoup

from conv import figures
from conv.libraries import ROWS

NAMES = list(ROWS)
SIGNAL = "scipy.signal.correlate2d mode='same'"
TORCH = "torch.nn.functional.conv2d padding='same'"
NDIMAGE = "scipy.ndimage.correlate mode='constant'"
OPENCV = "cv2.filter2D borderType=BORDER_CONSTANT"
CONV2D = "tensorflow.nn.conv2d padding='SAME'"


@pytest.fixture
def two():
    """Return SciPy's and PyTorch's correlation side by side."""
    return figures.answers(ROWS, SIGNAL, TORCH, caption="Two.")


@pytest.mark.parametrize(
    ("first", "second", "steps"),
    [
        ("scipy.signal.convolve mode='same'", "scipy.signal.correlate mode='same'", "flip"),
        ("scipy.signal.correlate mode='same'", SIGNAL, "pad by hand: 2 before, 1 after"),
        (CONV2D, "jax.lax.conv_general_dilated padding='SAME_LOWER'", "at stride 2, pad"),
        (CONV2D, TORCH, "pad by hand at a stride, where it refuses same"),
        (TORCH, NDIMAGE, "put zeros into the kernel"),
        (CONV2D, "tensorflow.nn.depthwise_conv2d padding='SAME'", "do not combine a stride"),
        (NDIMAGE, OPENCV, "name the border BORDER_REFLECT"),
        (OPENCV, SIGNAL, "pad the border by hand"),
        ("torch.nn.Conv2d padding='same'", NDIMAGE, "write mirror for reflect"),
        (NDIMAGE, "torch.nn.Conv2d padding='same'", "avoid reflect"),
        (NDIMAGE, "astropy.convolution.convolve boundary='fill'", "normalize_kernel=False"),
        ("astropy.convolution.convolve boundary='fill'", NDIMAGE, "divide by the kernel’s"),
        (NDIMAGE, OPENCV, "convert image and kernel to float32 first"),
        (SIGNAL, "numpy.correlate mode='same'", "keep the kernel no longer"),
        (SIGNAL, TORCH, "name the mode, because its default is valid"),
        (SIGNAL, CONV2D, "name the mode, because it has no default"),
        (SIGNAL, OPENCV, "mind the size, because its only mode is same"),
        ("torch.nn.Conv2d padding='same'", "astropy.convolution.convolve boundary='fill'",
         "use odd kernels"),
        (CONV2D, SIGNAL, "for a stride, slice the output"),
        (CONV2D, "onnxruntime Conv auto_pad='SAME_UPPER'", "under a dilation"),
        (TORCH, "torch.nn.Conv2d padding='same'", "change nothing"),
    ],
)  # fmt: skip
def test_a_sentence_has_the_step(two, first, second, steps):
    """What parts two functions is in the sentence from one to the other."""
    assert steps in two.sentence(first, second)


def test_who_agrees_agrees_on_the_whole_record(two):
    """They are the pairs whose entries are the same, but for name, layout and line."""
    asked = [key for key in ROWS[SIGNAL] if key not in ("name", "layout", "call")]
    for a, b in itertools.product(NAMES, NAMES):
        same = all(ROWS[a][key] == ROWS[b][key] for key in asked)
        assert (two.sentence(a, b) == "These two agree on all that was asked.") == same


def test_a_flip_is_said_if_and_only_if_operations_differ(two):
    """So are the zeros of a kernel of 4, where both functions take one."""
    for a, b in itertools.product(NAMES, NAMES):
        said = two.sentence(a, b)
        assert ("flip" in said) == (ROWS[a]["operation"] != ROWS[b]["operation"])
        pads = [ROWS[name]["same"]["k=4"] for name in (a, b)]
        if "refused" not in pads:
            assert ("for a kernel of 4" in said) == (pads[0] != pads[1])


def test_steps_depend_on_answers_alone(two):
    """From the facts that a page holds, the sentences of all pairs can be put together."""
    facts = two.facts()
    for (a, one), (b, other) in itertools.product(
        zip(NAMES, facts["functions"], strict=True), repeat=2
    ):
        places = zip(facts["topics"], one["at"], other["at"], strict=True)
        steps = [topic["steps"][i][j] for topic, i, j in places]
        said = "; ".join(filter(None, steps)) or facts["nothing"]
        whole = f"From {one['name']} to {other['name']}: {said}."
        expected = facts["agree"] if one["at"] == other["at"] else whole
        assert two.sentence(a, b) == expected


def test_the_two_are_shown(two):
    """Names, six numbers and lines are there without a script; names are short but differ."""
    soup = BeautifulSoup(two._repr_html_(), "html.parser")
    names = [label.code.string for label in soup("label")]
    assert names == ["scipy.signal.correlate2d", "torch.nn.functional.conv2d"]
    assert [code.string for code in soup.select("pre code")] == [
        ROWS[name]["call"] for name in (SIGNAL, TORCH)
    ]
    x, w = np.arange(1, 7), [1, 0, 0, 0]
    numbers = [[int(n) for n in cell.string.split()] for cell in soup.select("tr")[1]("td")]
    assert numbers == [[0, 1, 2, 3, 4, 5]] * 2  # one zero before, as np.pad shows
    assert numbers[0] == np.correlate(np.pad(x, (1, 2)), w, "valid").tolist()
    shorter = [function["name"] for function in two.facts()["functions"]]
    assert len(set(shorter)) == len(NAMES)
    assert "jax.lax.conv_general_dilated SAME_LOWER" in shorter


def test_a_function_that_is_not_on_record_is_refused():
    """It is named."""
    with pytest.raises(KeyError, match="there is no function 'mine'"):
        figures.answers(ROWS, SIGNAL, "mine", caption="Two.")
