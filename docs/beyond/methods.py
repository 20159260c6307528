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


def by_fft(k, shared=1):  # real ones per output, and a tile's side
    def count(t):  # there and back, and the product of two spectra
        transforms = 8 * t * fft_products(t) / shared
        return (transforms + 2 * t**2) / (t - k + 1) ** 2

    return min((count(2**n), 2**n) for n in range(2, 12) if 2**n >= k)


# %% tags=["hide"]
def by_winograd(shared=1):  # F(4, 3), on a tile's columns and rows
    back, _, tiles = conv.winograd.transforms(4, 3, conv.winograd.POINTS)
    tiles, back = (np.sum(np.abs(matrix) > 1) for matrix in (tiles, back))
    return (((6 + 6) * tiles + (6 + 4) * back) / shared + 36) / 16


layer = {"FFT": by_fft(3, 64)[0], "Winograd": by_winograd(64)}

# %% tags=["hide"]
sides = np.array([2, 3, 5, 7, 11, 15, 21, 31, 45, 63])
counts = {
    "the definition": sides**2,
    "two passes": 2 * sides,
    "FFT, in tiles": np.array([by_fft(k)[0] for k in sides]),
}
at = {k: {n: c[sides == k][0] for n, c in counts.items()} for k in sides}
few = counts["FFT, in tiles"]
assert sides[few < sides**2].tolist() == sides[3:].tolist()
assert sides[few < 2 * sides].tolist() == sides[6:].tolist()

# %% tags=["hide"]
figures.curves(
    sides,
    counts,
    scale="log",
    x_label="rows and columns of the kernel",
    y_label="multiplications per output",
    caption="Multiplications for one output of one channel, counted and not measured, for a large image at stride 1. The definition's grow with the square of the kernel's side, those of two passes with the side, and the FFT's least of all. The kernel's own transform is left out, as all parts of the image share it.",
    alt="Three curves with logarithmic axes. The definition is the steepest; two passes rise half as steeply; the FFT rises least and crosses the definition between sides 5 and 7, and two passes between 15 and 21.",
)

# %% [markdown]
# It can: a 31 by 31 kernel takes {eval}`at[31]["the definition"]` multiplications per output by definition,
# {eval}`at[31]["two passes"]` in **two passes** if the kernel allows it, and about {eval}`round(at[31]["FFT, in tiles"])` by the **FFT** whatever the kernel.
# In a layer of 64 channels and 64 filters, **Winograd's method** takes {eval}`f"{layer['Winograd']:.2f}"` at 3 by 3 instead of 9.
# All three give the same output up to rounding. Whether they also save time is measured at the end.
#
# ## Two passes: a column times a row
#
# A Gaussian is **separable**: it is the outer product of a column and a row.
# The pixels in one column of a window share their factor from the row, so you can add them up first:
# blur along the columns, and then blur the result along the rows.

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
    at_once = conv.correlate(x, np.outer(a, b), stride=stride)
    assert np.allclose(second, at_once)

# %% [markdown]
# Each output takes $k_h + k_w$ multiplications instead of $k_h k_w$, at stride 1 and on a large image.
# But most kernels are not separable: a lens out of focus, for example, spreads every point into a disc.
# The **singular value decomposition** (SVD) writes any kernel as a sum of columns times rows, the most important first;
# how many it needs is the kernel's [**rank**](../reference/glossary.md#rank).

# %%
rows, columns = np.mgrid[-15:16, -15:16]
disc = (rows**2 + columns**2 <= 15.5**2).astype(float)
disc /= disc.sum()
left, values, right = np.linalg.svd(disc)
rank = np.linalg.matrix_rank(disc)
parts = {r: left[:, :r] * values[:r] @ right[:r] for r in (1, 2, 4, 10)}

# %% tags=["hide"]
blurred = conv.correlate(grey, disc)
off, wrong = {}, {}
for r, part in parts.items():  # the values left out tell the error
    off[r] = np.abs(conv.correlate(grey, part) - blurred).max()
    wrong[r] = np.linalg.norm(disc - part) / np.linalg.norm(disc)
    rest = np.linalg.norm(values[r:]) / np.linalg.norm(values)
    assert np.isclose(wrong[r], rest)

