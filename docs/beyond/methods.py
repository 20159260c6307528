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


def fft_per_output(k):  # real ones, in the best tile of t by t
    def count(t):  # there and back, and the product of two spectra
        return (8 * t * fft_products(t) + 2 * t**2) / (t - k + 1) ** 2

    return min(count(2**n) for n in range(2, 12) if 2**n >= k)


# %% tags=["hide"]
sides = np.array([2, 3, 5, 7, 11, 15, 21, 31, 45, 63])
counts = {
    "the definition": sides**2,
    "two passes": 2 * sides,
    "FFT, in tiles": np.array([fft_per_output(k) for k in sides]),
    "Winograd": np.where(sides == 3, 36 / 16, np.nan),
}

# %% tags=["hide"]
at = {k: {n: c[sides == k][0] for n, c in counts.items()} for k in sides}
assert at[5]["FFT, in tiles"] > 25
assert at[7]["FFT, in tiles"] < 49
assert at[21]["two passes"] > at[21]["FFT, in tiles"] > at[15]["two passes"]

# %% tags=["hide"]
figures.curves(
    sides,
    counts,
    scale="log",
    x_label="rows and columns of the kernel",
    y_label="multiplications per output",
    caption="Multiplications for one output of one channel, counted, not measured. The definition's grow with the square of the kernel's side, those of two passes with the side, and the FFT's hardly at all. Winograd's method has one point, at 3 by 3. All are for a large image at stride 1; transforms of the kernel, and Winograd's of the tiles, are not counted.",
    alt="Four curves with logarithmic axes. The definition is the steepest; two passes rise half as steeply; the FFT is nearly level and crosses the definition between sides 5 and 7, and two passes between 15 and 21; Winograd's single point at side 3 lies lowest.",
)

# %% [markdown]
# It can: a 31 by 31 kernel takes {eval}`at[31]["the definition"]` multiplications per output by definition,
# {eval}`at[31]["two passes"]` in **two passes** if the kernel allows it, and about {eval}`round(at[31]["FFT, in tiles"])` by the **FFT** whatever the kernel.
# Winograd's method needs {eval}`at[3]["Winograd"]` instead of 9 at 3 by 3.
# All three give the same output up to rounding, but whether they also save time is another question, which the measurements at the end answer.
#
# ## Two passes: a column times a row
#
# A Gaussian is the outer product of a column and a row: it is **separable**, or of **rank 1**.
# So you can first blur along the columns and then blur the result along the rows.

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
    caption="The first pass smears upwards and downwards only: the cap's level edges are gone, upright ones are still sharp. The second pass smears along the rows and completes the Gaussian blur. Black is 0, white is 1.",
    alt="The portrait; the same smeared from top to bottom; the same blurred evenly in all directions.",
)

# %% tags=["hide"]
draw = np.random.default_rng(0)
for k, stride in (((3, 3), 1), ((2, 5), 2), ((4, 1), 3)):
    x, a, b = draw.random((9, 12)), draw.random(k[0]), draw.random(k[1])
    first = conv.correlate(x, a[:, None], stride=(stride, 1))
    second = conv.correlate(first, b[None], stride=(1, stride))
    assert np.allclose(
        second, conv.correlate(x, np.outer(a, b), stride=stride)
    )

# %% [markdown]
# Each output takes $k_h + k_w$ multiplications instead of $k_h k_w$, at stride 1 and on a large image.
# But most kernels are not separable. A lens out of focus, for example, spreads every point into a disc.
# How far a kernel is from separable, its **singular value decomposition** (SVD) tells:
# it writes any kernel as a sum of columns times rows, the most important first.

# %%
rows, columns = np.mgrid[-15:16, -15:16]
disc = (rows**2 + columns**2 <= 15.5**2).astype(float)
disc /= disc.sum()
left, values, right = np.linalg.svd(disc)
rank = np.linalg.matrix_rank(disc)
parts = {r: left[:, :r] * values[:r] @ right[:r] for r in (1, 2, 4, 10)}

