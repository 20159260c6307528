# %% [markdown]
# # The definition, in loops: a naive convolution
#
# Can you write a convolution yourself, in ten lines of Python?
# Nine are enough, and they work on grey and on colour photographs alike; their only fault is the time they take.

# %%
import cProfile
import pstats
import time

import numpy as np

import conv
from conv import figures


# %%
def naive(x, w):
    k_h, k_w = w.shape[:2]
    rows, columns = x.shape[0] - k_h + 1, x.shape[1] - k_w + 1
    y = np.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[i : i + k_h, j : j + k_w]
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
    caption="What the nine lines do, live: move the window, choose a kernel or type one of your own. Values are in per cent of white; the output is black at 0 and below and white at 100 and above, or, for a kernel that sums to 0, violet at −150 and green at 150.",
    alt="The collar of a portrait in grey, the sharpening kernel with 5 in the middle and −1 on its four sides, and the sharpened collar.",
)

# %% tags=["hide"]
sharpen = conv.kernels.sharpen()
assert np.array_equal(
    naive(part, sharpen), conv.correlate(part, sharpen, padding="valid")
)

# %% [markdown]
# Such a **naive implementation** is the definition of [cross-correlation](../reference/glossary.md#cross-correlation), line by line.
# The [window](../reference/glossary.md#window) is the part of the input `x` under the kernel `w`;
# its numbers are multiplied by the kernel's, entry by entry, and the sum of the products becomes one number of the output `y`.
# The two loops do that for every place where the kernel lies wholly on the input, which is the mode `valid`.
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
    caption=f"The framed window, times the kernel entry by entry, adds up to the framed output, {sum_by_hand}. Outputs are green above 0 and violet below.",
    alt=f"The collar as 7 by 7 numbers, dark on the left and bright on the right, the sharpening kernel, and 5 by 5 outputs. The window from row {i}, column {j} gives {sum_by_hand}.",
)

# %% [markdown]
# In the framed window the middle is {eval}`middle`, so the output in row {eval}`i` and column {eval}`j`, counted from 0, is
# 5 · {eval}`middle` − {eval}`up` − {eval}`left` − {eval}`right` − {eval}`down` = {eval}`sum_by_hand`.
# As a formula, with $i$ and $j$ for the row and column of the output, and $u$ and $v$ for those of the kernel, which has $k_h$ rows and $k_w$ columns:
#
# $$ y_{i,j} = \sum_{u=0}^{k_h-1} \sum_{v=0}^{k_w-1} x_{i+u,\, j+v} \, w_{u,v} $$
#
# Each $y_{i,j}$ is one pass through the loops, and the two sums are the `np.sum`.
#
# ## Is it right? { #the-same-numbers-twice }
#
# Test it against something written differently.
# `conv.correlate` gets its numbers by [matrix multiplication](matmul.py), without a loop over windows.
# Where everything is a whole number, as it is here, the two agree in every digit.
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
# Less than you might think.
# **Padding** needs no change inside the loop: put the zeros around the input first.
# One ring of zeros gives a 3 by 3 kernel an output as large as the input, the mode `same`.

# %%
same = naive(np.pad(collar, 1), sharpen)
assert np.array_equal(same, conv.correlate(collar, sharpen))
same.shape

# %% [markdown]
# A **stride** $s$ moves the window $s$ pixels at a time.
# So the window of output $i$ begins in row $i s$, and fewer windows fit.
# Let `np.ndindex` count through both indices, and the two loops become one.
# With a stride of 2 you get every second row and every second column of `y`.


# %%
def strided(x, w, s):
    k_h, k_w = w.shape[:2]
    rows, columns = (x.shape[0] - k_h) // s + 1, (x.shape[1] - k_w) // s + 1
    y = np.empty((rows, columns))
    for i, j in np.ndindex(y.shape):
        window = x[i * s : i * s + k_h, j * s : j * s + k_w]
        y[i, j] = np.sum(window * w)
    return y


