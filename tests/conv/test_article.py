"""The defects found in the source article's code, each with its smallest input.

The numbers follow the table of defects; what is expected was worked out by hand.
"""

from __future__ import annotations

import numpy as np
import pytest

import conv

BOTH = pytest.mark.parametrize("correlate", [conv.naive.correlate, conv.matmul.correlate])


@BOTH
def test_1_the_mode_is_not_ignored(correlate):
    """Nine ones on 0..8 fit once under "valid", and an unknown mode is an error."""
    image = np.arange(9).reshape(3, 3)
    assert correlate(image, np.ones((3, 3)), padding="valid").tolist() == [[36]]
    with pytest.raises(ValueError, match="padding must be one of"):
        correlate(image, np.ones((3, 3)), padding="anything")


@BOTH
def test_2_an_unknown_mode_names_the_modes(correlate):
    """The error lists the modes and guesses which was meant."""
    with pytest.raises(ValueError, match=r"'full', 'same', 'valid'.*did you mean 'valid'"):
        correlate(np.ones((3, 3)), np.ones((2, 2)), padding="VALID")


@BOTH
def test_3_rows_and_columns_are_not_mixed_up(correlate):
    """Kernels and strides that are not square give rows where rows belong."""
    image = np.arange(24).reshape(4, 6)
    assert correlate(image, np.ones((3, 1)))[0].tolist() == [6, 8, 10, 12, 14, 16]
    assert correlate(np.ones((3, 3)), np.ones((1, 2)), padding="valid").shape == (3, 2)
    image = np.arange(1, 13).reshape(4, 3)  # the first column is 1, 4, 7, 10
    assert correlate(image, np.ones((3, 1)), stride=3).tolist() == [[1 + 4], [7 + 10]]


@BOTH
def test_4_no_uninitialised_memory_is_returned(correlate):
    """A kernel wider than the image gives the sums of the rows, not arbitrary numbers."""
    image = np.arange(9).reshape(3, 3)
    assert correlate(image, np.ones((1, 5))).tolist() == [[3] * 3, [12] * 3, [21] * 3]


@BOTH
def test_5_same_minds_the_stride(correlate):
    """Under TensorFlow's rule the pads depend on the stride: here they all come after."""
    image = np.arange(1, 17).reshape(4, 4)
    output = correlate(image, np.ones((3, 3)), stride=2)
    assert output.tolist() == [[54, 45], [72, 54]]


@BOTH
def test_6_a_kernel_without_channels_is_refused_on_a_colour_image(correlate):
    """The error says how to stack the kernel, and the stacked kernel adds the channels."""
    image = np.zeros((3, 3, 3))
    image[1, 1] = 1, 2, 3
    corner = np.zeros((3, 3))
    corner[0, 0] = 1
    with pytest.raises(conv.ShapeError, match=r"np.stack\(\[kernel\] \* C, axis=-1\)"):
        correlate(image, corner)
    output = correlate(image, np.stack([corner] * 3, axis=-1))
    assert output.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1 + 2 + 3]]


@BOTH
def test_7_bytes_do_not_wrap_around(correlate):
    """Nine times a hundred is nine hundred, also if the operands are bytes."""
    image, kernel = np.full((3, 3), 100, np.uint8), np.ones((3, 3), np.uint8)
    assert correlate(image, kernel)[1, 1] == 900


@BOTH
def test_8_a_kernel_larger_than_the_input(correlate):
    """Under "valid" it is an error that gives both sizes, under "same" it is computed."""
    image, kernel = np.ones((2, 2)), np.ones((3, 3))
    with pytest.raises(
        conv.ShapeError, match=r"it covers \(3, 3\), the padded input has \(2, 2"
    ):
        correlate(image, kernel, padding="valid")
    assert correlate(image, kernel).tolist() == [[4, 4], [4, 4]]


@BOTH
@pytest.mark.parametrize(
    ("stride", "error"),
    [(0, ValueError), (-1, ValueError), ((1, 2, 3), ValueError), (1.5, TypeError)],
)
def test_9_strides_that_are_none(correlate, stride, error):
    """The error names the stride, and what was received; a pair is allowed."""
    with pytest.raises(error, match=r"stride must be an int of at least 1.*, not "):
        correlate(np.ones((3, 3)), np.ones((2, 2)), stride=stride)
    assert correlate(np.ones((3, 3)), np.ones((2, 2)), stride=(1, 2)).shape == (3, 2)


@BOTH
def test_10_a_grey_image_works(correlate):
    """An image without channels is filtered by a kernel without channels."""
    assert correlate([[1, 2], [3, 4]], [[2]]).tolist() == [[2, 4], [6, 8]]


@BOTH
def test_11_convolve_convolves_and_correlate_correlates(correlate):
    """An impulse gives the kernel under convolution, and the flipped one under correlation."""
    impulse = np.zeros((3, 3))
    impulse[1, 1] = 1
    kernel = np.arange(1, 10).reshape(3, 3)
    assert conv.convolve(impulse, kernel).ravel().tolist() == list(range(1, 10))
    assert correlate(impulse, kernel).ravel().tolist() == list(range(9, 0, -1))


def test_12_the_package_holds_all_that_it_needs(monkeypatch):
    """The sample photograph loads and is filtered with nothing downloaded."""
    monkeypatch.setattr("socket.socket.connect", None)  # whoever calls it fails
    photo = conv.images.sample()
    assert 0 <= photo.min() < photo.max() <= 1
    output = conv.correlate(photo, np.ones((3, 3, 3)), padding="valid")
    assert output.shape == (598, 510)
    assert output[0, 0] == pytest.approx(photo[:3, :3].sum(), rel=1e-12)


def test_13_embossing_has_a_direction():
    """The article's kernel is symmetric and sums to zero, ours for embossing is neither."""
    theirs = (np.ones((3, 3)) - 9 * conv.kernels.identity()) / 10
    ours = conv.kernels.emboss()
    np.testing.assert_array_equal(theirs, conv.flip(theirs))
    assert abs(theirs.sum()) < 1e-15
    assert (ours != conv.flip(ours)).any()
    assert ours.sum() == 1


def test_14_times_as_fast_is_one_over_what_remains():
    """0.1511 s instead of 0.7281 s is 79.25 % less time, and 4.82 times as fast."""
    before, after = 0.7281, 0.1511
    assert round(100 * (1 - after / before), 2) == 79.25
    assert round(before / after, 2) == 4.82


@BOTH
def test_15_an_even_kernel_has_no_centre(correlate):
    """Under "same" its extra row and column lie below and at the right."""
    geometry = conv.Geometry.of((3, 3), (2, 2))
    assert geometry.pads == ((0, 1), (0, 1))
    image = np.arange(1, 10).reshape(3, 3)
    assert correlate(image, [[0, 0], [0, 1]]).tolist() == [[5, 6, 0], [8, 9, 0], [0, 0, 0]]
