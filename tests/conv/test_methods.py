"""Separable, FFT and Winograd: fewer multiplications, the same numbers up to rounding."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import scipy.signal
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import conv
from tests.strategies import ROWS, cases

METHODS = {name: getattr(conv, name) for name in ("separable", "fft", "winograd")}
EVERY = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def assert_close(output, expected):
    """Hold an output to the definition's: shape and dtype, and values up to rounding."""
    assert output.dtype == expected.dtype
    assert output.shape == expected.shape
    assert output.flags.c_contiguous
    assert output.flags.writeable
    eps = max(np.finfo(expected.dtype).eps, np.finfo(np.float64).eps)
    atol = 500 * eps * max(1, np.abs(expected, dtype=float).max(initial=0))
    np.testing.assert_allclose(output.astype(float), expected.astype(float), atol=atol)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_fft_equals_naive(case):
    """Transforms give the definition's numbers, for every shape, padding, stride and group."""
    output = conv.fft.correlate(case.inputs, case.kernel, **case.options)
    expected = conv.naive.correlate(case.inputs, case.kernel, **case.options)
    assert_close(output, expected)


@settings(max_examples=300, deadline=None)
@given(cases(), st.sampled_from([1, 2, 16]))
def test_separable_equals_naive(case, tile):
    """Two passes give the definition's numbers for each channel's column times row."""
    case.kernel = case.kernel.astype(float)
    if case.kernel.ndim > 1:
        case.kernel = case.kernel[:, :1] * case.kernel[:1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conv.separable, "TILE", tile)
        output = conv.separable.correlate(case.inputs, case.kernel, **case.options)
    expected = conv.naive.correlate(case.inputs, case.kernel, **case.options)
    assert_close(output, expected)


@settings(max_examples=200, deadline=None)
@given(cases(rows=ROWS[1:]), st.sampled_from([1, 3000, 2**19]), st.integers(0, 2**32 - 1))
def test_winograd_equals_naive(case, block_bytes, seed):
    """Transformed tiles give the definition's numbers, in blocks of any size."""
    options = {"padding": case.options["padding"]}
    seen = [n * case.options.get("groups", 1) for n in case.kernel.shape[2:3]]
    shape = (3, 3, *seen, *case.kernel.shape[3:])
    kernel = np.random.default_rng(seed).integers(-3, 4, shape).astype(case.kernel.dtype)
    try:
        expected = conv.naive.correlate(case.inputs, kernel, **options)
    except conv.ShapeError:
        assume(False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conv.winograd, "BLOCK_BYTES", block_bytes)
        output = conv.winograd.correlate(case.inputs, kernel, **options)
    assert_close(output, expected)


@pytest.mark.parametrize("size", [(300, 200), (129, 31), (40, 400)])
@pytest.mark.parametrize("kernel_size", [(31, 31), (5, 64), (1, 90)])
@pytest.mark.parametrize("mode", ["same", "full"])
def test_many_tiles_equal_scipy(size, kernel_size, mode):
    """Images of several tiles have no seams: SciPy's numbers, at tiles' edges too."""
    draw = np.random.default_rng(0).standard_normal
    image, kernel = draw(size), draw(kernel_size)
    output = conv.fft.correlate(image, kernel, padding="full")
    expected = scipy.signal.correlate(image, kernel, "full", method="direct")
    if mode == "same":
        output = conv.fft.correlate(image, kernel)
        (top, _), (left, _) = conv.Geometry.of(size, kernel_size).pads
        rows, columns = (k - 1 for k in kernel_size)
        expected = expected[rows - top :, columns - left :][: size[0], : size[1]]
    np.testing.assert_allclose(output, expected, atol=1e-11)


def test_separable_is_exact_on_whole_numbers():
    """Sobel's integers stay integers, as its largest entry divides its row."""
    image = np.random.default_rng(0).integers(0, 256, (20, 30))
    expected = conv.correlate(image, conv.kernels.sobel_x())
    output = conv.separable.correlate(image, conv.kernels.sobel_x())
    np.testing.assert_array_equal(output, expected)


@pytest.mark.parametrize("dtype", ["float32", "float64", "longdouble"])
def test_gaussians_of_every_dtype_are_separable(dtype):
    """A Gaussian that was rounded to a dtype still counts as a column times a row."""
    kernel = conv.kernels.gaussian(31, 5).astype(dtype)
    image = np.random.default_rng(0).standard_normal((50, 60)).astype(dtype)
    output = conv.separable.correlate(image, kernel)
    np.testing.assert_allclose(output, conv.correlate(image, kernel), atol=1e-6)


@pytest.mark.parametrize(
    "kernel", [conv.kernels.laplacian(), np.eye(2), [[1, 1], [1, 1.1]]]
)
def test_what_is_not_separable_is_refused(kernel):
    """A kernel of rank 2 is refused, with the channel and the filter that are to blame."""
    layer = np.zeros((*np.shape(kernel), 2, 3))
    layer[..., 1, 2] = kernel
    with pytest.raises(ValueError, match="channel 1 of filter 2 is not, by "):
        conv.separable.correlate(np.zeros((5, 5, 2)), layer)


