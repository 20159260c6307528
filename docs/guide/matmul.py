# %% [markdown]
# # One matrix product: im2col
#
# Why does the same sum run so much faster as a matrix product, although not one multiplication is saved?
# Because **im2col** replaces one small call for every window by a single large one.

# %%
import tracemalloc
from functools import partial

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
# The picture shows 4 by 4 pixels of the [collar](first.py#a-photograph-is-an-array), in per cent of white, under Sobel's kernel:

# %%
photo = conv.images.sample()
piece = np.rint(100 * photo[344:348, 194:198].mean(axis=2))
kernel = conv.kernels.sobel_x()

# %% [markdown]
# A loop calls NumPy for nine numbers at a time, and preparing a call costs more than nine multiplications.
# If you first copy the windows into the rows of a matrix, the **patches**, one call of compiled code makes all sums.
#
# ## Write it in two lines
#
# `sliding_window_view` shows all windows of an array without copying anything.
# To make rows of them, here `reshape` has to copy them.

# %%
windows = sliding_window_view(piece, kernel.shape)
patches = windows.reshape(-1, kernel.size)
patches @ kernel.ravel()

# %% tags=["hide"]
assert not np.shares_memory(patches, piece)
assert np.array_equal(patches @ kernel.ravel(), output.ravel())
assert np.array_equal(patches, conv.im2col(piece, (3, 3), padding="valid"))

# %% [markdown]
# The first output is
# {eval}`" + ".join(f"{w:g}·{x:g}".replace("-", "−") for w, x in zip(kernel.ravel(), patches[0]) if w).replace("+ −", "− ")`
# = {eval}`int(output[0, 0])`.
# `conv.im2col` builds such rows for padding, stride, dilation, channels and batches too.
#
# In a layer, a row holds the entries of a window in all channels, and each filter is a column of the second matrix.
# So the layer is a product of two matrices, which libraries call **GEMM** (general matrix multiplication) and have tuned for decades.

# %% tags=["hide"]
collar = np.rint(100 * photo[344:347, 194:197, :2])  # red and green
edges = np.array([[-1, 1], [-1, 1]])
pair = np.stack([[edges, edges], np.full((2, 2, 2), [[[1]], [[-1]]])])
pair = pair.transpose(2, 3, 1, 0)  # as conv has them: h, w, C, F
four = conv.im2col(collar, (2, 2), padding="valid")
sums = conv.correlate(collar, pair, padding="valid").reshape(4, 2)
assert np.array_equal(four @ pair.reshape(8, 2), sums)

# %% tags=["hide"]
corner, top = [np.s_[:2, :2]], [np.s_[0, :]]
channels = [
    figures.Grid(collar[..., c], name, frames=corner)
    for c, name in enumerate(["red", "green"])
]
axes, each = ("", "patches"), np.arange(8)
tints = {"kernel_size": (2, 4), "tints": np.tile(each, (4, 1))}
wide = figures.Grid(four, frames=top, axes=axes, **tints)

# %% tags=["hide"]
tints["tints"] = np.tile(each[:, np.newaxis], 2)
tall = figures.Grid(pair.reshape(8, 2), axes=("", "filters"), **tints)
ends = figures.Grid(sums, "outputs", "", frames=top)
figures.rows(
    channels,
    [wide, "×", tall, "=", ends],
    caption="One product gives the outputs of both filters. A row of the patches takes red and green of each pixel in turn, and a filter's column is in the same order. Equal shades are multiplied. The first filter finds upright edges in both channels, and the second subtracts green from red.",
    alt=f"Two grids of 3 by 3 numbers, red and green, with a window of 2 by 2 framed in both; a matrix of 4 rows of eight numbers, times one of 8 rows and 2 columns, equals the outputs {sums.astype(int).tolist()}.",
)

# %% [markdown]
# `conv` does the same for a batch of images and at stride 2:

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
# Press *Step* to go through the windows and their rows, or point at a cell of the patches to see the one pixel and the one weight that meet there.
# Shade and dot of the cell name the kernel entry by which it is multiplied.
# Change a number in the image, and watch every copy of it change.
# Under `same`, some entries of the patches are zeros of the padding, dashed, which come from no pixel.

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
# ## Why is one product faster?
#
# Let the loop from [The definition, in loops](naive.py) race against the two steps of im2col,
# on the portrait in grey, as means of 2 by 2 pixels.


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
}

