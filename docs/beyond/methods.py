# %% [markdown]
# # Fewer multiplications: separable, FFT, Winograd
#
# Can a convolution be computed with fewer multiplications than its definition makes, and when does it pay?

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
def in_tiles(t, k, shared=1):  # there and back, and the product of spectra
    transforms = 8 * t * fft_products(t) / shared
    return (transforms + 2 * t**2) / (t - k + 1) ** 2


def by_fft(k, shared=1):  # real ones per output, and a tile's side
    sides = (2**n for n in range(2, 12) if 2**n >= k)
    return min((in_tiles(t, k, shared), t) for t in sides)


# %% tags=["hide"]
back, kernels, tiles = conv.winograd.transforms(4, 3, conv.winograd.POINTS)
own = np.sum(np.abs(kernels) % 1 > 0) * (3 + 6) / 28**2  # for each kernel
per_kernel = round(4 * 32 * fft_products(32) / 28**2)  # by FFT
per_line = [np.sum(np.abs(matrix) > 1) for matrix in (tiles, back)]
there, again = np.multiply(per_line, (6 + 6, 6 + 4))  # columns and rows
shared = there / 64 + again / 64  # by filters, by channels
best = by_fft(31)[1]
layer = {"FFT": by_fft(3, 64)[0], "Winograd": (36 + shared) / 16}

# %% tags=["hide"]
sides = np.array([2, 3, 5, 7, 11, 15, 21, 31, 45, 63])
counts = {
    "the definition": sides**2,
    "two passes": 2 * sides,
    "FFT, in tiles": np.array([by_fft(k)[0] for k in sides]),
}
at = {n: c[sides == 31][0] for n, c in counts.items()}
few = counts["FFT, in tiles"]
assert sides[few < sides**2].tolist() == sides[3:].tolist()
assert sides[few < 2 * sides].tolist() == sides[6:].tolist()

# %% tags=["hide"]
figures.curves(
    sides, counts, scale="log",
    x_label="rows and columns of the kernel", y_label="multiplications per output",
    caption="Multiplications for one output of one channel, counted and not measured, for a large image at stride 1. The definition's grow with the square of the kernel's side, those of two passes with the side, and the FFT's, in tiles, least of all. The kernel's own transform is left out, as all parts of the image share it.",
    alt="Three curves with logarithmic axes. The definition is the steepest; two passes rise half as steeply; the FFT rises least and crosses the definition between sides 5 and 7, and two passes between 15 and 21.",
)  # fmt: skip

# %% [markdown]
# A convolution can: a 31 by 31 kernel takes {eval}`at["the definition"]` multiplications per output by definition,
# {eval}`at["two passes"]` in **two passes** if the kernel allows it, and about {eval}`round(at["FFT, in tiles"])` by the **FFT** whatever the kernel.
# In a layer of 64 channels and 64 filters, **Winograd's method** takes {eval}`f"{layer['Winograd']:.2f}"` for each channel at 3 by 3 instead of 9.
# All three give the same output up to rounding, but fewer multiplications need not save time, as a race shows.
#
# ## Two passes: a column times a row
#
# A Gaussian is **separable**, the **outer product** of a column and a row: each entry is one of the column's numbers times one of the row's.
# The pixels in one column of a window share their factor from the row, so blur along columns first, and then the results along rows.

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
# On a large image each output takes $k_h + k_w$ multiplications instead of $k_h k_w$ at stride 1.
# But most kernels are not separable: a lens out of focus spreads every point into a disc.
# The **singular value decomposition** (SVD) writes any kernel as a sum of columns times rows, the most important first,
# and needs as many as the kernel's [**rank**](../reference/glossary.md#rank), which is 1 if all rows are multiples of one row.

# %%
rows, columns = np.mgrid[-15:16, -15:16]
disc = (rows**2 + columns**2 <= 15.5**2).astype(float)
disc /= disc.sum()
left, values, right = np.linalg.svd(disc)
rank = np.linalg.matrix_rank(disc)
parts = {r: left[:, :r] * values[:r] @ right[:r] for r in (1, 2, 4, 10)}

