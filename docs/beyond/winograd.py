# %% [markdown]
# # Winograd's method: 3 by 3 kernels with fewer multiplications
#
# Many layers of a convolutional network have kernels of 3 by 3. Must every output take 9 multiplications for each channel?

# %%
import time
from fractions import Fraction
from functools import partial

import numpy as np

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
# In two dimensions that makes 16 products instead of 36 for four outputs, and with larger tiles {eval}`36` instead of {eval}`144` for 16 outputs.
# Where do these matrices come from, and what is left of the gain in a layer?
#
# ## Four coefficients from four values
#
# We want two outputs from four pixels. The plan is to build the reverse first, a convolution that makes four numbers out of two, and then to transpose it.
#
# A convolution multiplies polynomials, so a product with four coefficients will do:
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
# Two dimensions are one after the other: `combine @ tile` transforms every column of a **tile** of pixels, and `@ combine.T` then every row.
# That works for any kernel, separable or not. Here are 2 by 2 outputs of the Laplacian from a tile of 4 by 4 pixels, with 16 products:

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
    caption="An image of 12 by 12 with zeros around it, and below it the output in nine blocks of 4 by 4. The framed block has its place inside the line, and needs the tile of 6 by 6 within the dashes, whose rows and columns, without zeros, are named below. Play, or step: neighbouring tiles overlap by two rows or columns.",
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
columns["times as fast"] = [float(f"{r:.2g}") for r in ratios]
note = f"{conv.timing.processor()}, one thread, medians of three rounds."
figures.table(columns, measured=True, note=note)

# %% [markdown]
# It is not four times as fast, as the {eval}`6 * 6` products of a tile alone would be, because there are the transforms. These are small products, and between them numbers are copied from one order into another.
# What each call does once, such as transforming the kernels, weighs less on larger images.
#
# ## Why not larger tiles?
#
# There is another price: rounding errors. At {eval}`n` by {eval}`n`, the largest error of Winograd's method is {eval}`round(fast / direct)` times GEMM's, about {eval}`f"{1e6 * fast / np.abs(exact).max():.0f}"` millionths of the largest output.
#
# Larger tiles promise fewer multiplications. F(16, 3) makes 18 for 16 outputs, in two dimensions {eval}`f"{(18 / 16) ** 2:.2f}"` for each.
# Its points could be infinity and the whole numbers from −8 to 8. In exact arithmetic that works. In single precision it does not:


# %% tags=["hide"]
def on_circle(m):  # m outputs, with equally spaced points
    points = np.exp(2j * np.pi * np.arange(m + 2) / (m + 2))
    values = np.vander(points, m + 2, increasing=True)
    return values[:, :m].T, values[:, :3], np.linalg.inv(values).T


# %% tags=["hide"]
def within(m):  # with points from -1 to 1, and infinity
    points = np.r_[0, np.arange(1, m // 2 + 1), -np.arange(1, m // 2 + 1)]
    values = np.vander(points / (m // 2), m + 2, increasing=True)
    values = np.concatenate([values, np.eye(m + 2)[-1:]])
    back, evaluate = values[:, :m].T.copy(), values[:, :3].copy()
    back[-1, -1] = evaluate[-1, -1] = 1
    return back, evaluate, np.linalg.inv(values).T


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
    caption="Errors of F(o, 3) in one dimension and single precision, as root mean squares relative to the outputs, with three kinds of points, the first two with infinity; both axes are logarithmic. With whole numbers the error grows until it is larger than the outputs themselves. Only on the unit circle it stays where rounding begins.",
    alt="Three curves with logarithmic axes: the one for whole numbers rises from about 1e−7 far past 1, the one for points from −1 to 1 past a thousandth; the one for the unit circle stays level.",
)  # fmt: skip

# %% [markdown]
# The matrices have large entries. With whole numbers `back` holds powers up to $8^{15}$, so an output near 1 becomes a difference of terms beyond a billion.
# Single precision keeps about seven digits of each term, so of the difference no digit is right.
#
# Points from −1 to 1 have no large powers. But then many points have nearly the same powers, and to tell them apart the inverse needs entries beyond 100,000. They stand in `combine`.
#
# Only on the unit circle are both small: with equal spacing, the inverse is the conjugate of the matrix itself, divided by the number of points.
# That is the [FFT's choice](methods.py#the-points-equally-spaced-on-the-unit-circle).
# There a product is complex and makes three or four real ones. Half of them are free for a real image, so a tile of 18 by 18 takes {eval}`f"{1.5 * 18**2 / 16**2:.1f}"` to {eval}`f"{2 * 18**2 / 16**2:.1f}"` products for each output, transforms apart, where F(4, 3) takes {eval}`36 / 16`.
# By that count the two are close, and which one is faster depends on the program and the processor.
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
# ### Exercise 3: three outputs at once
#
# Take the points 0, 1, −1, 2 and infinity for F(3, 3), and check its outputs: `conv.winograd.transforms(outputs, taps, points)` makes the matrices `back`, `evaluate` and `combine`, and adds infinity to the points by itself.
# How many products does it make for each output in two dimensions?

# %% tags=["answer"]
# Five points serve three outputs in each direction, so it makes 25 for 9 outputs, or 2.8 for each.
back, evaluate, combine = conv.winograd.transforms(3, 3, [0, 1, -1, 2])
row = patch[3, :5]
made = back @ ((evaluate @ w) * (combine @ row))
assert np.allclose(made, conv.correlate(row, w, padding="valid"))
made, 5**2 / 3**2

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