# %% tags=["hide"]
assert np.allclose(rows @ sobel.ravel(), loop(grey, sobel).ravel(), atol=1e-5)
seconds = conv.timing.race(calls, turn=0.001)
fastest = {name: min(turns) for name, turns in seconds.items()}
assert fastest["loop"] > 5 * (fastest["copying"] + fastest["multiplying"])
one_by_one = fastest.pop("loop")

# %% tags=["hide"]
figures.bars(
    {
        "a loop over the windows": {"small calls": one_by_one}
        | dict.fromkeys(fastest, 0),
        "im2col and one product": {"small calls": 0} | fastest,
    },
    magnify=True,
    caption="One large call takes a fraction of the time of many small ones, for the same multiplications. The second bar is drawn again below, as wide as the first. Each time is that of the fastest of five rounds.",
    alt="Two bars on one scale: the loop's, as wide as the figure and all of it small calls, and that of im2col, which is far shorter. Magnified below, the latter consists of copying and multiplying.",
)

# %% [markdown]
# How many times im2col's bar had to be magnified stands in the figure, and that is how many times faster it is.
# That factor is Python's price for a call and no merit of the method, because a compiled loop would win most of it back.
# In the loop, every nine multiplications pay for a slice, two calls of NumPy and a stored number.
# In the product, all of them share one call, whose compiled code reads memory in order and can multiply several numbers with one instruction.
# So what helps is not less arithmetic but fewer, larger calls.
# What is left is copying and multiplying, and the magnified bar shows how much of it is the price of the copies.
#
# ## Why expand the image, and not the kernel?
#
# [The same numbers as a fully connected layer](fully_connected.py) took the other way to a matrix product:
# that page leaves the image alone and expands the kernel, into a matrix with a row for every output and a column for every pixel.

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
megabytes = {
    "kernel matrix T": np.full(3, n**4 * 4 / 1e6),
    "patches P": n**2 * sides**2 * 4 / 1e6,
}

# %% tags=["hide"]
few = np.zeros((512, 512), np.float32)
twice = conv.im2col(few, (3, 3), stride=2)
assert conv.im2col(few, (3, 3)).nbytes == megabytes["patches P"][0] * 1e6

# %% tags=["hide"]
columns = {"megabytes": [*megabytes]}
for side, sizes in zip(
    sides, np.transpose([*megabytes.values()]), strict=True
):
    columns[f"{side} by {side}"] = np.rint(sizes).astype(int)
figures.table(columns)

# %% [markdown]
# T takes {eval}`f"{n**4 * 4 / 1e9:.0f}"` gigabytes whatever the kernel, and each filter needs a T of its own.
# A sparse format leaves the zeros out, but then the product looks up a column for every weight.
# The patches serve all filters, whose weights stand side by side in one matrix, so the product is a GEMM.
# That is why im2col expands the image.
#
# The patches cost memory, because at stride 1 they hold each pixel about as often as the kernel has entries.
# At stride 2 there are fewer windows, and a 3 by 3 kernel needs {eval}`twice.size / 512**2` times the image.
#
# ## Copy a block of rows at a time
#
# The whole matrix of patches is never needed at once.
# Copy the windows of a few rows of outputs, multiply them, and let the next block take their place.
# The portrait, tiled four times four, is large enough to show what that does:


# %%
def in_blocks(x, w, rows):  # valid, stride 1, one channel
    tops = range(0, len(x) - len(w) + 1, rows)
    blocks = (x[top : top + rows + len(w) - 1] for top in tops)
    copies = (conv.im2col(block, w.shape, **valid) for block in blocks)
    return np.concatenate([patches @ w.ravel() for patches in copies])


# %%
large = np.tile(grey, (4, 4))
large.shape

# %% tags=["hide"]
counts = [1, 4, 16, 64, 256, len(large) - 2]  # the last: all rows
whole = in_blocks(large, sobel, counts[-1])
for count in counts[:-1]:
    assert np.allclose(in_blocks(large, sobel, count), whole, atol=1e-5)
races = {count: partial(in_blocks, large, sobel, count) for count in counts}
race = conv.timing.race(races, rounds=10, turn=0)
least = [min(turns) for turns in race.values()]

