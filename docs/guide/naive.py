# %% [markdown]
# # The definition, in loops: a naive convolution
#
# Can you write a convolution yourself, in ten lines of Python?
# Nine are enough, for grey and for colour photographs alike; but they are slow, and they trust you with types and shapes.

# %%
import time
from functools import partial

import numpy as np

import conv
from conv import figures


# %%
def naive(x, w):
    k_h, k_w = w.shape[:2]
    rows = x.shape[0] - k_h + 1
    columns = x.shape[1] - k_w + 1
    y = np.empty((rows, columns))
    for i, j in np.ndindex(y.shape):
        window = x[i:, j:][:k_h, :k_w]
        y[i, j] = np.sum(window * w)
    return y


# %% tags=["hide"]
part = conv.images.sample()[250:475, 120:312].mean(axis=2)
part = np.rint(100 * part.reshape(75, 3, 64, 3).mean(axis=(1, 3)))
figures.photo(
    part,
    kernel="sharpen",
    at=(37, 24),
    small=True,
    caption="What the nine lines do, live: move the window, choose a kernel or type one of your own. Values are in per cent of white; the sum is divided by the number after ÷, such as 9 for a mean of nine pixels. The output is black at 0 and below and white at 100 and above, or, where the scale is signed, violet at −150 and green at 150.",
    alt="The collar of a portrait in grey, the sharpening kernel with 5 in the middle and −1 on its four sides, and the sharpened collar.",
)

# %% tags=["hide"]
sharpen = conv.kernels.sharpen()
assert np.array_equal(
    naive(part, sharpen), conv.correlate(part, sharpen, padding="valid")
)
w = conv.kernels.emboss()
strict = conv.convolve(part, w, padding="valid")
assert np.array_equal(naive(part, w[::-1, ::-1]), strict)

# %% [markdown]
# Such a **naive implementation** is the definition of [cross-correlation](../reference/glossary.md#cross-correlation), line by line.
# The [window](../reference/glossary.md#window) begins in row `i` and column `j` of the input `x` and is as large as the kernel `w`;
# its numbers are multiplied by the kernel's, entry by entry, and the sum of the products becomes one number of the output `y`.
# `np.ndindex` counts through all pairs of a row and a column, so the loop visits every place where the kernel lies wholly on the input,
# which is the mode `valid`.
# A convolution in the strict sense turns the kernel first, `naive(x, w[::-1, ::-1])`, but [networks leave that out](flip.py).
#
# ## One output by hand { #by-hand }
#
# Take 7 by 7 pixels of the collar, in whole per cent of white, and the kernel that sharpens:
# five times the pixel in the middle, minus its four neighbours.

# %%
photo = conv.images.sample()
collar = np.rint(100 * photo[344:351, 193:200].mean(axis=2))
sharpen = conv.kernels.sharpen()
y = naive(collar, sharpen)

# %% tags=["hide"]
i, j = 0, 2
window = collar[i : i + 3, j : j + 3].astype(int)
(_, up, _), (left, middle, right), (_, down, _) = window.tolist()
sum_by_hand = 5 * middle - up - left - right - down
assert sum_by_hand == y[i, j]

# %% tags=["hide"]
figures.beside(
    figures.Grid(collar, "input", focus=(slice(i, i + 3), slice(j, j + 3))),
    "⋆",
    figures.Grid(sharpen, "kernel", role="kernel"),
    "=",
    figures.Grid(y, "output", role="output", focus=(i, j)),
    caption=f"The framed window, times the kernel entry by entry, adds up to the framed output, {sum_by_hand}. Outputs are green far above 0, violet far below, and white near 0.",
    alt=f"The collar as 7 by 7 numbers, dark on the left and bright on the right, the sharpening kernel, and 5 by 5 outputs. The window from row {i}, column {j} gives {sum_by_hand}.",
)

# %% [markdown]
# In the framed window the middle is {eval}`middle`, so the output in row {eval}`i` and column {eval}`j`, counted from 0, is
# 5 · {eval}`middle` − {eval}`up` − {eval}`left` − {eval}`right` − {eval}`down` = {eval}`sum_by_hand`.
# As a formula, with $i$ and $j$ for the row and column of the output, and $u$ and $v$ for those of the kernel, which has $k_h$ rows and $k_w$ columns:
#
# $$ y_{i,j} = \sum_{u=0}^{k_h-1} \sum_{v=0}^{k_w-1} x_{i+u,\, j+v} \, w_{u,v} $$
#
# Each $y_{i,j}$ is one pass through the loop, and the two sums are the `np.sum`.
#
# ## Is it right? { #the-same-numbers-twice }
#
# Test it against something written differently.
# `conv.correlate` gets its numbers by [matrix multiplication](matmul.py), without a loop over windows.
# Where all numbers are whole, as they are here, and no sum on the way exceeds $2^{53}$, `float64` rounds nothing, so the two agree in every digit.
# Where there are fractions, as in the kernel that takes the mean of a window, they may differ in the last digits,
# because rounding depends on the order in which a sum is added up.

