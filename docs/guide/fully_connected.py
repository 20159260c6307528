# %% [markdown]
# # The same numbers as a fully connected layer
#
# At the end of this page you can write any cross-correlation as a matrix,
# say which of its entries are zero and which are equal,
# count what that saves, and say what it gives up.
# You need cross-correlation in two dimensions, from
# [Convolution or cross-correlation?](flip.py),
# and the product of a matrix and a vector.

# %%
import numpy as np

import conv
from conv import figures

# %% [markdown]
# ## Four outputs, sixteen inputs
#
# A [fully connected layer](../reference/glossary.md#fully-connected-layer)
# takes a vector of inputs and multiplies it by a matrix:
# each output is a weighted sum of all inputs, with weights of its own.
# A cross-correlation is a weighted sum too, so it should fit into such a matrix.
#
# Take an image of 4 by 4 and a kernel of 3 by 3.
# The kernel stands only where it lies wholly on the image, which is called
# [valid](../reference/glossary.md#valid): in four places.

# %%
image = np.array([[1, 0, 2, 1], [0, 3, 1, 0], [2, 1, 0, 1], [0, 1, 2, 0]])
kernel = np.arange(1, 10).reshape(3, 3)
output = conv.correlate(image, kernel, padding="valid")

# %% tags=["hide"]
figures.beside(
    figures.Grid(image, "input", focus=(slice(0, 3), slice(0, 3))),
    "⋆",
    figures.Grid(kernel, "kernel", tints=kernel - 1),
    "=",
    figures.Grid(output, "output", role="output", focus=(0, 0)),
    caption="The example. Each entry of the kernel has a colour of its own.",
    alt=f"A 4 by 4 input with its first window framed, the kernel 1 to 9, and the 2 by 2 output, {output.ravel().astype(int).tolist()} row by row.",
)

# %% [markdown]
# Write the image as one column of 16 numbers, row after row.
# The first output needs nine of them.
# Put the kernel's nine entries into a row of 16, each at the place of the input that it meets,
# and zeros at the places of the other seven.
# Do the same for the other three outputs.
# The four rows are the [kernel matrix](../reference/glossary.md#kernel-matrix).

# %%
matrix = conv.kernel_matrix(kernel, image.shape, padding="valid")
matrix.shape

# %% tags=["hide"]
figures.weights(
    kernel,
    image.shape,
    padding="valid",
    caption="The kernel matrix: a row for each output, a column for each input. Equal colours are equal entries; empty cells are zeros.",
    alt="A grid of 4 rows and 16 columns. Row 0 holds 1 2 3, a gap, 4 5 6, a gap, 7 8 9 and five empty cells; the next rows hold the same, moved to the right by 1, 4 and 5.",
)

# %% [markdown]
# The product of the matrix and the column of inputs is the cross-correlation.

# %%
assert np.array_equal(matrix @ image.ravel(), output.ravel())
matrix @ image.ravel()

# %% [markdown]
# ## In general
#
# Let $x$ be the input as a column of numbers, $x_0, x_1, \dots$,
# $w$ the kernel with entries $w_{u,v}$, and $y$ the output as a column.
# Then $y = W x$, with one row of the matrix $W$ for each output and one column for each input:
#
# $$ W_{r,c} = \begin{cases}
# w_{u,v} & \text{if input } c \text{ meets } w_{u,v} \text{ at output } r, \\
# 0 & \text{if it meets no entry there.}
# \end{cases} $$
#
# Padding needs no columns: it would be multiplied by zero.
# With several [channels](../reference/glossary.md#channel) there is a column for each channel of each pixel,
# with several [filters](../reference/glossary.md#filter) a row for each filter at each place.
# `conv.kernel_matrix` builds it for every padding, stride and dilation.
# Test it on a layer of 4 filters over 3 channels.

# %%
draw = np.random.default_rng(1)
x = draw.integers(-5, 6, (6, 7, 3))
w = draw.integers(-5, 6, (3, 2, 3, 4))
W = conv.kernel_matrix(w, (6, 7), padding="same", stride=2)
y = conv.correlate(x, w, padding="same", stride=2)
assert np.array_equal(W @ x.ravel(), y.ravel())
W.shape

# %% [markdown]
# ### Try it
#
# Point at an entry of the kernel and see where it stands in the matrix.
# Point at a row of the matrix and see its window.
# The explorer is explained on [its own page](../explorer.py).

# %% tags=["hide"]
figures.explorer(
    image,
    kernel,
    caption="The example of this page.",
    alt="The 4 by 4 input, the kernel of 1 to 9 and the 2 by 2 output of their cross-correlation under valid.",
)

# %% [markdown]
# ## Few weights, used often
#
# The matrix differs from that of a fully connected layer in two ways.
#
# - Most of its entries are zero, because each output sees only its window.
#   This is [sparse connectivity](../reference/glossary.md#sparse-connectivity).
# - The entries that are not zero repeat: every row holds the same nine.
#   This is [parameter sharing](../reference/glossary.md#parameter-sharing).

