# %% [markdown]
# # Winograd's method: 3 by 3 kernels with fewer multiplications
#
# Many layers of a convolutional network have kernels of 3 by 3. Must every output take 9 multiplications for each channel?

# %%
import time
from fractions import Fraction
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

import conv
from conv import figures

# %% tags=["hide"]
grey = conv.images.sample().mean(axis=2)
patch = np.rint(100 * grey[342:349, 192:199])  # whole per cent
x, w = patch[3, 1:5], np.array([1, 2, 4])


# %% tags=["hide"]
def at_points(n):  # values of n coefficients at 0, 1, -1 and infinity
    last = np.eye(n)[-1:]
    return np.concatenate([np.vander([0, 1, -1], n, increasing=True), last])


# %% tags=["hide"]
scale = np.array([[1], [2], [2], [1]])
combine = scale * np.linalg.inv(at_points(4)).T
evaluate, back = at_points(3) / scale, at_points(2).T
products = (evaluate @ w) * (combine @ x)
halved = [format(Fraction(value)) for value in evaluate @ w]
right = conv.correlate(x, w, padding="valid")
assert np.allclose(back @ products, right)

# %% tags=["hide"]
sums = figures.Grid(np.c_[combine @ x], "combined", "")
values = figures.Grid(np.c_[halved], "values", "kernel")
four = figures.Grid(np.c_[products], "products", "")
pixels = figures.Grid(np.c_[x], "pixels", "input")
outputs = figures.Grid(np.c_[right], "outputs", "output")

# %% tags=["hide"]
figures.rows(
    [figures.Grid(combine, "combine", ""), "·", pixels, "=", sums],
    [sums, "×", values, "=", four],
    [figures.Grid(back, "back", ""), "·", four, "=", outputs],
    caption="Two outputs of the kernel 1 2 4, by four multiplications: those marked ×. The matrices before and after them only add and subtract; a dot is a product of matrices. The values are those of 1 + 2z + 4z² at the points 0, 1, −1 and infinity, the second and third halved. They are computed once for all pixels.",
    alt=f"The matrix combine of 4 by 4, with entries 0 and ±1, times the pixels {x.tolist()} is {(combine @ x).tolist()}. This times the kernel's values {', '.join(halved)}, number by number, is {products.tolist()}. The matrix back of 2 by 4, with entries 0 and ±1, times the products is {right.tolist()}.",
)  # fmt: skip

# %% [markdown]
# **No: with Winograd's method it takes {eval}`36 / 16`, if we count products of pixels and kernel alone.**
# The figure shows the smallest case, on four neighbouring pixels of our photograph: two outputs take four products instead of 6.
# Where do these matrices come from, and what is left of the gain in a layer?
#
# ## Four coefficients from four values
#
# A convolution multiplies polynomials, and a product can be computed from as many values as it has coefficients.
# Four pixels and three entries would make a product with six coefficients, so six multiplications, and nothing is gained.
# But our correlation turns four numbers into two, and its transpose turns two into four: a convolution, whose product has only four coefficients.
# We compute that with four multiplications and transpose it. The four stay, because they form a diagonal matrix.
#
# $$ (1 + 2z + 4z^2)(3 + 4z) = 3 + 10z + 20z^2 + 16z^3 . $$
#
# As on the page [Fewer multiplications](methods.py#the-idea-multiply-values-not-coefficients), we **evaluate** both factors at some points, **multiply** their values, and **go back** to coefficients.
# Four coefficients take four points. Three small ones are 0, 1 and −1.
# The fourth is called **infinity**: the value there is the coefficient of the highest power, which for large $z$ outweighs the rest. For the product it is $4 \cdot 4 = 16$.
#
# Evaluating is a product with a matrix, and going back is one with its inverse:


# %%
def at_points(n):  # values of n coefficients at 0, 1, -1 and infinity
    last = np.eye(n)[-1:]
    return np.concatenate([np.vander([0, 1, -1], n, increasing=True), last])