# %%
box = conv.kernels.box(3)  # nine entries of 1 / 9
theirs = conv.correlate(collar, sharpen, padding="valid")
off = conv.correlate(collar, box, padding="valid") - naive(collar, box)
assert np.allclose(off, 0, rtol=0, atol=1e-12)
np.array_equal(y, theirs), float(abs(off).max())


# %% [markdown]
# ## What is missing? { #what-is-missing }
#
# **Padding** needs no change inside the loop, because you can put the zeros around the input first.
# One ring of zeros gives a 3 by 3 kernel an output as large as the input, the mode `same`.

# %%
same = naive(np.pad(collar, 1), sharpen)
assert np.array_equal(same, conv.correlate(collar, sharpen))
same.shape

# %% [markdown]
# A **stride** $s$ moves the window $s$ pixels at a time.
# So the window of output $i$ begins in row $i s$, and fewer windows fit.
# With a stride of 2 you get every second row and every second column of `y`.


# %%
def strided(x, w, s):
    k_h, k_w = w.shape[:2]
    rows = (x.shape[0] - k_h) // s + 1
    columns = (x.shape[1] - k_w) // s + 1
    y = np.empty((rows, columns))
    for i, j in np.ndindex(y.shape):
        window = x[i * s :, j * s :][:k_h, :k_w]
        y[i, j] = np.sum(window * w)
    return y


# %%
assert np.array_equal(strided(collar, sharpen, 2), y[::2, ::2])
strided(collar, sharpen, 2).shape

# %% tags=["hide"]
uneven = np.arange(7 * 9 * 2).reshape(7, 9, 2) ** 2 % 31
for size in [(1, 1), (2, 3), (3, 2), (4, 4), (7, 9), (3, 3)]:
    for s in (1, 2, 3, 8):
        for x, w in (
            (uneven, np.arange(np.prod(size) * 2).reshape(*size, 2)),
            (uneven[..., 0], np.arange(np.prod(size)).reshape(size)),
        ):
            good = conv.correlate(x, w, padding="valid", stride=s)
            assert np.array_equal(strided(x, w, s), good)
            assert s > 1 or np.array_equal(naive(x, w), good)

# %% tags=["hide"]
assert naive(np.ones((3, 3)), np.ones((4, 4))).shape == (0, 0)
refusals = []
for call in (naive, partial(conv.correlate, padding="valid")):
    try:
        call(np.ones((3, 3)), np.ones((5, 5)))
    except ValueError as error:
        refusals.append(str(error))
assert refusals[0] == "negative dimensions are not allowed"
assert "fits nowhere" in refusals[1]

# %% [markdown]
# A **kernel larger than the input** fits nowhere:
# where it is one row or column too large, `naive` returns an empty output without a word,
# and where it is larger still, NumPy complains of negative dimensions.
# `conv.correlate` says what is wrong.
#
# **Types** are a trap where the kernel holds bytes as well, like the pixels of most image files.
# Here are nine pixels of 200, under a kernel of nine twos.

# %%
light = np.full((3, 3), 200, dtype=np.ubyte)
twos = np.full((3, 3), 2, dtype=np.ubyte)
right = conv.naive.correlate(light, twos, padding="valid")
assert int(naive(light, twos)[0, 0]) == 9 * 144
assert naive(light, twos.astype(float)) == right == 9 * 400
naive(light, twos), right, right.dtype

# %% [markdown]
# A byte cannot be larger than {eval}`np.iinfo(np.ubyte).max`, so where NumPy multiplies the bytes 200 and 2 it keeps {eval}`int((light * twos)[0, 0])` instead of {eval}`200 * 2`, and the loop adds up nine wrong products.
# With the kernel in `float64` the nine lines are right.
# `conv` turns all integers into `float64` before it multiplies, so the sum here is right.
#
# ## A colour image: one kernel or three? { #colour-image }
#
# **One kernel with three slices**, that is, one slice for each [channel](../reference/glossary.md#channel): red, green and blue.
# Each slice is multiplied by its own channel of the window, and all 27 products are added up to a single number.
# So such a kernel, which is also called a [filter](../reference/glossary.md#filter), gives one output without colours, not three.

