"""Kernels: what defines them, checked on images that show it."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import ndimage

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
        (kernels.unsharp, [7, 1.5, 2.5]),
    ],
)
def test_kernels_that_keep_the_brightness_sum_to_one(kernel, arguments):
    """Weights that sum to one leave an even area as it is."""
    assert kernel(*arguments).sum() == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize(
    ("kernel", "arguments"),
    [
        (kernels.sobel_x, []),
        (kernels.sobel_y, []),
        (kernels.scharr_x, []),
        (kernels.laplacian, []),
        (kernels.laplacian_of_gaussian, [7, 1.2]),
        (kernels.laplacian_of_gaussian, [8, 3]),
    ],
)
def test_kernels_that_answer_to_change_sum_to_zero(kernel, arguments):
    """Weights that sum to zero turn an even area black."""
    assert abs(kernel(*arguments).sum()) < 1e-15


def test_sobel_measures_slope():
    """On a ramp of slope 1 Sobel gives 8 along it and 0 across it."""
    assert (inside(RAMP, kernels.sobel_x()) == 8).all()
    assert (inside(RAMP, kernels.sobel_y()) == 0).all()
    assert (inside(RAMP.T, kernels.sobel_y()) == 8).all()


def test_scharr_measures_slope_and_its_direction():
    """On a ramp it gives 32 along and 0 across; on waves it errs less than Sobel's kernel."""
    assert (inside(RAMP, kernels.scharr_x()) == 32).all()
    assert (inside(RAMP.T, kernels.scharr_x()) == 0).all()
    y, x = np.mgrid[-2:3, -2:3]
    errors = []
    for kernel in (kernels.sobel_x(), kernels.scharr_x()):
        wave = np.sin(2 * np.pi / 8 * (x * np.cos(0.4) + y * np.sin(0.4)))
        across, down = (inside(wave, w)[0, 0] for w in (kernel, kernel.T))
        errors.append(abs(np.arctan2(down, across) - 0.4))
    assert errors[1] < errors[0] / 4


@given(st.integers(3, 12), st.floats(0.2, 5))
def test_laplacian_of_gaussian_is_one_after_the_other(size, sigma):
    """It is the convolution of the two, and so filters an image as both in turn do."""
    both = conv.convolve(
        kernels.gaussian(size - 2, sigma), kernels.laplacian(), padding="full"
    )
    made = kernels.laplacian_of_gaussian(size, sigma)
    np.testing.assert_allclose(made, both, rtol=0, atol=1e-15)


def test_laplacian_of_gaussian_is_scipys():
    """Wide enough, it answers an impulse as SciPy's derivatives of a sampled Gaussian do."""
    impulse = np.zeros((33, 33))
    impulse[16, 16] = 1
    smooth = ndimage.gaussian_filter(impulse, 2.0)
    expected = ndimage.laplace(smooth)
    made = conv.correlate(impulse, kernels.laplacian_of_gaussian(19, 2))
    np.testing.assert_allclose(made, expected, atol=1e-12)


def test_unsharp_adds_what_a_blur_takes_away():
    """The output is the image plus its difference from the blurred one, times the amount."""
    image = np.random.default_rng(0).random((20, 17))
    blurred = inside(image, kernels.gaussian(5, 1.1))
    expected = image[INSIDE] + 2.5 * (image[INSIDE] - blurred)
    np.testing.assert_allclose(inside(image, kernels.unsharp(5, 1.1, 2.5)), expected)
    np.testing.assert_array_equal(kernels.unsharp(5, 1.1), kernels.unsharp(5, 1.1, 1))


@given(st.integers(1, 9), st.floats(0.5, 5), st.floats(2, 9), st.floats(-7, 7))
def test_gabor_is_a_gaussian_times_a_wave(size, sigma, wavelength, angle):
    """Each weight is the formula's, written with complex numbers and a loop."""
    kernel = kernels.gabor(size, sigma, wavelength, angle)
    for row, column in np.ndindex(size, size):
        place = complex(column - (size - 1) / 2, row - (size - 1) / 2)
        along = (place * np.exp(-1j * angle)).real
        wave = np.exp(2j * np.pi * along / wavelength).real
        weight = kernels.gaussian(size, sigma)[row, column] * wave
        assert kernel[row, column] == pytest.approx(weight, abs=1e-14)


def test_gabor_answers_to_stripes_of_its_width_and_direction():
    """Upright stripes of its width give half their height, level or other ones nearly 0."""
    x = np.arange(64)
    answers = {}
    for period in (6, 12):
        stripes = np.tile(np.cos(2 * np.pi * x / period), (64, 1))
        for name, image in (("upright", stripes), ("level", stripes.T)):
            output = conv.correlate(image, kernels.gabor(19, 3, 6), padding="valid")
            answers[period, name] = np.abs(output).max()
    assert answers.pop((6, "upright")) == pytest.approx(0.5, abs=0.01)
    assert max(answers.values()) < 0.16


def test_gabor_lets_through_of_an_even_area_what_its_docstring_says():
    """Its sum is the value of the Gaussian's transform at the wave's frequency."""
    for sigma, wavelength in ((2, 9), (3, 7)):
        expected = np.exp(-2 * (np.pi * sigma / wavelength) ** 2)
        made = kernels.gabor(41, sigma, wavelength, 0.3).sum()
        assert made == pytest.approx(expected, abs=1e-6)


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
@example(3, 0.033)  # whose weights are not too small, and the products of two are
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


@pytest.mark.parametrize("sigma", [0.033, 0.02627, 1e308])
def test_numbers_that_are_too_small_become_zero(sigma):
    """No kernel that is made of a Gaussian minds them, even where NumPy was told to."""
    with np.errstate(all="raise"):
        made = [
            kernels.laplacian_of_gaussian(5, sigma),
            kernels.unsharp(3, sigma),
            kernels.unsharp(3, sigma, 1e-10),
            kernels.gabor(3, sigma, 3.9, 1),
        ]
    assert all(np.isfinite(kernel).all() for kernel in made)


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
        (
            lambda: kernels.laplacian_of_gaussian(2, 1),
            ValueError,
            "size must be at least 3, not 2",
        ),
        (lambda: kernels.unsharp(4, 1), ValueError, "size must be odd.*, not 4"),
        (lambda: kernels.unsharp(3, 1, 0), ValueError, "amount must be positive.*, not 0"),
        (
            lambda: kernels.gabor(5, 1, 1.9),
            ValueError,
            "wavelength must be finite and at least 2, not 1.9",
        ),
        (
            lambda: kernels.gabor(5, 1, 4, np.inf),
            ValueError,
            "angle must be finite, not .*inf",
        ),
        (
            lambda: kernels.gabor(5, 1, 4, "up"),
            TypeError,
            "angle must be a real number, not 'up'",
        ),
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