w = np.array([1, 2, 4])
go_back = np.linalg.inv(at_points(4))
go_back @ ((at_points(3) @ w) * (at_points(2) @ [3, 4]))

# %% tags=["hide"]
assert np.convolve(w, [3, 4]).tolist() == [3, 10, 20, 16]

# %% [markdown]
# ## Turn it round: from convolution to correlation
#
# As a matrix, this convolution has copies of the kernel as columns, and the correlation that we want has them as rows. So the two are transposes:

# %%
convolution = go_back @ np.diag(at_points(3) @ w) @ at_points(2)
correlation = conv.kernel_matrix(w, (4,), padding="valid")
assert np.allclose(convolution.T, correlation)
convolution, correlation

# %% [markdown]
# Transposing a product of matrices transposes each of them and reverses their order.
# So now `go_back.T` comes first and combines the four pixels, the kernel's four values multiply them, and `at_points(2).T` adds the products up to two outputs.
#
# One thing is left. The second and third row of `go_back.T` hold halves. We multiply them by 2 and divide the kernel's values there by 2, which costs nothing, because the kernel is evaluated once for all pixels:

# %%
grey = conv.images.sample().mean(axis=2)
patch = np.rint(100 * grey[342:349, 192:199])  # in whole per cent
x = patch[3, 1:5]  # four neighbours in one row
scale = np.array([[1], [2], [2], [1]])
combine, evaluate = scale * go_back.T, at_points(3) / scale
back = at_points(2).T
products = (evaluate @ w) * (combine @ x)  # the only four
back @ products, conv.correlate(x, w, padding="valid")

# %% [markdown]
# These are the matrices of the figure. The method is named after Shmuel Winograd, who proved that fewer products do not suffice. For $o$ outputs and a kernel of $k$ entries it is called F($o$, $k$), so this is F(2, 3).
# It takes $o + k - 1$ products, where the definition takes $o \cdot k$.
#
# ## Two dimensions: tiles
#
# In two dimensions we transform the columns of a **tile** of pixels first, then its rows: `combine @ tile`, then `@ combine.T`.
# Each step is linear, and every kernel is a sum of kernels with a single entry, which are separable, so this holds for all kernels.
# Here are 2 by 2 outputs of the Laplacian from a tile of 4 by 4 pixels, with 16 products:

# %%
tile, kernel = patch[:4, :4], conv.kernels.laplacian()
products = (evaluate @ kernel @ evaluate.T) * (combine @ tile @ combine.T)
made = back @ products @ back.T
assert np.allclose(made, conv.correlate(tile, kernel, padding="valid"))
products.size, made

# %% [markdown]
# The module `conv.winograd` uses F(4, 3) in both directions, with the points 0, 1, −1, 2, −2 and infinity.
# So it cuts the output into blocks of 4 by 4, and each needs a tile of 6 by 6 inputs:

# %% tags=["hide"]
figures.blocks(
    {"tiles": conv.Geometry.of((12, 12), (3, 3))},
    caption="An image of 12 by 12 with zeros around it, and below it the output in nine blocks of 4 by 4. The framed block is computed from the tile of 6 by 6 within the dashes, whose rows and columns of pixels are named below, without the zeros. Play, or step: neighbouring tiles overlap by two rows or columns.",
    alt="An image with its output below it in nine blocks, the one in the middle framed; in the image, dashes around 6 by 6 cells.",
)

# %% tags=["hide"]
before, after = 6 * 6 * (6 + 6), 4 * 6 * (6 + 4)  # products of matrices


def per_output(n):  # with n channels and n filters
    return (36 + before / n + after / n) / 16