# %%
blocks = photo[:360, 100:404].reshape(180, 2, 152, 2, 3)
small = 100 * blocks.mean(axis=(1, 3))  # means of 2 by 2, per cent
warm = np.ones((3, 3, 3)) * [1, 0, -1]  # red, green, blue
warmth = naive(small, warm) / 9
small.shape, warm.shape, warmth.shape

# %% tags=["hide"]
assert warm.size == 27
stripe = np.rint(small[150:154, 44:48])
total = naive(stripe, warm)[0, 0]
assert round(warmth[150, 44]) == round(total / 9)

# %% tags=["hide"]
figures.channels(
    stripe,
    warm,
    names=["red", "green", "blue"],
    divisor=9,
    caption="One output of one kernel: three channels, three slices, one sum. The 4 by 4 pixels, in per cent, lie on a red stripe of the flag, from row 150 and column 44 of Figure 4. The sum, divided by nine, is the output there.",
    alt=f"Three rows, for red, green and blue: 4 by 4 values of a channel with a framed window; a slice of the kernel, which is 1 for red, 0 for green and −1 for blue; and nine products with their sum. Together they make {total:.0f}, and a ninth of that is {total / 9:.0f}.",
)

# %% [markdown]
# The nine lines did this without a change,
# because slicing rows and columns keeps the third axis whole, and `np.sum` adds over every axis.
# This kernel is red minus blue, so it is positive where colours are warm and negative where they are cool.
# A grey pixel, whose three values are equal, adds 0 to the sum however bright it is.
# Once a photograph is turned grey, no kernel can tell warm from cool.

# %% tags=["hide"]
assert np.allclose(naive(np.full((5, 5, 3), 0.7), warm), 0)

# %% tags=["hide"]
cool, hot = warmth.min(), warmth.max()
assert -100 < cool < 0 < hot < 100
extremes = f"{cool:.0f} to {hot:.0f}".replace("-", "−")

# %% tags=["hide"]
flat = conv.kernels.sobel_x()
assert not np.allclose(naive(small, flat), naive(small.sum(axis=2), flat))
refused = False
try:
    conv.correlate(small, flat)
except conv.ShapeError:
    refused = True
assert refused

# %% tags=["hide"]
figures.beside(
    figures.Picture(small, "photograph", limits=(0, 100)),
    figures.Picture(warmth, "red minus blue", (-100, 100), signed=True),
    caption=f"The whole output: violet where blue prevails, green where red prevails, and nearly no colour where the photograph is grey. The scale ends at −100 and 100; the values go from {extremes}.",
    alt="A portrait in colour before a flag with red stripes and a blue background, and red minus blue: the stripes and the face are green, the background violet, the white of cap and collar nearly 0.",
)

# %% [markdown]
# If you want three output channels you need three filters, each with three slices of its own.
# In `conv` the axes of such a kernel are rows, columns, channels and filters, in this order.
#
# ??? question "What if my kernel has no slices for the channels?"
#     The width of a flat kernel, of shape (3, 3), happens to equal the number of channels,
#     so NumPy lays the kernel's columns on the colours, and `naive` returns wrong numbers without a word.
#     That is one of the [five bugs](../reference/article.py) you may write; `conv.correlate` raises an error instead.
#     Copies of the flat kernel, stacked as slices, filter the sum of the channels.
#
# ## Blur, edges, embossing: four kernels on the photograph { #four-kernels }
#
# On the grey photograph the first kernel is the mean of a window, and the second, `emboss`, gives a relief.
# The third, 0.1 around −0.8, compares a pixel with its eight neighbours, and the fourth is Sobel's for change from top to bottom.

# %%
named = conv.kernels
around = 0.1 * np.ones((3, 3))
around[1, 1] = -0.8
kernels = {"blur": box, "emboss": named.emboss()}
kernels |= {"0.1 around −0.8": around, "Sobel y": named.sobel_y()}
grey = small.mean(axis=2)
outputs = {name: naive(grey, w) for name, w in kernels.items()}

# %% tags=["hide"]
stacked = np.stack([flat, flat, flat], axis=-1)
assert np.allclose(naive(small, stacked), naive(small.sum(axis=2), flat))
bright = [outputs["blur"], outputs["emboss"]]
clipped = [100 * ((v < 0) | (v > 100)).mean() for v in bright]

