# %% [markdown]
# # The same numbers as a fully connected layer
#
# What would it cost to connect every pixel of a photograph to every pixel of the output?
# On 224 by 224 grey pixels, a single output image would take {eval}`f"{224**2 * 222**2 * 4 / 1e9:.1f}"` gigabytes of weights;
# a convolution gets by with nine numbers.

# %%
from itertools import product

import numpy as np

import conv
from conv import figures

# %% tags=["hide"]
draw = np.random.default_rng(5)
kernel = np.arange(1, 10).reshape(3, 3)
T = conv.kernel_matrix(kernel, (6, 6), padding="valid")
full = draw.uniform(1, 9, T.shape)
local = np.where(T, full, 0)
assert [len(np.unique(M[M != 0])) for M in (full, local, T)] == [576, 144, 9]

# %% tags=["hide"]
figures.connections(
    {"fully connected": full, "locally connected": local, "convolution": T},
    (6, 6),
    (4, 4),
    caption="From 6 by 6 pixels to 4 by 4 outputs. Each row makes one output; a shade is the value of a weight, an empty cell is no connection. First only neighbours stay connected, then all rows share nine weights.",
    alt=f"Three matrices of 16 rows and 36 columns. The first is full, of {full.size} different weights. In the second {np.count_nonzero(local)} cells are left, three short runs of three in each row, further right from row to row. In the third the same nine shades fill these cells in every row, in the same order.",
)

# %% [markdown]
# A convolution is a fully connected layer with two restrictions.
# Each output is connected only to the pixels near it, which leaves most of the matrix empty,
# and all outputs share their weights, so that nine numbers fill the rest.
#
# ## Everything connected to everything
#
# Take 6 by 6 pixels of the collar, in per cent of white.
# A [fully connected layer](../reference/glossary.md#fully-connected-layer) writes the pixels one below the other, row after row,
# and multiplies that column by a matrix.
# Each row of the matrix makes one output, with a weight for every single pixel.
# Let there be 4 by 4 outputs, one for each place where a kernel of 3 by 3 fits:
# they take {eval}`16 * 36` weights that have nothing to do with each other.
# On 224 by 224 pixels they would be {eval}`f"{224**2:,}"` times {eval}`f"{222**2:,}"`, at 4 bytes each the gigabytes from above.
#
# Nothing in this matrix knows that pixel 0 and pixel 1 are neighbours, or that the last one lies in the opposite corner.
# You could reorder the pixels of all your pictures in the same way, and the layer would learn just as well.
# Such a layer is good for any kind of data, but on photographs its freedom is a weakness,
# because it has to learn from examples what you knew before you started: what belongs together lies close together.
#
# ## First restriction: only neighbours connect
#
# Whether there is an edge at some place can be seen from the pixels around it.
# So let each output keep the weights of its window, 3 by 3 pixels, and fix the other {eval}`36 - 9` in its row at zero.
# The result is a [locally connected layer](../reference/glossary.md#locally-connected-layer), and its property is called
# [sparse connectivity](../reference/glossary.md#sparse-connectivity).
# Of {eval}`full.size` weights {eval}`np.count_nonzero(local)` are left, one in four;
# on 224 by 224 pixels it would be one in {eval}`f"{224**2 / 9:,.0f}"`.
#
# ## Second restriction: all outputs share their weights
#
# An edge on the left looks like an edge on the right, so whatever detects it here should detect it there.
# So let all 16 outputs use the same nine weights, which is called
# [parameter sharing](../reference/glossary.md#parameter-sharing).
# What is left is the [kernel matrix](../reference/glossary.md#kernel-matrix) $T$.
# Its first row, folded back into the shape of the image, is the kernel, lying in the top left corner:

# %%
collar = np.rint(100 * conv.images.sample()[344:350, 193:199].mean(axis=2))
kernel = np.arange(1, 10).reshape(3, 3)
T = conv.kernel_matrix(kernel, collar.shape, padding="valid")
T[0].reshape(6, 6)

# %% tags=["hide"]
terms = [f"{n}·{x:.0f}" for n, x in enumerate(collar[:3, :3].flat, 1)]
for size in product((1, 2, 3, 4), repeat=2):
    x, w = (draw.integers(1, 10, shape) for shape in ((9, 8), size))
    general = conv.kernel_matrix(w, (9, 8), padding="valid")
    valid = conv.correlate(x, w, padding="valid")
    assert np.array_equal(general @ x.ravel(), valid.ravel())
    for i, j in np.ndindex(valid.shape):
        row = general.reshape(*valid.shape, 9, 8)[i, j]
        assert np.count_nonzero(row) == w.size
        assert np.array_equal(row[i : i + size[0], j : j + size[1]], w)