# %% tags=["hide"]
ripples = {r: disc - part for r, part in parts.items()}
norm = np.linalg.norm(disc)
wrong = {r: np.linalg.norm(ripple) / norm for r, ripple in ripples.items()}
off = {r: np.abs(conv.correlate(grey, ripples[r])).max() for r in (4, 10)}
most = max((s * ripples[4]).clip(0).sum() for s in (1, -1))
assert off[10] < 1e-12
assert off[4] < most
assert 0 <= grey.min() <= grey.max() <= 1
assert np.abs([*parts.values()] - disc.max() / 2).max() < 3 / 4 * disc.max()

# %% tags=["hide"]
figures.pictures(
    {f"rank {r}": np.pad(part, 4) for r, part in parts.items()},
    limits=(-disc.max() / 4, 5 / 4 * disc.max()),
    caption=f"The sums of the first 1, 2, 4 and 10 products of a column and a row that the SVD finds in a disc. Their errors, relative to the disc by root sums of squares, are {wrong[1]:.0%}, {wrong[2]:.0%}, {wrong[4]:.0%} and 0: the last is the disc itself. The margin is 0, black minus a quarter of the disc's value, white five quarters.",
    alt="A soft square blob; a rounder blob with flat sides; a disc with ripples inside and outside; and an even, light disc.",
)

# %% [markdown]
# The disc's rank is {eval}`rank`, so as many pairs of passes give it exactly, with {eval}`62 * rank` multiplications.
# Four pairs take {eval}`62 * 4`, with errors up to {eval}`np.ceil(1000 * off[4]) / 10` per cent of white on this photograph, and up to {eval}`f"{100 * most:.1f}"` per cent on the worst image.
# The FFT's count is far below both, and its result exact up to rounding.
#
# ## One idea behind the other two: multiply values, not coefficients
#
# Multiply two polynomials:
#
# $$ (1 + 2z)(3 + 4z) = 3 + 10z + 8z^2 . $$
#
# The result's coefficients are the convolution `np.convolve([1, 2], [3, 4])`, because each collects the products for one power of $z$, as 10 is $1 \cdot 4 + 2 \cdot 3$.
#
# The definition takes 4 multiplications. But three values determine the result's three coefficients, and they are cheap:
# at $z = 0$ it is $1 \cdot 3 = 3$, at $z = 1$ it is $3 \cdot 7 = 21$, at $z = -1$ it is $(-1)(-1) = 1$.
# Additions and halving lead back: $(21 - 1) / 2 = 10$ and $(21 + 1) / 2 - 3 = 8$.
# So there is **one multiplication for each coefficient of the result**, apart from constants such as a half.
# Winograd's method and the FFT take these three steps, evaluate, multiply, go back, at different points.
#
# ## Winograd: few small points
#
# Two neighbouring outputs of a kernel of 3 entries take 6 multiplications by definition.
# [**Winograd's method**](../reference/glossary.md#winograd), here F(2, 3), needs four, and F($o$, $k$) for $o$ outputs and $k$ entries needs $o + k - 1$.
# The method starts from a product with as many coefficients, such as $(1 + 2z + z^2)(3 + 4z)$, at as many points: 0, 1, −1 and infinity.
# The value at infinity is the last coefficient, because for large $z$ the highest power outweighs the rest.


# %%
def at_points(k):  # values of k coefficients at 0, 1, -1 and infinity
    last = np.eye(k)[-1:]
    return np.concatenate([np.vander([0, 1, -1], k, increasing=True), last])


w = np.array([1, 2, 1])
go_back = np.linalg.inv(at_points(4))
go_back @ ((at_points(3) @ w) * (at_points(2) @ [3, 4]))

# %% [markdown]
# The convolution above makes four numbers from two, and the correlation that we want makes two from four.
# The convolution's matrix has shifted copies of the kernel as columns, and the correlation's, $T$, has them as rows, so one is the other's transpose:

# %%
convolution = go_back @ np.diag(at_points(3) @ w) @ at_points(2)
T = conv.kernel_matrix(w, (4,), padding="valid")
assert np.allclose(convolution.T, T)
convolution.T, T

# %% [markdown]
# Transposing a product of three matrices reverses their order, so $T$ is `at_points(2).T @ np.diag(values) @ go_back.T`:
# what was the way back now comes first and combines pixels, the kernel's values multiply them, and `at_points(2).T` leads to two outputs.

# %%
combine, evaluate, back = go_back.T, at_points(3), at_points(2).T
x = np.rint(100 * grey[172, 97:101])  # four pixels of the collar
products = (evaluate @ w) * (combine @ x)  # the only four
back @ products, conv.correlate(x, w, padding="valid")