# %% tags=["hide"]
figures.beside(
    figures.Picture(bright[0], "blur", (0, 100)),
    figures.Picture(bright[1], "emboss", (0, 100)),
    caption=f"Two kernels that sum to 1. Black is 0 or less, white 100 or more: that hides {clipped[1]:.0f} % of the embossed values and none of the blurred ones.",
    alt="Two grey portraits: one soft, one like a relief that is lit from the top left.",
)

# %% tags=["hide"]
assert clipped[0] == 0
bend, down = outputs["0.1 around −0.8"], outputs["Sobel y"]
past = [100 * (abs(v) > n).mean() for v, n in ((bend, 20), (down, 150))]
figures.beside(
    figures.Picture(bend, "0.1 around −0.8", (-20, 20), signed=True),
    figures.Picture(down, "Sobel y", (-150, 150), signed=True),
    caption=f"Two kernels that sum to 0: violet below 0, green above. The scale of the left or upper picture ends at ±20 ({past[0]:.1f} % of the values lie beyond), that of the other at ±150 ({past[1]:.1f} %).",
    alt="Two pictures that are nearly colourless where the portrait is even. The first has thin double lines of violet and green along all edges, the second broad lines along level ones.",
)

# %% [markdown]
# The sum of the entries tells you what becomes of an even area, where all values in a window are equal: that value times the sum.
# A sum of 1 keeps its brightness, and a sum of 0 turns it to 0, so that only change remains.
# Take the window of the collar that you worked out above, which lies on an edge.

# %% tags=["hide"]
grids, words = [], "Nine products with each kernel."
for name, w in kernels.items():
    sum_of = figures.Grid([(window * w).sum()]).texts[0, 0]
    shown, below = name.replace(" around", ","), f"sum {sum_of}".ljust(10)
    cells = (window * w).round(1)
    grids.append(figures.Grid(cells, shown, "", axes=("", below)))
    words += f" {name} sums to {sum_of}."

# %% tags=["hide"]
sums = [(window * w).sum() for w in kernels.values()]
assert window.min() < sums[0] < window.max()
assert sums[1] > 100
assert np.isclose(sums[2], 0.8 * ((window.sum() - middle) / 8 - middle))
assert sums[2] < 0
assert abs(sums[3]) < 10

# %% tags=["hide"]
figures.beside(
    *grids,
    caption="The framed window of Figure 2, times each of the four kernels: nine products and their sum, which is the output.",
    alt=words,
)

# %% [markdown]
# Blur lands between dark and light, and emboss overshoots white, because the edge brightens away from its light.
# With 0.1 around −0.8 the sum is negative, because the pixel is brighter than the mean of its neighbours;
# Sobel y stays near 0, because this edge is upright.
#
# ??? question "Is 0.1 around −0.8 an embossing kernel?"
#     [The article from which this site began](../reference/article.py) calls it so, but the kernel treats left and right, above and below alike.
#     Embossing imitates light from one side, so its kernel needs a direction:
#     choose *emboss* in Figure 1 and press *flipped*, and the light moves from the top left to the bottom right.
#
# /// details | Where are these lines in `conv.naive`?
#     type: question
#
# In the last line of its loop; here is all of it, without the docstring.

# %%
figures.source(conv.naive.correlate)

# %% [markdown]
# - `Operands.of` checks the arguments, makes `float64` of integers, and turns every input into a **batch**, several images of one size, with channels.
# - The loop counts images `b`, rows `i`, columns `j` and filters `f`, so that each filter writes an output channel of its own.
# - `geometry.window` returns the slices of the window, with stride and dilation,
#   and `channels_of` the channels that a filter sees: all of them, or with `groups` only its group's share.
#
# ///
#
# ## Where does the time go? { #time }
#
# Leave out steps of the loop and see how much time is left: first only cut out each window, then multiply as well.
# Do the same with a 9 by 9 kernel, which makes nine times as many multiplications and additions;
# three rings of zeros around the piece of photograph give it just as many outputs.


# %%
def visit(x, w, work):
    k_h, k_w = w.shape
    for i, j in np.ndindex(90, 100):
        work(x[i:, j:][:k_h, :k_w], w)


