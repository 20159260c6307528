# %% [markdown]
# # Winograd's method: 3 by 3 kernels with fewer multiplications
#
# Most layers of a convolutional network have kernels of 3 by 3. Must every output take 9 multiplications for each channel?

# %%
import time
from functools import partial

import numpy as np

import conv
from conv import figures

# %% tags=["hide"]
grey = conv.images.sample().mean(axis=2)
collar = np.rint(100 * grey[342:349, 192:199])  # whole per cent
x, w = collar[3, 1:5], np.array([1, 2, 1])


# %% tags=["hide"]
def at_points(k):  # values of k coefficients at 0, 1, -1 and infinity
    last = np.eye(k)[-1:]
    return np.concatenate([np.vander([0, 1, -1], k, increasing=True), last])


# %% tags=["hide"]
go_back = np.linalg.inv(at_points(4))
combine, evaluate, back = go_back.T, at_points(3), at_points(2).T
products = (evaluate @ w) * (combine @ x)
right = conv.correlate(x, w, padding="valid")
assert np.allclose(back @ products, right)

# %% tags=["hide"]
sums = figures.Grid(np.c_[combine @ x], "combined", "")
values = figures.Grid(np.c_[evaluate @ w], "values", "kernel")
four = figures.Grid(np.c_[products], "products", "")
pixels = figures.Grid(np.c_[x], "pixels", "input")
outputs = figures.Grid(np.c_[right], "outputs", "output")

# %% tags=["hide"]
figures.rows(
    [figures.Grid(combine, "combine", ""), "·", pixels, "=", sums],
    [sums, "×", values, "=", four],
    [figures.Grid(back, "back", ""), "·", four, "=", outputs],
    caption="Two outputs of the kernel 1 2 1 on four pixels of the collar, with four multiplications: those of the second row. The matrices above and below only add, subtract and halve. The kernel's four values are computed once for all pixels.",
    alt=f"The matrix combine of 4 by 4, with entries 0, ±1 and ±½, times the pixels {x.tolist()} is {(combine @ x).tolist()}; this times the kernel's values {(evaluate @ w).tolist()}, number by number, is {products.tolist()}; the matrix back of 2 by 4, with entries 0 and ±1, times the products is {right.tolist()}.",
)  # fmt: skip

# %% [markdown]
# **No: with Winograd's method it takes {eval}`36 / 16`, if additions and a few constants count for nothing.**
# Above you see the smallest case. Two outputs of a kernel with 3 entries take 6 multiplications by the definition, and here they take four.
# This page derives the matrices, goes on to two dimensions and to a layer, and measures what is left of the gain.
#
# ## A convolution from four values
#
# On the page [Fewer multiplications](methods.py#the-idea-multiply-values-not-coefficients) we multiplied two polynomials in three steps: **evaluate** both at some points, **multiply** their values, **go back** to coefficients.
# The product's coefficients are a convolution, and there is one multiplication for each of them.
#
# We need a product with four coefficients, so three of the kernel and two others:
#
# $$ (1 + 2z + z^2)(3 + 4z) = 3 + 10z + 11z^2 + 4z^3 . $$
#
# Four points are needed. Small ones are 0, 1 and −1, and the fourth is **infinity**: for large $z$ the highest power outweighs the rest, so the value there is the last coefficient.
# The kernel's values at the four are 1, 4, 0 and 1, as in the figure.
# Evaluating is a product with a matrix, and going back with its inverse:


# %%
def at_points(k):  # values of k coefficients at 0, 1, -1 and infinity
    last = np.eye(k)[-1:]
    return np.concatenate([np.vander([0, 1, -1], k, increasing=True), last])


w = np.array([1, 2, 1])
go_back = np.linalg.inv(at_points(4))
go_back @ ((at_points(3) @ w) * (at_points(2) @ [3, 4]))

# %% tags=["hide"]
assert (at_points(3) @ w).tolist() == [1, 4, 0, 1]
assert np.convolve(w, [3, 4]).tolist() == [3, 10, 11, 4]

# %% [markdown]
# ## Turn it round: from convolution to correlation
#
# That convolution makes four numbers out of two. We want the opposite: a cross-correlation that makes two outputs out of four pixels.
# As matrices, the two are transposes. The convolution has copies of the kernel as columns, and the correlation has them as rows:

# %%
convolution = go_back @ np.diag(at_points(3) @ w) @ at_points(2)
T = conv.kernel_matrix(w, (4,), padding="valid")
assert np.allclose(convolution.T, T)
convolution, T

# %% [markdown]
# Transposing a product of matrices reverses their order and transposes each.
# So the way back, transposed, comes first and combines pixels; the kernel's values multiply; and the evaluation, transposed, leads to the outputs:

# %%
grey = conv.images.sample().mean(axis=2)
collar = np.rint(100 * grey[342:349, 192:199])  # in whole per cent
x = collar[3, 1:5]  # four neighbours in one row
combine, evaluate, back = go_back.T, at_points(3), at_points(2).T
products = (evaluate @ w) * (combine @ x)  # the only four
back @ products, conv.correlate(x, w, padding="valid")