# %% tags=["hide"]
held = [count * (large.shape[1] - 2) * 9 * 4 for count in counts]
whole = conv.im2col(large, (3, 3), **valid)
assert held[-1] == whole.nbytes
del whole
blocks = {"rows of outputs in a block": counts}
blocks["megabytes of patches"] = [size / 1e6 for size in held]
blocks["time"] = [figures.duration(seconds) for seconds in least]
machine = f"{conv.timing.processor()}; the site is built with one thread"
note = f"The fastest of {{}} rounds each. {machine}"
figures.table(blocks, measured=True, note=note.format(10))

# %% [markdown]
# The last row of the table is im2col in one piece, whose patches take {eval}`f"{held[-1] / 1e6:.0f}"` megabytes.
# Blocks of one row bring back many small calls.
# Blocks of {eval}`counts[3]` rows hold {eval}`f"{held[3] / 1e6:.1f}"` megabytes at a time, and the last column compares their time with that of one piece.
# They can even be faster, because larger blocks no longer fit into the **cache**, the processor's small fast memory.
# So `conv.correlate` fills {eval}`conv.matmul.BLOCK_BYTES // 2**20` mebibyte at a time,
# and besides the padded input and the output it stays under 4 mebibytes, for all but very large kernels.

# %% tags=["hide"]
box = np.ones((9, 9), np.float32)
for picture in (grey, large):
    tracemalloc.start()
    conv.correlate(picture, box)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    padded = np.prod(conv.Geometry.of(picture.shape, (9, 9)).padded_size) * 4
    assert peak - padded - picture.nbytes < 4 * 2**20

# %% [markdown]
# /// details | How `conv.correlate` copies less
#     type: question
#
# Windows below each other share whole rows of the image.
# So it is enough to copy each row once for each *column* of the kernel, every time moved on by one.

# %% tags=["hide"]
copies = np.stack([piece[:, v : v + 2] for v in range(3)], axis=1)
copies, line = copies.reshape(-1, 2), kernel.reshape(-1, 1)
assert np.array_equal(line.T @ copies[:9], output[:1])
assert np.array_equal(line.T @ copies[3:], output[1:])
firsts = [np.s_[0:9, :], np.s_[3:12, :]]
laid = figures.Grid(copies, axes=("", "copies"), frames=firsts)
made = figures.Grid(
    output, "output", "output", frames=[np.s_[0, :], np.s_[1, :]]
)
beside = figures.Grid(line, role="kernel", axes=("", "kernel"))

# %% tags=["hide"]
figures.beside(
    beside,
    laid,
    "→",
    made,
    caption="Copies 1 to 3 are the first row of the collar, each moved on by one, and so on for its four rows. Copies 1 to 9, each times the kernel's entry beside it, add up to the first row of outputs. Move the kernel down by three, and copies 4 to 12 give the second, so copies 4 to 9 are used twice.",
    alt=f"The kernel's nine entries in a column; beside them 12 copies of 2 numbers, with two overlapping frames of nine; the outputs {output.astype(int).tolist()}, a frame for each row.",
)

# %% [markdown]
# Here {eval}`copies.size` numbers are copied where the patches hold {eval}`patches.size`, and on a large image each pixel is copied about as often as the kernel has columns.
# Without groups, and for kernels larger than 1 by 1, `conv.correlate` copies rows if the output is more than {eval}`conv.matmul.LONGER` × (kernel width × channels) wide, otherwise patches.
#
# ///

# %% tags=["hide"]
names = {"stride": 1, "dilation": 1, "groups": 1}
for k, c, wide in ((3, 2, 18), (3, 2, 19), (1, 5, 400), (5, 1, 16)):
    x, w = np.ones((9, wide, c)), np.ones((k, k, c, 2))
    operands = conv.matmul.Operands.of(x, w, padding="same", **names)
    laid = [windows for _, windows in conv.matmul.blocks(operands)]
    by_rows = laid[0].shape[2] > 1  # a matrix for each row, not one for all
    assert by_rows == (wide > conv.matmul.LONGER * k * c and k > 1)

