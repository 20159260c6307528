"""Kernels: what defines them, checked on images that show it."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import conv
from conv import kernels

RAMP = np.tile(np.arange(8.0), (8, 1))  # rises by 1 from left to right
INSIDE = (slice(2, -2), slice(2, -2))


def inside(image, kernel):
    """Return the outputs whose windows do not touch the border."""
    return conv.correlate(image, kernel)[INSIDE]


@given(st.integers(0, 5).map(lambda i: 2 * i + 1))
def test_identity_changes_nothing(size):
    """The output is the input."""
    np.testing.assert_array_equal(conv.correlate(RAMP, kernels.identity(size)), RAMP)


def test_box_weighs_all_alike():
    """A box of 4 by 4 has sixteen equal weights; without a size it is 3 by 3."""
    assert kernels.box(4).tolist() == [[1 / 16] * 4] * 4
    assert kernels.box().tolist() == [[1 / 9] * 3] * 3


@pytest.mark.parametrize(
    ("kernel", "arguments"),
    [
        (kernels.box, [4]),
        (kernels.gaussian, [5, 1.2]),
        (kernels.gaussian, [4, 0.5]),
        (kernels.gaussian, [4, 1e-3]),
        (kernels.motion_blur, [7]),
        (kernels.identity, [5]),
        (kernels.sharpen, []),
        (kernels.emboss, []),
    ],
)
def test_kernels_that_keep_the_brightness_sum_to_one(kernel, arguments):
    """Weights that sum to one leave an even area as it is."""
    assert kernel(*arguments).sum() == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("kernel", [kernels.sobel_x, kernels.sobel_y, kernels.laplacian])
def test_kernels_that_answer_to_change_sum_to_zero(kernel):
    """Weights that sum to zero turn an even area black."""
    assert abs(kernel().sum()) < 1e-15


def test_sobel_measures_slope():
    """On a ramp of slope 1 Sobel gives 8 along it and 0 across it."""
    assert (inside(RAMP, kernels.sobel_x()) == 8).all()
    assert (inside(RAMP, kernels.sobel_y()) == 0).all()
    assert (inside(RAMP.T, kernels.sobel_y()) == 8).all()


def test_laplacian_measures_curvature():
    """On x² + y² the second differences add up to 4; on a ramp they are 0."""
    y, x = np.mgrid[:8, :8]
    assert (inside(x**2 + y**2, kernels.laplacian()) == 4).all()
    assert (inside(RAMP, kernels.laplacian()) == 0).all()
    np.testing.assert_array_equal(conv.flip(kernels.laplacian()), kernels.laplacian())


def test_sharpen_subtracts_the_laplacian():
    """The sharpened image is the image less its Laplacian."""
    image = RAMP**2
    expected = inside(image, kernels.identity()) - inside(image, kernels.laplacian())
    np.testing.assert_array_equal(inside(image, kernels.sharpen()), expected)


def test_emboss_adds_the_slope_towards_the_bottom_right():
    """Ramps to the right and down grow brighter, the opposite ones as much darker."""
    for ramp in (RAMP, RAMP.T):
        assert (inside(ramp, kernels.emboss()) - ramp[INSIDE] == 6).all()
        assert (inside(-ramp, kernels.emboss()) + ramp[INSIDE] == -6).all()


@given(st.integers(1, 9), st.floats(0.1, 10))
def test_gaussian_falls_with_distance_as_the_formula_says(size, sigma):
    """The ratio of two weights is that of exp(-r²/2σ²) at their distances."""
    kernel = kernels.gaussian(size, sigma)
    np.testing.assert_allclose(kernel, kernel.T)
    np.testing.assert_allclose(kernel, conv.flip(kernel))
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    formula = np.exp(-(x**2 + y**2) / (2 * sigma**2))
    np.testing.assert_allclose(kernel / kernel.max(), formula / formula.max(), atol=1e-12)


@given(
    st.integers(1, 9),
    st.floats(0, exclude_min=True, allow_infinity=False, allow_nan=False),
)
@example(3, 1e-200)
@example(4, 5e-324)
@example(5, 1e308)
def test_gaussian_of_any_sigma_is_a_distribution(size, sigma):
    """However narrow or wide, the weights are between 0 and 1, sum to one, and fall."""
    with np.errstate(all="raise"):
        kernel = kernels.gaussian(size, sigma)
    assert (kernel >= 0).all()
    assert kernel.sum() == pytest.approx(1)
    assert (np.diff(kernel[: (size + 1) // 2], axis=0) >= 0).all()
    if sigma < 0.02:
        nearest = kernel > 0
        assert nearest.sum() == (1 if size % 2 else 4)
    if sigma > 1e9:
        np.testing.assert_allclose(kernel, kernels.box(size))


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.float16, np.float32, np.int64])
def test_gaussian_is_computed_in_float64(kind):
    """The type of sigma does not matter, not even where its square would wrap around."""
    np.testing.assert_array_equal(kernels.gaussian(5, kind(12)), kernels.gaussian(5, 12.0))
    assert kernels.gaussian(5, kind(12))[2, 2] == pytest.approx(0.0406, abs=5e-5)


def test_motion_blur_spreads_along_the_row():
    """A pixel becomes a line as long as the movement, and the picture stays in place."""
    impulse = np.zeros((5, 9))
    impulse[2, 4] = 1
    output = conv.correlate(impulse, kernels.motion_blur(5))
    rows, columns = np.nonzero(output)
    assert set(rows) == {2}
    assert columns.tolist() == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: kernels.identity(2), ValueError, "size must be odd.*, not 2"),
        (lambda: kernels.motion_blur(4), ValueError, "size must be odd.*, not 4"),
        (lambda: kernels.identity(0), ValueError, "size must be at least 1, not 0"),
        (lambda: kernels.box(0), ValueError, "size must be at least 1, not 0"),
        (lambda: kernels.box(2.0), TypeError, "size must be an int, not 2.0"),
        (lambda: kernels.gaussian(0, 1), ValueError, "size must be at least 1, not 0"),
        *(
            (lambda kernel=kernel: kernel(True), TypeError, "size must be an int, not True")
            for kernel in (kernels.identity, kernels.box, kernels.motion_blur)
        ),
        *(
            (lambda sigma=sigma: kernels.gaussian(3, sigma), ValueError, message)
            for sigma in (0, -1.0, np.inf, np.nan, 10**400, np.longdouble("1e-4000"))
            for message in [f"sigma must be positive and finite, not .*{str(sigma)[:3]}"]
        ),
        *(
            (
                lambda sigma=sigma: kernels.gaussian(3, sigma),
                TypeError,
                "sigma must be a real",
            )
            for sigma in (None, "1", 1j, True, [1])
        ),
    ],
)
def test_arguments_that_are_not_allowed(call, error, message):
    """The message names the argument, what is allowed and what was received."""
    with pytest.raises(error, match=message):
        call()


def test_every_named_kernel_is_public_and_new():
    """What the module exports are its functions, and no two calls share memory."""
    functions = dict(inspect.getmembers(kernels, inspect.isfunction))
    assert sorted(kernels.__all__) == sorted(f for f in functions if not f.startswith("_"))
    first = kernels.sobel_x()
    first[:] = 0
    assert kernels.sobel_x().any()
