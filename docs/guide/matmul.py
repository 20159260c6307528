# %% [markdown]
# # One matrix product
#
# At the end of this page you can turn a convolution into a matrix product in two ways,
# say what each costs, read the fast implementation of `conv`,
# and tell where the time of a slow one goes.
# You need the kernel matrix, from
# [The same numbers as a fully connected layer](fully_connected.py),
# and the loops of [The definition, in loops](naive.py).

# %%
import time
import tracemalloc

import numpy as np

import conv
from conv import figures

# %% [markdown]
# ## Two routes
#
# A cross-correlation multiplies windows of the input by the kernel.
# A matrix product can do that in two ways: one of the two has to be written out at length.
# Take an image of 3 by 4 and a kernel of 2 by 2, which fits in six places.

# %%
image = np.array([[1, 0, 2, 1], [0, 3, 1, 0], [2, 1, 0, 1]])
kernel = np.array([[1, 2], [3, 4]])
output = conv.correlate(image, kernel, padding="valid")

# %% [markdown]
# **Expand the kernel.**
# The [kernel matrix](../reference/glossary.md#kernel-matrix) has a row for each output and a column for each input.
# The input is flattened into a column.

# %%
matrix = conv.kernel_matrix(kernel, image.shape, padding="valid")
assert np.array_equal(matrix @ image.ravel(), output.ravel())

# %% tags=["hide"]
figures.beside(
    figures.matrix_grid(kernel, (3, 4), "kernel matrix", padding="valid"),
    "·",
    figures.Grid(image.reshape(-1, 1), "input"),
    "=",
    figures.Grid(output.reshape(-1, 1), "output", role="output"),
    caption="The kernel expanded: each colour is one of its four entries. Empty cells are zeros.",
    alt="A matrix of 6 rows and 12 columns in which 1 2 and 3 4 move to the right from row to row, times a column of 12 inputs, gives a column of 6 outputs.",
)

# %% [markdown]
# **Expand the input.**
# Copy each window into a row of its own.
# This is called [im2col](../reference/glossary.md#im2col), from image to columns.
# The kernel is flattened into a column.

# %%
patches = conv.im2col(image, kernel.shape, padding="valid")
assert np.array_equal(patches @ kernel.ravel(), output.ravel())

# %% tags=["hide"]
figures.beside(
    figures.Grid(patches, "im2col", tints=np.tile(np.arange(4), (6, 1))),
    "·",
    figures.Grid(kernel.reshape(-1, 1), "kernel", tints=[[0], [1], [2], [3]]),
    "=",
    figures.Grid(output.reshape(-1, 1), "output", role="output"),
    caption="The input expanded: each colour is the entry of the kernel that an input meets.",
    alt="A matrix of 6 rows and 4 columns, a row for each window, times the column 1 2 3 4, gives the same column of 6 outputs.",
)

# %% [markdown]
# Both products multiply the same pairs, apart from the zeros of the first.
#
# In general let $x$ be the input and $w$ the kernel, each as a column of numbers,
# $W$ the kernel matrix, and $P$ the matrix of [patches](../reference/glossary.md#patch),
# whose row $r$ holds the inputs under the kernel at output $r$.
# Then the output $y$, as a column, is
#
# $$ y = W x = P w . $$
#
# With several [filters](../reference/glossary.md#filter) the kernel becomes a matrix with a column for each,
# and $P w$ a product of two matrices.
# Test it on a layer of 5 filters over 3 channels, on a batch of 2 images.

# %%
draw = np.random.default_rng(0)
batch = draw.integers(-5, 6, (2, 6, 7, 3))
layer = draw.integers(-5, 6, (3, 2, 3, 5))
expected = conv.naive.correlate(batch, layer, stride=2)
product = conv.im2col(batch, (3, 2), stride=2) @ layer.reshape(-1, 5)
assert np.array_equal(product, expected.reshape(-1, 5))
matrix = conv.kernel_matrix(layer, (6, 7), stride=2)
assert np.array_equal(matrix @ batch[0].ravel(), expected[0].ravel())

# %% [markdown]
# ### Try it
#
# Point at a row of the patches and see its window, at a column and see its weight.
# The explorer is explained on [its own page](../explorer.py).