# %% tags=["hide"]
assert np.array_equal(strided(collar, sharpen, 2), y[::2, ::2])

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

# %% [markdown]
# **Types** are a trap, because most image files hold bytes.
# Here are nine pixels of 200, under a kernel of nine twos.

# %%
light = np.full((3, 3), 200, dtype=np.ubyte)
twos = np.full((3, 3), 2, dtype=np.ubyte)
right = conv.naive.correlate(light, twos, padding="valid")
assert int(naive(light, twos)[0, 0]) == 9 * 144
naive(light, twos), right, right.dtype

# %% [markdown]
# A byte cannot be larger than {eval}`np.iinfo(np.ubyte).max`, so where NumPy multiplies the bytes 200 and 2 it keeps {eval}`int((light * twos)[0, 0])` instead of {eval}`200 * 2`, and the loop adds up nine wrong products.
# `conv` turns integers into `float64` before it multiplies, so integers give `float64` and the sum is right.
#
# ## A colour image: one kernel or three? { #colour-image }
#
# **One kernel with three slices**, that is, one slice for each [channel](../reference/glossary.md#channel): red, green and blue.
# Each slice is multiplied by its own channel of the window, and all 27 products are added up to a single number.
# So one kernel gives one output without colours, not three.

# %%
blocks = photo[:360, 100:404].reshape(180, 2, 152, 2, 3)
small = blocks.mean(axis=(1, 3))  # each value the mean of 2 by 2 pixels
warm = np.ones((3, 3, 3)) * [1, 0, -1]  # red, green, blue
warmth = naive(small, warm) / 9
small.shape, warm.shape, warmth.shape

# %% tags=["hide"]
assert warm.size == 27
stripe = np.rint(100 * small[150:154, 44:48])
total = naive(stripe, warm)[0, 0]
assert round(100 * warmth[150, 44]) == round(total / 9)

# %% tags=["hide"]
figures.channels(
    stripe,
    warm,
    names=["red", "green", "blue"],
    caption=f"One output of one kernel: three channels, three slices, one sum. The 4 by 4 pixels, in per cent, lie on a red stripe of the flag, from row 150 and column 44 of Figure 4. Divided by nine the sum is {total / 9:.0f} per cent, the output there.",
    alt=f"Three rows, for red, green and blue: 4 by 4 values of a channel with a framed window; a slice of the kernel, which is 1 for red, 0 for green and −1 for blue; and nine products with their sum. Together they make {total:.0f}.",
)

# %% [markdown]
# Look at the nine lines again: they did this without a change,
# because slicing rows and columns keeps the third axis whole, and `np.sum` adds over every axis.
# This kernel is red minus blue, so it is positive where colours are warm and negative where they are cool.
# A grey pixel, whose three values are equal, gives 0 however bright it is.
# In a grey photograph that difference is gone, whatever the kernel.

# %% tags=["hide"]
assert np.allclose(naive(np.full((5, 5, 3), 0.7), warm), 0)
assert abs(warmth).max() <= 1
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
    figures.Picture(small, "photograph"),
    figures.Picture(warmth, "red minus blue", limits=(-1, 1), signed=True),
    caption="The whole output: violet where blue prevails, down to −1, green where red prevails, up to 1, and nearly no colour where the photograph is grey. The photograph was reduced to means of 2 by 2 pixels.",
    alt="A portrait in colour before a flag with red stripes and a blue background, and red minus blue: the stripes and the face are green, the background violet, the white of cap and collar nearly 0.",
)