# %% [markdown]
# Row 1 holds the kernel one pixel further right, and row 4, which makes the first output of the next line, one pixel further down.
# Multiply row 0 by the pixels, and the zeros drop out:
# {eval}`" + ".join(terms)` = {eval}`int(T[0] @ collar.ravel())`.
# Row 0 lays the kernel on the first window, and each other row lays it on its own window, so the matrix product *is* the cross-correlation.

# %%
y = T @ collar.ravel()
correlated = conv.correlate(collar, kernel, padding="valid")
assert np.array_equal(y, correlated.ravel())
y.reshape(4, 4).astype(int)

# %% [markdown]
# In a formula: give each row of $T$ the place $(i, j)$ of its output, and each column the place of its pixel.
# The kernel's entry $w_{u,v}$ then lies on the pixel $(i+u, j+v)$, so
#
# $$ T_{(i,j),\,(i+u,\,j+v)} = w_{u,v}, $$
#
# and all other entries of $T$ are 0.
# This $T$ is the matrix of the cross-correlation $x \star w$; for $x * w$, flip the kernel first.
# The formula holds where the kernel moves on by one pixel each time (a **stride** of 1) and no zeros are put around the image (no **padding**).
#
# Here is such a matrix to touch.
# Its input is 4 by 5 pixels of the collar, 0 where they are darker than middle grey and 1 where they are brighter.
# Point at an entry of the kernel, and all its places in the matrix below light up, one for each output (with padding fewer, because a weight that meets a padding zero has no column);
# point at an output, and you see its window and its row of the matrix.
# (On a phone, tap, scroll down, then swipe the matrix.)
# Change any number, or the padding, and see what becomes of the matrix.

# %% tags=["hide"]
figures.explorer(
    collar[:4, 1:] > 50,
    kernel,
    view="matrix",
    controls=["padding", "kernel"],
    caption="4 by 5 pixels of the collar, 0 for dark and 1 for bright, the kernel 1 to 9, and the output.",
    alt="The input, 0 in two columns and 1 in the three on the right, the kernel of 1 to 9, and the 2 by 3 output, which rises from left to right.",
)

# %% tags=["hide"]
blocks = T.reshape(4, 4, 6, 6).swapaxes(1, 2)  # place of the block first
assert np.array_equal(blocks[:, :, 1:, 1:], blocks[:, :, :-1, :-1])
assert np.array_equal(blocks[1:, 1:], blocks[:-1, :-1])

# %% tags=["hide"]
sides = ((0, 0), (1, 1), (1, 1))
wrapped = np.pad(np.eye(16).reshape(16, 4, 4), sides, mode="wrap")
columns = [conv.correlate(x, kernel, padding="valid") for x in wrapped]
torus = np.stack(columns, axis=-1).reshape(4, 4, 4, 4)
for axes in ((0, 2), (1, 3)):  # by blocks, and in each block
    assert np.array_equal(np.roll(torus, (1, 1), axes), torus)
torus = torus.reshape(16, 16)
assert not np.array_equal(np.roll(torus, (1, 1), (0, 1)), torus)

# %% tags=["hide"]
zeros = conv.kernel_matrix([1, 2, 3], (5,), padding="same").astype(int)
ring = np.stack([np.roll([2, 3, 0, 0, 1], n) for n in range(5)])
for one in np.eye(5):
    same = conv.correlate(
        np.pad(one, 1, mode="wrap"), [1, 2, 3], padding="valid"
    )
    assert np.array_equal(ring @ one, same)
assert np.argwhere(ring != zeros).tolist() == [[0, 4], [4, 0]]

# %% [markdown]
# ??? question "How is a 2-D convolution a matrix: Toeplitz or circulant?"
#
#     With zeros or nothing around the image, at stride 1 and for one channel, it is a **doubly block Toeplitz** matrix.
#     In a [Toeplitz matrix](../reference/glossary.md#toeplitz-matrix) every diagonal that falls to the right holds one value throughout.
#     The lines in the first figure cut $T$ into blocks of 4 rows and 6 columns, one block for each row of outputs and each row of pixels:
#     every block is Toeplitz, and the blocks themselves repeat along their diagonals.
#
#     A [much-read answer](https://stackoverflow.com/q/16798888) calls the matrix *doubly block circulant*, which means more:
#     within each block, and from block to block, what leaves on the right comes back on the left.
#     That is true if the image is continued periodically in both directions, so that the last pixel of a row is a neighbour of the first.
#     In one dimension there is a single block, and it is easy to see.
#     For a signal of 5 numbers and the kernel 1 2 3, the first row is {eval}`" ".join(map(str, zeros[0]))` with zeros around,
#     and {eval}`" ".join(map(str, ring[0]))` if the last number is a neighbour of the first, as on a ring;
#     the last row changes likewise, and all others are equal.
#
# ## What do the restrictions save in a real layer?
#
# The first layer of [VGG-16](https://arxiv.org/abs/1409.1556), a network of 2014, takes a colour image of 224 by 224 pixels to 64 filters of 3 by 3,
# with zeros around the image so that the output has as many rows and columns.
# Count its parameters, including the **biases**, which are added to the outputs,
# and the multiplications for one image, both including those that meet only the zeros:

# %%
pixels, channels, filters = 224 * 224, 3, 64
outputs, window = pixels * filters, 3 * 3 * channels
weights = [outputs * pixels * channels, outputs * window, window * filters]
biases = [outputs, outputs, filters]
products = [weights[0], weights[1], weights[1]]
layers = ["fully connected", "locally connected", "convolution"]
parameters = np.add(weights, biases)
figures.table(
    {"layer": layers, "parameters": parameters, "multiplications": products}
)

# %% [markdown]
# At 4 bytes a number, that is {eval}`f"{parameters[0] * 4 / 1e12:.1f}"` terabytes for the fully connected layer
# and {eval}`f"{parameters[2] * 4 / 1e3:.0f}"` kilobytes for the convolution, where all outputs of a filter share even the bias.
# Fewer connections save multiplications: the fully connected layer makes {eval}`f"{products[0] / products[1]:,.0f}"` times as many.
# Shared weights save memory but no multiplication, because each output still multiplies its whole window.
#
# ## Why may the weights be shared?
#
# Because what you look for may be anywhere in the picture.
# Point the camera a little to the left, and everything in the photograph moves to the right.
# If all outputs use the same weights, each output moves along with what it saw,
# and its value does not change, which is called [equivariance](../reference/glossary.md#equivariance) to shifts.

# %%
grey = conv.images.sample().mean(axis=2)
small = grey.reshape(300, 2, 256, 2).mean(axis=(1, 3))
here, left = small[60:152, 60:212], small[60:152, 30:182]
sobel = conv.kernels.sobel_x()
y_here = conv.correlate(here, sobel, padding="valid")
y_left = conv.correlate(left, sobel, padding="valid")
assert np.allclose(y_left[:, 30:], y_here[:, :-30], rtol=0, atol=1e-12)

# %% tags=["hide"]
views = {
    "photograph": here[1:-1, 1:-1],
    "from further left": left[1:-1, 1:-1],
}
views |= {"its edges": abs(y_here), "its edges, further right": abs(y_left)}
figures.Figure(
    tuple(figures.Picture(views[name], name).html(2) for name in views),
    caption="Two views of one scene, 30 pixels apart, and the absolute output of Sobel x on each: 0 is black, 1 and above white. Where the views overlap, the outputs are equal up to rounding, 30 pixels further right.",
    alt="Above, a face with glasses, and the same face further right. Below, the outlines of each in white on black, shifted in the same way.",
)

# %% [markdown]
# Nothing makes a fully connected layer behave like that:
# each output has weights of its own, so it must be shown an edge at every place where it is to find one.
# The rule has two limits: at the border, zeros or new pixels come into view,
# and at a stride of 2 only some shifts keep the values (exercise 1).
# If what you look for is always at the same place, sharing may be the wrong restriction:
# [DeepFace](https://doi.org/10.1109/CVPR.2014.220) (2014) first turned faces to the front,
# so that eyes and mouth had fixed places, and then used locally connected layers after two convolutions.
#
# ## How many examples do the restrictions save?
#
# Let both layers learn one task.
# The input is a piece of the photograph, 8 by 8 pixels, and the right output is that of Sobel x on it, 6 by 6 numbers:

# %%
draw = np.random.default_rng(18)
every_piece = np.lib.stride_tricks.sliding_window_view(grey, (8, 8))
T_sobel = conv.kernel_matrix(sobel, (8, 8), padding="valid")


def pieces(n):
    corners = draw.choice(593 * 505, n, replace=False)
    x = every_piece[np.unravel_index(corners, (593, 505))].reshape(n, 64)
    return x, x @ T_sobel.T


# %% [markdown]
# Both layers are fitted by least squares, which finds the weights with the smallest error on the examples:
# `dense` has {eval}`64 * 36` of them to find, one for each pixel and output, and `shared` has nine,
# which it writes out as a matrix of the same shape.