# %% tags=["hide"]
figures.explorer(
    image,
    kernel,
    view="im2col",
    caption="The example of this page, by way of im2col.",
    alt="The 3 by 4 input, the 2 by 2 kernel and the 2 by 3 output of their cross-correlation under valid.",
)

# %% [markdown]
# ## What each route costs in memory
#
# Windows overlap, so the patches repeat each input about as often as the kernel has entries.
# This is the memory for a grey image of 512 by 512, at 4 bytes a number.

# %%
sides = np.array([3, 5, 15])
numbers = 512**2 * sides**2  # a row for each pixel, with all entries
assert conv.im2col(np.zeros((512, 512)), (3, 3)).size == numbers[0]
columns = {"kernel, side": sides, "megabytes": numbers * 4 / 1e6}
columns["times the input"] = numbers // 512**2
figures.table(columns)

# %% [markdown]
# The kernel matrix of that image is out of reach, whatever the kernel:
# with a row and a column for each pixel it takes 275 gigabytes.

# %%
assert round(512**2 * 512**2 * 4 / 1e9) == 275

# %% [markdown]
# ## Where the time goes
#
# Now the photograph, as in the article that this site grew from:
# three channels, and a 3 by 3 kernel stacked over them.
# A crop of 96 by 96 is enough.

# %%
photo = conv.images.sample()[60:156, 200:296]
theirs = (np.ones((3, 3)) - 9 * conv.kernels.identity()) / 10
stacked = np.stack([theirs] * 3, axis=-1)
padded = np.pad(photo, ((1, 1), (1, 1), (0, 0)))
places = list(np.ndindex(96, 96))
rows = conv.im2col(photo, (3, 3))
assert np.allclose(
    rows @ stacked.ravel(), conv.correlate(photo, stacked).ravel()
)

# %% [markdown]
# Five ways, or parts of them, take turns:
# the loop of `conv.naive`;
# a loop in which each window is handed to NumPy's dot product;
# building the patches; multiplying them by the kernel; and `conv.correlate`.

# %%
ways = {
    "loop, multiply and sum": lambda: conv.naive.correlate(photo, stacked),
    "loop with a dot product": lambda: [
        np.vdot(padded[i : i + 3, j : j + 3], stacked) for i, j in places
    ],
    "im2col alone": lambda: conv.im2col(photo, (3, 3)),
    "the product alone": lambda: rows @ stacked.ravel(),
    "conv.correlate": lambda: conv.correlate(photo, stacked),
}

# %%
seconds = conv.timing.race(ways, clock=time.process_time)
loop, dot, copying, product, ours = seconds.values()
both = np.add(copying, product)
assert conv.timing.ratio(loop, dot)[0] > 1
assert conv.timing.ratio(loop, product)[0] > 50
assert conv.timing.ratio(dot, product)[0] > 10
assert conv.timing.ratio(copying, product)[0] > 1
assert conv.timing.ratio(both, ours)[0] > 1
figures.race_table(seconds)

# %% [markdown]
# The result takes 96 · 96 · 27 = 248,832 multiplications, and im2col makes none of them.
# The product alone shows how long they take when nothing else is done.
# Read its number in the last column: of the loop's time, one part in so many is arithmetic,
# and at most a fiftieth. The rest is overhead.
# For each window the interpreter looks up names, makes slices and calls functions of NumPy.
# The loop with the dot product does less of that, and is faster for it,
# but takes at least ten times as long as the product alone.
# What helps is to have no loop in Python, and im2col is a way to get rid of it.
# Its copying then takes longer than the product.
# `conv.correlate` takes less time than the two parts together:
# what it does better stands at the end of this page.
#
# The article compares its two versions: 0.7281 s for the loop, 0.1511 s for the other.

# %%
assert 96 * 96 * 27 == 248_832
before, after = 0.7281, 0.1511
less, fast = 1 - after / before, before / after
print(f"{less:.2%} less time is {fast:.2f} times as fast")

# %% [markdown]
# It writes {eval}`f"{100 * less:.2f}"` % less, which is right, and can be misread:
# {eval}`f"{100 * less:.0f}"` % less time is not {eval}`f"{100 * less:.0f}"` % faster,
# and not {eval}`f"{1 + less:.2f}"` times as fast.
# Its second version still has a Python loop, the one that collects the windows.
#
# ## Why are fewer operations slower than a matrix product?
#
# Because an operation does not cost the same everywhere.
# Take an image of 32 by 32 and a kernel of 3 by 3.
# The loop makes 9 multiplications for each output.
# A row of the kernel matrix has 1,024 entries, nearly all of them zeros, and the product multiplies by each.