# %% [markdown]
# ## When does the product run at full speed?
#
# The yardstick is a product of two square matrices, which GEMM is built for.
# A multiplication with its addition counts as two operations, and a billion operations a second are one **GFLOP/s**.
# The product of a layer has three sides: positions, entries of a window (kernel rows × columns × channels), and filters.
# In the first and the last layer below all three are large, and in those between one after the other is small:

# %%
big = np.ones((512, 512), np.float32)
jobs = {(512, 512, 512): lambda: big @ big}
sizes = [(56, 64, 64), (4, 64, 64), (56, 1, 64), (56, 64, 1), (7, 512, 512)]
for side, channels, filters in sizes:
    maps = np.ones((side, side, channels), np.float32)
    bank = np.ones((3, 3, channels, filters), np.float32)
    job = partial(conv.correlate, maps, bank)
    jobs[side**2, 9 * channels, filters] = job

# %% tags=["hide"]
race = conv.timing.race(jobs, rounds=20, turn=0)
sides = np.array([*jobs])
rates = 2e-9 * sides.prod(axis=1) / np.min([*race.values()], axis=1)
columns = dict(zip(["positions", "entries", "filters"], sides.T, strict=True))
columns["GFLOP/s"] = rates
columns["per cent of GEMM"] = np.rint(100 * rates / rates[0]).astype(int)
figures.table(columns, measured=True, note=note.format(20))

# %% [markdown]
# The first row is the yardstick, and the last column says how near each layer comes to it.
# Every entry of the patches is multiplied once for each filter, every weight once for each position,
# and every output adds up one product for each entry of a window.
# If one side is small, the numbers of a matrix are fetched or stored for little arithmetic, and the multipliers wait.
# So you can predict which of your layers come near the yardstick: those in which all three sides are large,
# that is, many positions (counted over the batch), many filters, and many entries in a window.
#
# ## What do libraries do?
#
# NVIDIA's [cuDNN](https://arxiv.org/abs/1410.0759) (Chetlur and others, 2014) keeps the matrix product but never stores the patches:
# it builds a tile of them on the chip when the product needs it, which is called **implicit GEMM**.
# The blocks above are the same idea in NumPy.
# Other methods save multiplications, for example with separable kernels, fast Fourier transforms or Winograd's filtering.
# A library chooses among them by the sizes of a layer, or by a race of its own, as cuDNN does under PyTorch's
# [`torch.backends.cudnn.benchmark`](https://docs.pytorch.org/docs/stable/backends.html).

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
# ### Exercise 3: more multiplications, less time?
#
# For each output the dense T multiplies all pixels, nearly all of them by zero, while the loop multiplies the nine in the window.
# How many times as many multiplications is that on 32 by 32 pixels, and which of the two finishes first?
# Predict what changes at 16 by 16 and at 64 by 64, and measure.


# %% tags=["answer"]
# For n by n pixels T has n² columns and the window nine entries, so T makes n²/9 times as many multiplications.
# One call makes them at a far higher rate, but their number outgrows it as the image grows, so T loses its lead.
def lead(side):
    part = grey[:side, :side]
    T = conv.kernel_matrix(sobel, part.shape, **valid)
    pair = {"loop": lambda: loop(part, sobel)}
    pair["T"] = lambda: T @ part.ravel()
    return conv.timing.ratio(*conv.timing.race(pair).values())[0]


# %% tags=["answer"]
sides = [16, 32, 64]
columns = {
    "side": sides,
    "times the multiplications": [n * n / 9 for n in sides],
}
columns["times as fast as the loop"] = [lead(side) for side in sides]
figures.table(columns, measured=True, note=machine)

# %% [markdown]
# ## What you can do now
#
# You can write a convolution as one matrix product, say what it costs in memory and keep that cost down,
# and tell whether calls, copying or arithmetic holds a program up.
#
# Next: methods that save multiplications, that is, separable kernels, Fourier transforms and Winograd's filtering.
#
# Elsewhere:
#
# - Pete Warden, [Why GEMM is at the heart of deep learning](https://petewarden.com/2015/04/20/why-gemm-is-at-the-heart-of-deep-learning/):
#   im2col drawn, with sizes of real layers.
# - Simon Boehm, [Fast multidimensional matrix multiplication on CPU from scratch](https://siboehm.com/articles/22/Fast-MMM-on-CPU):
#   what happens inside the one call.
