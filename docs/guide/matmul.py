# %% [markdown]
# # One matrix product: im2col
#
# Why does the same sum run so much faster in NumPy as a matrix product, although not one multiplication is saved?
# Because **im2col** replaces one small call for every window by a single large one.
# The gain is over loops in Python; against compiled loops im2col earns its keep in layers of many channels and many filters.

# %%
import time
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
    caption="Each window that is framed in the image becomes a row of the matrix, in a frame of the same kind. Multiply the row by the kernel at the top, entry by entry, and add up: that is the output y at its end.",
    alt=f"The collar's 4 by 4 values with its four windows framed; the windows as rows of nine numbers under the kernel's nine entries; at their ends the outputs {output.ravel().astype(int).tolist()}.",
)

# %% [markdown]
# The picture shows 4 by 4 pixels of the [collar](first.py#a-photograph-is-an-array), in per cent of white, under Sobel's kernel:

# %%
photo = conv.images.sample()
piece = np.rint(100 * photo[344:348, 194:198].mean(axis=2))
kernel = conv.kernels.sobel_x()

# %% [markdown]
# A loop calls NumPy for nine numbers at a time.
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

# %% [markdown]
# The first output is
# {eval}`" + ".join(f"{w:g}·{x:g}".replace("-", "−") for w, x in zip(kernel.ravel(), patches[0]) if w).replace("+ −", "− ")`
# = {eval}`int(output[0, 0])`.
#
# In a layer, a row holds the entries of a window in all channels, and each filter is a column of the second matrix.
# So the layer is a product of two matrices, which libraries call **GEMM** (general matrix multiplication) and have tuned for decades.

# %% tags=["hide"]
assert not np.shares_memory(patches, piece)
assert np.array_equal(patches @ kernel.ravel(), output.ravel())
assert np.array_equal(patches, conv.im2col(piece, (3, 3), padding="valid"))
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
# `conv.im2col` makes such rows for batches, padding, stride and dilation, too:

# %%
draw = np.random.default_rng(0)
batch = draw.integers(-5, 6, (2, 6, 7, 3))  # 2 images, 3 channels
layer = draw.integers(-5, 6, (3, 2, 3, 5))  # 3 by 2, 5 filters
product = conv.im2col(batch, (3, 2), stride=2) @ layer.reshape(-1, 5)
expected = conv.naive.correlate(batch, layer, stride=2)
assert np.array_equal(product.reshape(2, 3, 4, 5), expected)
product.shape, expected.shape

# %% [markdown]
# The {eval}`len(product)` rows are 2 images times {eval}`" by ".join(map(str, expected.shape[1:3]))` windows, and the 5 columns are the filters, so `product.reshape(2, 3, 4, 5)` is the output.
#
# ### Try it
#
# Press *Step* to go through the windows and their rows, or point at a cell of the patches to see the pixel and the weight that meet there.
# Change a number in the image, and watch every copy of it change.
# Under `same`, some entries of the patches are zeros of the padding.

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
# Let the loop from [The definition, in loops](naive.py) race against im2col's two steps, copying and multiplying, on the portrait in grey.
# A third method copies no windows: **shifted adds** take one kernel entry at a time, multiply the whole image by it, shifted by the entry's place, and add the product to the output.


# %%
def loop(x, w):
    (height, width), size = w.shape, np.subtract(x.shape, w.shape) + 1
    y = np.empty(size, x.dtype)
    for i, j in np.ndindex(*size):
        y[i, j] = np.sum(x[i : i + height, j : j + width] * w)
    return y


# %%
def shifted(x, w):  # (H, W, C) and (h, w, C, F), as conv has them
    rows, columns = np.subtract(x.shape[:2], w.shape[:2]) + 1
    y = np.zeros((rows, columns, w.shape[3]), x.dtype)
    for u, v, c in np.ndindex(w.shape[:3]):
        y += w[u, v, c] * x[u : u + rows, v : v + columns, c, None]
    return y


# %%
grey = photo.mean(axis=2).reshape(300, 2, 256, 2).mean(axis=(1, 3))
grey, sobel = grey.astype(np.float32), kernel.astype(np.float32)
valid = {"padding": "valid"}
unrolled = conv.im2col(grey, (3, 3), **valid)
calls = {
    "loop": lambda: loop(grey, sobel),
    "shifted": lambda: shifted(grey[..., None], sobel[..., None, None]),
    "copying": lambda: conv.im2col(grey, (3, 3), **valid),
    "multiplying": lambda: unrolled @ sobel.ravel(),
}

