# %% [markdown]
# # One matrix product: im2col
#
# Why does the same sum run dozens of times faster as a matrix product, although not one multiplication is saved?
# Because **im2col** replaces one small call for every window by a single large one.

# %%
import time
import tracemalloc
from functools import partial
from unittest import mock

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
    caption="Each window that is framed in the image becomes a row of the matrix, in a frame of the same kind. Multiply the row by the kernel at the top, entry by entry, and add up: that is the output at its end.",
    alt=f"The collar's 4 by 4 values with its four windows framed; the windows as rows of nine numbers under the kernel's nine entries; at their ends the outputs {output.ravel().astype(int).tolist()}.",
)

# %% [markdown]
# The picture shows 4 by 4 pixels of the collar, in per cent of white, under Sobel's kernel:

# %%
photo = conv.images.sample()
piece = np.rint(100 * photo[344:348, 194:198].mean(axis=2))
kernel = conv.kernels.sobel_x()

# %% [markdown]
# In a loop, NumPy is called for nine numbers at a time, and each call costs far more than nine multiplications, so the calls take nearly all of the time.
# If you first copy the windows into the rows of a matrix, the **patches**, one call of compiled code makes all sums.
#
# ## Write it in two lines
#
# `sliding_window_view` shows all windows of an array without copying anything, and `reshape` copies them, where they overlap, into rows.

# %%
windows = sliding_window_view(piece, kernel.shape)
patches = windows.reshape(-1, kernel.size)
patches @ kernel.ravel()

# %% tags=["hide"]
assert np.array_equal(patches @ kernel.ravel(), output.ravel())
assert np.array_equal(patches, conv.im2col(piece, (3, 3), padding="valid"))

# %% [markdown]
# The first output is
# {eval}`" + ".join(f"{w:g}·{x:g}".replace("-", "−") for w, x in zip(kernel.ravel(), patches[0]) if w).replace("+ −", "− ")`
# = {eval}`int(output[0, 0])`.
# `conv.im2col` builds such rows for padding, stride, dilation, channels and batches too.
# With one filter the second matrix has a single column. With F filters it has F columns,
# and the layer is a product of two matrices, which libraries call **GEMM** (general matrix multiplication) and have tuned for decades.

# %%
draw = np.random.default_rng(0)
batch = draw.integers(-5, 6, (2, 6, 7, 3))  # 2 images, 3 channels
layer = draw.integers(-5, 6, (3, 2, 3, 5))  # 3 by 2, 5 filters
product = conv.im2col(batch, (3, 2), stride=2) @ layer.reshape(-1, 5)
expected = conv.naive.correlate(batch, layer, stride=2)
assert np.array_equal(product.reshape(2, 3, 4, 5), expected)
product.shape, expected.shape

# %% [markdown]
# The 24 rows are 2 images times 3 by 4 windows, and the 5 columns are the filters, so `product.reshape(2, 3, 4, 5)` is the output.
#
# ### Try it
#
# Press *Step* to go through the windows and their rows in the patches, or point at an entry to see the one pixel and the one weight that meet, or change a number in the image and watch it change in the patches and in the output.
# In the patches, a cell's dot shows where in the kernel the entry lies that its value is multiplied by, and so does the shade of brown.
# Under `same`, some entries of the patches are zeros that come from no pixel.

# %% tags=["hide"]
figures.explorer(
    piece,
    kernel,
    view="im2col",
    controls=["padding", "kernel"],
    caption="The collar again, Sobel's kernel and the output.",
    alt=f"The 4 by 4 input, Sobel's kernel and the 2 by 2 output {output.ravel().astype(int).tolist()} of their cross-correlation under valid.",
)

# %% [markdown]
# ??? question "Rows or columns? What the name says"
#
#     im2col means *image to columns*.
#     [Caffe's `im2col`](https://github.com/BVLC/caffe/blob/master/src/caffe/util/im2col.cpp) writes each window into a column and multiplies it by the kernel from the left.
#     Here a window is a row, because NumPy keeps a row in one piece of memory.
#
# ## Why expand the image, and not the kernel?
#
# [The same numbers as a fully connected layer](fully_connected.py) took the other way to a matrix product:
# that page leaves the image alone and expands the kernel into a matrix with a row for every output and a column for every pixel:

# %% tags=["hide"]
figures.matrix(
    kernel,
    piece.shape,
    padding="valid",
    parts=2,
    caption=f"The kernel matrix T for the same 4 by 4 image, its {piece.size} columns in two halves. Empty cells are zeros that have to be stored and multiplied all the same.",
    alt=f"A matrix of 4 rows and {piece.size} columns; each row holds the nine entries of the kernel, moved to the right from row to row.",
)

# %% [markdown]
# Let $x$ be the image and $w$ the kernel, each as a column of numbers,
# $T$ the kernel matrix and $P$ the matrix of patches.
# Then both ways give the same output $y$:
#
# $$ y = T x = P w . $$
#
# The two matrices differ in what they store,
# here for a grey image of 512 by 512 in single precision, at stride 1 and `same`:

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
# A dense kernel matrix takes {eval}`f"{n**4 * 4 / 1e9:.0f}"` gigabytes whatever the kernel.
# Without its zeros it shrinks to {eval}`f"{megabytes['kernel matrix T, sparse'][0]:.0f}"` megabytes for 3 by 3,
# counting 4 bytes for a weight, 4 for its column, and 4 for each row's beginning (the CSR format).
# But each filter needs a T of its own, and a sparse product looks up a column for every weight.
# All filters share the same patches, on the other hand: their weights stand side by side in one matrix, and its product with the patches is a GEMM.
# So im2col expands the image.
# Their price is that they hold each pixel about as often as the kernel has entries at stride 1;
# at stride 2 a 3 by 3 kernel needs {eval}`twice.size / 512**2` times the image.
# An image of single bytes grows by another factor of {eval}`byte.itemsize`, because `conv` computes integers in double precision.
#
# ## Where does the time go?
#
# Take the portrait in grey, as means of 2 by 2 pixels, and the loop from
# [The definition, in loops](naive.py) in short.


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
least = {("loop", "multiplying"): 100, ("loop", "whole"): 36}
least |= {("loop", "conv"): 200, ("whole", "conv"): 2}
least |= {("copying", "multiplying"): 1}
for (slow, fast), times in least.items():
    assert conv.timing.ratio(seconds[slow], seconds[fast])[0] > times

# %% tags=["hide"]
median = {name: float(np.median(turns)) for name, turns in seconds.items()}
parts = ("calls", "copying", "multiplying")


def split(whole, copying, product):
    times = (whole - copying - product, copying, product)
    return dict(zip(parts, times, strict=True))


copying, multiplying = median["copying"], median["multiplying"]

# %% tags=["hide"]
loops = split(median["loop"], 0, multiplying)
whole = split(median["whole"], copying, multiplying)
figures.bars(
    {"a loop over the windows": loops, "im2col and one product": whole},
    caption="The same multiplications, made twice. The loop's bar is nearly all calls: cutting out windows, calling NumPy for nine numbers, storing one. In the second bar, what is left can hardly be seen.",
    alt="Two bars on one scale. The loop's is as wide as the figure and nearly all of it is calls; that of im2col is a sliver.",
)

# %% [markdown]
# Copying and the product were timed alone. The loop's own multiplying cannot be timed apart, so its bar shows the product's time for it, and *calls* is the rest.
# The {eval}`f"{rows.size:,}"` multiplications are the same in both, and the product makes them in less than 1/{eval}`least["loop", "multiplying"]` of the loop's time.
# So what helps is not faster arithmetic but fewer, larger calls.
#
# ## Why can more multiplications take less time?
#
# A loop of fewer operations can be slower than a matrix product, as the dense kernel matrix shows on an image of 32 by 32.
# Nearly all entries of T are zeros, and the product multiplies by each.

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
more = work["kernel matrix"] / work["loop"]
race = conv.timing.race(runs, clock=time.process_time)
ahead = conv.timing.ratio(race["loop"], race["kernel matrix"])[0]
assert ahead > 1
assert ahead * more > 300
figures.race_table(race, multiplications=work)

