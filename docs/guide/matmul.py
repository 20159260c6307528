# %% [markdown]
# # One matrix product: im2col
#
# Why does the same sum run hundreds of times faster as a matrix product, although not one multiplication is saved?
# Because **im2col** replaces one small call for every window by a single large one.

# %%
import time
import tracemalloc

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

import conv
from conv import figures

# %% tags=["hide"]
photo = conv.images.sample()
piece = np.rint(100 * photo[344:348, 194:198].mean(axis=2))
kernel = conv.kernels.sobel_x()
output = conv.correlate(piece, kernel, padding="valid")
figures.patches(
    piece,
    kernel,
    caption="Each window of the image, framed on the left, becomes a row of the matrix, in a frame of the same kind. Multiply the row by the kernel above it, entry by entry, and add up: that is the output at its end.",
    alt=f"The collar's 4 by 4 values with its four windows framed; the windows as rows of nine numbers under the kernel's nine entries; at their ends the outputs {output.ravel().astype(int).tolist()}.",
)

# %% [markdown]
# The picture shows 4 by 4 pixels of the collar, in per cent of white, under Sobel's kernel.
# In a loop, Python stops at each window to cut it out, to call NumPy and to store one number, and nearly all of the time goes into these stops.
# If you first copy the windows into the rows of a matrix, the **patches**, one call of compiled code makes all the sums.
#
# ## Write it in two lines
#
# `sliding_window_view` shows all windows of an array without copying anything, and `reshape` copies them into rows.

# %%
windows = sliding_window_view(piece, kernel.shape)
patches = windows.reshape(-1, kernel.size)
patches @ kernel.ravel()

# %% tags=["hide"]
assert np.array_equal(patches @ kernel.ravel(), output.ravel())
assert np.array_equal(patches, conv.im2col(piece, (3, 3), padding="valid"))

# %% [markdown]
# The first output, for example, is
# {eval}`" + ".join(f"{w:g}·{x:g}".replace("-", "−") for w, x in zip(kernel.ravel(), patches[0]) if w).replace("+ −", "− ")`
# = {eval}`int(output[0, 0])`.
# `conv.im2col` builds the same rows for padding, stride, dilation, channels and batches too.
# With F filters the kernel becomes a matrix of F columns.
# The whole layer is then a product of two matrices, which libraries call **GEMM** (general matrix multiplication) and have tuned for decades.

# %%
draw = np.random.default_rng(0)
batch = draw.integers(-5, 6, (2, 6, 7, 3))  # 2 images, 3 channels
layer = draw.integers(-5, 6, (3, 2, 3, 5))  # 3 by 2, 5 filters
product = conv.im2col(batch, (3, 2), stride=2) @ layer.reshape(-1, 5)
expected = conv.naive.correlate(batch, layer, stride=2)
assert np.array_equal(product, expected.reshape(-1, 5))
product.shape, expected.shape

# %% [markdown]
# ### Try it
#
# Point at a row of the patches to see its window, or change a number and follow it through both.

# %% tags=["hide"]
figures.explorer(
    piece,
    kernel,
    view="im2col",
    controls=["padding", "kernel"],
    caption="The collar again. With padding, some of the patches' entries are zeros that stand in no pixel.",
    alt=f"The 4 by 4 input, Sobel's kernel and the 2 by 2 output {output.ravel().astype(int).tolist()} of their cross-correlation under valid.",
)

# %% [markdown]
# ??? question "Rows or columns? What the name says"
#
#     im2col means *image to columns*.
#     [Caffe's `im2col`](https://github.com/BVLC/caffe/blob/master/src/caffe/util/im2col.cpp) writes each window into a column and multiplies it by the kernel from the left.
#     Here a window is a row, because NumPy keeps a row in one piece of memory.
#     The numbers are the same, and one matrix is the transpose of the other up to the order of entries.
#
# ## Why expand the image, and not the kernel?
#
# [The same numbers as a fully connected layer](fully_connected.py) took the other way to a matrix product.
# It left the image alone and expanded the kernel into a matrix with a row for every output and a column for every pixel:

# %% tags=["hide"]
figures.matrix(
    kernel,
    piece.shape,
    padding="valid",
    caption="The kernel matrix T for the same 4 by 4 image. Empty cells are zeros that have to be stored and multiplied all the same.",
    alt="A matrix of 4 rows and 16 columns; each row holds the nine entries of the kernel, moved to the right from row to row.",
)