# %% tags=["hide"]
blurred = conv.correlate(grey, disc)
off, shown = {}, {}
for r, part in parts.items():  # the values left out tell the error
    off[r] = np.abs(conv.correlate(grey, part) - blurred).max()
    wrong = np.linalg.norm(disc - part) / np.linalg.norm(disc)
    rest = np.linalg.norm(values[r:]) / np.linalg.norm(values)
    assert np.isclose(wrong, rest)
    assert off[r] <= np.abs(disc - part).sum() * grey.max() + 1e-12
    shown[f"rank {r}: {wrong:.0%},"] = part

# %% tags=["hide"]
assert rank * 62 < 31**2
figures.pictures(
    shown,
    limits=(0, disc.max()),
    caption="The sums of the first 1, 2, 4 and 10 products of a column and a row that the SVD finds in a disc, each with its error; the last is the disc itself. Black is 0 or less, white is the disc's own value or more.",
    alt="A soft square blob; a rounder blob with flat sides; a disc with ripples; and a white disc.",
)

# %% [markdown]
# The disc's rank is {eval}`rank`, so {eval}`rank` pairs of passes give it exactly, with {eval}`62 * rank` multiplications.
# Four pairs already come within {eval}`f"{100 * off[4]:.1f}"` per cent of white on this photograph.
# The error of the kernel (the root of the sum of its squares) is exactly that of the singular values left out, and no other kernel of that rank comes closer.
# So several pairs pay as long as their number times $k_h + k_w$ stays below $k_h k_w$, and the SVD tells beforehand what they cost in accuracy.
# `conv.separable` takes rank 1 only, and refuses the rest.
#
# ## One idea behind the other two: multiply values, not coefficients
#
# Take two short rows of numbers as the coefficients of polynomials, and multiply:
#
# $$ (1 + 2z)(3 + 4z) = 3 + 10z + 8z^2 . $$
#
# The new coefficients are the convolution of the old ones, because each collects the products that belong to one power of $z$.

# %%
np.convolve([1, 2], [3, 4])

# %% [markdown]
# That took 4 multiplications. But three values determine the result's three coefficients, and a value is cheap:
# at $z = 0$ it is $1 \cdot 3 = 3$, at $z = 1$ it is $3 \cdot 7 = 21$, at $z = -1$ it is $(-1)(-1) = 1$.
# From these values additions and halving lead back: $(21 - 1) / 2 = 10$ and $(21 + 1) / 2 - 3 = 8$.
# So there is **one multiplication for each coefficient of the result**.
# Winograd and the FFT differ only in the points where they evaluate.
#
# ## Winograd: few small points
#
# Two neighbouring outputs of a kernel of 3 take 6 multiplications, and four points are enough for them: 0, 1, −1, and infinity,
# where a polynomial's value is its last coefficient.
# The literature calls this F(2, 3).

# %%
back, kernels, tiles = conv.winograd.transforms(2, 3, [0, 1, -1])
x = np.rint(100 * grey[172, 97:101])  # four pixels of the collar
w = np.array([1, 2, 1])
products = (kernels @ w) * (tiles @ x)  # the only four
back @ products, conv.correlate(x, w, padding="valid")


# %% tags=["hide"]
def upright(values, name, role):
    return figures.Grid([[value] for value in values], name, role)


pixels = upright(tiles @ x, "tiles @ x", "input")
weights = upright(kernels @ w, "kernels @ w", "kernel")
four = upright(products, "products", "")
matrices = figures.Grid(tiles, "tiles"), figures.Grid(back, "back", "")

# %% tags=["hide"]
figures.beside(
    *(matrices[0], pixels, "×", weights, "=", four, "→", matrices[1]),
    caption="Four pixels become four sums, the kernel's three weights another four. They are multiplied pair by pair, and the matrix back adds the products up into two outputs.",
    alt=f"The matrix tiles of 4 by 4 with entries 0, 1 and −1; four transformed pixels {(tiles @ x).tolist()}, times four transformed weights {(kernels @ w).tolist()}, are {products.tolist()}; the matrix back of 2 by 4.",
)

