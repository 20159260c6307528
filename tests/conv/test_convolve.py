"""Convolution: SciPy and NumPy as oracles, and the identities that define it."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

import conv
from tests.strategies import cases

MODES = ["full", "same", "valid"]


def integers(*shape, seed=0):
    """Return integers as floats, so that every sum is exact."""
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(float)


@given(st.sampled_from(MODES), st.integers(1, 12), st.data(), st.integers(0, 99))
def test_numpy_convolves_signals_the_same(mode, n, data, seed):
    """``numpy.convolve`` gives the same values in all modes, even kernels included."""
    signal, kernel = (
        integers(n, seed=seed),
        integers(data.draw(st.integers(1, n)), seed=seed + 1),
    )
    expected = np.convolve(signal, kernel, mode)
    np.testing.assert_array_equal(conv.convolve(signal, kernel, padding=mode), expected)


@given(
    st.sampled_from(MODES),
    st.integers(1, 8),
    st.integers(1, 8),
    st.data(),
    st.integers(0, 99),
)
def test_scipy_convolves_images_the_same(mode, height, width, data, seed):
    """``scipy.signal.convolve2d`` gives the same values in all modes."""
    size = data.draw(st.integers(1, height)), data.draw(st.integers(1, width))
    image, kernel = integers(height, width, seed=seed), integers(*size, seed=seed + 1)
    expected = scipy.signal.convolve2d(image, kernel, mode)
    np.testing.assert_array_equal(conv.convolve(image, kernel, padding=mode), expected)


@given(cases(dtypes=["float64"]))
def test_convolution_is_correlation_with_the_flipped_kernel(case):
    """Apart from "same", whose pads are mirrored, only the kernel differs."""
    pads = case.geometry.pads
    if case.options["padding"] == "same":
        pads = tuple((after, before) for before, after in pads)
    expected = conv.naive.correlate(
        case.inputs, conv.flip(case.kernel), **case.options | {"padding": pads}
    )
    output = conv.convolve(case.inputs, case.kernel, **case.options)
    np.testing.assert_array_equal(output, expected)


@given(cases(dtypes=["float64"]), st.integers(-3, 3), st.integers(-3, 3))
def test_linear_in_both_operands(case, a, b):
    """Scaling and adding before the convolution is scaling and adding after it."""
    for convolve in (conv.convolve, conv.correlate):
        other_input, other_kernel = np.flip(case.inputs) + 1, np.flip(case.kernel) - 1
        whole = convolve(a * case.inputs + b * other_input, case.kernel, **case.options)
        parts = [
            convolve(x, case.kernel, **case.options) for x in (case.inputs, other_input)
        ]
        np.testing.assert_array_equal(whole, a * parts[0] + b * parts[1])
        whole = convolve(case.inputs, a * case.kernel + b * other_kernel, **case.options)
        parts = [
            convolve(case.inputs, k, **case.options) for k in (case.kernel, other_kernel)
        ]
        np.testing.assert_array_equal(whole, a * parts[0] + b * parts[1])


def test_an_impulse_gives_the_kernel():
    """Convolving an impulse copies the kernel, correlating it copies the flipped kernel."""
    impulse = np.zeros((7, 7))
    impulse[3, 3] = 1
    kernel = np.arange(1.0, 10).reshape(3, 3)
    np.testing.assert_array_equal(conv.convolve(impulse, kernel)[2:5, 2:5], kernel)
    np.testing.assert_array_equal(
        conv.correlate(impulse, kernel)[2:5, 2:5], kernel[::-1, ::-1]
    )
    assert conv.convolve(impulse, kernel).sum() == kernel.sum()


@given(st.integers(0, 4), st.integers(0, 4))
def test_a_shift_of_the_input_shifts_the_output(down, right):
    """Where the border has no part, moving the input moves the output as far."""
    image, kernel = integers(6, 6), integers(3, 4, seed=1)
    framed = np.zeros((20, 20))
    framed[5:11, 5:11] = image
    shifted = np.roll(framed, (down, right), (0, 1))
    expected = np.roll(conv.convolve(framed, kernel), (down, right), (0, 1))
    np.testing.assert_array_equal(conv.convolve(shifted, kernel), expected)


def test_full_convolution_commutes_and_correlation_does_not():
    """Input and kernel may change places under convolution, not under correlation."""
    a, b = integers(4, 5), integers(3, 2, seed=1)
    ab, ba = (conv.convolve(*pair, padding="full") for pair in ((a, b), (b, a)))
    np.testing.assert_array_equal(ab, ba)
    ab, ba = (conv.correlate(*pair, padding="full") for pair in ((a, b), (b, a)))
    np.testing.assert_array_equal(ab, conv.flip(ba))
    assert (ab != ba).any()


def test_full_convolution_associates_and_correlation_does_not():
    """Two kernels may be convolved with each other first, but not correlated."""
    a, b, c = integers(4, 4), integers(3, 2, seed=1), integers(2, 3, seed=2)

    def both_ways(operation):
        left = operation(operation(a, b, padding="full"), c, padding="full")
        return left, operation(a, operation(b, c, padding="full"), padding="full")

    np.testing.assert_array_equal(*both_ways(conv.convolve))
    assert (np.not_equal(*both_ways(conv.correlate))).any()


@given(cases())
def test_flipping_twice_changes_nothing(case):
    """A kernel flipped twice is the kernel; channels and filters stay where they are."""
    kernel, flipped = case.kernel, conv.flip(case.kernel)
    np.testing.assert_array_equal(conv.flip(flipped), kernel, strict=True)
    first, last = (0,) * min(kernel.ndim, 2), (-1,) * min(kernel.ndim, 2)
    np.testing.assert_array_equal(flipped[first], kernel[last])


@pytest.mark.parametrize("shape", [(), (1, 1, 1, 1, 1)])
def test_flip_names_a_shape_that_is_no_kernel(shape):
    """A number or an array of five axes is a ShapeError."""
    with pytest.raises(
        conv.ShapeError, match="kernel must have one to four axes, not shape"
    ):
        conv.flip(np.zeros(shape))


def test_explicit_pads_are_not_mirrored():
    """A (before, after) pair says where zeros go, whatever happens to the kernel."""
    output = conv.convolve([1, 2, 3], [1, 10], padding=[(2, 0)])
    assert output.tolist() == [0, 1, 12, 23]


def test_convolution_in_groups_flips_each_filter():
    """A group of channels is convolved with its own filter, as if it stood alone."""
    image, kernel = integers(6, 7, 2), integers(3, 2, 1, 2, seed=1)
    output = conv.convolve(image, kernel, groups=2)
    for channel in range(2):
        expected = scipy.signal.convolve2d(
            image[..., channel], kernel[..., 0, channel], "same"
        )
        np.testing.assert_array_equal(output[..., channel], expected)