@EVERY
@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["inputs", "kernel"])
def test_what_is_not_finite_is_refused(method, name, value):
    """NaN and infinity, which these methods would spread, are a ValueError."""
    operands = {"inputs": np.ones((6, 6)), "kernel": np.ones((3, 3))}
    operands[name][0, 0] = value
    with pytest.raises(ValueError, match=f"^{name} must be finite for this method"):
        method.correlate(**operands)


@EVERY
@pytest.mark.parametrize(
    ("dtype", "value"),
    [("float16", 300), ("float32", 3e38), ("float64", 1.7e308), ("float64", 1e-300)],
)
def test_numbers_beyond_the_dtype_give_no_warning(method, dtype, value):
    """What overflows is not finite, and what underflows is 0, even where NumPy would raise."""
    image, kernel = np.full((8, 8), value, dtype), np.full((3, 3), value, dtype)
    with np.errstate(all="raise"):
        output = method.correlate(image, kernel)
    if value > 1:
        assert not np.isfinite(output[1:-1, 1:-1]).any()
    else:
        assert (output == 0).all()


@pytest.mark.parametrize(
    ("kernel", "options"),
    [
        ((3, 1, 2, 2), {}),
        ((5, 5, 2, 2), {}),
        ((3, 3, 2, 2), {"stride": 2}),
        ((3, 3, 2, 2), {"dilation": (1, 2)}),
        ((3, 3, 1, 2), {"groups": 2}),
    ],
)
def test_limits_of_winograd(kernel, options):
    """What Winograd's tiles cannot do is a ValueError that says what they can."""
    allowed = "winograd takes a kernel of 3 by 3, with stride, dilation and groups of 1"
    with pytest.raises(ValueError, match=allowed):
        conv.winograd.correlate(np.ones((9, 9, 2)), np.ones(kernel), **options)


def test_winograd_rounds_more_than_correlate() -> None:
    """On random numbers its errors are typically 4 to 9 times as large, as it says."""
    random, ratios = np.random.default_rng(0), []
    for _ in range(40):
        image = random.normal(size=random.integers(8, 40, 3)).astype(np.float32)
        kernel = random.normal(size=(3, 3, image.shape[2])).astype(np.float32)
        right = conv.correlate(image.astype(float), kernel.astype(float))
        methods = (conv.winograd.correlate, conv.correlate)
        wrong, least = (np.std(method(image, kernel) - right) for method in methods)
        ratios.append(wrong / least)
    assert 4 < np.median(ratios) < 9
    assert "4 to 9 times" in str(conv.winograd.correlate.__doc__)


def test_winograd_in_single_precision():
    """The relative error of a layer of 64 channels in float32 stays below 2e-5."""
    draw = np.random.default_rng(0).standard_normal
    image, layer = draw((24, 24, 64), "f4"), draw((3, 3, 64, 8), "f4")
    exact = conv.correlate(image.astype(float), layer)
    output = conv.winograd.correlate(image, layer)
    assert output.dtype == np.float32
    assert np.abs(output - exact).max() < 2e-5 * np.abs(exact).max()


@pytest.mark.parametrize(
    ("outputs", "taps", "points"),
    [(2, 3, [0, 1, -1]), (4, 3, [0, 1, -1, 2, -2]), (3, 2, [0, 1, -1]), (1, 1, [])],
)
def test_transforms_are_exact_in_fractions(outputs, taps, points):
    """In exact arithmetic the three matrices give every output of every unit vector."""
    exact = [
        [[Fraction(float(v)).limit_denominator(1000) for v in row] for row in matrix]
        for matrix in conv.winograd.transforms(outputs, taps, points)
    ]
    back, kernels, tiles = (np.array(m, object) for m in exact)
    for i in range(taps):
        for j in range(outputs + taps - 1):
            made = back @ (kernels[:, i] * tiles[:, j])
            assert made.tolist() == [int(o + i == j) for o in range(outputs)]


@pytest.mark.parametrize("points", [[0, 1], [0, 1, -1, 2], [0, 1, 1]])
def test_points_are_as_many_as_needed_and_different(points):
    """Two outputs of three taps take three points, none of them twice."""
    with pytest.raises(ValueError, match="points must be 3 different ints for 2 outputs"):
        conv.winograd.transforms(2, 3, points)


def test_the_transforms_of_lavin_and_gray():
    """The matrices for F(4x4, 3x3) are those of the paper, up to signs of whole rows."""
    back, kernels, tiles = conv.winograd.transforms(4, 3, conv.winograd.POINTS)
    paper = [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ]
    np.testing.assert_array_equal(tiles, paper)
    np.testing.assert_array_equal(back[1], [0, 1, -1, 2, -2, 0])
    np.testing.assert_allclose(kernels[3] * 24, [1, 2, 4])