# %%
small = draw.random((32, 32))
laplacian = conv.kernels.laplacian()
dense = conv.kernel_matrix(laplacian, (32, 32))
column = laplacian.reshape(-1, 1)
runs = {
    "loop": lambda: conv.naive.correlate(small, laplacian),
    "kernel matrix": lambda: dense @ small.ravel(),
    "im2col, product": lambda: conv.im2col(small, (3, 3)) @ column,
}

# %%
work = {"loop": 9 * 1024, "kernel matrix": dense.size}
work["im2col, product"] = 9 * 1024
assert work["kernel matrix"] > 100 * work["loop"]
seconds = conv.timing.race(runs, clock=time.process_time)
faster = conv.timing.ratio(seconds["loop"], seconds["kernel matrix"])
assert faster[0] > 1
figures.race_table(seconds, multiplications=work)

# %% [markdown]
# The kernel matrix makes more than a hundred times as many multiplications as the loop, and takes less time.
# A matrix product runs in compiled code that multiplies several numbers with one instruction
# and reads memory in order.
# The last row makes as few multiplications as the loop, without the loop.
# The time is the number of operations divided by their rate, so neither of the two tells it alone.
#
# The advantage of the kernel matrix over the loop ends on a large enough image:
# its entries grow with the square of the number of pixels.
# Other ways to save multiplications, [separable kernels](../reference/glossary.md#separable-kernel)
# or the fast Fourier transform, pass over the image several times.
# They pay where the kernel is so large that they save more than the passes cost.
#
# ## Blocks of rows
#
# The patch matrix of a large image does not fit into the cache, the small fast memory of a processor.
# It is written to main memory and read back, which can take longer than the arithmetic.
# So `conv.correlate` makes the patches for a block of output rows,
# multiplies them while they are still in cache, and goes on to the next block.
# Apart from the padded input and the output, the memory it needs does not grow with the image.
# It stays under 4 mebibytes for the photograph, and for four photographs in one.

# %%
grey = conv.images.sample().mean(axis=2).astype(np.float32)
box = np.ones((9, 9), np.float32)
megabytes = {"whole patch matrix": conv.im2col(grey, (9, 9)).nbytes / 1e6}
for picture in (np.tile(grey, (2, 2)), grey):
    tracemalloc.start()
    conv.correlate(picture, box)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - 2 * picture.nbytes < 4 * 2**20  # padded input and output

# %%
megabytes["all that conv.correlate uses"] = peak / 1e6
columns = {"what": list(megabytes)}
columns["megabytes"] = [round(number) for number in megabytes.values()]
figures.table(columns)

# %% [markdown]
# ## Copying rows instead of windows
#
# im2col copies each number about as often as the kernel has entries, because windows overlap.
# Windows that lie below each other share whole rows,
# so it is enough to copy each row once for each column of the kernel, every time moved on by one.
# Here are the three rows of the small image, each copied twice for a kernel that has two columns.

# %%
copies = np.stack([image[:, :3], image[:, 1:]], axis=1).reshape(6, 3)
first, second = kernel.ravel() @ copies[0:4], kernel.ravel() @ copies[2:6]
assert np.array_equal([first, second], output)

# %% tags=["hide"]
tints = np.arange(4)[:, None].repeat(3, axis=1)
figures.beside(
    figures.Grid(kernel.ravel()[None], "kernel", tints=tints[:, :1].T),
    "·",
    figures.Grid(copies[:4], "copies of rows", tints=tints),
    "=",
    figures.Grid(first[None], "first row of outputs", role="output"),
    caption="The first two rows, copied twice each, are the windows of the first row of outputs, one in each column.",
    alt=f"The kernel's four entries in a row, times a matrix whose rows are {copies[:4].tolist()}, give the outputs {first.tolist()}.",
)

# %% [markdown]
# The second row of outputs needs the second and the third row of the image.
# Their copies are the last four rows of the same matrix, so nothing has to be copied again.
# Six rows of three were copied, where im2col copies six windows of four.