# %% [markdown]
# A kernel over all channels is called a [filter](../reference/glossary.md#filter).
# If you want three output channels you need three filters, each with three slices of its own; a layer of a network often has dozens.
#
# ??? question "What if my kernel has no slices for the channels?"
#     A flat kernel, of shape (3, 3), does not say what to do with three colours.
#     NumPy does not complain, because the kernel's width happens to equal the number of channels:
#     it lays the columns of the kernel on the colours, and `naive` returns wrong numbers.
#     That is one of the [five bugs](../reference/article.py) that you are likely to write; `conv.correlate` raises an error instead.
#     Copies of the flat kernel, stacked as slices, give the sum of the three channels' outputs,
#     the same as filtering the sum of the channels.
#
# ## Blur, edges, relief: four kernels on the photograph { #four-kernels }
#
# Stack three copies of a kernel, divide by three, and the loop filters the mean of the colours, that is, the grey photograph.
# The first kernel is the mean of a window, the second gives a relief,
# the third is 0.1 around −0.8, as in the [article](../reference/article.py) from which this site began,
# and the fourth is Sobel's for change from top to bottom.

# %%
named = conv.kernels
around = 0.1 * np.ones((3, 3))
around[1, 1] = -0.8
kernels = {"blur": box, "emboss": named.emboss()}
kernels |= {"0.1 around −0.8": around, "Sobel y": named.sobel_y()}
outputs = {}
for name, w in kernels.items():
    outputs[name] = naive(small, np.stack([w, w, w], axis=-1) / 3)

# %% tags=["hide"]
grey = small.mean(axis=2)
for name, w in kernels.items():
    assert np.allclose(outputs[name][:20, :20], naive(grey[:22, :22], w))
bright = [outputs["blur"], outputs["emboss"]]
clipped = [((v < 0) | (v > 1)).mean() for v in bright]

# %% tags=["hide"]
figures.beside(
    figures.Picture(bright[0], "blur"),
    figures.Picture(bright[1], "emboss"),
    caption=f"Two kernels that sum to 1. Black is 0 or less, white 1 or more: that hides {clipped[1]:.0%} of the embossed values and none of the blurred ones.",
    alt="Two grey portraits: one soft, one like a relief that is lit from the top left.",
)

