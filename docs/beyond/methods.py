# %% [markdown]
# # Fewer multiplications: separable kernels and the FFT
#
# A kernel of 31 by 31 takes {eval}`31 * 31` multiplications for every output. Can the same numbers be had with fewer, and does that save time?

# %%
import time
from functools import partial

import numpy as np

import conv
from conv import figures


# %% tags=["hide"]
def fft_products(n):  # complex ones, for n numbers: a power of two
    return 0 if n == 1 else 2 * fft_products(n // 2) + n // 2


# %% tags=["hide"]
def in_tiles(t, k):  # real ones per output: there and back, and the spectra
    return (8 * t * fft_products(t) + 2 * t**2) / (t - k + 1) ** 2


def by_fft(k):  # with the best side of a tile, and this side
    sides = (2**n for n in range(2, 12) if 2**n >= k)
    return min((in_tiles(t, k), t) for t in sides)


# %% tags=["hide"]
sides = np.array([2, 3, 5, 7, 11, 15, 21, 31, 45, 63])
counts = {
    "the definition": sides**2,
    "two passes": 2 * sides,
    "FFT, in tiles": np.array([by_fft(k)[0] for k in sides]),
}
at = {n: c[sides == 31][0] for n, c in counts.items()}
few, best = counts["FFT, in tiles"], by_fft(31)[1]
assert sides[few < sides**2].tolist() == sides[3:].tolist()
assert sides[few < 2 * sides].tolist() == sides[6:].tolist()

# %% tags=["hide"]
figures.curves(
    sides, counts, scale="log",
    x_label="rows and columns of the kernel", y_label="multiplications per output",
    caption="Multiplications for one output of one channel, counted and not measured, for a large image at stride 1. By the definition they grow with the square of the kernel's side, in two passes with the side, and by the FFT least of all. A fold below says how those of the FFT are counted; the kernel's own transform, made once, is left out.",
    alt="Three curves with logarithmic axes. The definition is the steepest; two passes rise half as steeply; the FFT rises least and crosses the definition between sides 5 and 7, and two passes between 15 and 21.",
)  # fmt: skip

# %% [markdown]
# **They can: in two passes along columns and rows it takes {eval}`at["two passes"]` multiplications, if the kernel allows that, and by the fast Fourier transform (FFT) about {eval}`round(at["FFT, in tiles"])`, whatever the kernel.**
# But fewer multiplications need not save time, as a race at the end of this page shows.
#
# ## Two passes: a column times a row
#
# The guide's Gaussian kernel is **separable**: it is the **outer product** of a column and a row, so each entry is one of the column's numbers times one of the row's.
# (As its entries add up to 1, the sums of its rows and columns are this column and this row.)
# Inside a window we can therefore first add up each column of pixels, weighted by the kernel's column, and then these 31 sums, weighted by its row.
# The next window to the right needs all but one of the same sums, so we compute each sum once, and it serves 31 windows:

# %%
grey = conv.images.sample().mean(axis=2)
grey = grey.reshape(300, 2, 256, 2).mean(axis=(1, 3))
gaussian = conv.kernels.gaussian(31, 5)
column, row = gaussian.sum(axis=1), gaussian.sum(axis=0)
assert np.allclose(gaussian, np.outer(column, row))
down = conv.correlate(grey, column[:, None])
both = conv.correlate(down, row[None, :])
assert np.allclose(both, conv.correlate(grey, gaussian))

# %% tags=["hide"]
crop = np.s_[10:210, 28:228]
shown = {"image": grey, "after the column": down, "after the row": both}
figures.pictures(
    {name: picture[crop] for name, picture in shown.items()},
    caption="A part of each, 200 by 200 of 300 by 256 pixels. The first pass smears upwards and downwards only, so upright edges are still sharp; the second completes the Gaussian blur. Black is 0, white is 1.",
    alt="The portrait; the same smeared from top to bottom; the same blurred evenly in all directions.",
)

# %% [markdown]
# Each output now takes 31 multiplications in the first pass and 31 in the second.
# For $k_h$ rows and $k_w$ columns it is $k_h + k_w$ instead of $k_h k_w$, on a large image at stride 1.
#
# Most kernels are not separable. The disc is one: a lens out of focus spreads every point into it.
# But the **singular value decomposition** (SVD) writes any kernel as a *sum* of products of a column and a row, the most important first.
# Their number is the kernel's [**rank**](../reference/glossary.md#rank), which is 1 if all rows are multiples of one row.

# %%
rows, columns = np.mgrid[-15:16, -15:16]
disc = (rows**2 + columns**2 <= 15.5**2).astype(float)
disc /= disc.sum()
left, values, right = np.linalg.svd(disc)
parts = {r: left[:, :r] * values[:r] @ right[:r] for r in (1, 2, 4, 10)}
rank = int(np.linalg.matrix_rank(disc))
rank

# %% tags=["hide"]
norm = np.linalg.norm(disc)
wrong = {r: np.linalg.norm(disc - part) / norm for r, part in parts.items()}
blurred = conv.correlate(grey, disc)
off = {r: np.abs(conv.correlate(grey, parts[r]) - blurred).max() for r in (4, 10)}  # fmt: skip
assert off[10] < 1e-12
assert 0 <= grey.min() <= grey.max() <= 1
assert np.abs([*parts.values()] - disc.max() / 2).max() < 3 / 4 * disc.max()

# %% tags=["hide"]
figures.pictures(
    {f"rank {r}": np.pad(part, 4) for r, part in parts.items()},
    limits=(-disc.max() / 4, 5 / 4 * disc.max()),
    caption=f"The sums of the first 1, 2, 4 and 10 products of a column and a row that the SVD finds in a disc. Their errors, relative to the disc by root sums of squares, are {wrong[1]:.0%}, {wrong[2]:.0%}, {wrong[4]:.0%} and 0: the last is the disc itself. The dark grey around them is 0.",
    alt="A soft square blob; a rounder blob with flat sides; a disc with ripples inside and outside; and an even, light disc.",
)

# %% [markdown]
# The disc has rank {eval}`rank`, so {eval}`rank` pairs of passes give its blur exactly, with {eval}`62 * rank` multiplications instead of {eval}`31**2`. Four pairs give the blur with errors of up to {eval}`f"{100 * off[4]:.2f}"` per cent of white on this photograph, where the ripples average out.
# But even that takes {eval}`4 * 62` multiplications. How can the FFT do with far fewer?
#
# ## The idea: multiply values, not coefficients
#
# Multiply two polynomials:
#
# $$ (1 + 2z)(3 + 4z) = 3 + 10z + 8z^2 . $$
#
# The 10 is $1 \cdot 4 + 2 \cdot 3$, all products that belong to $z^1$. That is a convolution: `np.convolve([1, 2], [3, 4])` is `[3, 10, 8]`.
#
# Multiplied out, this takes 4 multiplications.
# But the result has only three coefficients, so it is determined by its values at three points, and each *value* of the result takes one multiplication:
#
# | at z = | 1 + 2z | 3 + 4z | product |
# |---:|---:|---:|---:|
# | 0 | 1 | 3 | 3 |
# | 1 | 3 | 7 | 21 |
# | −1 | −1 | −1 | 1 |
#
# Additions and halving lead back to the coefficients: the first is 3, the second $(21 - 1) / 2 = 10$, the third $(21 + 1) / 2 - 3 = 8$.
# So a convolution takes three steps: **evaluate, multiply, go back**, with one product for each coefficient of the result.
# For long rows of numbers the way there and back must be cheap, too, and that depends on the points.
#
# ## The points: equally spaced on the unit circle
#
# Take complex numbers of length 1, which lie on the unit circle.
# For $n$ coefficients take the $n$ points `exp(-2j * pi * k / n)` for `k` from 0 to $n - 1$: they divide the circle into equal arcs, clockwise from 1.
# For $n = 4$ they are 1, −i, −1 and i, and Python writes i as `1j`.
# The values of a polynomial at these points are the [**discrete Fourier transform**](../reference/glossary.md#dft) (DFT) of its coefficients, or their **spectrum**.

# %% tags=["hide"]
figures.squares(
    16,
    caption="Sixteen points on the unit circle. Play, or step: a point and its opposite, half of the points further on, have the same square, so there are only eight squares, equally spaced again. These are four pairs of opposites, so there are only four fourth powers.",
    alt="Three circles. On the first sixteen points, of which 0.92 − 0.38i and its opposite are joined by a line; on the second eight points, of which 0.71 − 0.71i is framed; on the third 1, −i, −1 and i, of which −i is framed.",
)

# %% [markdown]
# Why these points? Sort the powers of a polynomial into even and odd ones:
#
# $$ 1 + 2z + 3z^2 + 4z^3 = (1 + 3z^2) + z \, (2 + 4z^2) . $$
#
# Both brackets depend on $z^2$ alone, so a point $z$ and its opposite $-z$ share them.
# They share even the product of $z$ with the second bracket, which is added for $z$ and subtracted for $-z$:
#
# | z | 1 + 3z² | 2 + 4z² | value at z | at −z |
# |---:|---:|---:|---:|---:|
# | 1 | 4 | 6 | 4 + 6 = 10 | 4 − 6 = −2 |
# | −i | −2 | −2 | −2 + 2i | −2 − 2i |
#
# The squares are half as many points on the same circle, so each bracket is a transform of half the length, and can be halved in turn.
# That is the **fast Fourier transform**:


# %%
def fft(x):  # for 1, 2, 4, 8, … numbers
    n = len(x)
    if n == 1:
        return x
    even, odd = fft(x[::2]), fft(x[1::2])
    odd = odd * np.exp(-2j * np.pi * np.arange(n // 2) / n)  # times z
    return np.concatenate([even + odd, even - odd])


# %%
assert np.allclose(fft(grey[0]), np.fft.fft(grey[0]))
# (1 + 2z)(3 + 4z) again, from four points
np.fft.ifft(fft([1, 2, 0, 0]) * fft([3, 4, 0, 0])).real.round(6)

# %% [markdown]
# For $n$ = {eval}`f"{2**10:,}"` numbers this takes $n / 2$ complex multiplications in each of ten halvings, {eval}`f"{fft_products(2**10):,}"` in all, where evaluating point by point would take about a million.
# The way back: average the values over all points. A constant stays, while $z$, $z^2$ and so on go round the circle evenly and cancel, so the coefficient of $z^0$ is left. For that of $z^m$, first multiply each value by $z^{-m}$.
# That is the same transform with i for −i, and divided by $n$: `ifft`.
#
# An image is a polynomial in two variables with the pixels as coefficients. An FFT of every row and then of every column, `fft2`, gives its values at all pairs of points.
#
# ??? question "How does the first figure count?"
#
#     [Overlap-save](#circular-wrap-around-what-leaves-at-one-edge-returns-at-the-other) works on tiles. A tile of $n$ by $n$ takes $4n$ FFTs, of rows and columns there and back, and $n^2$ products of spectra.
#     Products by 1 count, too. For 31 by 31 the best power of two is $n$ = {eval}`best` with nine halvings, so an FFT takes $9n/2$ products and a tile $4n \cdot 9n/2 + n^2 = 19 n^2$.
#     Each is complex and makes four real ones, but half of a real image's spectrum mirrors the rest and is free. That makes $38 n^2$
#     for $(n - 31 + 1)^2$ outputs, or {eval}`f"{at['FFT, in tiles']:.1f}"` for each.
#
# ## Circular wrap-around: what leaves at one edge returns at the other
#
# A product with three coefficients needs at least three points.
# With the two points 1 and −1 it goes wrong: at both $z^2$ is 1, so the 8 of $8z^2$ is added to the 3, and you get $11 + 10z$.
# This is **circular wrap-around**: at $n$ points $z^n = 1$, so the coefficient of $z^n$ is added to that of $z^0$, the coefficient of $z^{n+1}$ to that of $z^1$, and so on.
#
# In a picture the same happens at the edges. Take a kernel of 79 zeros and a 1, which moves everything to the left in a cross-correlation.
# (`fft2(x, size)` adds zeros below and to the right until the array has that size.)


# %%
def by_spectra(x, w, size):
    product = np.fft.fft2(x, size) * np.fft.fft2(w, size).conj()
    return np.fft.ifft2(product).real[: x.shape[0], : x.shape[1]]


shift = np.eye(1, 80, 79)
wrapped = by_spectra(grey, shift, grey.shape)
cured = by_spectra(grey, shift, (300, 256 + 79))

# %% tags=["hide"]
assert np.allclose(np.fft.ifft(fft([1, 2]) * fft([3, 4])), [11, 10])
assert np.allclose(fft([1, 2, 3, 4]), [10, -2 + 2j, -2, -2 - 2j])
assert np.allclose(wrapped, np.roll(grey, -79, axis=1))
pads = [(0, 0), (0, 79)]
assert np.allclose(cured, conv.correlate(grey, shift, padding=pads))
flipped, kept = np.fft.fft([[1, 0, 3, 2], [1, 2, 3, 0]])
assert np.allclose(flipped, kept.conj())

# %% tags=["hide"]
w = np.array([1, 2, 4, 0, 0, 0, 0, 0])
dft, T = np.fft.fft(np.eye(8)), np.array([np.roll(w, n) for n in range(8)])
diagonal = dft @ T @ np.linalg.inv(dft)
assert np.allclose(diagonal, np.diag(np.fft.fft(w).conj()))
assert np.allclose(
    T @ grey[0, :8], by_spectra(grey[:1, :8], w[None, :3], (1, 8))
)

# %% tags=["hide"]
k = gaussian[:3, :3]
T = [by_spectra(one.reshape(4, 8), k, (4, 8)).ravel() for one in np.eye(32)]
dft = np.kron(np.fft.fft(np.eye(4)), dft)  # what fft2 multiplies by
diagonal = dft @ np.transpose(T) @ np.linalg.inv(dft)
spectrum = np.fft.fft2(k, (4, 8)).conj().ravel()
assert np.allclose(diagonal, np.diag(spectrum))

# %% tags=["hide"]
figures.pictures(
    {"circular": wrapped, "with zeros": cured},
    caption="The picture moved by 79 pixels. With a spectrum as large as the image, the left edge returns at the right; with as many zeros as the kernel has columns, less one, nothing does.",
    alt="The portrait moved left, its cut-off left part standing at the right edge; the same with black at the right edge.",
)

# %% [markdown]
# Multiplying spectra convolves in a circle: that is the **convolution theorem**. (With `.conj()` it is a cross-correlation.)
# But with a spectrum as long as image and kernel together, less one, along each axis, nothing wraps round.
# So here is the blur from the beginning, by spectra. Each output lies at the top left corner of its window, and that takes 30 zeros below and to the right:

# %%
blurred = by_spectra(grey, gaussian, (300 + 30, 256 + 30))
right = conv.correlate(grey, gaussian, padding=[(0, 30), (0, 30)])
np.allclose(blurred, right)

# %% [markdown]
# ??? question "What does this make of the kernel matrix?"
#
#     For a row of numbers with wrap-around, the [kernel matrix](../guide/fully_connected.py) $T$ is **circulant**: each row is the row above it, moved on by one, and what leaves at its end returns at its start.
#     With the matrix of the DFT on its left and the inverse on its right, only a diagonal is left of $T$, which holds the spectrum (for a cross-correlation its conjugate).
#     So all circular convolutions share their eigenvectors, which are waves. For images `fft2` does the same with blocks of circulant matrices.
#
# ??? question "Why `.conj()`?"
#
#     Without it `by_spectra` would convolve, and outputs at the near end would be spoiled instead of those at the far end. We want the cross-correlation.
#     The **conjugate** of a real kernel's spectrum, with −i for i, is the spectrum of the kernel flipped about its first entry: `[1, 2, 3, 0]` becomes `[1, 0, 3, 2]`.
#
# A large image is not transformed as a whole.
# [**Overlap-save**](../reference/glossary.md#overlap-save) cuts it into tiles that overlap by the kernel's size less one,
# lets each wrap round, and discards the outputs that have wrapped:

# %% tags=["hide"]
x, w = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3]), np.array([1, 2, 1])
cells, roles = np.full((3, 10), "", object), np.full((3, 10), "", object)
cells[0], roles[0] = x, "input"
for n, at_ in ((1, 0), (2, 4)):
    tile = by_spectra(x[None, at_ : at_ + 6], w[None], (1, 6))[0].round()
    cells[n, at_ : at_ + 6] = tile.astype(int)
    roles[n, at_ : at_ + 4], roles[n, at_ + 4 : at_ + 6] = "output", "padding"
good = conv.correlate(x, w, padding="valid").tolist()
assert [*cells[1, :4], *cells[2, 4:8]] == good

# %% tags=["hide"]
frames = [np.s_[0, :6], np.s_[0, 4:]]
figures.beside(
    figures.Grid(cells, "two tiles", roles, frames=frames),
    caption="The input 3 1 4 … in two tiles of six, framed, that share two values; below each its circular correlation with 1 2 1. The first four outputs of a tile are right, the grey ones have wrapped round and are discarded.",
    alt=f"Ten inputs; below the first six the outputs {cells[1, :6].tolist()}, below the last six {cells[2, 4:].tolist()}, of each the last two grey.",
)

# %% [markdown]
# Small tiles discard much, and large ones need more halvings.
#
# ## Does it save time?
#
# We time two passes, the FFT and **GEMM**, the [matrix product](../guide/matmul.py) of `conv.correlate`, with Gaussians on 256 by 256 pixels in float32.
# By count, the FFT overtakes the definition between kernels of 5 and 7. Where will the measured curves cross?


# %% tags=["hide"]
methods = {"GEMM": conv, "two passes": conv.separable, "FFT": conv.fft}
times, errors = [], []  # nanoseconds per output, and errors
for k in sides[1:]:
    exact = grey[:256], conv.kernels.gaussian(k, k / 6)
    pair, right = [*map(np.float32, exact)], conv.correlate(*exact)
    calls = {n: partial(m.correlate, *pair) for n, m in methods.items()}
    errors += [np.abs(call() - right).max() for call in calls.values()]
    turns = conv.timing.race(calls, rounds=3, clock=time.process_time)
    times += [np.median([*turns.values()], axis=1) / 256**2 * 1e9]

# %% tags=["hide"]
rates = np.transpose([*counts.values()])[1:] / times  # per nanosecond
here = list(sides[1:]).index(31)
assert rates[here, 0] > 3 * rates[here, 2]
assert rates[here, 1] > 1.5 * rates[here, 2]
assert conv.separable.TILE == 16
assert times[-1][1] < times[-1][2]
gemm, passes, fourier = times[here]
assert passes < fourier < min(gemm, rank * passes)
assert times[0].argmin() == 0

# %% tags=["hide"]
slopes = np.polyfit(np.log(sides[4:9]), np.log(times[3:8]), 1)[0]
assert sides[[4, 8]].tolist() == [11, 45]
assert abs(slopes[0] - 2) < 0.5
assert max(slopes[1:]) < 0.8
off = np.reshape(errors, (-1, 3))  # of kernel and method
assert off.argmax() == off.size - 3  # GEMM's, for the largest kernel
assert 3 * off[-1, 2] < off[-1, 0] < 1e-5

# %% tags=["hide"]
figures.curves(
    sides[1:], dict(zip(methods, np.transpose(times), strict=True)), scale="log", measured=True,
    x_label="rows and columns of the kernel", y_label="nanoseconds per output",
    caption="The processor's time for one output, on one thread, in place of multiplications.",
    alt="Measured times of the three methods over the kernel's size, with logarithmic axes.",
)  # fmt: skip

# %% [markdown]
# GEMM wins for small kernels, and two passes for large ones. The FFT overtakes GEMM later than by count, and two passes not at all, although from 31 by 31 on it has fewer multiplications.
# From 11 by 11 to 45 by 45, GEMM's time grows about with the square of the kernel's side, and that of the others far more slowly.
# All results are within {eval}`f"{1e6 * off.max():.0f}"` millionths of white, and for the largest kernel the FFT is the most exact of all.
#
# Why does the FFT gain so little at 31 by 31, where it makes {eval}`round(31**2 / few[sides == 31][0])` times fewer multiplications than GEMM?

# %% tags=["hide"]
figures.table({
    "31 by 31": [*methods],
    "multiplications": [f"{c[sides == 31][0]:.0f}" for c in counts.values()],
    "nanoseconds": times[here],
    "of these per nanosecond": rates[here],
}, measured=True, note="For one output, by count.")  # fmt: skip

# %% [markdown]
# Mainly because each of its multiplications takes longer. GEMM and two passes are matrix products, which load a number and use it many times, while a halving of the FFT makes one product and two sums for each pair of numbers, and hands them on to the next halving.
#
# Programs also make more multiplications than we counted. The module `conv.separable` computes 16 outputs at a time, by a matrix that is mostly zeros for small kernels: at 3 by 3 that makes 2 · (16 + 3 − 1) = {eval}`2 * (16 + 3 - 1)` products for an output instead of 6.
# And `conv.fft` transforms the kernel for every call, and on a small image its tiles are small.
#
# So a count alone does not decide. At stride 1, take GEMM for small kernels, two passes for large separable ones, and the FFT for other large kernels, such as the disc, for which ten pairs of passes take ten times as long as one. (At a larger stride, GEMM skips outputs, while the FFT computes them all.)
# In a layer, all filters share the spectra of the image, as they share the transforms on [the next page](winograd.py). Libraries choose, too: OpenCV's [`filter2D`](https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html) turns to the DFT at about 11 by 11.
#
# ## Exercises
#
# ### Exercise 1: which kernels are separable?
#
# Predict the rank of these three kernels, then ask NumPy. Why is the disc's rank only {eval}`rank`, with 31 rows?
# And up to which rank do pairs of passes take fewer multiplications than the definition, at 31 by 31?

# %%
three = (
    conv.kernels.laplacian(),
    conv.kernels.sobel_x(),
    conv.kernels.sharpen(),
)
three

# %% tags=["answer"]
# Only Sobel's kernel is separable. Equal rows do not add to the rank, and of the disc's only 10 differ; each wider one adds, because it has values where all narrower ones have zeros. By count, pairs of passes pay up to rank 15, which is 961 divided by 62.
ranks = [int(np.linalg.matrix_rank(w)) for w in three]
ranks, len(np.unique(disc, axis=0)), 31**2 // 62

# %% [markdown]
# ### Exercise 2: find the bug
#
# Somebody wants `conv.correlate(image, w, padding="valid")` and writes the line below.
# Two things are wrong. Name both, and say which rows and columns of `wrong` are a correct convolution.

# %%
draw = np.random.default_rng(0)
image, w = grey[:8, :8], draw.random((3, 3))
wrong = np.fft.ifft2(np.fft.fft2(image) * np.fft.fft2(w, (8, 8))).real

# %% tags=["answer"]
# Without the conjugate the kernel is flipped, and the first two rows and columns have wrapped round. With it the last two have, so the 6 by 6 of "valid" are the first rows and columns.
assert np.allclose(wrong[2:, 2:], conv.convolve(image, w, padding="valid"))
right = np.fft.ifft2(np.fft.fft2(image) * np.fft.fft2(w, (8, 8)).conj()).real
np.allclose(right[:6, :6], conv.correlate(image, w, padding="valid"))

# %% [markdown]
# ## What you can do now
#
# You can tell from a kernel's rank whether two passes will do, say why the FFT is fast, and convolve by spectra without wrap-around.
#
# Next here: [Winograd's method](winograd.py), which takes the same three steps with other points, for the small kernels of deep learning.
#
# Elsewhere:
#
# - Grant Sanderson (3Blue1Brown), [But what is a convolution?](https://www.3blue1brown.com/lessons/convolutions): polynomials and the FFT, animated.
# - Steven W. Smith, [The scientist and engineer's guide to digital signal processing](https://www.dspguide.com/ch18.htm), chapter 18: convolution by FFT in tiles, with overlap-add, which adds up what tiles share.