# %% tags=["hide"]
sums = figures.Grid(np.c_[combine @ x], "pixel sums", "")
values = figures.Grid(np.c_[evaluate @ w], "values", "kernel")
four = figures.Grid(np.c_[products], "products", "")
pixels, outputs = np.c_[x], np.c_[back @ products]

# %% tags=["hide"]
figures.rows(
    [figures.Grid(evaluate, "evaluate", ""), "·", figures.Grid(np.c_[w], "w", "kernel"), "=", values],
    [figures.Grid(combine, "combine", ""), "·", figures.Grid(pixels, "x", "input"), "=", sums],
    [sums, "×", values, "=", four],
    [figures.Grid(back, "back", ""), "·", four, "=", figures.Grid(outputs, "y", "output")],
    caption="The kernel's values 1, 4, 0 and 1 are those of 1 + 2z + z² at 0, 1, −1 and infinity, computed once for all pixels. After that only the third line multiplies, as combine and back add, subtract and halve.",
    alt=f"The matrix evaluate of 4 by 3 times the kernel 1, 2, 1 is {(evaluate @ w).tolist()}. The matrix combine of 4 by 4, with entries 0, ±1 and ±½, times the pixels {x.tolist()} is {(combine @ x).tolist()}; this times {(evaluate @ w).tolist()}, number by number, is {products.tolist()}; the matrix back of 2 by 4 times the products is {(back @ products).tolist()}.",
)  # fmt: skip

# %% [markdown]
# In two dimensions `conv.winograd` transforms columns and then rows of a **tile**, a block of inputs.
# F(4, 3), which it uses, takes {eval}`6**2` multiplications for the 16 outputs of a tile, or {eval}`36 / 16` for each instead of 9.
# The constants of the transforms, such as 4 and 5, add {eval}`there` before these {eval}`6**2` and {eval}`again` after, which makes {eval}`round((36 + there + again) / 16)` per output with one channel and one filter.
# But a layer transforms a tile once for all filters and goes back once for all channels, so with 64 of both
# the count is (36 + {eval}`there` / 64 + {eval}`again` / 64) / 16, or {eval}`f"{layer['Winograd']:.2f}"`.
#
# ### Why not larger tiles?
#
# F(16, 3) takes only 18 multiplications for 16 outputs, or in two dimensions {eval}`f"{(18 / 16) ** 2:.2f}"` per output, transforms apart.
# Its 18 points, infinity and the whole numbers from −8 to 8, work in exact arithmetic, but in single precision errors grow, here in one dimension:


# %% tags=["hide"]
def on_circle(outputs, part):  # equally spaced points on a part of the circle
    n = outputs + 2
    points = np.exp(2j * np.pi * part * np.arange(n) / n)
    values = np.vander(points, n, increasing=True)
    return values[:, :outputs].T, values[:, :3], np.linalg.inv(values).T


# %% tags=["hide"]
def error(matrices):  # of outputs for kernels of 3, in single precision
    x, w = (draw.standard_normal((m.shape[1], 2000)) for m in matrices[:0:-1])
    exact = sum(w[v] * x[v : len(x) - 2 + v] for v in range(3))
    back, evaluate, combine, x, w = map(np.complex64, (*matrices, x, w))
    made = back @ ((evaluate @ w) * (combine @ x))
    return np.linalg.norm(made.real - exact) / np.linalg.norm(exact)


# %% tags=["hide"]
draw = np.random.default_rng(0)
integers = [0, *(s * n for n in range(1, 9) for s in (1, -1))]
many = range(2, 17, 2)
whole = [conv.winograd.transforms(m, 3, integers[: m + 1]) for m in many]
wrong = {"0, 1, −1, 2, −2, …": [*map(error, whole)]}
for name, part in (("half the circle", 0.5), ("the whole circle", 1)):
    wrong[name] = [error(on_circle(m, part)) for m in many]

# %% tags=["hide"]
integer, half, circle = wrong.values()
assert max(circle) < 1e-6 < 0.5 < half[-1] < integer[-1]
back, evaluate, combine = whole[-1]
terms = back * (evaluate.sum(1) * (combine @ draw.standard_normal(18)))
assert np.abs(back).max() == 8**15
assert np.abs(terms).max() > 1e9
assert np.isclose(np.linalg.cond(on_circle(16, 1)[2]), 1)
back, _, combine = map(np.abs, on_circle(16, 0.5))
assert np.allclose(back, 1)
assert combine.max() > 1e6