# %% tags=["hide"]
for y in (calls["loop"](), calls["shifted"]()):
    assert np.allclose(unrolled @ sobel.ravel(), y.ravel(), atol=1e-5)
seconds = conv.timing.race(calls, turn=0.001, clock=time.process_time)
fastest = {name: min(turns) for name, turns in seconds.items()}
parts = dict.fromkeys(["small calls", "copying", "multiplying"], 0)
im2col = {name: fastest[name] for name in ("copying", "multiplying")}

# %% tags=["hide"]
figures.bars(
    {
        "a loop over the windows": parts | {"small calls": fastest["loop"]},
        "nine shifted adds": parts | {"multiplying": fastest["shifted"]},
        "im2col and one product": parts | im2col,
    },
    magnify=True,
    caption="A few large calls take a fraction of the time of many small ones, for the same multiplications. The last bar is drawn again below, as wide as the first, so the magnification is im2col's gain over the loop. Each time is the processor's, in the fastest of five rounds.",
    alt="Three bars on one scale: the loop's, as wide as the figure and all of it small calls, and those of shifted adds and of im2col, which are far shorter. Magnified below, the last consists of copying and multiplying.",
)

# %% [markdown]
# In the loop, every nine multiplications pay for a slice, two calls of NumPy and a stored number, whereas in im2col all share two calls.
# Shifted adds make few and large calls, too, so what made the loop slow is Python's calls, and avoiding them needs no matrix.
# For one filter on a grey image, a loop in C can even beat im2col, because copying takes longer than all the arithmetic.
#
# ## Why expand the image, and not the kernel?
#
# [The same numbers as a fully connected layer](fully_connected.py) takes the other way to a matrix product.
# The page leaves the image alone and expands the kernel, into a matrix with a row for every output and a column for every pixel.

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
# Let $x$ be the image and $w$ the kernel, each as a column of numbers, $T$ the kernel matrix and $P$ the matrix of patches.
# Then both ways give the same output $y$:
#
# $$ y = T x = P w . $$
#
# The two matrices differ in what they store, here for a grey image of 512 by 512 in single precision, at stride 1 and `same`:

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
columns, sizes = {"megabytes": [*megabytes]}, np.array([*megabytes.values()])
for side, column in zip(sides, np.rint(sizes.T).astype(int), strict=True):
    columns[f"{side} by {side}"] = column
figures.table(columns)

# %% [markdown]
# T takes {eval}`f"{n**4 * 4 / 1e9:.0f}"` gigabytes for each filter, whatever the kernel.
# A sparse format skips the zeros, but must store and look up where each weight stands.
# The patches serve all filters, whose weights stand side by side in one matrix, so the product is a GEMM: that is why im2col expands the image.
#
# The patches cost memory: at stride 1, and under a kernel that is small beside the image, they hold each pixel about as often as the kernel has entries.
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
correlate = partial(conv.correlate, large, sobel, **valid)
assert np.allclose(correlate().ravel(), whole, atol=1e-5)


# %% tags=["hide"]
def fastest_of(rounds, calls):
    timed = {"rounds": rounds, "turn": 0.001, "clock": time.process_time}
    race = conv.timing.race(dict(enumerate(calls)), **timed)
    return np.min([*race.values()], axis=1)


jobs = [partial(in_blocks, large, sobel, count) for count in counts]
least = fastest_of(6, [*jobs, correlate])
held = [count * (large.shape[1] - 2) * 9 * 4 for count in counts]
assert held[-1] == conv.im2col(large, (3, 3), **valid).nbytes

# %% tags=["hide"]
names = [f"blocks of {count} rows" for count in counts[:-1]]
names[0], names[5:] = "blocks of 1 row", ["all rows", "`conv.correlate`"]
most = [size / 1e6 for size in [*held, conv.matmul.BLOCK_BYTES]]
blocks = {"copied at a time": names, "megabytes at most": most}
blocks["time"] = map(figures.duration, least)
machine = f"{conv.timing.processor()}, one thread"
note = f"The processor's time, fastest of six rounds. {machine}"
figures.table(blocks, measured=True, note=note)