# %%
def dense(x, y):
    return np.linalg.lstsq(x, y)[0]


def shared(x, y):
    images = x.reshape(-1, 8, 8, 1)
    windows = conv.im2col(images, (3, 3), padding="valid")  # a row for each
    w = np.linalg.lstsq(windows, y.ravel())[0].reshape(3, 3)
    return conv.kernel_matrix(w, (8, 8), padding="valid").T


# %% [markdown]
# A layer sees $n$ examples, whose right outputs carry a little noise.
# The error is measured on 500 other pieces of the same photograph (with 1,024 examples, about half of them overlap one),
# as a share of the size of the right outputs, so a layer that always says 0 has the error 1.
# A lucky draw can flatter either layer, so we take the median of 20 draws.


# %%
def draw_once(fit, task, n):
    x, truth = task(n + 500)
    y = truth[:n] + draw.normal(0, 0.02, (n, 36))
    wrong = x[n:] @ fit(x[:n], y) - truth[n:]
    return np.linalg.norm(wrong) / np.linalg.norm(truth[n:])


def unseen_error(fit, task, n):
    return np.median([draw_once(fit, task, n) for _ in range(20)])


# %% [markdown]
# Measure it for more and more examples, and again with the pixels of all pieces shuffled,
# that is, reordered by one **permutation** drawn by chance.

# %%
order = draw.permutation(64)


def shuffled(n):
    x, truth = pieces(n)
    return x[:, order], truth


# %%
counts = 2 ** np.arange(11)
errors = {
    "fully connected": [unseen_error(dense, pieces, n) for n in counts],
    "convolution": [unseen_error(shared, pieces, n) for n in counts],
    "shuffled": [unseen_error(shared, shuffled, n) for n in counts],
}

# %% tags=["hide"]
for n in (8, 64, 1024):
    x, y = pieces(n)
    same = dense(x[:, order], y), dense(x, y)[order]
    assert np.allclose(*same, rtol=0, atol=1e-6)
assert 0.5 < 1 - (1 - 15**2 / (593 * 505)) ** counts[-1] < 0.6  # overlap

# %% tags=["hide"]
enough = 4
assert errors["convolution"][enough] < 0.8 * errors["fully connected"][-1]
least = min(errors["shuffled"])
assert least > 0.95
assert np.all(np.diff(errors["convolution"]) < 0)
assert 0.05 < errors["convolution"][0] < 0.15
ends = {name: f"{e[0]:.2g} to {e[-1]:.2g}" for name, e in errors.items()}

# %% tags=["hide"]
figures.curves(
    counts, errors, x_label="examples", y_label="error on unseen pieces", scale="log",
    styles=["", "", "thin"],
    caption=f"Medians of 20 draws; \"shuffled\" is the convolution on shuffled pixels. After {counts[enough]} examples the convolution is closer than the fully connected layer after {counts[-1]:,}. The fully connected layer gets the same errors in either order, so it has one curve. Both axes are logarithmic.",
    alt=f"Three curves over 1 to {counts[-1]:,} examples. Fully connected: from {ends['fully connected']}, with a high peak at 64 examples. Convolution: falling all the way, from {ends['convolution']}. With shuffled pixels the convolution never falls below {least:.2f}.",
)  # fmt: skip

# %% [markdown]
# The fully connected layer does learn the task, but with {eval}`f"{counts[-1]:,}"` examples it is still behind the convolution with {eval}`counts[enough]`,
# which matters wherever somebody has to label each example by hand.
# A single piece brings the convolution to an error of about {eval}`f"{errors['convolution'][0]:.1f}"`, because its 36 windows are 36 equations for nine weights.
# The fully connected layer gets one equation for the 64 weights of each output,
# and its error, {eval}`f"{errors['fully connected'][0]:.1f}"`, is worse than that of always answering 0.
#
# With shuffled pixels the convolution learns nothing, because the pixels that decide an output no longer lie in its window.
# What a model takes for granted before it has seen the first example is called its **prior**;
# here, that an output depends only on the pixels around it, and in the same way everywhere.
# The fully connected layer takes neither for granted, so shuffling costs it nothing.
# Where the prior holds, you save examples, memory and time; where it fails, no number of examples makes up for it (exercise 2).
# Our task was the convolution's best case, because a convolution had made the right outputs.
#
# ??? question "Why does the error rise at 64 examples?"
#
#     With fewer than 64 examples, many sets of weights fit them without error, and `lstsq` takes the smallest.
#     With 64 examples only one set fits, because 64 equations determine 64 weights.
#     It fits the noise as well, and needs huge weights for that, because the pieces are so alike that some of the equations nearly coincide.
#     With more examples no set fits all the noise, so least squares averages it out.
#     In machine learning this rise and second fall is known as **double descent**.
#
# The transposed matrix $T^{\top}$ passes errors back to the pixels that caused them, and
# [Backpropagation and the transposed convolution](../beyond/gradients.py) shows what else it is good for, and that it does not undo $T$.
#
# ## Exercises
#
# ### Exercise 1: move your own camera
#
# Load a photograph of your own with `conv.images.load("name.jpg", mode="grey")`,
# and take two crops of it, the second beginning $m$ columns further left, as above, for $m$ from 0 to 6.
# At stride 2, for which $m$ does the output keep its values? At stride 3?