# %% [markdown]
# Why does this compute a correlation, and not a product of polynomials? Because one is the transpose of the other.
# The kernel matrix $T$ gives two outputs from four pixels, $y = T x$,
# and its transpose $T^{\top}$ multiplies polynomials: two coefficients become four.
# Read from the right, the second line evaluates, multiplies by the kernel's values, and goes back to coefficients.
# Transpose it, and you have the first.

# %%
T = conv.kernel_matrix(w, (4,), padding="valid")
values = np.diag(kernels @ w)
assert np.allclose(T, back @ values @ tiles)
assert np.allclose(T.T, tiles.T @ values @ back.T)
assert np.allclose(T.T @ [3, 4], np.convolve(w, [3, 4]))

# %% [markdown]
# In two dimensions the method is applied to the columns and then to the rows of a tile.
# F(2, 3) takes {eval}`4**2` multiplications for 4 outputs where the definition takes {eval}`4 * 9`;
# F(4, 3), which `conv.winograd` uses, {eval}`6**2` for 16 outputs instead of {eval}`16 * 9`.
# The transforms have to be cheap beside that: a layer transforms each tile once for all its filters, and each kernel once for all tiles.
#
# ### Why not larger tiles?
#
# A tile with 16 outputs in each direction would need only {eval}`f"{(18 / 16) ** 2:.2f}"` multiplications per output at 3 by 3.
# In exact arithmetic that works. In single precision:


# %% tags=["hide"]
def errors(outputs):  # of F(outputs, 3): at whole numbers, and on the circle
    n = outputs + 2
    x, w = (draw.standard_normal((size, 2000)) for size in (n, 3))
    exact = sum(w[v] * x[v : v + outputs] for v in range(3))
    three = conv.winograd.transforms(outputs, 3, integers[: n - 1])
    back, kernels, tiles, x, w = (np.float32(m) for m in (*three, x, w))
    spectra = np.fft.fft(x, n, 0) * np.fft.fft(w, n, 0).conj()
    made = back @ ((kernels @ w) * (tiles @ x)), np.fft.ifft(spectra, n, 0)
    off = [np.linalg.norm(m[:outputs].real - exact) for m in made]
    return [float(f"{e / np.linalg.norm(exact):.1e}") for e in off]


# %% tags=["hide"]
many = np.arange(2, 17, 2)
integers = [0, *(s * n for n in range(1, 9) for s in (1, -1))]
whole, circle = np.transpose([errors(m) for m in many])
assert whole[1] < 1e-6
assert whole[-1] > 1
assert circle.max() < 1e-6

# %% tags=["hide"]
figures.curves(
    many,
    {"at 0, 1, −1, 2, −2, …": whole, "on the unit circle": circle},
    scale="log",
    x_label="outputs of a tile",
    y_label="relative error in float32",
    caption="The same method with two sets of points, for a kernel of 3 entries in one dimension. With whole numbers the error passes 1, where nothing is right any more; with points on the unit circle it stays where rounding begins.",
    alt="Two curves with logarithmic axes: the one for whole numbers rises steeply from 1e−7 past 1; the one for the unit circle stays level.",
)

# %% [markdown]
# The powers of 8 are huge and those of 1 are not, so the matrices mix huge numbers whose differences should be small, and rounding eats them.
# Complex numbers of length 1 have powers of length 1, so their error stays small with any number of points.
# Put Winograd's points on that circle, and you have the method that the FFT makes fast.
#
# ## FFT: points on the unit circle
#
# The **discrete Fourier transform** (DFT) of $n$ numbers holds the values of their polynomial at $n$ equally spaced points of the unit circle.
# The FFT computes it from the coefficients of even and of odd powers, because $z$ and $-z$ have the same square.
# So one transform becomes two of half the length, and $n / 2$ multiplications join them.