# %%
int(np.count_nonzero(matrix)), int(np.count_nonzero(matrix == 0)), kernel.size

# %% [markdown]
# Between the two stands a
# [locally connected layer](../reference/glossary.md#locally-connected-layer):
# its windows are as small, and each has weights of its own.
# Compare the three as a grey image grows, for a kernel of 3 by 3 and `valid`.

# %%
sides = np.array([8, 16, 32, 64, 128, 256])
sizes = [conv.Geometry.of((n, n), (3, 3), padding="valid") for n in sides]
outputs = np.array([np.prod(geometry.output_size) for geometry in sizes])
weights = {
    "fully connected": outputs * sides**2,
    "locally connected": outputs * 9,
    "convolutional": np.full(len(sides), 9),
}

# %% tags=["hide"]
figures.curves(
    sides,
    weights,
    x_label="side of the image in pixels",
    y_label="weights",
    scale="log",
    caption="Weights of a layer from a grey image to one feature map. Both axes are logarithmic.",
    alt="Three curves over images of 8 to 256 pixels: fully connected from two thousand to four thousand million weights, locally connected from 324 to 580,000, convolutional at 9 throughout.",
)

# %% [markdown]
# Memory follows from the weights, at 4 bytes each.
# The multiplications are another matter: a convolution makes as many as a locally connected layer,
# because it saves weights by using each of them everywhere.
# In numbers, for an image of 224 by 224:

# %%
side = conv.Geometry.of((224, 224), (3, 3), padding="valid")
places, pixels = int(np.prod(side.output_size)), 224 * 224
stored = np.array([places * pixels, places * 9, 9])
columns = {"layer": list(weights), "weights": stored}
columns["bytes"] = stored * 4
columns["multiplications"] = [places * pixels, places * 9, places * 9]
figures.table(columns)

# %% [markdown]
# ## How is a 2-D convolution a matrix?
#
# A block [Toeplitz matrix](../reference/glossary.md#toeplitz-matrix).
# In a Toeplitz matrix every diagonal that falls to the right holds one value throughout.
# Cut the kernel matrix above into blocks of 2 rows and 4 columns,
# the rows of one row of outputs and the columns of one row of inputs.
# Each block is Toeplitz, and the blocks repeat along their own diagonals.

# %%
blocks = matrix.reshape(2, 2, 4, 4).swapaxes(1, 2)
assert np.array_equal(blocks[:, :, 1, 1:], blocks[:, :, 0, :-1])
assert np.array_equal(blocks[1, 1:], blocks[0, :-1])
blocks[0, 0]

# %% [markdown]
# A widely read answer calls the matrix circulant.
# In a circulant matrix each row is the row above, moved by one,
# with what leaves on the right coming back on the left.
# That is the matrix of a convolution whose input is continued periodically,
# as on a ring, and there it is the right word.
# Build it for a signal of 5: pad both sides with values from the other end.

# %%
ring = np.pad(np.eye(5), ((0, 0), (1, 1)), mode="wrap")
rows = [conv.correlate(row, [1, 2, 3], padding="valid") for row in ring]
circulant = np.stack(rows, axis=1)
assert np.array_equal(circulant[1:], [np.roll(r, 1) for r in circulant[:-1]])
zeros = conv.kernel_matrix([1, 2, 3], (5,), padding="same")

# %% tags=["hide"]
figures.beside(
    figures.Grid(
        zeros, "zeros around: Toeplitz", tints=zeros.astype(int) - 1
    ),
    figures.Grid(
        circulant, "a ring: circulant", tints=circulant.astype(int) - 1
    ),
    caption="The kernel 1 2 3 on a signal of 5. The two matrices differ in two corners.",
    alt="Two 5 by 5 matrices with 1 2 3 along three diagonals. The circulant one has a 1 in the top right and a 3 in the bottom left corner besides.",
)

# %% [markdown]
# ## The prior: what holds here, holds there
#
# Equal weights everywhere mean that a pattern gives the same answer wherever it stands.
# Move the input, and the output moves along.
# This is [equivariance](../reference/glossary.md#equivariance) to shifts.
# A fully connected layer has to learn it from examples; a convolution is built that way.

# %%
scene = draw.integers(0, 10, (8, 8))
moved = np.roll(scene, 1, axis=1)
before = conv.correlate(scene, kernel)
after = conv.correlate(moved, kernel)
change = after - np.roll(before, 1, axis=1)
assert not change[:, 2:-1].any()
assert change.any()

# %% tags=["hide"]
figures.beside(
    figures.Grid(
        change, "difference", role="output", tints=np.where(change, 6, -1)
    ),
    caption="Output of the moved input, minus the moved output: zero except where the border took part.",
    alt="An 8 by 8 grid of differences. They are not zero in the two first columns and the last one, and zero everywhere else.",
)

