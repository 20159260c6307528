"""Two functions of other libraries, side by side, and the sentence about them."""

from __future__ import annotations

import importlib
import itertools
import re

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
        ("scipy.signal.correlate mode='same'", SIGNAL, "pad 2 before and 1 after by numpy.pad’s rule constant, and name the mode valid"),
        (CONV2D, "jax.lax.conv_general_dilated padding='SAME_LOWER'", "at a stride, pad A’s zeros by hand, and name the mode valid"),
        (CONV2D, TORCH, "at a stride, pad A’s zeros by hand, and name the mode valid"),
        (TORCH, NDIMAGE, "put zeros into the kernel"),
        (CONV2D, "tensorflow.nn.depthwise_conv2d padding='SAME'", "do not combine a stride"),
        (NDIMAGE, OPENCV, "name the border BORDER_REFLECT"),
        (OPENCV, SIGNAL, "by numpy.pad’s rule reflect, and name the mode valid"),
        (OPENCV, "astropy.convolution.convolve_fft boundary='fill'", "and crop as much"),
        (SIGNAL, NDIMAGE, "and crop 2 and 1 from the output"),
        ("torch.nn.Conv2d padding='same'", NDIMAGE, "write mirror for reflect"),
        (NDIMAGE, "torch.nn.Conv2d padding='same'", "avoid reflect"),
        (NDIMAGE, "astropy.convolution.convolve boundary='fill'", "normalize_kernel=False"),
        ("astropy.convolution.convolve boundary='fill'", NDIMAGE, "divide by the kernel’s"),
        (NDIMAGE, OPENCV, "give both A and B float32"),
        (SIGNAL, "numpy.correlate mode='same'", "keep the kernel no longer"),
        (SIGNAL, TORCH, "name the mode same, because its default is valid"),
        (SIGNAL, CONV2D, "name the mode same, because it has no default"),
        ("torch.nn.Conv2d padding='same'", "astropy.convolution.convolve boundary='fill'",
         "use odd kernels"),
        (CONV2D, SIGNAL, "pad A’s zeros and slice the output in mode valid"),
        (CONV2D, NDIMAGE, "slice the output without what its own border made"),
        (CONV2D, "onnxruntime Conv auto_pad='SAME_UPPER'", "at a dilation, pad A’s"),
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


STEPS = {  # what a reader does who follows a sentence; the rest is for other kernels or types
    r"flip the kernel": lambda call: call.update(w=call["w"][::-1]),
    r"name the mode same, because .+": lambda call: call.update(mode="same"),
    r"name the border (\w+)": lambda call, border: call.update(border=border),
    r"pad as many as A’s zeros, by numpy.pad’s rule (\w+), and name the mode valid": (
        lambda call, rule: _pad(call, *call["zeros"], rule)
    ),
    r"for a kernel of 4, pad (\d) before and (\d) after by numpy.pad’s rule (\w+),"
    r" and name the mode valid instead of same": lambda call, *how: (
        _pad(call, *how) if call["w"].size == 4 else None
    ),
    r"for a kernel of 4, pad (\d) before and (\d) after by numpy.pad’s rule (\w+),"
    r" and crop (\d) and (\d) from the output": lambda call, before, after, rule, *crop: (
        _pad(call, before, after, rule, crop) if call["w"].size == 4 else None
    ),
    r"(write|avoid|give both A and B|keep the kernel no longer).+": lambda call, _: None,
}


def _pad(call, before, after, rule, crop=None):
    """Set what is padded and how; padding of a kernel of 4 has the last word."""
    padded = np.pad(call["given"], (int(before), int(after)), mode=rule)
    call.update(x=padded, mode="valid" if crop is None else "same", crop=crop)


def _run(row, x, w, mode, border=None):
    """Call a function of NumPy or SciPy on one axis."""
    path = row["name"].split()[0]
    package, _, function = path.rpartition(".")
    called = getattr(importlib.import_module(package), function)
    if package == "scipy.ndimage":
        return called(x, w, **({"mode": border} if border else {}))
    if function.endswith("2d"):
        named = {"boundary": border} if border else {}
        return called(x[None], w[None], mode=mode, **named)[0]
    return called(x, w, mode)


ORACLES = [name for name in NAMES if name.startswith(("numpy.", "scipy."))]


@pytest.mark.parametrize("size", [3, 4, 5])
@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(ORACLES, 2)))
def test_who_follows_a_sentence_gets_the_numbers_of_the_first(two, first, second, size):
    """Both functions run: the first under same, and the second as the sentence says."""
    rng = np.random.default_rng(size)
    given, w = rng.standard_normal(9), rng.standard_normal(size)
    expected = _run(ROWS[first], given, w, "same")
    modes = [ROWS[name]["defaults"]["mode"] for name in (first, second)]
    mode = "same" if modes[0] == modes[1] else modes[1]  # what the first was told, or none
    zeros = ROWS[first]["same"][f"k={size}"]
    call = {"given": given, "x": given, "w": w, "mode": mode, "crop": None, "zeros": zeros}
    for step in two.sentence(first, second).partition(": ")[2].rstrip(".").split("; "):
        found = [
            (do, said) for how, do in STEPS.items() if (said := re.fullmatch(how, step))
        ]
        assert found or step in ("change nothing", "These two agree on all that was asked")
        for do, said in found:
            do(call, *said.groups())
    output = _run(ROWS[second], call["x"], call["w"], call["mode"], call.get("border"))
    if call["crop"]:
        output = output[int(call["crop"][0]) : output.size - int(call["crop"][1])]
    np.testing.assert_allclose(output, expected, atol=1e-12)


def test_steps_depend_on_answers_alone(two):
    """From the facts that a page holds, the sentences of all pairs can be put together."""
    facts = two.facts()
    for (a, one), (b, other) in itertools.product(
        zip(NAMES, facts["functions"], strict=True), repeat=2
    ):
        places = zip(facts["topics"], one["at"], other["at"], strict=True)
        steps = [topic["steps"][i][j] for topic, i, j in places]
        said = "; ".join(filter(None, steps)) or facts["nothing"]
        whole = f"From {one['name']} under same to {other['name']}: {said}."
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


def test_a_notebook_without_pictures_shows_the_sentence(two):
    """Its text says what to change from the first function to the second."""
    assert repr(two).startswith("Answers: From scipy.signal.")
    assert repr(two).endswith(".")