# %% tags=["hide"]
figures.curves(
    [*many], wrong, scale="log",
    x_label="outputs from one tile", y_label="relative error",
    caption="The same method in single precision with three sets of points, the first with infinity. Its error passes 1, and on half the circle it gets as far as 1. On the whole circle it stays where rounding begins, but there each multiplication is complex and makes up to four real ones.",
    alt="Three curves with logarithmic axes: the one for whole numbers rises from about 1e−7 far past 1, the one for half the circle to about 1; the one for the whole circle stays level.",
)  # fmt: skip

# %% [markdown]
# Entries of `back` reach $8^{15}$, so a tile's last output, near 1, is a difference of terms beyond a billion, and float32 rounds each at its seventh digit.
# Powers are equally large for complex numbers of length 1, the **unit circle**: with 18 points on its upper half, all entries of `back` have length 1.
# But neighbours then give nearly equal values, and to tell them apart `combine`, made from an inverse,
# needs entries beyond a million, which enlarge rounding errors.
# With equal spacing on the whole circle, the square matrix of the 18 points' powers is **unitary** up to a factor:
# it multiplies the length of every vector by the same factor, so rounding errors stay small relative to the numbers.
#
# ## FFT: equally spaced points on the unit circle
#
# The [**discrete Fourier transform**](../reference/glossary.md#dft) (DFT) of $n$ numbers, or their **spectrum**,
# holds the values of their polynomial at $n$ equally spaced points of that circle.
# For $n = 4$ the points are 1, −i, −1 and i; Python writes i as `1j`.
# The **fast Fourier transform** (FFT) pairs the points $z$ and $-z$, and splits a polynomial into its even and odd powers. Its two values are
#
# $$ \text{even}(z^2) \pm z \cdot \text{odd}(z^2) . $$
#
# So one multiplication serves two points. The $n / 2$ squares $z^2$ are again equally spaced on the circle,
# so even and odd are transforms of half the length, to be split in turn.