# %%
def fft(x):  # for 1, 2, 4, 8, … numbers
    n = len(x)
    if n == 1:
        return x
    even, odd = fft(x[::2]), fft(x[1::2])
    odd = odd * np.exp(-2j * np.pi * np.arange(n // 2) / n)
    return np.concatenate([even + odd, even - odd])


# %% tags=["hide"]
signal = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
assert np.allclose(fft(signal), np.fft.fft(signal))

# %% [markdown]
# For {eval}`f"{2**10:,}"` numbers that is {eval}`f"{fft_products(2**10):,}"` complex multiplications instead of about a million.
# It is the count in the first figure, where a complex multiplication is four real ones.
#
# ### What goes round comes back: circular wrap-around
#
# At all $n$ points $z^n = 1$, so the DFT cannot tell $z^n$ from 1: what leaves on one side comes in on the other.
# A kernel with a single 1 shows it, as it only moves the picture by {eval}`79` columns.


# %%
def by_spectra(x, w, size):
    product = np.fft.fft2(x, size) * np.fft.fft2(w, size).conj()
    return np.fft.ifft2(product).real[: x.shape[0], : x.shape[1]]


shift = np.eye(1, 80, 79)  # 79 zeros, and a 1
wrapped = by_spectra(grey, shift, grey.shape)
cured = by_spectra(grey, shift, (300, 256 + 79))

# %% tags=["hide"]
pads = [(0, 0), (0, 79)]
assert np.allclose(wrapped, np.roll(grey, -79, axis=1))
assert np.allclose(cured, conv.correlate(grey, shift, padding=pads))
for k in ((3, 3), (2, 5), (4, 1)):
    x, w, pads = draw.random((9, 12)), draw.random(k), [(0, n - 1) for n in k]
    made = by_spectra(x, w, np.add(x.shape, k) - 1)
    assert np.allclose(made, conv.correlate(x, w, padding=pads))

# %% tags=["hide"]
figures.pictures(
    {"circular": wrapped[50:250], "with zeros": cured[50:250]},
    caption="A kernel that moves the picture to the left. With a spectrum as large as the image, the left edge returns at the right; with as many zeros as the kernel has columns, less one, nothing does.",
    alt="The portrait moved left, its cut-off left part standing at the right edge; the same with black at the right edge.",
)

# %% [markdown]
# Multiplying by the **conjugate** spectrum gives the cross-correlation; without `.conj()` it is the convolution.
# This is the **convolution theorem**, and its matrix form is worth a look.
# The kernel matrix of a circular correlation is **circulant**: every row is the one above, moved on by one, and what leaves comes in again.

# %%
T = conv.kernel_matrix([1, 2, 3], (8,), padding="valid")
circulant = T[:, :6] + np.pad(T[:, 6:], [(0, 0), (0, 4)])
dft = np.fft.fft(np.eye(6))
diagonal = dft @ circulant @ np.linalg.inv(dft)
spectrum = np.fft.fft([1, 2, 3], 6).conj()
assert np.allclose(diagonal, np.diag(spectrum))

# %% tags=["hide"]
entries, sizes = circulant.astype(int), np.abs(diagonal).round(1)
rows, made = (np.where(m, m.astype(str), "") for m in (entries, sizes))
figures.beside(
    figures.Grid(rows, "circulant", tints=entries - 1, kernel_size=(3,)),
    "→",
    figures.Grid(made, "in the DFT's basis", ""),
    caption="Left the circulant matrix of the kernel 1 2 3, whose last two rows wrap round; right the same matrix after the DFT, as absolute values. Only the diagonal is left, and it is the kernel's spectrum. Empty cells are zeros.",
    alt=f"A 6 by 6 matrix with 1 2 3 in each row, moved on from row to row; and a diagonal matrix of 6 by 6 with {np.diag(sizes).tolist()}.",
)

# %% [markdown]
# ### Tiles: overlap-save
#
# One spectrum of a whole photograph would need room for the zeros, and the cost of an output would grow with the logarithm of the size.
# **Overlap-save** cuts the input into tiles that overlap by the kernel's size less one, lets each wrap round, and discards the outputs that wrapped.

# %% tags=["hide"]
x, w = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3]), np.array([1, 2, 1])
cells, roles = np.full((3, 10), "", object), np.full((3, 10), "", object)
cells[0], roles[0] = x, "input"
for n, at_ in ((1, 0), (2, 4)):
    tile = by_spectra(x[None, at_ : at_ + 6], w[None], (1, 6))[0].round()
    cells[n, at_ : at_ + 6] = tile.astype(int)
    roles[n, at_ : at_ + 4], roles[n, at_ + 4 : at_ + 6] = "output", "padding"