# %% [markdown]
# These are the matrices of the first figure. The method for $o$ outputs and a kernel of $k$ entries is called F($o$, $k$), and this is F(2, 3).
# It multiplies at $o + k - 1$ points, where the definition multiplies $o k$ times.
#
# ## Two dimensions: a tile of 6 by 6
#
# In two dimensions each matrix is applied to the columns and then to the rows.
# `conv.winograd` uses F(4, 3) along both, with the points 0, 1, −1, 2, −2 and infinity.
# It cuts the output into blocks of 4 by 4, and each needs a **tile** of 6 by 6 inputs:

# %% tags=["hide"]
figures.blocks(
    {"tiles": conv.Geometry.of((12, 12), (3, 3))},
    caption="An image of 12 by 12 with zeros around it, and below it the output in nine blocks of 4 by 4. The framed block needs the 6 by 6 inputs within the dashes, and neighbouring tiles overlap by two rows or columns. Play, or step.",
    alt="An image with its output below it in nine blocks, the one in the middle framed; in the image, dashes around 6 by 6 cells.",
)

# %% tags=["hide"]
matrices = conv.winograd.transforms(4, 3, conv.winograd.POINTS)
per_line = [np.sum(np.abs(m) > 1) for m in (matrices[2], matrices[0])]
there, again = np.multiply(per_line, (6 + 6, 6 + 4))  # columns and rows


def per_output(n):  # with n channels and n filters
    return (36 + there / n + again / n) / 16


# %% [markdown]
# A transformed tile has {eval}`6 * 6` values, so a block takes {eval}`6 * 6` multiplications where the definition takes 16 · 9 = {eval}`16 * 9`: for each output {eval}`36 / 16` instead of 9.
#
# The transforms are not free, though. With larger points come constants such as 4 and 5, which multiply, too: {eval}`there` times before these {eval}`6 * 6` and {eval}`again` times after.
# With one channel and one filter that makes {eval}`f"{per_output(1):.1f}"` multiplications per output, more than 9.
# A layer saves most of them, because it transforms a tile once for all filters, and goes back once for all channels:

# %% tags=["hide"]
many = (1, 4, 16, 64, 256)
figures.table(
    {
        "channels, and filters": many,
        "multiplications per output and channel": [
            f"{per_output(n):.2f}" for n in many
        ],
    },
    note="The definition takes 9 for each filter. The kernels' own transforms, once per layer, are left out.",
)
# %% [markdown]
# ## Is it four times as fast?
#
# With 64 channels and 64 filters, Winograd's method makes little more than a quarter of the definition's multiplications.
# **GEMM**, the [matrix product](../guide/matmul.py) of `conv.correlate`, makes all of them. How many times as fast will Winograd's method be, on images of three sizes?

# %%
draw = np.random.default_rng(0)
kernel = draw.standard_normal((3, 3, 64, 64), "f4")
races, options = {}, {"rounds": 3, "clock": time.process_time}
for n in (28, 56, 112):
    image = draw.standard_normal((n, n, 64), "f4")
    methods = {"GEMM": conv, "Winograd": conv.winograd}
    calls = {m: partial(methods[m].correlate, image, kernel) for m in methods}
    races[f"{n} by {n}"] = conv.timing.race(calls, **options)

# %% tags=["hide"]
exact = conv.correlate(image.astype(float), kernel)
direct, fast = (np.abs(call() - exact).max() for call in calls.values())
assert 2 * direct < fast < 2e-5 * np.abs(exact).max()
assert 9 / 4 < per_output(64) < 9 / 3

# %% tags=["hide"]
columns = {"image": races}
for name in methods:
    medians = [np.median(of[name]) for of in races.values()]
    columns[name] = [figures.duration(median) for median in medians]
pairs = [(of["GEMM"], of["Winograd"]) for of in races.values()]
ratios = [conv.timing.ratio(*pair)[0] for pair in pairs]
assert max(ratios) < 9 / per_output(64)
columns["times as fast"] = [float(f"{r:.2g}") for r in ratios]
note = f"{conv.timing.processor()}, one thread, medians of three rounds."
figures.table(columns, measured=True, note=note)

# %% [markdown]
# The gain is smaller than the count says, because transforms and copies move every number and multiply little.
# On larger images the kernels' own transforms weigh less, because each serves all tiles.
#
# There is a price, too: rounding errors grow. At {eval}`n` by {eval}`n`, the largest error of Winograd's method is {eval}`round(fast / direct)` times GEMM's.
# For deep learning that is harmless in single precision, because it is about {eval}`f"{1e6 * fast / np.abs(exact).max():.0f}"` millionths of the largest output. But why does it grow?
#
# ## Why not larger tiles?
#
# F(16, 3) multiplies at 18 points for 16 outputs, in two dimensions {eval}`f"{(18 / 16) ** 2:.2f}"` times per output.
# Its points could be infinity and the whole numbers from −8 to 8. In exact arithmetic they work. In single precision they do not:


# %% tags=["hide"]
def on_circle(
    outputs,
):  # as many equally spaced points as F(outputs, 3) needs
    n = outputs + 2
    points = np.exp(2j * np.pi * np.arange(n) / n)
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
integers = [0, *(s * n for n in range(1, 9) for s in (1, -1))]
many = range(2, 17, 2)
whole = [conv.winograd.transforms(m, 3, integers[: m + 1]) for m in many]
wrong = {"0, 1, −1, 2, −2, … and infinity": [*map(error, whole)]}
wrong["the unit circle"] = [error(on_circle(m)) for m in many]

# %% tags=["hide"]
integer, circle = wrong.values()
assert max(circle) < 1e-6 < 1 < integer[-1]
back, evaluate, combine = whole[-1]
terms = back * (evaluate.sum(1) * (combine @ draw.standard_normal(18)))
assert np.abs(back).max() == 8**15
assert np.abs(terms).max() > 1e9
assert np.isclose(np.linalg.cond(on_circle(16)[2]), 1)

# %% tags=["hide"]
figures.curves(
    [*many], wrong, scale="log",
    x_label="outputs of one tile", y_label="relative error",
    caption="Errors of F(o, 3) in single precision, in one dimension, with two kinds of points. With whole numbers the error grows until it is larger than the outputs themselves. On the unit circle it stays where rounding begins.",
    alt="Two curves with logarithmic axes: the one for whole numbers rises from about 1e−7 far past 1; the one for the unit circle stays level.",
)  # fmt: skip

# %% [markdown]
# The culprits are the powers. An entry of `back` reaches $8^{15}$, so a tile's last output, a number near 1, is a difference of terms beyond a billion.
# Single precision keeps seven digits of each term, so of the difference no digit is right.
#
# Powers of numbers on the unit circle all have length 1, and 18 points that are equally spaced there are easily told apart. That is the [FFT's choice](methods.py#the-points-equally-spaced-on-the-unit-circle).
# But there each product is complex, and makes up to four real ones.
# So tiles stay small, with few small points.
#
# ## Exercises
#
# ### Exercise 1: what does a stride do to the gain?
#
# `conv.winograd` takes stride 1 only. Suppose it computed all outputs, and kept every second row and column. How many multiplications does each output that is kept take, transforms left out?

# %% tags=["answer"]
# Of a block's 16 outputs 4 are kept, so each takes as many as by the definition.
6 * 6 / 4

# %% [markdown]
# ### Exercise 2: another kernel size
#
# Take the points 0, 1, −1, 2 and infinity for F(3, 3), and check its outputs. `conv.winograd.transforms(outputs, taps, points)` makes the three matrices.
# How many multiplications per output does it make in two dimensions?

# %% tags=["answer"]
# Five points serve three outputs along each axis, so it makes 25 for 9 outputs, or 2.8 for each.
to_outputs, of_kernel, of_pixels = conv.winograd.transforms(
    3, 3, [0, 1, -1, 2]
)
row = collar[3, :5]
made = to_outputs @ ((of_kernel @ w) * (of_pixels @ row))
assert np.allclose(made, conv.correlate(row, w, padding="valid"))
made, 5**2 / 3**2

# %% [markdown]
# ### Exercise 3: find the bug
#
# Somebody transforms a tile of 4 by 4 pixels for F(2, 3) along both axes, and gets wrong outputs. Where is the slip?

# %%
tile, sobel = collar[:4, :4], conv.kernels.sobel_x()
to_outputs, of_kernel, of_pixels = conv.winograd.transforms(2, 3, [0, 1, -1])
spectrum = (of_kernel @ sobel) * (of_pixels @ tile)[:, :3]
to_outputs @ spectrum

# %% tags=["answer"]
# Only the columns are transformed. Each matrix must act on the rows, too, from the right and transposed.
products = (of_kernel @ sobel @ of_kernel.T) * (
    of_pixels @ tile @ of_pixels.T
)
made = to_outputs @ products @ to_outputs.T
made.round(6), conv.correlate(tile, sobel, padding="valid")

# %% [markdown]
# ## What you can do now
#
# You can compute neighbouring outputs with fewer multiplications than the definition makes, and say why a layer gains more than one filter, and why tiles stay small.
#
# Next here: [Filter gallery](gallery.py), where a kernel's spectrum tells what the kernel does to a photograph.
#
# Elsewhere:
#
# - Andrew Lavin and Scott Gray, [Fast algorithms for convolutional neural networks](https://arxiv.org/abs/1509.09308), 2015: Winograd's method on layers.
# - Barbara Barabasz and others, [Error analysis and improving the accuracy of Winograd convolution for deep neural networks](https://arxiv.org/abs/1803.10986), 2020: which points make small errors.