# %%
runs = {}
for k in (3, 9):
    x = np.pad(grey[:92, :102], (k - 3) // 2)  # for 90 by 100 outputs
    w = conv.kernels.box(k)
    runs["cut", k] = partial(visit, x, w, lambda window, w: None)
    runs["multiply", k] = partial(visit, x, w, np.multiply)
    runs["all", k] = partial(naive, x, w)
    runs["conv", k] = partial(conv.correlate, x, w, padding="valid")
seconds = conv.timing.race(runs, rounds=7, clock=time.process_time)

# %% tags=["hide"]
for k in (3, 9):
    assert runs["all", k]().shape == (90, 100)
    assert np.allclose(runs["all", k](), runs["conv", k]())
fastest = {name: min(turns) for name, turns in seconds.items()}
assert fastest["multiply", 3] < fastest["all", 3]
assert fastest["all", 9] < 5 * fastest["all", 3]
assert fastest["all", 3] > 5 * fastest["conv", 3]
outputs_of = 90 * 100

# %% tags=["hide"]
steps = ["cut out each window", "cut out, multiply"]
steps += ["`naive`: cut out, multiply, add, store", "`conv.correlate`"]
times = {"what is done": steps, "3 by 3": [], "9 by 9": []}
for (_, k), turns in seconds.items():
    times[f"{k} by {k}"].append(figures.duration(np.median(turns)))
machine = f"{conv.timing.processor()}, one thread, NumPy {np.__version__}"
note = f"Median of 7 rounds each. {machine}"
figures.table(times, measured=True, note=note)

# %% [markdown]
# From the second row to the third, the loop's time grows by its last step, that is, by `np.sum` and storing the result.
# But little of that goes into the additions, because nine times as many, in the last column, take nowhere near nine times as long.
# `conv.correlate` makes the same {eval}`f"{9 * outputs_of:,}"` multiplications of the first column in the time that stands in the last row,
# so the arithmetic needs no more than that of what the loop takes.
# The rest is overhead, Python's and NumPy's own preparations: a slice is cut and two calls are set up for nine numbers, {eval}`f"{outputs_of:,}"` times over.
# The next page asks NumPy only once.
#
# ## Exercises
#
# ### Exercise 1: move the picture
#
# Which kernel of 3 by 3 moves a picture one pixel to the right?

# %% tags=["answer"]
# Each output takes the value on its left, so the 1 is on the left, as cross-correlation does not flip the kernel.
mover = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0]])
moved = naive(np.pad(collar, 1), mover)
assert np.array_equal(moved[:, 1:], collar[:, :-1])
moved

# %% [markdown]
# ### Exercise 2: what is blue in your photograph?
#
# Load a photograph of your own with `conv.images.load("mine.jpg")`, and find what is blue in it: sky, water, a shirt.
# Which three slices do you take, and what happens to white clouds?

# %% tags=["answer"]
# Count blue twice and take away red and green: clouds are white, so they give 0, like all greys.
mine = small  # in place of 100 times yours, reduced in the same way
blue = np.ones((3, 3, 3)) * [-1, -1, 2]
blueness = naive(mine, blue) / 18
blueness.shape

# %% tags=["answer", "hide"]
figures.beside(
    figures.Picture(mine, "photograph", limits=(0, 100)),
    figures.Picture(blueness, "blueness", limits=(-100, 100), signed=True),
    caption="Green marks what is bluer than grey, violet what is less blue; the scale ends at ±100, which no value can exceed.",
    alt="The portrait, and its blueness: green in the flag's field, violet in its stripes and in the face.",
)

# %% [markdown]
# ### Exercise 3: keep the colours
#
# You want to blur a photograph and keep its colours, in one call of `conv.naive.correlate`.
# What is the shape of the kernel, and where are its zeros?

# %% tags=["answer"]
# (3, 3, 3, 3), for three filters: each has the blur in the slice of its own channel, and zeros in the two others.
filters = box[:, :, None, None] * np.eye(3)
part = small[:40]
coloured = conv.naive.correlate(part, filters, padding="valid")
for c in range(3):
    assert np.allclose(coloured[..., c], naive(part[..., c], box))
filters.shape, coloured.shape

# %% [markdown]
# ## What you can do now
#
# You can write a convolution from memory, extend it to padding, strides and channels, and test it.
# You can also say what a kernel's sum does to even areas, and where a loop's time goes.
#
# **Next:** [One matrix product](matmul.py) gets the same numbers much faster.
#
# **Elsewhere:**
#
# - Victor Powell, [Image Kernels](https://setosa.io/ev/image-kernels/): more kernels to try, with every product drawn.
# - Stanford's CS231n, [Convolutional Networks](https://cs231n.github.io/convolutional-networks/): an animation of two filters with three slices each, at stride 2.