# %% tags=["answer"]
# Where $m$ is a multiple of the stride: then the windows begin on the same pixels
# of the scene, and the output moves by $m$ divided by the stride.
# At other $m$ the windows fall between, so the outputs have other values.
mine = grey  # or conv.images.load("name.jpg", mode="grey")


def output(start, stride):
    crop = mine[:60, start : start + 100]
    return conv.correlate(crop, sobel, padding="valid", stride=stride)


# %% tags=["answer"]
def keeps(m, stride):
    a, b, step = output(6, stride), output(6 - m, stride), m // stride
    return np.allclose(a[:, : a.shape[1] - step], b[:, step:])


kept = {s: [m for m in range(7) if keeps(m, s)] for s in (2, 3)}
assert kept == {2: [0, 2, 4, 6], 3: [0, 3, 6]}
kept

# %% [markdown]
# ### Exercise 2: a task that depends on the place
#
# Let the right outputs be edges in the right half of each piece only, and 0 in the left half.
# What is the smallest error that the convolution can reach, with any number of examples?
# Predict it, then fit both layers again.


# %% tags=["answer"]
# The square root of one half, about 0.7. The same weights have to serve both halves,
# so least squares settles on half of Sobel's kernel: half of each right output is
# missing, and as much appears where it should be 0. (Pieces from everywhere have equally
# strong edges in both halves; in a single draw, one half may have more.)
# The fully connected layer learns this task too.
def right_half(n):
    x, truth = pieces(n)
    return x, truth * (np.arange(36) % 6 >= 3)


# %% tags=["answer"]
fits = {"fully connected": dense, "convolution": shared}
final = [unseen_error(fit, right_half, 1024) for fit in fits.values()]
assert final[0] < 0.05
assert abs(final[1] - 0.5**0.5) < 0.02

# %% tags=["answer"]
figures.table({"layer": list(fits), "error with 1,024 examples": final})

# %% [markdown]
# ### Exercise 3: does it have to be a photograph?
#
# Replace the pieces by pure noise, in which neighbouring pixels have nothing in common,
# and keep the task: Sobel x on each piece.
# Does the convolution lose its lead?


# %% tags=["answer"]
# No. What it takes for granted concerns the task, not the picture: an output depends on
# the pixels near it, in the same way everywhere. That is still true of Sobel x on noise.
# A convolution pays on photographs because so many tasks there are of this kind.
def noise(n):
    x = draw.random((n, 64))
    return x, x @ T_sobel.T


# %% tags=["answer"]
few = [unseen_error(fit, noise, 32) for fit in fits.values()]
many = [unseen_error(fit, noise, 1024) for fit in fits.values()]
assert few[1] < many[0]

# %% tags=["answer"]
figures.table(
    {"layer": list(fits), "32 examples": few, "1,024 examples": many}
)

# %% [markdown]
# ## What you can do now
#
# You can write a convolution of one channel at stride 1 as a matrix, say which of its entries are zero and which are equal,
# count what a convolution saves in a layer of your own, and predict for which tasks it will fail.
#
# Next comes the border: [Full, same, valid](padding.py) shows what happens there to the outputs, and to the rows of $T$.
# [One matrix product](matmul.py) starts from this matrix, and gets its outputs fast without writing it out.
#
# To read elsewhere:
#
# - [*Dive into Deep Learning*, "From fully connected layers to convolutions"](https://d2l.ai/chapter_convolutional-neural-networks/why-conv.html)
#   derives the formula of a convolution from the same two restrictions.
# - [*A guide to convolution arithmetic*](https://arxiv.org/abs/1603.07285) by Vincent Dumoulin and Francesco Visin, chapter 4,
#   draws transposed convolutions, for all kinds of padding and stride.
