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

sign = np.array([[-1], [1], [1], [1]])  # a minus on both sides cancels
back, evaluate, combine = conv.winograd.transforms(2, 3, [0, 1, -1])
evaluate, combine = sign * evaluate, sign * combine

# %% tags=["hide"]
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
# The figure shows the method along a row of our photograph: two outputs of a kernel with three entries take four products instead of 6.
# In two dimensions it will make 16 outputs with {eval}`6 * 6` products instead of {eval}`16 * 9`, and that is {eval}`36 / 16` for each.
# Where do these matrices come from, and what is left of the gain in a layer?
#
# ## Four coefficients from four values
#
# A convolution multiplies polynomials, and a product can be computed from as many values as it has coefficients.
# With four pixels and three entries the product would have six coefficients. That takes six multiplications, and nothing is gained. (With wrap-around four would do, at points on the unit circle, but their products are complex.)
#
# But the task can be turned round. As a [matrix](../guide/fully_connected.py), our correlation has 2 rows and 4 columns, with the kernel in each row.
# Its transpose has the kernel in each column, and is the convolution of the kernel with *two* numbers, a product with only four coefficients:

# %% tags=["hide"]
rows = conv.kernel_matrix(w, (4,), padding="valid").astype(int)
roles = np.where(rows, "kernel", "")
figures.beside(
    figures.Grid(rows, "correlation", roles),
    "→",
    figures.Grid(rows.T, "transpose: convolution", roles.T),
    caption="The matrix that makes two outputs of four pixels, and its transpose, which makes four coefficients of two numbers.",
    alt=f"A matrix with the rows {rows.tolist()}, and its transpose with the rows {rows.T.tolist()}.",
)

# %% [markdown]
# So we first compute the convolution with four multiplications, and transpose the method afterwards.
# Take 3 and 4 as the two numbers:
#
# $$ (1 + 2z + 4z^2)(3 + 4z) = 3 + 10z + 20z^2 + 16z^3 . $$
#
# As on the page [Fewer multiplications](methods.py#the-idea-multiply-values-not-coefficients), we **evaluate** both factors at some points, **multiply** their values, and **go back** to coefficients.
# Four coefficients take four points, and three small ones are 0, 1 and −1.
# The fourth is called **infinity**: the value there is the coefficient of the highest power, which for large $z$ outweighs the rest.

# %% tags=["hide"]
long, short = [1, 7, 3, 4], [3, 7, -1, 4]
figures.table({
    "at z =": ["0", "1", "−1", "infinity"],
    "1 + 2z + 4z²": [*map(str, long)],
    "3 + 4z": [f"{b}".replace("-", "−") for b in short],
    "product": [f"{a * b}".replace("-", "−") for a, b in zip(long, short, strict=True)],
})  # fmt: skip

# %% [markdown]
# Evaluating is a product with a matrix, and going back is one with its inverse:


# %%
def at_points(n, points=(0, 1, -1)):  # values of n coefficients
    powers = np.vander(points, n, increasing=True)
    return np.vstack([powers, np.eye(n)[-1]])  # the last at infinity


w = np.array([1, 2, 4])
go_back = np.linalg.inv(at_points(4))
go_back @ ((at_points(3) @ w) * (at_points(2) @ [3, 4]))

# %% tags=["hide"]
assert np.convolve(w, [3, 4]).tolist() == [3, 10, 20, 16]
assert (at_points(3) @ w).tolist() == long
assert (at_points(2) @ [3, 4]).tolist() == short

# %% [markdown]
# ## Turn it round: from convolution to correlation
#
# These three steps are a product of three matrices, with the kernel's four values on the diagonal of the one in the middle. Transposed, it is our correlation:

# %%
convolution = go_back @ np.diag(at_points(3) @ w) @ at_points(2)
correlation = conv.kernel_matrix(w, (4,), padding="valid")
np.allclose(convolution.T, correlation)

# %% [markdown]
# Transposing a product of matrices transposes each of them and reverses their order, and a diagonal matrix stays as it is.
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

# %% tags=["hide"]
ours = conv.winograd.transforms(2, 3, [0, 1, -1])
assert np.allclose(back, ours[0])
assert np.allclose(evaluate, sign * ours[1])
assert np.allclose(combine, sign * ours[2])

# %% [markdown]
# These are the matrices of the figure. The method is named after Shmuel Winograd, who proved that fewer products do not suffice. For $o$ outputs and a kernel of $k$ entries it is called F($o$, $k$), so this is F(2, 3).
# It takes $o + k - 1$ products, where the definition takes $o \cdot k$.
#
# ## Two dimensions: tiles
#
# In two dimensions we transform the columns of a **tile** of pixels first, then its rows: `combine @ tile`, then `@ combine.T`.
# The kernel is transformed likewise, and so is the way back.
# For a kernel that is a column times a row, this is the method along columns and then along rows. Every kernel is a sum of such products, one for each entry, and all steps are linear, so the method holds for every kernel.
# Here are 2 by 2 outputs of the Laplacian from a tile of 4 by 4 pixels, with 16 products:

# %%
tile, kernel = patch[:4, :4], conv.kernels.laplacian()
products = (evaluate @ kernel @ evaluate.T) * (combine @ tile @ combine.T)
made = back @ products @ back.T
assert np.allclose(made, conv.correlate(tile, kernel, padding="valid"))
products.size, made

# %% [markdown]
# Nvidia's cuDNN, with which PyTorch computes on graphics cards, has Winograd's method among its algorithms for kernels of 3 by 3.
# Our module `conv.winograd` uses F(4, 3) in both directions, with the points 0, 1, −1, 2, −2 and infinity.
# It cuts the output into blocks of 4 by 4, and each needs a tile of 6 by 6 inputs:

# %% tags=["hide"]
figures.blocks(
    {"tiles": conv.Geometry.of((12, 12), (3, 3))},
    caption="An image of 12 by 12 with zeros around it, and below it the output in nine blocks of 4 by 4. The framed block is computed from the tile of 6 by 6 within the dashes, whose rows and columns of pixels are named below, without the zeros. Play, or step: neighbouring tiles overlap by two rows or columns.",
    alt="An image with its output below it in nine blocks, the one in the middle framed; in the image, dashes around 6 by 6 cells.",
)


# %% tags=["hide"]
def around(m):  # multiplications of the transforms of a tile, each way
    return (m + 2) ** 2 * 2 * (m + 2), m * (m + 2) * (m + 2 + m)


def per_output(m, n):  # with n channels and n filters
    return ((m + 2) ** 2 + sum(around(m)) / n) / m**2


before, after = around(4)


# %% [markdown]
# Those are the {eval}`6 * 6` products for 16 outputs that the beginning of this page has promised, if the output's sides are multiples of 4.
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
    "multiplications for an output, per channel": [f"{per_output(4, n):.2f}" for n in many],
}, note="One output is one pixel of one filter; the definition takes 9. Zeros and ones in a transform's matrix count, too; the kernels' transforms, once for the layer, do not.")  # fmt: skip

# %% [markdown]
# With 64 channels and 64 filters, Winograd's method makes a third of the definition's multiplications.
# **GEMM**, the one large matrix product of `conv.correlate`, makes all of them. How many times as fast will Winograd's method be?

# %%
draw = np.random.default_rng(0)
kernel = draw.standard_normal((3, 3, 64, 64), "f4")
races, options = {}, {"rounds": 7, "clock": time.process_time}
for n in (4, 28, 56, 112):
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
assert 9 / 3.5 < per_output(4, 64) < 9 / 3

# %% tags=["hide"]
columns = {"image": races}
for name in calls:
    medians = [np.median(of[name]) for of in races.values()]
    columns[name] = [figures.duration(median) for median in medians]

# %% tags=["hide"]
pairs = [[np.median(one) for one in of.values()] for of in races.values()]
ratios = [gemm / winograd for gemm, winograd in pairs]
assert ratios[0] < 1 < ratios[-1] < 4
columns["times as fast"] = [f"{r:.1f}" for r in ratios]
note = f"{conv.timing.processor()}, one thread, medians of seven rounds."
figures.table(columns, measured=True, note=note)

# %% [markdown]
# The count says three times. But transforms are small products, which run slowly, and before and after them numbers are copied from one order into another, which no count of multiplications sees.
# Each call also has a fixed cost, such as transforming the kernels. On the smallest image, where that is most of the work, Winograd's method is slower than GEMM.
#
# ## Why not larger tiles?
#
# There is another price: rounding errors. At {eval}`n` by {eval}`n`, the largest error of Winograd's method is {eval}`round(fast / direct)` times GEMM's, about {eval}`f"{1e6 * fast / np.abs(exact).max():.0f}"` millionths of the largest output.
#
# Larger tiles promise fewer products. But the transforms grow, too, and so do the errors. Here are three sets of points:


# %% tags=["hide"]
def whole(m):
    points = [0, *(s * n for n in range(1, 6) for s in (1, -1))][: m + 1]
    return conv.winograd.transforms(m, 3, points)


def at(points, m):  # and at infinity
    combine = np.linalg.inv(at_points(m + 2, points)).T
    return at_points(m, points).T, at_points(3, points), combine