# %% [markdown]
# Blocks of one row bring back many small calls, and blocks of many rows gain or lose little time beside all rows at once.
# What they save is memory: blocks of {eval}`counts[3]` rows hold {eval}`f"{held[3] / 1e6:.1f}"` megabytes at a time instead of {eval}`f"{held[-1] / 1e6:.0f}"`.
#
# `conv.correlate` fills {eval}`conv.matmul.BLOCK_BYTES // 2**20` mebibyte at a time, here with whole rows of the image instead of patches.
# The function copies long rows three times, while im2col copies nearly every pixel nine times, three numbers at a go, and most of the time goes into starting a copy for every three numbers.
#
# /// details | How `conv.correlate` copies less
#     type: question
#
# Windows below each other share whole rows of the image, so each row is copied once for each *column* of the kernel, moved on by one.

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
# Here {eval}`copies.size` numbers are copied where the patches hold {eval}`patches.size`.
# `conv.correlate` does so where the output is wide, and copies patches elsewhere.
#
# ///
#
# ## When does the product win?
#
# With many channels and filters the product gains more than fewer calls, because GEMM cuts both matrices into blocks that stay in the **cache**, the processor's small fast memory, so each number that is fetched serves many multiplications.
# GEMM sums up a few outputs at a time in **registers**, which hold the numbers that the processor is working on, and **vector units** multiply and add several of them in one instruction.
#
# How much of this a layer can use depends on the three sides of its product: positions, entries of a window (kernel rows × columns × channels) and filters.
# The table gives rates of seven layers with kernels of 3 by 3, in **GFLOP/s**: billions of operations a second, where a multiplication with its addition counts as two.
# The yardstick is the product alone in the first row, whose sides are equal. Before looking at the rates, predict from the sides: which layers, with copying, stay below half its rate?

# %% tags=["hide"]
names = ["equal sides", "early layer", "late layer", "tiny layer"]
names += ["one channel", "one filter", "grey filter"]
jobs = [(24, 64, 576), (56, 64, 64), (7, 512, 512), (4, 64, 64)]
jobs += [(56, 1, 64), (56, 64, 1), (224, 1, 1)]  # side, channels, filters
sizes = [[(n + 2, n + 2, c), (3, 3, c, f)] for n, c, f in jobs]
pairs = [[draw.integers(-5, 6, s).astype("f4") for s in two] for two in sizes]


# %% tags=["hide"]
def unfold(x, w):
    return conv.im2col(x, (3, 3), **valid), w.reshape(-1, w.shape[-1])


operands = [unfold(*pair) for pair in pairs]
sums = np.matmul(*operands[1]).reshape(56, 56, 64)
assert np.array_equal(sums, shifted(*pairs[1]))

# %% tags=["hide"]
sides = np.array([(*rows.shape, w.shape[1]) for rows, w in operands])
numbers = sides.prod(axis=1) * np.sum(1 / sides, axis=1)  # in the matrices
shortest, work = sides.min(axis=1), sides.prod(axis=1)
assert np.all(work < shortest * numbers)
tiny, late = (operands[i][1].nbytes / 1e6 for i in (3, 2))

# %% tags=["hide"]
alone = fastest_of(9, [partial(np.matmul, *both) for both in operands])
steps = [lambda pair=pair: np.matmul(*unfold(*pair)) for pair in pairs]
window, weights = pairs[-1][0][:3, :3], pairs[-1][1]
steps += [lambda: np.matmul(*unfold(window, weights))]
*steps, call = fastest_of(9, steps)
losses = {"calls": np.full(7, call), "copying": steps - alone - call}
losses["product"] = alone - alone[0] * work / work[0]
most = np.argmax([*losses.values()], axis=0)

# %% tags=["hide"]
adds = [partial(shifted, *pair) for pair in pairs]
sizes = ["×".join(map(str, row)) for row in sides]
columns = {"layer": names, "sides": sizes}
columns["product alone"] = 2e-9 * work / alone
columns["with copying"] = 2e-9 * work / steps
columns["largest loss"] = [[*losses][n] for n in most]
columns["shifted adds"] = 2e-9 * work / fastest_of(3, adds)
note = f"GFLOP/s by the processor's time, fastest rounds. {machine}"
figures.table(columns, measured=True, note=note)