# %% [markdown]
# A tile takes {eval}`6 * 6` products of pixels and kernel for its 16 outputs, where the definition takes {eval}`16 * 9`. That is {eval}`36 / 16` for each output, if the output's sides are multiples of 4, and at stride 1.
#
# ## In a layer the transforms are shared
#
# The transforms have a cost, too. As products of matrices, zeros and ones included, they take {eval}`before` multiplications before the {eval}`6 * 6` products of a tile, and {eval}`after` after them.
# For a single channel and filter that is far more than the definition takes.
#
# But a layer with many channels and filters transforms each tile once for all filters.
# The way back is linear, so we add up the products of all channels first and transform their sum, once for each filter.
# In between, every one of the {eval}`6 * 6` places in a tile makes one [matrix product](../guide/matmul.py) of its own: tiles by channels, times channels by filters.
# With $C$ channels and $F$ filters that is $(36 + 432 / F + 240 / C) / 16$ multiplications for each output and channel:

# %% tags=["hide"]
assert (before, after) == (432, 240)
many = (1, 16, 64, 256)
figures.table({
    "channels and filters": many,
    "multiplications for an output, per channel": [f"{per_output(n):.2f}" for n in many],
}, note="One output is one pixel of one filter; the definition takes 9. The kernels' transforms, once for the layer, are left out.")  # fmt: skip

# %% [markdown]
# With 64 channels and 64 filters, Winograd's method makes a third of the definition's multiplications.
# **GEMM**, the one large matrix product of `conv.correlate`, makes all of them. How many times as fast will Winograd's method be?

# %%
draw = np.random.default_rng(0)
kernel = draw.standard_normal((3, 3, 64, 64), "f4")
races, options = {}, {"rounds": 3, "clock": time.process_time}
for n in (28, 56, 112):
    image = draw.standard_normal((n, n, 64), "f4")
    calls = {
        name: partial(module.correlate, image, kernel)
        for name, module in (("GEMM", conv), ("Winograd", conv.winograd))
    }
    races[f"{n} by {n}"] = conv.timing.race(calls, **options)

# %% tags=["hide"]
exact = conv.correlate(image.astype(float), kernel)
direct, fast = (np.abs(call() - exact).max() for call in calls.values())
assert 2 * direct < fast < 2e-5 * np.abs(exact).max()
assert 9 / 3.5 < per_output(64) < 9 / 3

# %% tags=["hide"]
columns = {"image": races}
for name in calls:
    medians = [np.median(of[name]) for of in races.values()]
    columns[name] = [figures.duration(median) for median in medians]

# %% tags=["hide"]
pairs = [[np.median(one) for one in of.values()] for of in races.values()]
ratios = [gemm / winograd for gemm, winograd in pairs]
assert ratios[-1] < 4
columns["times as fast"] = [f"{r:.1f}" for r in ratios]
note = f"{conv.timing.processor()}, one thread, medians of three rounds."
figures.table(columns, measured=True, note=note)

# %% [markdown]
# The count says three times. But transforms are small products, which run slowly, and before and after them numbers are copied from one order into another, which no count of multiplications sees.
# What each call does once, such as transforming the kernels, weighs less on larger images.
#
# ## Why not larger tiles?
#
# There is another price: rounding errors. At {eval}`n` by {eval}`n`, the largest error of Winograd's method is {eval}`round(fast / direct)` times GEMM's, about {eval}`f"{1e6 * fast / np.abs(exact).max():.0f}"` millionths of the largest output.
#
# Larger tiles promise fewer products. But the transforms grow, too, and so do the errors. Here are three sets of points:


# %% tags=["hide"]
def on_circle(m):  # m outputs, with equally spaced points
    points = np.exp(2j * np.pi * np.arange(m + 2) / (m + 2))
    values = np.vander(points, m + 2, increasing=True)
    return values[:, :m].T, values[:, :3], np.linalg.inv(values).T


# %% tags=["hide"]
def at(points, m):  # and at infinity
    values = np.vander(points, m + 2, increasing=True)
    values = np.concatenate([values, np.eye(m + 2)[-1:]])
    back, evaluate = values[:, :m].T.copy(), values[:, :3].copy()
    back[-1, -1] = evaluate[-1, -1] = 1
    return back, evaluate, np.linalg.inv(values).T