# %% [markdown]
# It is not exact at the border.
# There the zeros of the padding come into play, or values that left the image on one side and came back on the other.
#
# How much does the prior know about images?
# Shuffle all pixels, in every image by the same permutation.
# To a person the images become noise.
# A fully connected layer loses nothing: shuffle the columns of its matrix in the same way,
# and it gives the same outputs.

# %%
images = draw.standard_normal((200, 8, 8))
order = draw.permutation(64)
shuffled = images.reshape(200, 64)[:, order].reshape(200, 8, 8)
dense = conv.kernel_matrix(kernel, (8, 8), padding="valid")
wanted = images.reshape(200, 64) @ dense.T
assert np.allclose(shuffled.reshape(200, 64) @ dense[:, order].T, wanted)

# %% [markdown]
# A convolution cannot absorb the shuffling.
# Fit the nine weights to the wanted outputs by least squares,
# once on the images as they are and once on the shuffled ones.
# `conv.im2col` lays out every window as a row of a matrix, so that the weights are the only unknowns.
# The error is given in parts of the size of the outputs.

# %%
errors = {}
for name, batch in {"as they are": images, "shuffled": shuffled}.items():
    patches = conv.im2col(batch[..., None], (3, 3), padding="valid")
    fitted, *_ = np.linalg.lstsq(patches, wanted.ravel(), rcond=None)
    error = np.linalg.norm(patches @ fitted - wanted.ravel())
    errors[name] = error / np.linalg.norm(wanted)
assert errors["as they are"] < 1e-12
assert errors["shuffled"] > 0.9
figures.table({"images": list(errors), "error": list(errors.values())})

# %% [markdown]
# On the shuffled images the best nine weights are hardly better than none at all.
# So a convolution assumes that neighbouring pixels belong together.
# Where that holds, as in photographs, it needs far fewer weights and far fewer examples.
#
# What it gives up is everything that depends on the place.
# A fully connected layer can treat the top of an image otherwise than its bottom; a convolution cannot.
# Of the 36 times 64 numbers in a matrix from an 8 by 8 image to 6 by 6 outputs it can choose 9.

# %%
choices = [conv.kernel_matrix(one, (8, 8), padding="valid").ravel()
           for one in np.eye(9).reshape(9, 3, 3)]  # fmt: skip
assert np.linalg.matrix_rank(choices) == 9
dense.shape, int(np.linalg.matrix_rank(choices))

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: a layer's matrix
#
# A layer takes an image of 32 by 32 with 3 channels to 16 filters, 3 by 3, `same`.
# How many rows and columns has its kernel matrix, and how many numbers has its kernel?

# %% tags=["answer"]
# Rows: 32 * 32 places times 16 filters. Columns: 32 * 32 pixels times 3.
layer = np.ones((3, 3, 3, 16), np.float32)
big = conv.kernel_matrix(layer, (32, 32))
assert big.shape == (32 * 32 * 16, 32 * 32 * 3)
big.shape, layer.size

# %% [markdown]
# ### Exercise 2: how many zeros?
#
# Of the same matrix, what share of the entries is zero?
# First take every window to be whole. Then: is the true share larger or smaller?

# %% tags=["answer"]
# A row has 27 entries among 3072: a share of 0.0088, and 0.9912 zeros.
# Windows that hang over the edge have fewer entries: the true share is larger.
share = np.count_nonzero(big == 0) / big.size
assert share > 1 - 27 / 3072
round(1 - 27 / 3072, 4), round(share, 4)

# %% [markdown]
# ### Exercise 3: the way back
#
# What does the transposed kernel matrix do with an output?
# Take an output of zeros with a single 1, and multiply.

# %% tags=["answer"]
# It lays the kernel down where the output's window was.
single = np.array([0, 0, 0, 1])
back = (matrix.T @ single).reshape(4, 4)
assert np.array_equal(back[1:, 1:], kernel)
back

# %% [markdown]
# ## Summary
#
# - A cross-correlation is a matrix product $y = W x$; the kernel decides $W$.
# - $W$ is sparse, and its entries repeat: few connections, fewer weights.
# - With zeros around the input it is block Toeplitz; on a ring it would be circulant.
# - It moves its output along with its input, except at the border.
# - It cannot do what depends on the place, and needs neighbours that belong together.
#
# ## Sources
#
# - Ian Goodfellow, Yoshua Bengio and Aaron Courville,
#   [*Deep Learning*](https://www.deeplearningbook.org/contents/convnets.html), 2016, chapter 9:
#   sparse interactions, parameter sharing, equivariance, and convolution as an infinitely strong prior.
# - Yann LeCun and others, "Backpropagation applied to handwritten zip code recognition",
#   *Neural Computation* 1, 1989: shared weights in a network that reads images.
# - Robert M. Gray, "Toeplitz and circulant matrices: a review",
#   *Foundations and Trends in Communications and Information Theory* 2, 2006: the two kinds of matrix.