good = [*cells[1, :4], *cells[2, 4:8]]
assert good == conv.correlate(x, w, padding="valid").tolist()

# %% tags=["hide"]
figures.beside(
    figures.Grid(
        cells, "two tiles", roles, frames=[np.s_[0, :6], np.s_[0, 4:]]
    ),
    caption="The input 3 1 4 … in two tiles of six, framed, that share two values; below each its circular correlation with 1 2 1. The first four outputs of a tile are right, the grey ones have wrapped round and are discarded.",
    alt=f"Ten inputs; below the first six the outputs {cells[1, :6].tolist()}, below the last six {cells[2, 4:].tolist()}, of each the last two grey.",
)

# %% [markdown]
# ## When does it pay? Measured
#
# A Gaussian suits all three methods, so it is what they race on, in float32, GEMM being the matrix product of `conv.correlate`: first over the kernel's size on 256 by 256 pixels, then over the image's size at 31 by 31.


# %%
methods = {"GEMM": conv, "two passes": conv.separable, "FFT": conv.fft}


def nanoseconds(side, k):  # per output
    pair = grey[:side, :side], conv.kernels.gaussian(k, k / 6)
    pair = [np.float32(array) for array in pair]
    calls = {n: partial(m.correlate, *pair) for n, m in methods.items()}
    turns = conv.timing.race(calls, rounds=3, clock=time.process_time)
    return np.median([*turns.values()], axis=1) / side**2 * 1e9


# %% tags=["hide"]
odd, images = sides[1:], 2 ** np.arange(4, 9)
over_k = np.transpose([nanoseconds(256, k) for k in odd])
over_n = np.transpose([nanoseconds(n, 31) for n in images])

# %% tags=["hide"]
figures.curves(
    odd,
    dict(zip(methods, over_k, strict=True)),
    scale="log",
    measured=True,
    x_label="rows and columns of the kernel",
    y_label="nanoseconds per output",
    caption="Measured during the build. Compare it with the first figure: the matrix product is the steepest again, but the crossings lie elsewhere.",
    alt="Measured times of the three methods over the kernel's size, with logarithmic axes.",
)

# %% tags=["hide"]
times = dict(zip(methods, over_n, strict=True))
note = "Nanoseconds per output of a 31 by 31 kernel, by the image's side"
figures.table({"side": images, **times}, measured=True, note=note)

# %% [markdown]
# On a small image few outputs share the fixed costs of a call, such as the kernel's spectrum, so compare your own sizes before you choose.
# From 11 by 11 upwards, the table fits each line of the last figure by a power of the kernel's side; beside the exponents are the rounding errors at 31 by 31:

# %% tags=["hide"]
x, exact = grey[:40, :40], conv.naive.correlate(grey[:40, :40], gaussian)
pair = np.float32(x), np.float32(gaussian)
off = [np.abs(m.correlate(*pair) - exact).max() for m in methods.values()]
off = np.array(off) / exact.max()
assert max(off) < 1e-5

# %% tags=["hide"]
times = {
    "counted": [*counts.values()][:3],
    "measured": [(0, *t) for t in over_k],
}
fits = {
    name: [np.polyfit(np.log(sides[4:]), np.log(t[4:]), 1)[0] for t in rows]
    for name, rows in times.items()
}

# %% tags=["hide"]
fits["relative error"] = [f"{e:.0e}" for e in off]
figures.table({"exponent": methods, **fits}, measured=True)

# %% [markdown]
# For Winograd, which shares transforms among channels and filters, a layer of 3 by 3 with 64 of each is the fair test:

# %%
x = np.float32(draw.random((28, 28, 64)))
w = np.float32(draw.random((3, 3, 64, 64)))
calls = {"GEMM": partial(conv.correlate, x, w)}
calls["Winograd"] = partial(conv.winograd.correlate, x, w)
work = {"GEMM": 28**2 * 64**2 * 9, "Winograd": 49 * 64**2 * 36}