# %% [markdown]
# Let $x$ be the image and $w$ the kernel, each as a column of numbers,
# $T$ the kernel matrix and $P$ the matrix of patches.
# Then both ways give the same output $y$:
#
# $$ y = T x = P w . $$
#
# They differ in what they store.
# For a grey image of 512 by 512, in single precision, at stride 1 and `same`, that is:

# %%
n, sides = 512, np.array([3, 9, 15])
weights = (sides * n - (sides**2 - 1) // 4) ** 2  # inside the image
megabytes = {
    "kernel matrix T, dense": np.full(3, n**4 * 4 / 1e6),
    "kernel matrix T, sparse": (weights * 8 + (n**2 + 1) * 4) / 1e6,
    "patches P": n**2 * sides**2 * 4 / 1e6,
    "copied rows (below)": (n + sides - 1) * sides * n * 4 / 1e6,
}

# %% tags=["hide"]
for k in (3, 5, 9):  # the count of weights, on a small image
    small = conv.kernel_matrix(np.ones((k, k)), (10, 10))
    assert np.count_nonzero(small) == (k * 10 - (k**2 - 1) // 4) ** 2
few = np.zeros((512, 512), np.float32)
twice = conv.im2col(few, (3, 3), stride=2)
byte = conv.im2col(np.zeros((3, 3), np.uint8), (3, 3))
assert conv.im2col(few, (3, 3)).nbytes == megabytes["patches P"][0] * 1e6

# %% tags=["hide"]
columns = {"megabytes": [*megabytes]}
for side, sizes in zip(
    sides, np.transpose([*megabytes.values()]), strict=True
):
    columns[f"{side} by {side}"] = np.rint(sizes).astype(int)
figures.table(columns)

# %% [markdown]
# A dense kernel matrix takes {eval}`f"{n**4 * 4 / 1e9:.0f}"` gigabytes whatever the kernel, because it has a row for every output and a column for every pixel.
# Without its zeros it shrinks to {eval}`f"{megabytes['kernel matrix T, sparse'][0]:.0f}"` megabytes for 3 by 3,
# counting 4 bytes for a weight, 4 for its column, and 4 for each row's beginning (the CSR format).
# But then the product has to look up a column for every single weight, and is no GEMM any more.
# So im2col expands the image: the patches have no zeros but those of the padding, and GEMM takes them as they are.
# Their price is that they hold each pixel about as often as the kernel has entries at stride 1;
# at stride 2 a 3 by 3 kernel needs {eval}`twice.size / 512**2` times the image.
# An image of single bytes grows by another factor of {eval}`byte.itemsize`, because integers are computed in double precision.
#
# ## Where does the time go?
#
# Take the whole portrait in grey, as means of 2 by 2 pixels, and the loop from
# [The definition, in loops](naive.py) in its shortest form.


# %%
def loop(x, w):
    (height, width), size = w.shape, np.subtract(x.shape, w.shape) + 1
    y = np.empty(size, x.dtype)
    for i, j in np.ndindex(*size):
        y[i, j] = np.sum(x[i : i + height, j : j + width] * w)
    return y


# %%
grey = photo.mean(axis=2).reshape(300, 2, 256, 2).mean(axis=(1, 3))
grey, sobel = grey.astype(np.float32), kernel.astype(np.float32)
valid = {"padding": "valid"}
rows = conv.im2col(grey, (3, 3), **valid)
calls = {
    "loop": lambda: loop(grey, sobel),
    "copying": lambda: conv.im2col(grey, (3, 3), **valid),
    "multiplying": lambda: rows @ sobel.ravel(),
    "conv": lambda: conv.correlate(grey, sobel, **valid),
}

# %% tags=["hide"]
names = {"stride": 1, "dilation": 1, "groups": 1}
operands = conv.matmul.Operands.of(grey, sobel, **valid, **names)
blocks = [windows for _, windows in conv.matmul.blocks(operands)]
column = sobel.reshape(-1, 1)
calls |= {
    "whole": lambda: conv.im2col(grey, (3, 3), **valid) @ sobel.ravel(),
    "copying rows": lambda: [None for _ in conv.matmul.blocks(operands)],
    "multiplying rows": lambda: [windows @ column for windows in blocks],
}

# %% tags=["hide"]
assert np.allclose(calls["loop"](), calls["conv"](), atol=1e-5)
assert np.allclose(calls["whole"](), calls["conv"]().ravel(), atol=1e-5)
seconds = conv.timing.race(calls, clock=time.process_time)
least = {("loop", "multiplying"): 50, ("loop", "whole"): 20}
least |= {("loop", "conv"): 200, ("whole", "conv"): 2}
least |= {("copying", "multiplying"): 1}
for (slow, fast), times in least.items():
    assert conv.timing.ratio(seconds[slow], seconds[fast])[0] > times

# %% tags=["hide"]
median = {name: float(np.median(turns)) for name, turns in seconds.items()}
parts = ("Python", "copying", "multiplying")


def split(whole, copying, product):
    times = (whole - copying - product, copying, product)
    return dict(zip(parts, times, strict=True))


copying, multiplying = median["copying"], median["multiplying"]

# %% tags=["hide"]
loops = split(median["loop"], 0, multiplying)
whole = split(median["whole"], copying, multiplying)
figures.bars(
    {"a loop over the windows": loops, "im2col and one product": whole},
    caption="The same multiplications, made twice. The loop's bar is nearly all Python: cutting out windows, calling NumPy, storing numbers. In the second bar, what is left can hardly be seen.",
    alt="Two bars on one scale. The loop's is as wide as the figure and nearly all of it is Python; that of im2col is a sliver.",
)

# %% [markdown]
# Copying and multiplying were timed alone, and *Python* is what remains of the whole.
# The {eval}`f"{rows.size:,}"` multiplications of the loop are those of the product, and less than a fiftieth of its time.
# So faster arithmetic would help the loop little; what helps is fewer trips through Python.
#
# ## Why are fewer operations slower than a matrix product?
#
# The dense kernel matrix shows it at its plainest, on an image of 32 by 32 where it still fits into memory.
# Nearly all its entries are zeros, and the product multiplies by each of them.

# %%
small = grey[:32, :32]
T = conv.kernel_matrix(sobel, small.shape, padding="valid")
runs = {
    "loop": lambda: loop(small, sobel),
    "kernel matrix": lambda: T @ small.ravel(),
}

# %% tags=["hide"]
assert np.allclose(runs["kernel matrix"](), runs["loop"]().ravel(), atol=1e-5)
work = {"loop": 30**2 * 9, "kernel matrix": T.size}
more = work["kernel matrix"] // work["loop"]
race = conv.timing.race(runs, clock=time.process_time)
assert conv.timing.ratio(race["loop"], race["kernel matrix"])[0] > 1
figures.race_table(race, multiplications=work)

# %% [markdown]
# The product makes {eval}`more` times as many multiplications and still finishes first,
# because the last column, its rate, is more than {eval}`more` times as high.
# An operation has no fixed price: in compiled code that reads memory in order, one instruction multiplies several numbers,
# while in the loop every nine multiplications pay for a slice, two calls of NumPy and a stored number.
# The lead does not last, though.
# The loop's work grows with the number of pixels and the matrix with its square, as exercise 3 shows.
#
# ## Copy blocks of rows, not windows
#
# Of im2col's time, copying takes the larger part. Can it be made cheaper?
# Windows below each other share whole rows of the image, so it is enough to copy each row once for each *column* of the kernel, every time moved on by one.


# %%
def by_rows(x, w):  # valid, stride 1, one channel
    (height, width), across = w.shape, x.shape[1] - w.shape[1] + 1
    copies = [x[:, v : v + across] for v in range(width)]
    copies = np.stack(copies, axis=1).reshape(-1, across)
    tops = range(0, len(copies) - (height - 1) * width, width)
    return [w.ravel() @ copies[top : top + w.size] for top in tops]


# %% tags=["hide"]
assert np.allclose(by_rows(grey, sobel), calls["conv"](), atol=1e-5)
for k in ((2, 3), (4, 2), (5, 5), (1, 1)):
    x, w = draw.integers(-5, 6, (7, 9)), draw.integers(-5, 6, k)
    assert np.array_equal(by_rows(x, w), conv.correlate(x, w, **valid))
copies = np.stack([piece[:, v : v + 2] for v in range(3)], axis=1)
copies, line = copies.reshape(-1, 2), kernel.reshape(1, -1)
assert np.array_equal(line @ copies[:9], output[:1])
assert np.array_equal(line @ copies[3:], output[1:])

# %% tags=["hide"]
needed, made = [np.s_[0:9, :], np.s_[3:12, :]], [np.s_[0, :], np.s_[1, :]]
laid = figures.Grid(copies, "copied rows", frames=needed)
made = figures.Grid(output, "output", "output", frames=made)
panels = figures.Grid(piece, "image"), "→", laid, "→", made
figures.beside(
    *panels,
    caption="Each of the four rows, copied three times and moved on by one. The nine copies in a frame, times the nine entries of the kernel, give the outputs in a frame of the same kind; six copies serve both rows of outputs.",
    alt=f"The collar's 4 by 4 values; a matrix of 12 copied rows and 2 columns with two overlapping frames of nine rows each; the outputs {output.astype(int).tolist()}, a frame for each row.",
)

# %% [markdown]
# In the code, `tops` says at which copy each row of outputs begins.
# Here {eval}`copies.size` numbers are copied where the patches hold {eval}`patches.size`.
# On a large image each pixel is copied about as often as the kernel has columns, no longer as often as it has entries.
# The copies also run along a whole row of the image, where a patch takes three numbers at a time.
# This is how `conv.correlate` treats a single filter, with one refinement.
# It goes through the image in blocks: it copies as many rows as fill {eval}`conv.matmul.BLOCK_BYTES // 2**20` mebibyte, multiplies them while they are in the **cache**, the processor's small fast memory, and goes on,
# so besides the input with its padding and the output it stays under 4 mebibytes for all but very large kernels.

# %% tags=["hide"]
box = np.ones((9, 9), np.float32)
for picture in (grey, np.tile(grey, (4, 4))):
    tracemalloc.start()
    conv.correlate(picture, box)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    padded = np.prod(conv.Geometry.of(picture.shape, (9, 9)).padded_size) * 4
    assert peak - padded - picture.nbytes < 4 * 2**20

# %% tags=["hide"]
fewer, faster = median["copying rows"], median["multiplying rows"]
assert copying - fewer > multiplying - faster
ours = split(median["conv"], fewer, faster)
figures.bars(
    {"im2col and one product": whole, "conv.correlate, by copied rows": ours},
    caption="The sliver of the last chart, magnified. Most of what is gained is gained by copying less, in longer runs.",
    alt="Two bars on one scale. Most of that of im2col is copying; that of conv.correlate is less than half as long.",
)

# %% [markdown]
# Set beside the loop, `conv.correlate` is more than {eval}`least["loop", "conv"]` times as fast.
# With many channels, though, the advantage of rows turns round: a row of a patch, with its channels, is then a long run by itself, and all patches together make one large product.
# So the package copies rows if they are more than {eval}`conv.matmul.LONGER` times as long as a row of a patch, and otherwise patches: `_rows` and `_patches` in this file do the copying.

# %%
figures.source(conv.matmul.blocks)

# %% [markdown]
# ## How much of the processor does it use?
#
# The yardstick is a product of two large square matrices, the best that GEMM does on this machine.
# A multiplication with its addition counts as two operations, and a billion operations a second are one GFLOP/s.

# %%
big = np.ones((1024, 1024), np.float32)
maps = np.ones((56, 56, 64), np.float32)
filters = np.ones((3, 3, 64, 64), np.float32)
jobs = {
    "GEMM, 1024 by 1024": lambda: big @ big,
    "64 filters of 3 by 3 by 64": lambda: conv.correlate(maps, filters),
    "one filter of 9 by 9": lambda: conv.correlate(grey, box),
    "one filter of 3 by 3": lambda: conv.correlate(grey, sobel),
}

# %% tags=["hide"]
products = [1024**3, 56**2 * filters.size, grey.size * 81, grey.size * 9]
race = conv.timing.race(jobs, clock=time.process_time)
rates = 2e-9 * np.array(products) / np.median([*race.values()], axis=1)
assert rates[1] > 2 * rates[3]
assert rates[3] < rates[0] / 3
columns = {"job": race, "GFLOP/s": rates}
columns["per cent of GEMM"] = np.rint(100 * rates / rates[0]).astype(int)
figures.table(
    columns, measured=True, note=f"{conv.timing.processor()}, one thread"
)

# %% [markdown]
# The layer runs at more than twice the rate of the 3 by 3 filter, which does not reach a third of the yardstick.
# The reason is how often a copied number is used.
# In the layer it is multiplied by 64 weights, one for each filter, so GEMM fetches it once and works with it 64 times.
# With one filter it meets 3 weights, one for each row of the kernel, or 9 for a kernel of 9 by 9, so moving numbers sets the speed and the multipliers wait.
# On an image this small, the checks before the first multiplication count as well.
# You can predict from this which of your own layers run well: those with many filters.
#
# ??? question "What do frameworks really do?"
#
#     **Implicit GEMM.** NVIDIA's [cuDNN](https://arxiv.org/abs/1410.0759) (Chetlur and others, 2014) keeps the matrix product but never stores the patches:
#     it works out the addresses of a tile of them when the product needs it, and holds that tile in the memory on the chip.
#     The blocks of `conv` are the same idea, as far as NumPy lets one go.
#
#     **Winograd.** Lavin and Gray [brought](https://arxiv.org/abs/1509.09308) Winograd's filtering into networks in 2015.
#     It computes 2 by 2 outputs of a 3 by 3 kernel with {eval}`4**2` multiplications where the definition takes {eval}`2**2 * 3**2`,
#     after transforms of input and kernel by additions and halves, whose cost many channels and filters share.
#     The price is rounding error, which grows with larger tiles, and the method is for small kernels at stride 1.
#
#     **FFT.** By fast [Fourier transforms](https://arxiv.org/abs/1312.5851) (Mathieu, Henaff and LeCun, 2013) the cost of an output hardly depends on the kernel's size.
#     So they pay for large kernels, while small ones do not earn back the transforms.
#
#     A library holds several of these and chooses by the sizes of a layer, sometimes by a race of its own, as cuDNN does under PyTorch's
#     [`torch.backends.cudnn.benchmark`](https://docs.pytorch.org/docs/stable/backends.html).

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: find the bug
#
# Somebody writes the layer from above as below. The shapes fit and nothing fails.
# What is wrong, and for which number of filters does nobody notice?

# %%
wrong = conv.im2col(batch, (3, 2), stride=2) @ layer.reshape(5, -1).T
wrong.shape

# %% tags=["answer"]
# Filters are the last axis, so a filter's entries are not neighbours in memory: reshape cuts the array into
# five pieces that mix all filters. With one filter there is nothing to mix.
assert not np.array_equal(wrong, product)
one = layer[..., :1]
assert np.array_equal(one.reshape(1, -1).T, one.reshape(-1, 1))
int(np.sum(wrong != product)), product.size

# %% [markdown]
# ### Exercise 2: your own photograph
#
# Put the name of a picture of yours into `conv.images.load`.
# How many megabytes would its patches take in double precision, in colour, for a kernel of 11 by 11 at stride 1 and at stride 4, `same`?
# Predict the ratio of the two first.

# %% tags=["answer"]
# A sixteenth of the windows is left at stride 4, so the ratio is close to 16 (exactly, if 4 divides both sides).
mine = photo  # conv.images.load("mine.jpg")
for stride in (1, 4):
    geometry = conv.Geometry.of(mine.shape[:2], (11, 11), stride=stride)
    windows = np.prod(geometry.output_size)
    print(stride, round(windows * 11 * 11 * 3 * 8 / 1e6), "megabytes")

# %% [markdown]
# ### Exercise 3: where does the loop overtake?
#
# The kernel matrix won at 32 by 32. The loop's time grows with the number of pixels, the matrix with its square.
# If the matrix wins there by a factor of ten, at which side of the image are the two level? Then measure it.


# %% tags=["answer"]
# The lead shrinks as the pixels grow in number, so it is gone at ten times the pixels: a side of about 100.
# A matrix that no longer fits into the cache is slower still, so on many machines the loop overtakes earlier.
def lead(side):
    part = grey[:side, :side]
    T = conv.kernel_matrix(sobel, part.shape, **valid)
    pair = {"loop": lambda: loop(part, sobel), "T": lambda: T @ part.ravel()}
    return conv.timing.ratio(*conv.timing.race(pair).values())[0]


# %% tags=["answer"]
leads = {side: lead(side) for side in (16, 32, 64)}
assert leads[64] < leads[16]
columns = {"side": leads, "the loop's time over that of T": leads.values()}
figures.table(columns, measured=True)

# %% [markdown]
# ## What you can do now
#
# You can write a convolution as one matrix product in two lines, say what it costs in memory,
# and tell from a split of the time whether Python, copying or arithmetic holds a program up.
#
# Next here: [Five bugs you will write yourself](../reference/article.py), or the [API](../reference/api.md) with all that `conv.correlate` takes.
#
# Elsewhere:
#
# - Pete Warden, [Why GEMM is at the heart of deep learning](https://petewarden.com/2015/04/20/why-gemm-is-at-the-heart-of-deep-learning/):
#   the drawings that made im2col plain to many, with the sizes of real layers.
# - Simon Boehm, [Fast multidimensional matrix multiplication on CPU from scratch](https://siboehm.com/articles/22/Fast-MMM-on-CPU):
#   what happens inside the one call, from three loops to nearly the speed of the processor.