# %%
assert copies.size == 18
assert patches.size == 24

# %% [markdown]
# For a large kernel the difference is larger:
# one of 9 by 9 has each number copied 9 times, and not 81 times.
# The runs of numbers that are copied are as long as a row of the output, too,
# where im2col copies as many numbers at a time as the kernel is wide.
# With many channels this turns round: a row of a window, with its channels, is a long run itself,
# and im2col makes one large product where the copied rows make one for each row of outputs.
# The package takes the way with the clearly longer runs.
# These are the function that does all the work of `correlate`, the one that chooses the way,
# and the one that copies rows, as they stand in the package.

# %%
figures.source(conv.matmul.products)

# %%
figures.source(conv.matmul.blocks)

# %%
figures.source(conv.matmul._rows)

# %% [markdown]
# - `padded` is the input with its zeros; for copying rows each channel's row lies in one piece.
# - `_view` says where numbers lie and copies nothing; `np.ascontiguousarray` copies them.
# - `_cut` cuts the rows of outputs into blocks of one mebibyte of windows.
# - `np.matmul` writes its result where it belongs in the output.
#
# ## How fast is it here?
#
# The kernel of 9 by 9 on the grey photograph of 600 by 512, in single precision.

# %%
calls = {
    "whole im2col": lambda: conv.im2col(grey, (9, 9)) @ box.ravel(),
    "copied rows, in blocks": lambda: conv.correlate(grey, box),
}
figures.race_table(conv.timing.race(calls))

# %% [markdown]
# `make bench`, in the repository, measures more: layers, single filters, memory,
# and other libraries where they are installed.

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: the patches of a layer
#
# A layer takes 56 by 56 pixels with 64 channels, 3 by 3, `same`.
# How many rows and columns has its patch matrix?
# How many megabytes would it take for a batch of 32 images, at 4 bytes a number?

# %% tags=["answer"]
# A row for each of the 56 * 56 outputs, 3 * 3 * 64 entries in each.
# A batch has 32 times the rows; its columns stay the same.
big = conv.im2col(np.zeros((56, 56, 64), np.float32), (3, 3))
assert big.shape == (56 * 56, 3 * 3 * 64)
print(big.shape, f"{32 * big.nbytes / 1e6:.0f} megabytes")

# %% [markdown]
# ### Exercise 2: repetitions
#
# Under `valid`, with a kernel of 3 by 3, how often does the corner of an image of 5 by 5
# occur in the patches, and how often its centre?

# %% tags=["answer"]
# As often as there are windows that hold it: once, and nine times.
numbers = conv.im2col(np.arange(25).reshape(5, 5), (3, 3), padding="valid")
often = np.bincount(numbers.astype(int).ravel()).reshape(5, 5)
assert often[0, 0] == 1
assert often[2, 2] == 9
often

# %% [markdown]
# ### Exercise 3: how much is copied?
#
# A kernel of 9 by 9 lies on the grey photograph, `same`.
# How many numbers does im2col copy, and how many are copied as rows?

# %% tags=["answer"]
# 81 for each output; or 9 rows of 512 for each row of the padded photograph.
windows = conv.im2col(grey, (9, 9)).size
rows = conv.Geometry.of((600, 512), (9, 9)).padded_size[0] * 9 * 512
assert windows == 600 * 512 * 81
windows, rows

# %% [markdown]
# ## Summary
#
# - Expand the kernel, $y = W x$, or expand the input, $y = P w$: the same products.
# - A Python loop costs more than the arithmetic inside it. A matrix product has no such loop.
# - im2col takes about as many times the memory of the input as the kernel has entries; blocks make that a constant.
# - Windows below each other share rows: copied rows take as many times the memory as the kernel has columns.
#
# ## Sources
#
# - Kumar Chellapilla, Sidd Puri and Patrice Simard,
#   "High performance convolutional neural networks for document processing",
#   *Tenth International Workshop on Frontiers in Handwriting Recognition*, 2006:
#   convolution as a product of two matrices.
# - Kazushige Goto and Robert A. van de Geijn, "Anatomy of high-performance matrix multiplication",
#   *ACM Transactions on Mathematical Software*, volume 34, 2008: blocks that stay in cache.
# - The article's two times: [Notes for readers of the original article](../reference/article.py).