# %% [markdown]
# The **shortest side** limits how often each number is used: for each number in patches, weights and outputs there are on average fewer multiplications than that side is long.
# Calls and copying come on top, and *largest loss* names what costs im2col most beside the yardstick:
#
# - **Calls** of Python take some time even for one window, and weigh on layers with little arithmetic.
# - **Copying** is the rest of im2col's time. With one filter, each copied number is multiplied only once; with one channel, the pieces copied are three numbers long.
# - The **product** alone is slower than the yardstick where a side is short, because less is done with each number that is fetched.
#   The late layer's weights, {eval}`f"{late:.1f}"` megabytes, often do not fit into the cache, and each serves only {eval}`sides[2, 0]` positions. The tiny layer's {eval}`f"{tiny:.2f}"` usually fit.
#
# Shifted adds copy no windows, but they fetch and store every output again for each entry of a window.
# So they can beat im2col for one filter on one channel, but fall far behind in layers of many channels and filters, where the product wins.
# In short, a layer comes near the yardstick if its shortest side is long and the whole is large enough to hide the cost of calls, and a larger batch adds positions.
#
# ## What do libraries do?
#
# NVIDIA's [cuDNN](https://arxiv.org/abs/1410.0759) (Chetlur and others, 2014) keeps the matrix product but can do without storing the patches:
# it builds a tile of them on the chip when the product needs it, which is called **implicit GEMM**.
# The blocks above are the same idea in NumPy.
# Other methods [save multiplications](../beyond/methods.py), and a library chooses among all of them by the sizes of a layer, or by a race of its own, as cuDNN does under PyTorch's
# [`torch.backends.cudnn.benchmark`](https://docs.pytorch.org/docs/stable/backends.html).

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: find the bug
#
# Somebody writes the layer from above as below, and the shapes fit.
# What is wrong, and with how many filters does nobody notice?

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
# ### Exercise 2: products without copies
#
# Lay the image out as one line of pixels, `line = x.reshape(-1, x.shape[2])`.
# Then `line[start : start + n]` is the image shifted, and nothing is copied.
# Write a layer as a sum of products of such slices and `w[u, v]`. Which sums have to be thrown away?
# Predict which row of the last table can gain most, and whether they are faster than shifted adds with one channel.


# %% tags=["answer"]
# Windows that start in the last columns run on into the next row of pixels; their sums are thrown away.
# One filter can gain most: it uses each copy once. Elsewhere nine products, each storing all outputs, can lose.
def without_copies(x, w):
    rows, columns = np.subtract(x.shape[:2], w.shape[:2]) + 1
    y = np.zeros((rows, x.shape[1], w.shape[3]), x.dtype)
    line, sums = (z.reshape(-1, z.shape[2]) for z in (x, y))
    n = len(sums) - w.shape[1] + 1
    for u, v in np.ndindex(w.shape[:2]):
        sums[:n] += line[u * x.shape[1] + v :][:n] @ w[u, v]
    return y[:, :columns]


# %% tags=["answer"]
# With one channel they are shifted adds, but slower: for a column times a row, or a single number, NumPy's `@` runs a plain loop instead of GEMM.
expected = conv.naive.correlate(batch[0], layer, padding="valid")
assert np.array_equal(without_copies(batch[0], layer), expected)

# %% tags=["answer", "hide"]
slices = [partial(without_copies, *pair) for pair in pairs]
columns["without copies"] = 2e-9 * work / fastest_of(9, slices)
kept = ("layer", "with copying", "shifted adds", "without copies")
columns = {name: columns[name] for name in kept}
figures.table(columns, measured=True, note=note)

# %% [markdown]
# ## What you can do now
#
# You can write a convolution as one matrix product, say what it costs in memory and keep that cost down, and tell whether calls, copying or the shape of the product holds a layer up.
#
# Next: [What your library computes](../beyond/libraries.py), from flipped kernels to borders.
#
# Elsewhere:
#
# - Pete Warden, [Why GEMM is at the heart of deep learning](https://petewarden.com/2015/04/20/why-gemm-is-at-the-heart-of-deep-learning/): im2col drawn, with sizes of real layers.
# - Simon Boehm, [Fast multidimensional matrix multiplication on CPU from scratch](https://siboehm.com/articles/22/Fast-MMM-on-CPU): what happens inside the one call.