# %% tags=["hide"]
terms = [np.outer(left[:, n] * values[n], right[n]) for n in range(rank)]
pairs = sum(conv.separable.correlate(grey, term) for term in terms)
assert np.allclose(blurred, pairs)
figures.pictures(
    {f"rank {r}": part for r, part in parts.items()},
    limits=(0, disc.max()),
    caption=f"The sums of the first 1, 2, 4 and 10 products of a column and a row that the SVD finds in a disc. Their relative errors are {wrong[1]:.0%}, {wrong[2]:.0%}, {wrong[4]:.0%} and 0: the last is the disc itself. Black is 0 or less, white is the disc's own value or more.",
    alt="A soft square blob; a rounder blob with flat sides; a disc with ripples; and a white disc.",
)

# %% [markdown]
# The disc's rank is {eval}`rank`, so {eval}`rank` pairs of passes give it exactly, with {eval}`62 * rank` multiplications.
# Four pairs already come within {eval}`np.ceil(1000 * off[4]) / 10` per cent of white at each pixel of this photograph.
# So several pairs save multiplications, and the SVD tells beforehand what fewer pairs cost:
# the kernel's error is the root of the sum of the squared singular values left out.
# `conv.separable` makes one pair of passes per call.
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
# So there is **one multiplication for each coefficient of the result**, apart from those by constants such as a half.
# The other two methods share these three steps: evaluate, multiply, go back.
# They differ first of all in their points.
#
# ## Winograd: few small points
#
# Two neighbouring outputs of a kernel of 3 entries take 6 multiplications by definition.
# [**Winograd's method**](../reference/glossary.md#winograd) needs four, one for each of the points 0, 1, −1 and infinity,
# where a polynomial's value is its last coefficient.
# The literature calls this F(2, 3).

# %%
back, kernels, tiles = conv.winograd.transforms(2, 3, [0, 1, -1])
x = np.rint(100 * grey[172, 97:101])  # four pixels of the collar
w = np.array([1, 2, 1])
products = (kernels @ w) * (tiles @ x)  # the only four
back @ products, conv.correlate(x, w, padding="valid")

# %% tags=["hide"]
sums = figures.Grid(np.c_[tiles @ x], "pixel sums", "")
weights = figures.Grid(np.c_[kernels @ w], "weights", "kernel")
four = figures.Grid(np.c_[products], "products", "")
pixels, outputs = np.c_[x], np.c_[back @ products]

# %% tags=["hide"]
figures.rows(
    [figures.Grid(tiles, "tiles", ""), "·", figures.Grid(pixels, "x", "input"), "=", sums],
    [sums, "×", weights, "=", four],
    [figures.Grid(back, "back", ""), "·", four, "=", figures.Grid(outputs, "y", "output")],
    caption="A matrix product, four multiplications of number by number, and another matrix product. Both matrices only add and subtract. The weights are the values of 1 + 2z + z² at 0, 1, −1 and infinity, divided by −1, 2, 2 and 1, so that the matrix tiles has whole numbers.",
    alt=f"The matrix tiles of 4 by 4, with entries 0, 1 and −1, times the pixels {x.tolist()} is {(tiles @ x).tolist()}; this times {(kernels @ w).tolist()}, number by number, is {products.tolist()}; the matrix back of 2 by 4 times the products is {(back @ products).tolist()}.",
)  # fmt: skip

# %% [markdown]
# Why does this compute a correlation, and not a product of polynomials? Because each is the transpose of the other.
# The [kernel matrix](../reference/glossary.md#kernel-matrix) $T$, with $y = T x$, is what the figure multiplies $x$ by:
#
# $$ T = \text{back} \cdot \operatorname{diag}(\text{kernels} \cdot w) \cdot \text{tiles}. $$
#
# Transposed, the factors come in reverse order:
#
# $$ T^{\top} = \text{tiles}^{\top} \cdot \operatorname{diag}(\text{kernels} \cdot w) \cdot \text{back}^{\top}. $$
#
# Read from the right, this line evaluates a polynomial of two coefficients at the four points,
# multiplies by the kernel's values there, and goes back to four coefficients: a product of polynomials.