# %% tags=["hide"]
def within(m):  # from -1 to 1
    steps = np.arange(1, m // 2 + 1) / (m // 2)
    return at(np.r_[0, steps, -steps], m)


def on_circle(m):  # without infinity
    points = np.exp(2j * np.pi * np.arange(m + 2) / (m + 2))
    values = np.vander(points, increasing=True)
    return values[:, :m].T, values[:, :3], np.linalg.inv(values).T


# %% tags=["hide"]
def error(back, evaluate, combine):  # in single precision, of one channel
    m, n = back.shape
    x, w = (draw.standard_normal((500, side, side)) for side in (n, 3))
    windows = sliding_window_view(x, (m, m), axis=(1, 2))  # by u and v
    exact = np.einsum("buv,buvij->bij", w, windows)
    arrays = back, evaluate, combine, x, w
    back, evaluate, combine, x, w = map(np.complex64, arrays)
    sums = (evaluate @ w @ evaluate.T) * (combine @ x @ combine.T)
    made = (back @ sums @ back.T).real
    return np.linalg.norm(made - exact) / np.linalg.norm(exact)


# %% tags=["hide"]
many = range(2, 11, 2)
sets = {
    "whole numbers": whole,
    "from −1 to 1": within,
    "the unit circle": on_circle,
}
wrong = {name: [error(*of(m)) for m in many] for name, of in sets.items()}

# %% tags=["hide"]
integer, inner, circle = wrong.values()
assert max(circle) < 1e-6 < 1e-3 < inner[-1] < 1 < integer[-1]
for of in (within, on_circle):
    assert max(np.abs(matrix).max() for matrix in of(10)[:2]) < 1.001
assert np.abs(on_circle(10)[2]).max() < 1 < 1000 < np.abs(within(10)[2]).max()

# %% tags=["hide"]
back, evaluate, combine = whole(10)
x, w = draw.standard_normal((12, 12)), draw.standard_normal((3, 3))
sums = (evaluate @ w @ evaluate.T) * (combine @ x @ combine.T)
terms = np.outer(back[-1], back[-1]) * sums  # of a tile's last output
assert np.abs(back).max() == 5**9
assert np.abs(terms).max() > 1e9

# %% tags=["hide"]
figures.curves(
    [*many], wrong, scale="log",
    x_label="outputs o of a tile, along each side", y_label="relative error",
    caption="Error of F(o, 3) in two dimensions and single precision, for one channel on random pixels and kernels: root mean square, divided by that of the outputs. Points: 0, ±1, ±2 and so on; the same divided by the largest; equally spaced on the unit circle. The first two have infinity, too. With whole numbers the error grows until it is larger than the outputs themselves.",
    alt="Three curves with logarithmic axes: the one for whole numbers rises from about 1e−7 past 1, the one for points from −1 to 1 past a hundredth; the one for the unit circle stays level.",
)  # fmt: skip

# %% tags=["hide"]
halves = error(*at([0, 1, -1, 2, -2, 0.5, -0.5], 6))
larger, finer = integer[2] / integer[1], halves / integer[1]
assert 40 < larger < 250
assert 1 < finer < 5
assert min(per_output(m, 64) for m in range(2, 17)) > 0.98 * per_output(8, 64)

# %% tags=["hide"]
many = 2, 4, 6, 6, 8
errors = [*integer[:3], halves, integer[3]]
figures.table({
    "method": [f"F({m}, 3)" + ", ±½" * (n == 3) for n, m in enumerate(many)],
    "products": [f"{((m + 2) / m) ** 2:.2f}" for m in many],
    "with transforms": [f"{per_output(m, 64):.2f}" for m in many],
    "error": [f"{value:.1e}".replace("e-0", "e−") for value in errors],
}, note="For an output in two dimensions, with 64 channels and 64 filters; the error is that of one channel. “±½”: in place of ±3.")  # fmt: skip

# %% [markdown]
# With 64 channels and filters, the multiplications hardly become fewer beyond F(8, 3) and then more again, because the transforms grow faster than the products fall.
# With whole numbers, F(6, 3) has {eval}`f"{larger:.0f}"` times the error of F(4, 3). With ±½ in place of ±3 its error is only {eval}`f"{finer:.1f}"` times as large.
#
# Why do errors grow? With whole numbers `back` holds powers up to $5^9$ for 10 by 10 outputs.
# Their last output is then a sum of terms beyond a billion that almost cancel, and single precision keeps seven digits of each.
# Points from −1 to 1 have no large powers, but many of them have nearly the same powers, and to tell them apart the inverse needs large entries.
# For F(6, 3) a mixture of ±½, ±1 and ±2 [keeps both small](https://arxiv.org/abs/1803.10986).
# Points equally spaced on the unit circle do it for every size, which is the [FFT's choice](methods.py#the-points-equally-spaced-on-the-unit-circle), at the price of complex products.
#
# ## Exercises
#
# ### Exercise 1: can Winograd's method take a stride?
#
# `conv.winograd` takes stride 1 only. But at stride 2 the pixels at even places of a row, counted from 0, never meet the kernel's entry at place 1.
# So how can you compute the outputs below with two correlations at stride 1, and how many products does each pair of outputs take then?

# %%
signal, w = patch[3], np.array([1, 2, 4])
conv.correlate(signal, w, stride=2, padding="valid")

# %% tags=["answer"]
# The pixels at even places take a kernel of two entries, by F(2, 2) with 3 products for two outputs. Those at odd places take a kernel of one entry, with 2 products. That makes 5 instead of 6, and in two dimensions 25 instead of 36.
even = conv.correlate(signal[::2], w[::2], padding="valid")
even + conv.correlate(signal[1::2], w[1::2], padding="valid")

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