# %%
def fft(x):  # for 1, 2, 4, 8, … numbers
    n = len(x)
    if n == 1:
        return x
    even, odd = fft(x[::2]), fft(x[1::2])
    odd = odd * np.exp(-2j * np.pi * np.arange(n // 2) / n)
    return np.concatenate([even + odd, even - odd])


# %%
assert np.allclose(fft(grey[0]), np.fft.fft(grey[0]))
# (1 + 2z)(3 + 4z) again, from four points
np.fft.ifft(fft([1, 2, 0, 0]) * fft([3, 4, 0, 0])).real.round(6)

# %% [markdown]
# For {eval}`f"{2**10:,}"` numbers the FFT takes {eval}`f"{fft_products(2**10):,}"` complex multiplications, $n / 2$ in each of ten halvings; point by point it would be {eval}`f"{2**20:,}"`.
# The way back, `ifft`, is the same with i for −i, divided by $n$; and `fft2` transforms rows and columns.
#
# ??? question "How does the first figure count?"
#
#     A tile of $n$ by $n$ takes $4n$ FFTs, of rows and columns there and back, and $n^2$ products of spectra.
#     Complex products make four real ones, but half of a real image's spectrum mirrors the rest and is free.
#     With the best power of two for 31 by 31, {eval}`best` or nine halvings, a tile takes {eval}`best`² · (4 · 9 + 2) multiplications
#     for ({eval}`best` − 31 + 1)² outputs, or {eval}`f"{at['FFT, in tiles']:.1f}"` each.
#
# ### Why does the left edge return on the right?
#
# Two points, 1 and −1, would be too few: at both $z^2 = 1$, so $8z^2$ is added to the 3, and the product becomes $11 + 10z$.
# This is **circular wrap-around**: as $z^n = 1$ at all $n$ points, what leaves on one side comes in on the other:


# %%
def by_spectra(x, w, size):
    product = np.fft.fft2(x, size) * np.fft.fft2(w, size).conj()
    return np.fft.ifft2(product).real[: x.shape[0], : x.shape[1]]


shift = np.eye(1, 80, 79)  # 79 zeros, and a 1
wrapped = by_spectra(grey, shift, grey.shape)
cured = by_spectra(grey, shift, (300, 256 + 79))

# %% tags=["hide"]
assert np.allclose(np.fft.ifft(fft([1, 2]) * fft([3, 4])), [11, 10])
assert np.allclose(wrapped, np.roll(grey, -79, axis=1))
pads = [(0, 0), (0, 79)]
assert np.allclose(cured, conv.correlate(grey, shift, padding=pads))
flipped, kept = np.fft.fft([[1, 0, 3, 2], [1, 2, 3, 0]])
assert np.allclose(flipped, kept.conj())

# %% tags=["hide"]
figures.pictures(
    {"circular": wrapped, "with zeros": cured},
    caption="A kernel that moves the picture to the left. With a spectrum as large as the image, the left edge returns at the right; with as many zeros as the kernel has columns, less one, nothing does.",
    alt="The portrait moved left, its cut-off left part standing at the right edge; the same with black at the right edge.",
)

# %% [markdown]
# Circular convolution of arrays multiplies their spectra: the **convolution theorem**.
# The **conjugate** of a real kernel's spectrum, with −i for i, is the spectrum of the kernel flipped about its first entry, modulo $n$: `[1, 2, 3, 0]` becomes `[1, 0, 3, 2]`.
# So `.conj()` turns the convolution into a cross-correlation.
#
# ### Tiles: overlap-save
#
# [**Overlap-save**](../reference/glossary.md#overlap-save) cuts the input into tiles that overlap by the kernel's size less one,
# lets each wrap round, and discards the outputs that wrapped. Small tiles discard much, and large ones need more halvings: at 31 by 31 the best are {eval}`best` wide if the image is large.

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
# ## When does it pay?
#
# Two passes, the FFT and **GEMM**, the matrix product of `conv.correlate`, are timed with Gaussians on 256 by 256 pixels in float32.
# Where do you expect their curves to cross?


# %% tags=["hide"]
methods = {"GEMM": conv, "two passes": conv.separable, "FFT": conv.fft}
times = []  # nanoseconds per output
for k in sides[1:]:
    pair = np.float32(grey[:256]), np.float32(conv.kernels.gaussian(k, k / 6))
    calls = {n: partial(m.correlate, *pair) for n, m in methods.items()}
    turns = conv.timing.race(calls, rounds=3, clock=time.process_time)
    times += [np.median([*turns.values()], axis=1) / 256**2 * 1e9]

# %% tags=["hide"]
figures.curves(
    sides[1:], dict(zip(methods, np.transpose(times), strict=True)), scale="log", measured=True,
    x_label="rows and columns of the kernel", y_label="nanoseconds per output",
    caption="The processor's time for one output, in place of multiplications.",
    alt="Measured times of the three methods over the kernel's size, with logarithmic axes.",
)  # fmt: skip

# %% [markdown]
# GEMM makes exactly the definition's multiplications, for small kernels at a higher rate than the others, so two passes and the FFT overtake it later than by count.
# Besides, `conv.separable` multiplies by some zeros, and on this small image `conv.fft` cannot use the best tiles for large kernels, which are larger.
# So for one channel the choice is GEMM for small kernels, and two passes for large ones of rank 1.
# At a higher rank, multiply the time of two passes by the rank, ten for the disc, and compare with those of GEMM and the FFT.
# `conv.fft` gains nothing from strides, and `conv.winograd` takes stride 1 only.
#
# In a layer of 64 channels and 64 filters Winograd's method makes, transforms apart, a quarter of GEMM's multiplications: how many times as fast will it be?

# %%
draw = np.random.default_rng(0)
w = draw.standard_normal((3, 3, 64, 64), "f4")
modules = {"GEMM": conv, "Winograd": conv.winograd, "FFT": conv.fft}
races, options = {}, {"rounds": 3, "clock": time.process_time}
for n in (28, 56, 112):
    x = draw.standard_normal((n, n, 64), "f4")
    calls = {name: partial(m.correlate, x, w) for name, m in modules.items()}
    races[f"{n} by {n}"] = conv.timing.race(calls, **options)

# %% tags=["hide"]
exact = conv.correlate(x.astype(float), w)
direct, fast, _ = (np.abs(c() - exact).max() for c in calls.values())
assert 2 * direct < fast < 2e-5 * np.abs(exact).max()
gemm = [of["GEMM"] for of in races.values()]
tiled = (4 * 30) ** 2 * in_tiles(
    32, 3, 64
)  # four by four tiles of 30 outputs
in_all = (28**2 * per_kernel + tiled) / n**2
assert 2 * in_all < 9

# %% tags=["hide"]
columns = {"image": races}
columns["GEMM"] = map(figures.duration, map(np.median, gemm))
for name in ("Winograd", "FFT"):
    others = [of[name] for of in races.values()]
    ratios = [q[0] for q in map(conv.timing.ratio, gemm, others)]
    columns[f"{name}, times as fast"] = [float(f"{r:.2g}") for r in ratios]
note = f"{conv.timing.processor()}, one thread, medians of three rounds."
figures.table(columns, measured=True, note=note)

# %% [markdown]
# At GEMM's rate Winograd's multiplications alone would be four times as fast,
# but transforms and copies, which multiply little and move every number, come on top.
# On larger images the kernels' transforms weigh less, because each serves all tiles.
# Winograd's largest rounding error at {eval}`n` by {eval}`n` is {eval}`round(fast / direct)` times GEMM's.
#
# At {eval}`n` by {eval}`n` the FFT makes {eval}`f"{in_all:.1f}"` multiplications per output, less than half of GEMM's 9, and GEMM is faster all the same,
# because many small transforms, and the products of spectra, make far fewer multiplications per second.
# (28 by 28, padded, is a single tile, so each kernel's transform adds about {eval}`per_kernel` per output there, and Winograd's only {eval}`f"{own:.2f}"`.)
#
# So counts, in the table per output and channel of a large image at stride 1, suggest what to try, and only timing on your sizes decides:
# in the first row two passes need only 6 at rank 1, but GEMM is faster.

# %% tags=["hide"]
wide, one_channel = round(at["FFT, in tiles"]), (36 + there + again) / 16
figures.table({
    "kernel": ["3 by 3, 1 channel", "3 by 3, 64 channels and filters", "31 by 31, Gaussian", "31 by 31, disc"],
    "definition, GEMM": ["**9**", "9", f"{31**2}", f"{31**2}"],
    "two passes": ["6 × rank", "6 × rank", "**62**", f"{62 * rank}"],
    "FFT": [f"{by_fft(3)[0]:.0f}", f"{layer['FFT']:.2f}", f"{wide}", f"**{wide}**"],
    "Winograd": [f"{one_channel:.0f}", f"**{layer['Winograd']:.2f}**", "–", "–"],
}, note="Bold: what to try. –: `conv.winograd` takes 3 by 3 only.")  # fmt: skip

# %% [markdown]
# Libraries choose, too: OpenCV's [`filter2D`](https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html) turns to the DFT at about 11 by 11,
# and SciPy's [`choose_conv_method`](https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.choose_conv_method.html) estimates or measures.
#
# ## Exercises
#
# ### Exercise 1: which kernels are separable?
#
# Predict the rank of the Laplacian, of Sobel's kernel and of the sharpening kernel, then ask NumPy.
# Why is the disc's rank 10, with 31 rows?

# %%
three = (
    conv.kernels.laplacian(),
    conv.kernels.sobel_x(),
    conv.kernels.sharpen(),
)
three

# %% tags=["answer"]
# Equal rows do not add to the rank, and only 10 differ. Each wider one adds: it has values where all narrower ones have zeros.
ranks = [int(np.linalg.matrix_rank(w)) for w in three]
ranks, len(np.unique(disc, axis=0))

# %% [markdown]
# ### Exercise 2: find the bug
#
# Somebody wants `conv.correlate(image, w, padding="valid")` and writes the line below.
# What is wrong, and which part of `wrong` is at least the convolution?

# %%
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
# You can tell from a kernel's rank whether two passes will do, convolve by spectra without wrap-around, and say why Winograd's tiles are small.
#
# Next here: [Filter gallery](gallery.py), where a kernel's spectrum tells what the kernel does to a photograph.
#
# Elsewhere:
#
# - Andrew Lavin and Scott Gray, [Fast algorithms for convolutional neural networks](https://arxiv.org/abs/1509.09308), 2015: Winograd's method on layers.
# - Steven W. Smith, [The scientist and engineer's guide to digital signal processing](https://www.dspguide.com/ch18.htm), chapter 18: convolution by FFT in tiles, with overlap-add, which adds up what tiles share.