# %% tags=["hide"]
def within(m):  # with points from -1 to 1
    steps = np.arange(1, m // 2 + 1) / (m // 2)
    return at(np.r_[0, steps, -steps], m)


# %% tags=["hide"]
def in_both(matrices):  # the error of one channel in two dimensions
    n, m = matrices[2].shape[0], matrices[0].shape[0]
    x, w = (draw.standard_normal((500, side, side)) for side in (n, 3))
    windows = sliding_window_view(x, (m, m), axis=(1, 2))  # by u and v
    exact = np.einsum("buv,buvij->bij", w, windows)
    back, evaluate, combine, x, w = map(np.float32, (*matrices, x, w))
    sums = (evaluate @ w @ evaluate.T) * (combine @ x @ combine.T)
    made = back @ sums @ back.T
    return np.linalg.norm(made - exact) / np.linalg.norm(exact)


# %% tags=["hide"]
def error(matrices):  # of outputs for kernels of 3, in single precision
    x, w = (draw.standard_normal((m.shape[1], 2000)) for m in matrices[:0:-1])
    exact = sum(w[v] * x[v : len(x) - 2 + v] for v in range(3))
    back, evaluate, combine, x, w = map(np.complex64, (*matrices, x, w))
    made = back @ ((evaluate @ w) * (combine @ x))
    return np.linalg.norm(made.real - exact) / np.linalg.norm(exact)


# %% tags=["hide"]
integers = [0, *(s * n for n in range(1, 9) for s in (1, -1))]
many = range(2, 17, 2)
whole = [conv.winograd.transforms(m, 3, integers[: m + 1]) for m in many]
wrong = {"whole numbers": [*map(error, whole)]}
wrong["from −1 to 1"] = [error(within(m)) for m in many]
wrong["the unit circle"] = [error(on_circle(m)) for m in many]

# %% tags=["hide"]
integer, inner, circle = wrong.values()
assert max(circle) < 1e-6 < 1e-3 < inner[-1] < 1 < integer[-1]
back, evaluate, combine = whole[-1]
terms = back * (evaluate.sum(1) * (combine @ draw.standard_normal(18)))
assert np.abs(back).max() == 8**15
assert np.abs(terms).max() > 1e9

# %% tags=["hide"]
back, evaluate, combine = within(16)
assert max(np.abs(back).max(), np.abs(evaluate).max()) <= 1
assert np.abs(combine).max() > 1e5
values = np.vander(np.exp(2j * np.pi * np.arange(18) / 18), increasing=True)
assert np.allclose(values @ values.conj().T, 18 * np.eye(18))

# %% tags=["hide"]
figures.curves(
    [*many], wrong, scale="log",
    x_label="outputs o of a tile", y_label="relative error",
    caption="Error of F(o, 3) in one dimension and single precision, on random pixels and kernels: root mean square, divided by that of the outputs. Points: 0, ±1, ±2 and so on; the same divided by the largest; equally spaced on the unit circle. The first two have infinity, too. With whole numbers the error grows until it is larger than the outputs themselves.",
    alt="Three curves with logarithmic axes: the one for whole numbers rises from about 1e−7 far past 1, the one for points from −1 to 1 past a thousandth; the one for the unit circle stays level.",
)  # fmt: skip


# %% tags=["hide"]
def in_two_dimensions(m):  # per output, with 64 channels and 64 filters
    n = m + 2
    shared = (n * n * 2 * n + m * n * (n + m)) / 64
    return (n * n + shared) / m**2


assert in_two_dimensions(4) == per_output(64)

# %% tags=["hide"]
tiles = {f"F({m}, 3)": (m, conv.winograd.transforms(m, 3, integers[: m + 1])) for m in (2, 4, 6, 8)}  # fmt: skip
halves = at(np.array([0, 1, -1, 2, -2, 0.5, -0.5]), 6)
tiles = dict([*tiles.items()][:3]) | {"F(6, 3), ±½": (6, halves), "F(8, 3)": tiles["F(8, 3)"]}  # fmt: skip

# %% tags=["hide"]
off = {name: in_both(of) for name, (_, of) in tiles.items()}
larger, finer = (
    off[name] / off["F(4, 3)"] for name in ("F(6, 3)", "F(6, 3), ±½")
)
assert 40 < larger < 250
assert 1 < finer < 5
counts = {m: in_two_dimensions(m) for m in (6, 8, 10, 12, 16)}
assert min(counts.values()) > 0.98 * counts[8]

# %% tags=["hide"]
figures.table({
    "method": [*tiles],
    "products": [f"{((m + 2) / m) ** 2:.2f}" for m, _ in tiles.values()],
    "with transforms": [f"{in_two_dimensions(m):.2f}" for m, _ in tiles.values()],
    "error": [f"{value:.0e}".replace("e-0", "e−") for value in off.values()],
}, note="For an output in two dimensions, with 64 channels and 64 filters; the error is that of one channel. “±½”: in place of ±3.")  # fmt: skip

# %% [markdown]
# Beyond 8 outputs the count hardly falls.
# With whole numbers, F(6, 3) has {eval}`f"{larger:.0f}"` times the error of F(4, 3) in two dimensions, where errors of rows and columns come together. With ±½ in place of ±3 it has only {eval}`f"{finer:.1f}"` times.
#
# Why do errors grow? With whole numbers `back` holds powers up to $8^{15}$.
# So the last output of a tile of 16 becomes a difference of terms beyond a billion, of which single precision keeps seven digits.
# Points from −1 to 1 have no large powers, but then many points have nearly the same powers, and to tell them apart the inverse needs large entries.
# A mixture of ±½, ±1 and ±2 [keeps both small](https://arxiv.org/abs/1803.10986).
# Points equally spaced on the unit circle do it for every size, which is the [FFT's choice](methods.py#the-points-equally-spaced-on-the-unit-circle), at the price of complex products.
#
# ## Exercises
#
# ### Exercise 1: what does a stride do to the gain?
#
# `conv.winograd` takes stride 1 only. Suppose it computed all outputs, and kept every second row and column. How many products does each output that is kept take, transforms left out?

# %% tags=["answer"]
# Of a tile's 16 outputs 4 are kept, so each takes as many as by the definition.
6 * 6 / 4

# %% [markdown]
# ### Exercise 2: small images
#
# The last layers of a network often have images of 14 by 14 or 7 by 7. How many products does each output take there, transforms left out?

# %% tags=["answer"]
# Tiles reach beyond the border: 4 by 4 of them for 14 rows, and 2 by 2 for 7. The outputs outside are thrown away.
[(-(-n // 4)) ** 2 * 36 / n**2 for n in (14, 7)]

# %% [markdown]
# ## What you can do now
#
# You can compute neighbouring outputs with fewer multiplications than the definition makes.
# You can also say why that pays with many channels and filters but not with a single one, and why tiles stay small.
#
# Next here: [Filter gallery](gallery.py), where a kernel's spectrum tells what the kernel does to a photograph.
#
# Elsewhere:
#
# - Andrew Lavin and Scott Gray, [Fast algorithms for convolutional neural networks](https://arxiv.org/abs/1509.09308), 2015: Winograd's method on layers.
# - Aleksandar Zlateski and others, [FFT convolutions are faster than Winograd on modern CPUs, here is why](https://arxiv.org/abs/1809.07851), 2018: a closer race of the two.
# - Barbara Barabasz and others, [Error analysis and improving the accuracy of Winograd convolution for deep neural networks](https://arxiv.org/abs/1803.10986), 2020: which points make small errors.