# %%
T = conv.kernel_matrix(w, (4,), padding="valid")
diagonal = np.diag(kernels @ w)
assert np.allclose(T, back @ diagonal @ tiles)
tiles.T @ diagonal @ back.T @ [3, 4], T.T @ [3, 4], np.convolve(w, [3, 4])

# %% [markdown]
# In two dimensions the method is applied to the columns and then to the rows of a tile.
# F(4, 3), which `conv.winograd` uses, takes {eval}`6**2` multiplications for 16 outputs, or {eval}`36 / 16` for each instead of 9.
# The transforms multiply as well, by constants such as 4 and 5: for one channel and one filter that makes {eval}`round(by_winograd())`.
# But a layer transforms each tile once for all its filters, and goes back once for all its channels.
#
# ### Why not larger tiles?
#
# Tiles of 16 by 16 outputs would need only {eval}`f"{(18 / 16) ** 2:.2f}"` multiplications per output, transforms apart.
# They take 18 points, for example infinity and the whole numbers from −8 to 8.
# In exact arithmetic that works, but in single precision:


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
angles = np.pi * np.arange(18) / 18
full, half = (np.linalg.cond(np.vander(np.exp(r * angles))) for r in (2j, 1j))
assert np.isclose(full, 1)

# %% tags=["hide"]
figures.curves(
    many,
    {"at 0, 1, −1, 2, −2, …": whole, "on the unit circle": circle},
    scale="log",
    x_label="outputs of a tile",
    y_label="relative error in float32",
    caption="The same method with two sets of points, for a kernel of 3 entries in one dimension. With whole numbers the error passes 1, where nothing is right any more; with equally spaced points on the unit circle it stays where rounding begins.",
    alt="Two curves with logarithmic axes: the one for whole numbers rises steeply from 1e−7 past 1; the one for the unit circle stays level.",
)

# %% [markdown]
# The largest power is $8^{17}$, with {eval}`len(str(8**17))` digits, of which single precision keeps about seven.
# So the matrices mix huge numbers whose differences should be small, and rounding destroys the differences.
# Complex numbers of length 1, the **unit circle**, have powers of length 1.
# If they are equally spaced as well, the matrix that evaluates is **unitary** up to a factor: neither it nor its inverse enlarges relative errors.
# Spread over half the circle, 18 points could enlarge them up to {eval}`round(half / 1e6)` million times.
#
# ## FFT: equally spaced points on the unit circle
#
# The [**discrete Fourier transform**](../reference/glossary.md#dft) (DFT) of $n$ numbers, or their **spectrum**,
# holds the values of their polynomial at $n$ equally spaced points of that circle.
# Four numbers have the points `1`, `-1j`, `-1` and `1j`, where `1j` is Python's name for the root of −1.
# The **fast Fourier transform** (FFT) uses that $z$ and $-z$ have the same square:
# at both, the terms of even powers have the same sum, and the sum of the odd ones only changes its sign.
# So one transform becomes two of half the length, and $n / 2$ multiplications join them.