# %% tags=["hide"]
assert clipped[0] == 0
bend, down = outputs["0.1 around −0.8"], outputs["Sobel y"]
past = (abs(bend) > 0.2).mean(), (abs(down) > 1.5).mean()
figures.beside(
    figures.Picture(bend, "0.1 around −0.8", (-0.2, 0.2), signed=True),
    figures.Picture(down, "Sobel y", (-1.5, 1.5), signed=True),
    caption=f"Two kernels that sum to 0: violet below 0, green above. The scale of the left or upper picture ends at ±0.2 ({past[0]:.1%} of the values lie beyond), that of the other at ±1.5 ({past[1]:.1%}).",
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
    shown = name.replace(" around", ",")
    cells = (window * w).round(1)
    grids.append(figures.Grid(cells, shown, "", axes=("", f"sum {sum_of}")))
    words += f" {name} sums to {sum_of}."
turned = conv.flip(named.emboss()) - named.identity()
assert np.array_equal(turned, named.identity() - named.emboss())

# %% tags=["hide"]
figures.beside(
    *grids,
    caption="The framed window of Figure 2, times each of the four kernels: nine products and their sum, which is the output.",
    alt=words,
)

# %% [markdown]
# ### Is 0.1 around −0.8 embossing? { #embossing }
#
# The article calls it so, but the kernel treats left and right, above and below alike.
# Embossing imitates light from one side, so its kernel needs a direction:
# turn `emboss` by half a turn, and the light comes from the bottom right.
#
# ## From nine lines to `conv.naive` { #conv-naive }
#
# This is the package's own definition, without its docstring.
# Can you find your nine lines in it?

# %%
figures.source(conv.naive.correlate)

# %% [markdown]
# - `Operands.of` checks the arguments, makes `float64` of integers, and turns every input into a batch of images with channels:
#   a grey photograph becomes a batch of one image with one channel.
# - The loop counts images `b`, rows `i`, columns `j` and filters `f`, so that each filter writes an output channel of its own.
# - `geometry.window` returns the slices of the window, with the stride in them,
#   and with a dilation if you want the kernel's entries spread apart.
#   `channels_of` picks the channels that a filter sees: all of them, unless there are `groups`.
# - `np.sum(window * …)` is the line that you wrote.
#
# ## Where does the time go? { #time }
#
# Python can tell you, because its profiler adds up the time that each function takes.

# %%
profiler = cProfile.Profile()
profiler.runcall(naive, grey, box)
profile = pstats.Stats(profiler).get_stats_profile().func_profiles
whole, own = profile["naive"].cumtime, profile["naive"].tottime
adding = profile["<method 'reduce' of 'numpy.ufunc' objects>"].tottime

# %% tags=["hide"]
spent = {
    "the nine lines themselves: slice, multiply, store": own,
    "`np.sum`, before and after it adds": whole - own - adding,
    "`np.sum`, adding": adding,
}
assert adding < whole / 2
parts = [f"{t / whole:.0%}" for t in spent.values()]
micro = [1e6 * t / outputs["blur"].size for t in spent.values()]

# %% tags=["hide"]
figures.table(
    {"where": spent, "share": parts, "µs for each output": micro},
    measured=True,
    note="Under the profiler, which itself takes time at each call.",
)

# %% [markdown]
# The adding itself takes less than half of the time.
# Is at least that part arithmetic?
# To find out, give the loop nine times as many multiplications and additions:
# with three rings of zeros around the photograph, a 9 by 9 kernel has just as many outputs as the 3 by 3 kernel.

# %%
wide, nine = np.pad(grey, 3), conv.kernels.box(9)
runs = {
    "nine lines, 3 by 3": lambda: naive(grey, box),
    "nine lines, 9 by 9": lambda: naive(wide, nine),
    "`conv`, 3 by 3": lambda: conv.correlate(grey, box, padding="valid"),
}
seconds = conv.timing.race(runs, rounds=3, clock=time.process_time)

# %% tags=["hide"]
count = outputs["blur"].size * 9
work = dict(zip(runs, [count, 9 * count, count], strict=True))
assert naive(wide[:20, :20], nine).shape == (12, 12)
assert grey.shape[0] - 2 == wide.shape[0] - 8 == outputs["blur"].shape[0]
loop, large, fast = seconds.values()
assert conv.timing.ratio(large, loop)[0] < 2
assert conv.timing.ratio(loop, fast)[0] > 100
figures.race_table(seconds, multiplications=work)

# %% [markdown]
# Nine times the arithmetic takes less than twice the time,
# and `conv.correlate` makes the {eval}`f"{count:,}"` multiplications of the first row in less than a hundredth of it.
# So more than 99 % of the loop's time goes into what happens around the arithmetic:
# Python finds a slice, calls NumPy and stores a number, {eval}`f"{count // 9:,}"` times over.
# Ask NumPy once instead, and most of that time is gone; how to do so is the question of the next page.
#
# ## Exercises
#
# ### Exercise 1: move the picture
#
# Which kernel of 3 by 3 moves a picture one pixel to the right?
# Remember that cross-correlation does not flip the kernel.

# %% tags=["answer"]
# Each output takes the value on its left, so the 1 stands on the left.
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
mine = small  # in place of yours, which you reduce in the same way
blue = np.ones((3, 3, 3)) * [-1, -1, 2]
blueness = naive(mine, blue) / 18
figures.beside(
    figures.Picture(mine, "photograph"),
    figures.Picture(blueness, "blueness", limits=(-1, 1), signed=True),
    caption="Green is bluer than grey, violet less blue; the scale ends at ±1, which no value can exceed.",
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
# You can write a convolution from memory, extend it to padding, strides and channels, and test it against another implementation.
# You can also say what a kernel's sum does to even areas, why a colour image takes one kernel with three slices, and where a loop's time goes.
#
# **Next:** [One matrix product](matmul.py) gets the same numbers more than a hundred times faster.
#
# **Elsewhere:**
#
# - Victor Powell, [Image Kernels](https://setosa.io/ev/image-kernels/): more kernels to try, with every product drawn.
# - Stanford's CS231n, [Convolutional Networks](https://cs231n.github.io/convolutional-networks/): an animation of two filters with three slices each, at stride 2.