# %% [markdown]
# The product makes {eval}`round(more)` times as many multiplications and still finishes first,
# because it makes hundreds of times as many of them a second, as the last column says.
# In compiled code that reads memory in order, one instruction multiplies several numbers,
# while in the loop every nine multiplications pay for a slice, two calls of NumPy and a stored number.
# The lead does not last, as exercise 3 shows.
#
# ## Copy blocks of rows, not windows
#
# Of im2col's time, copying takes the larger part.
# But windows below each other share whole rows of the image, so it is enough to copy each row once for each *column* of the kernel, every time moved on by one.


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
needed, made = [np.s_[0:9, 0:3], np.s_[3:12, 1:4]], [np.s_[0, :], np.s_[1, :]]
cells = np.full((12, 4), "", object)
cells[:, 1:3], cells[:9, 0], cells[3:, 3] = copies, line[0], line[0]
roles = np.where(cells == "", "", "kernel")
roles[:, 1:3] = "input"

# %% tags=["hide"]
axes = ("", "with the kernel")
laid = figures.Grid(cells, "copied rows", roles, frames=needed, axes=axes)
made = figures.Grid(output, "output", "output", frames=made)
panels = figures.Grid(piece, "image"), "→", laid, "→", made
figures.beside(
    *panels,
    caption="Each of the four rows, copied three times and moved on by one. In a frame, nine copies are multiplied by the nine entries of the kernel, on the left for the first row of outputs and on the right for the second. The sums of products, column by column, are the outputs in a frame of the same kind; six copies serve both.",
    alt=f"The collar's 4 by 4 values; 12 copied rows of 2 columns, beside them twice the nine entries of the kernel, and two overlapping frames of nine rows each; the outputs {output.astype(int).tolist()}, a frame for each row.",
)

# %% [markdown]
# In the code, `tops` says at which copy a row of outputs begins.
# Here {eval}`copies.size` numbers are copied where the patches hold {eval}`patches.size`.
# On a large image each pixel is copied about as often as the kernel has columns, not entries,
# and the copies run along a whole row of the image, where a patch takes three numbers at a time.
# This is how `conv.correlate` treats an image of few channels that is wide enough, with one refinement.
# The package copies only as many rows as fill {eval}`conv.matmul.BLOCK_BYTES // 2**20` mebibyte, multiplies them while they are in the **cache**, the processor's small fast memory, and goes on.
# So besides padded input and output it stays under 4 mebibytes for all but very large kernels.

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
    caption="The sliver of the last chart, magnified. Most of the gain is in copying: fewer numbers, in longer runs.",
    alt="Two bars on one scale. Most of that of im2col is copying; that of conv.correlate is less than half as long.",
)


# %% tags=["hide"]
def forced(longer, x, w):  # by patches, or by rows
    with mock.patch.object(conv.matmul, "LONGER", longer):
        return conv.correlate(x, w)


# %% tags=["hide"]
for side, channels, low, high in ((56, 16, 1, 40), (14, 256, 0, 1)):
    x = np.ones((side, side, channels), np.float32)
    w = np.ones((3, 3, channels, channels), np.float32)
    both = {n: partial(forced, n, x, w) for n in (np.inf, 0)}
    both = conv.timing.race(both, clock=time.process_time)
    assert low < conv.timing.ratio(both[np.inf], both[0])[0] < high

# %% [markdown]
# `conv.correlate` is more than {eval}`least["loop", "conv"]` times as fast as the loop.
# With many channels a row of a patch, counted with its channels, is a long run by itself, so the advantage of rows shrinks, and on small maps with many channels it turns round.
# The package follows a rule of thumb that does not always find the faster way: it copies rows if they are more than {eval}`conv.matmul.LONGER` times as long as a row of a patch, and otherwise patches.
#
# ## How much of the processor does it use?
#
# The yardstick is a product of two large square matrices, close to the best that GEMM does on this machine.
# A multiplication with its addition counts as two operations, and a billion operations a second are one GFLOP/s.
# In the layer below only the number of filters changes.

# %%
big = np.ones((1024, 1024), np.float32)
maps = np.ones((56, 56, 64), np.float32)
jobs = {"GEMM, 1024 by 1024": lambda: big @ big}
counts = [1, 4, 16, 64]
for filters in counts:
    bank = np.ones((3, 3, 64, filters), np.float32)
    jobs[f"layer, filters: {filters}"] = partial(conv.correlate, maps, bank)

# %% tags=["hide"]
products = [1024**3, *(56**2 * 9 * 64 * np.array(counts))]
race = conv.timing.race(jobs, clock=time.process_time)
rates = 2e-9 * np.array(products) / np.median([*race.values()], axis=1)
assert rates[1] < rates[3]
assert rates[4] > 4 * rates[1]
assert rates[1] < rates[0] / 4
assert rates[4] > rates[0] / 8