# %%
def fft(x):  # for 1, 2, 4, 8, … numbers
    n = len(x)
    if n == 1:
        return x
    even, odd = fft(x[::2]), fft(x[1::2])
    odd = odd * np.exp(-2j * np.pi * np.arange(n // 2) / n)
    return np.concatenate([even + odd, even - odd])


# %% [markdown]
# Here is $(1 + 2z)(3 + 4z)$ again, from four points:

# %%
assert np.allclose(fft(grey[0]), np.fft.fft(grey[0]))
np.fft.ifft(fft([1, 2, 0, 0]) * fft([3, 4, 0, 0])).real.round(6)

# %% [markdown]
# For {eval}`f"{2**10:,}"` numbers the FFT takes {eval}`f"{fft_products(2**10):,}"` complex multiplications; point by point it would be {eval}`f"{2**20:,}"`.
# The first figure counts those for a tile's rows and columns, there and back, and for the product of spectra, each as four real ones;
# a real image halves them all, because half of its spectrum mirrors the rest.
# Tiles are the best powers of two, {eval}`by_fft(3)[1]` pixels wide at 3 by 3 and {eval}`by_fft(31)[1]` at 31 by 31.
#
# ### Why does the left edge return on the right?
#
# Two points, 1 and −1, would be too few: at both $z^2 = 1$, so $8z^2$ is added to the 3, and the product becomes $11 + 10z$.
# This is **circular wrap-around**: as $z^n = 1$ at all $n$ points, what leaves on one side comes in on the other.
# A kernel with a single 1, which moves the picture by {eval}`79` columns, shows it.


# %%
def by_spectra(x, w, size):
    product = np.fft.fft2(x, size) * np.fft.fft2(w, size).conj()
    return np.fft.ifft2(product).real[: x.shape[0], : x.shape[1]]


shift = np.eye(1, 80, 79)  # 79 zeros, and a 1
wrapped = by_spectra(grey, shift, grey.shape)
cured = by_spectra(grey, shift, (300, 256 + 79))

# %% tags=["hide"]
assert np.allclose(np.fft.ifft(fft([1, 2]) * fft([3, 4])), [11, 10])
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

# %% tags=["hide"]
circulant = [np.roll([1, 2, 3, 0], row) for row in range(4)]
dft = np.fft.fft(np.eye(4))
diagonal = dft @ circulant @ np.linalg.inv(dft)
assert np.allclose(diagonal, np.diag(np.fft.fft([1, 2, 3, 0]).conj()))

# %% [markdown]
# That spectra multiply where arrays are circularly convolved is the **convolution theorem**.
# The **conjugate** spectrum of a real kernel is that of the flipped kernel, so `.conj()` gives the cross-correlation.
#
# ??? question "Can I see this in the kernel matrix?"
#
#     With wrap-around it is **circulant**: each row is the one above, moved on by one, such as 1 2 3 0, 0 1 2 3, 3 0 1 2 and 2 3 0 1.
#     Times the column of $1, z, z^2, z^3$ with $z^4 = 1$, the first row gives $1 + 2z + 3z^2$, and each further row $z$ times as much.
#     So the column is an eigenvector, and its eigenvalue is the kernel's value at $z$:
#     in the basis of the DFT only a diagonal is left, the spectrum.
#
# ### Tiles: overlap-save
#
# With one spectrum for a whole photograph, the cost of an output grows with the logarithm of the photograph's size.
# [**Overlap-save**](../reference/glossary.md#overlap-save) cuts the input into tiles that overlap by the kernel's size less one,
# lets each wrap round, and discards the outputs that wrapped.

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
frames = [np.s_[0, :6], np.s_[0, 4:]]
figures.beside(
    figures.Grid(cells, "two tiles", roles, frames=frames),
    caption="The input 3 1 4 … in two tiles of six, framed, that share two values; below each its circular correlation with 1 2 1. The first four outputs of a tile are right, the grey ones have wrapped round and are discarded.",
    alt=f"Ten inputs; below the first six the outputs {cells[1, :6].tolist()}, below the last six {cells[2, 4:].tolist()}, of each the last two grey.",
)

# %% [markdown]
# ## When does it pay?
#
# Two passes, the FFT and **GEMM**, the matrix product of `conv.correlate`, race on a Gaussian in float32.
# The figure changes the kernel's size on 256 by 256 pixels, the table the image's size at 31 by 31.


# %% tags=["hide"]
methods = {"GEMM": conv, "two passes": conv.separable, "FFT": conv.fft}


def nanoseconds(side, k):  # per output
    pair = grey[:side, :side], conv.kernels.gaussian(k, k / 6)
    pair = [np.float32(array) for array in pair]
    calls = {n: partial(m.correlate, *pair) for n, m in methods.items()}
    turns = conv.timing.race(calls, rounds=3, clock=time.process_time)
    return np.median([*turns.values()], axis=1) / side**2 * 1e9


# %% tags=["hide"]
odd, images = sides[1:], 2 ** np.arange(5, 9)
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
    caption="Times in place of counts: compare slopes and crossings with those of the first figure.",
    alt="Measured times of the three methods over the kernel's size, with logarithmic axes.",
)

# %% tags=["hide"]
times = dict(zip(methods, over_n, strict=True))
note = "Nanoseconds per output of a 31 by 31 kernel, by the image's side"
figures.table({"side": images, **times}, measured=True, note=note)

# %% [markdown]
# On a small image few outputs share the fixed costs of a call, such as the kernel's spectrum.
# At 31 by 31, the matrices of `conv.separable` make {eval}`2 * (31 + conv.separable.TILE - 1)` multiplications instead of 62, some of them by zeros,
# and the tiles of `conv.fft` are {eval}`conv.fft._tile(31, 256)` wide and not {eval}`by_fft(31)[1]`, to stay in the cache.
#
# The fair test for Winograd's method is a layer, here of 64 channels and 64 filters:

# %%
draw = np.random.default_rng(0)
x = draw.standard_normal((28, 28, 64), "f4")
w = draw.standard_normal((3, 3, 64, 64), "f4")
calls = {"GEMM": partial(conv.correlate, x, w)}
calls["Winograd"] = partial(conv.winograd.correlate, x, w)
work = {"GEMM": 28**2 * 64**2 * 9, "Winograd": 49 * 64**2 * 36}

# %% tags=["hide"]
exact = conv.correlate(x.astype(float), w)
direct, fast = (np.abs(call() - exact).max() for call in calls.values())
assert 4 * direct < fast < 2e-5 * np.abs(exact).max()
race = conv.timing.race(calls, rounds=3, clock=time.process_time)
figures.race_table(race, multiplications=work)

# %% [markdown]
# At an equal rate, a quarter of the multiplications would make it four times as fast.
# The last column has the rates, with the time for transforms and copies; which method is ahead may change from build to build.
# Winograd's rounding error is more than four times GEMM's here, but below two hundred-thousandths of the largest output.
#
# So a count tells you which method is worth a try, and a race on your own sizes whether it pays.
# Libraries use fixed rules, estimates or races:
# OpenCV's [`filter2D`](https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html) turns to the DFT at about 11 by 11,
# and SciPy's [`choose_conv_method`](https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.choose_conv_method.html) estimates or measures.

# %% tags=["hide"]
table = {"method": ["definition, GEMM", "two passes", "FFT", "Winograd"]}
table["kernels"] = ["any", "of low rank", "any", "small"]
for k, name in ((3, "3\xa0by\xa03"), (31, "31\xa0by\xa031")):
    last = f"{by_winograd():.3g}" if k == 3 else ""
    table[name] = [*(f"{c:.3g}" for c in at[k].values()), last]
table["3 by 3 in a layer"] = ["9", "6", *(f"{c:.3g}" for c in layer.values())]
limits = ["", "rank 1", "strides save nothing", "3 by 3, stride 1"]
table["limits"] = limits
note = "Multiplications per output, with the transforms of tiles and outputs; in a layer of 64 channels and 64 filters, for each channel and filter. Limits are those of `conv`."
figures.table(table, note=note)

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: which kernels are separable?
#
# Predict the rank of the Laplacian, of Sobel's kernel and of the sharpening kernel, then ask NumPy.
# Why is the disc's rank 10, with 31 rows?

# %% tags=["answer"]
# Equal rows do not add to the rank. The disc's 31 rows come in pairs, above and below the centre, and some of these are as long as their neighbours.
shapes = (conv.kernels.laplacian, conv.kernels.sobel_x, conv.kernels.sharpen)
[np.linalg.matrix_rank(w()) for w in shapes], len(np.unique(disc, axis=0))

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
# You can tell from a kernel's singular values whether two passes will do, convolve by spectra without wrap-around,
# and say why Winograd's tiles are small.
#
# Next here: [Filter gallery](gallery.py), where a kernel's spectrum tells what the kernel does to a photograph.
#
# Elsewhere:
#
# - Andrew Lavin and Scott Gray, [Fast algorithms for convolutional neural networks](https://arxiv.org/abs/1509.09308), 2015: Winograd's method on layers.
# - Steven W. Smith, [The scientist and engineer's guide to digital signal processing](https://www.dspguide.com/ch18.htm), chapter 18: convolution by FFT in tiles.