# %% tags=["hide"]
exact = conv.correlate(x.astype(float), w)
direct, fast = (np.abs(call() - exact).max() for call in calls.values())
assert direct < fast < 2e-5 * exact.max()
race = conv.timing.race(calls, rounds=3, clock=time.process_time)
figures.race_table(race, multiplications=work)

# %% [markdown]
# A quarter of the multiplications does not make it four times as fast.
# The transforms take time too, and a matrix product makes its multiplications at a higher rate, as the last column says.
# So counts tell you how a method scales, and only a race tells you where it starts to pay.
# Libraries decide by fixed rules, by an estimate, or by racing:
# OpenCV's [`filter2D`](https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html) turns to the DFT at about 11 by 11,
# SciPy's [`choose_conv_method`](https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.choose_conv_method.html) estimates or measures,
# and cuDNN and oneDNN offer Winograd for 3 by 3.

# %% tags=["hide"]
table = {"method": ["matrix product", *[*counts][1:]]}
table["kernels"] = ["any", "column times row", "any", "3 by 3"]
for k in (3, 7, 31):
    given = [f"{c:.3g}" if c < np.inf else "" for c in at[k].values()]
    table[f"multiplications, {k} by {k}"] = given
table["limits"] = ["", "rank 1 only", "a stride saves nothing", "stride 1"]
figures.table(table)

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: which kernels are separable?
#
# Predict the rank of the Laplacian, of Sobel's kernel and of the sharpening kernel, then ask NumPy.
# Why is the disc's rank 10, with 31 rows?

# %% tags=["answer"]
# Equal rows do not add to the rank. The disc's 31 rows come in pairs, above and below the centre, and some of these are as long as their neighbours.
kernels = (
    conv.kernels.laplacian(),
    conv.kernels.sobel_x(),
    conv.kernels.sharpen(),
)
[np.linalg.matrix_rank(w) for w in kernels], len(np.unique(disc, axis=0))

# %% [markdown]
# ### Exercise 2: find the bug
#
# Somebody wants `conv.correlate(image, w, padding="valid")` and writes the line below.
# It runs, and the shape is that of the image. What is wrong, and which part of `wrong` is at least the convolution?

# %%
image, w = grey[:8, :8], draw.random((3, 3))
wrong = np.fft.ifft2(np.fft.fft2(image) * np.fft.fft2(w, (8, 8))).real

# %% tags=["answer"]
# Without the conjugate the kernel is flipped, and the first two rows and columns have wrapped round.
assert np.allclose(wrong[2:, 2:], conv.convolve(image, w, padding="valid"))
right = np.fft.ifft2(np.fft.fft2(image) * np.fft.fft2(w, (8, 8)).conj()).real
np.allclose(right[:6, :6], conv.correlate(image, w, padding="valid"))

# %% [markdown]
# ### Exercise 3: Winograd for 5 entries
#
# How many multiplications do two outputs of a kernel of 5 entries need, and how many 2 by 2 outputs of 5 by 5? Build it.

# %% tags=["answer"]
# One for each of 2 + 5 - 1 inputs, so 6 instead of 10, and 36 instead of 100. Five points and infinity will do.
back, kernels, tiles = conv.winograd.transforms(2, 5, [0, 1, -1, 2, -2])
x, w = draw.random(6), draw.random(5)
made = back @ ((kernels @ w) * (tiles @ x))
len(tiles), np.allclose(made, conv.correlate(x, w, padding="valid"))

# %% [markdown]
# ## What you can do now
#
# You can tell from a kernel's singular values whether two passes will do, compute a convolution by spectra without wrap-around,
# and say why Winograd's tiles are small and what they save.
#
# Next here: [One matrix product: im2col](../guide/matmul.py), the method that all of these have to beat.
#
# Elsewhere:
#
# - Andrew Lavin and Scott Gray, [Fast algorithms for convolutional neural networks](https://arxiv.org/abs/1509.09308), 2015: Winograd's method on layers.
# - Steven W. Smith, [The scientist and engineer's guide to digital signal processing](https://www.dspguide.com/ch18.htm), chapter 18: convolution by FFT in tiles.