# %% tags=["hide"]
columns = {"job": race, "GFLOP/s": rates}
columns["per cent of GEMM"] = np.rint(100 * rates / rates[0]).astype(int)
figures.table(
    columns, measured=True, note=f"{conv.timing.processor()}, one thread"
)

# %% [markdown]
# One filter does not reach a quarter of the yardstick, while 64 filters run at several times its rate.
# The reason is how often a copied number is used, because the copying is the same in all four layers.
# With one filter each copy is multiplied by a single weight, so moving numbers sets the speed and the multipliers wait.
# With 64 filters GEMM fetches it once and uses it 64 times.
# So you can predict which of your layers run well: those with many filters and many positions, counted over the batch.
# On a single map of 2 by 2 each weight is used only four times, and a batch of such maps has more positions to offer.
#
# ??? question "What do frameworks really do?"
#
#     **Implicit GEMM.** NVIDIA's [cuDNN](https://arxiv.org/abs/1410.0759) (Chetlur and others, 2014) keeps the matrix product but never stores the patches:
#     it builds a tile of them when the product needs it, on the chip.
#     The blocks of `conv` are this idea in NumPy.
#
#     **Winograd.** Lavin and Gray [brought](https://arxiv.org/abs/1509.09308) Winograd's filtering into networks in 2015.
#     It computes 2 by 2 outputs of a 3 by 3 kernel with {eval}`4**2` multiplications where the definition takes {eval}`2**2 * 3**2`,
#     after transforms of input and kernel whose cost many channels and filters share.
#     The price is rounding error, and the method is for small kernels at stride 1.
#
#     **FFT.** By fast [Fourier transforms](https://arxiv.org/abs/1312.5851) (Mathieu, Henaff and LeCun, 2013) the cost of an output hardly depends on the kernel's size.
#     So they pay for large kernels.
#
#     A library chooses among these by the sizes of a layer, or by a race of its own, as cuDNN does under PyTorch's
#     [`torch.backends.cudnn.benchmark`](https://docs.pytorch.org/docs/stable/backends.html).

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: find the bug
#
# Somebody writes the layer from above as below, and the shapes fit.
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
# Load a picture of yours with `conv.images.load`.
# How many megabytes would its patches take in double precision, in colour, for 11 by 11 at stride 1 and at stride 4, `same`?
# Predict the ratio first.

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
# Predict from the lead in the table (about the same whenever it is measured) at which side the two are level,
# then measure at 64 and 80. Does the lead fall as you predict?


# %% tags=["answer"]
# Twice the side is four times the pixels, so the lead should fall to a quarter, and be gone at 32 times its root.
# Where it falls faster, the matrix has outgrown the cache: fetching its entries sets the time, and the loop overtakes earlier.
def lead(side):
    part = grey[:side, :side]
    T = conv.kernel_matrix(sobel, part.shape, **valid)
    pair = {"loop": lambda: loop(part, sobel)}
    pair["T"] = lambda: T @ part.ravel()
    race = conv.timing.race(pair, clock=time.process_time)
    return conv.timing.ratio(*race.values())[0]


# %% tags=["answer"]
leads = {side: lead(side) for side in (32, 64, 80)}
assert leads[80] < leads[32]
predicted = [leads[32] * (32 / side) ** 2 for side in leads]
columns = {"side": leads, "lead, measured": leads.values()}
columns |= {"lead, predicted": predicted}
level = f"Level, as predicted from side 32, at {32 * leads[32] ** 0.5:.0f}; as predicted from side 80, at {80 * leads[80] ** 0.5:.0f}."
figures.table(columns, measured=True, note=level)

# %% [markdown]
# ## What you can do now
#
# You can write a convolution as one matrix product, say what it costs in memory,
# and tell whether calls, copying or arithmetic holds a program up.
#
# Next here: [Five bugs you will write yourself](../reference/article.py).
#
# Elsewhere:
#
# - Pete Warden, [Why GEMM is at the heart of deep learning](https://petewarden.com/2015/04/20/why-gemm-is-at-the-heart-of-deep-learning/):
#   im2col drawn, with sizes of real layers.
# - Simon Boehm, [Fast multidimensional matrix multiplication on CPU from scratch](https://siboehm.com/articles/22/Fast-MMM-on-CPU):
#   what happens inside the one call.
