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
figures.matrix(
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
# An input in row $a$ and column $b$ meets $w_{u,v}$ at the output in row $i$ and column $j$ where
# $a = i + u$ and $b = j + v$, if there is no [padding](../reference/glossary.md#padding)
# and the [stride](../reference/glossary.md#stride) is 1.
# Padding needs no columns: it is zero, and adds nothing.
# With several [channels](../reference/glossary.md#channel) there is a column for each channel of each pixel,
# with several [filters](../reference/glossary.md#filter) a row for each filter at each place.
# `conv.kernel_matrix` builds it for every padding, stride and dilation.
# Test the rule on the example, entry by entry, and the product on a layer of 4 filters over 3 channels.

# %%
by_rule = np.zeros((2, 2, 4, 4))  # i, j, a, b
for i, j, u, v in np.ndindex(2, 2, 3, 3):
    by_rule[i, j, i + u, j + v] = kernel[u, v]
assert np.array_equal(matrix, by_rule.reshape(4, 16))

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
    view="matrix",
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
#
# Of the 64 entries 36 are not zero, and they are 9 weights, each in 4 places.

# %%
assert (matrix.size, np.count_nonzero(matrix)) == (64, 36)
values, times = np.unique(matrix[matrix > 0], return_counts=True)
assert (values.size, set(times)) == (9, {4})

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
ends = {name: f"{w[0]:,} to {w[-1]:,}" for name, w in weights.items()}
figures.curves(
    sides,
    weights,
    x_label="side of the image in pixels",
    y_label="weights",
    scale="log",
    caption="Weights of a layer from a grey image to one feature map. Both axes are logarithmic.",
    alt=f"Three curves over images of 8 to 256 pixels: fully connected from {ends['fully connected']} weights, locally connected from {ends['locally connected']}, convolutional at 9 throughout.",
)

# %% [markdown]
# The memory that the weights take grows in the same way: each takes 4 bytes in single precision.
# The multiplications are another matter.
# The first two layers use each weight once, so they make one multiplication for each weight.
# A convolution uses its nine weights at every place,
# and makes as many multiplications as a locally connected layer.

# %%
products = {
    "fully connected": weights["fully connected"],
    "the other two": outputs * weights["convolutional"],
}
assert np.array_equal(products["the other two"], weights["locally connected"])

# %% tags=["hide"]
figures.curves(
    sides,
    products,
    x_label="side of the image in pixels",
    y_label="multiplications",
    scale="log",
    caption="Multiplications of the same layers: few connections save them, shared weights do not.",
    alt=f"Two curves over images of 8 to 256 pixels: fully connected from {ends['fully connected']} multiplications, the other two layers together from {ends['locally connected']}.",
)

# %% [markdown]
# In numbers, for an image of 224 by 224:

# %%
side = conv.Geometry.of((224, 224), (3, 3), padding="valid")
places, pixels = int(np.prod(side.output_size)), 224 * 224
stored = np.array([places * pixels, places * 9, 9])
figures.table(
    {"layer": list(weights), "weights": stored, "bytes": stored * 4}
)

# %% [markdown]
# ## How is a 2-D convolution a matrix?
#
# It is a product with a block [Toeplitz matrix](../reference/glossary.md#toeplitz-matrix), at stride 1.
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
# A widely read answer, named below, calls the matrix circulant.
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
assert np.argwhere(circulant != zeros).tolist() == [[0, 4], [4, 0]]

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
# ## Does a transposed convolution undo it?
#
# No.
# A *transposed convolution* is the product with the transposed matrix, $W^\mathsf{T}$.
# It multiplies each output by the kernel, lays that back on the output's window, and adds up what overlaps.
# The size of the input returns, and its values do not:
# four outputs cannot say what sixteen inputs were.

# %%
laid_back = (matrix.T @ output.ravel()).reshape(4, 4)
assert not np.allclose(laid_back, image)
assert np.linalg.matrix_rank(matrix) == 4

# %% tags=["hide"]
figures.beside(
    figures.Grid(image, "input"),
    figures.Grid(output, "output", role="output"),
    figures.Grid(laid_back, "laid back", role="input"),
    caption="The example there and back. The size is as it was, the values are others.",
    alt=f"The 4 by 4 input, the 2 by 2 output, and the 4 by 4 product with the transposed matrix: {laid_back.ravel().astype(int).tolist()} row by row.",
)

# %% [markdown]
# With a stride of 2 the windows begin at every second place,
# and not even the size is certain:
# with a kernel of 3 and one zero on each side, 7 inputs give 4 outputs, and so do 8.
# PyTorch asks which was meant: its `output_padding` is 0 for 7, and 1 for 8.
# The value that it adds is no padding and need not be zero.
# The eighth input was part of the last window, so that window lays a product back on it.

# %%
options = {"padding": 1, "stride": 2}
seven = conv.kernel_matrix([1, 2, 3], (7,), **options)
eight = conv.kernel_matrix([1, 2, 3], (8,), **options)
assert (seven.shape, eight.shape) == ((4, 7), (4, 8))
assert np.array_equal(eight[:, :7], seven)
assert eight[:, 7].tolist() == [0, 0, 0, 3]

# %% tags=["hide"]
figures.matrix(
    [1, 2, 3],
    (8,),
    **options,
    caption="The matrix for 8 inputs at stride 2. Without its last column it is the matrix for 7.",
    alt="A grid of 4 rows and 8 columns. Row 0 holds 2 3, the next rows 1 2 3, each begun two columns further right. The last column is empty but for a 3 in the last row.",
)

# %% [markdown]
# ## The prior: what holds here, holds there
#
# A *prior* is what is assumed before the first example is seen.
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
assert change[:, [0, 1, -1]].all()

# %% tags=["hide"]
figures.beside(
    figures.Grid(change, "difference", role=np.where(change, "output", "")),
    caption="Output of the moved input, minus the moved output: zero except where the border took part.",
    alt="An 8 by 8 grid of differences. They are not zero in the two first columns and the last one, and zero everywhere else.",
)

# %% [markdown]
# It is not exact at the border.
# There the zeros of the padding come into play, or values that left the image on one side and came back on the other.
# At a stride of 2 it holds only for moves by an even number of pixels:
# move the input by two, and the output moves by one place.

# %%
halved = conv.correlate(scene, kernel, stride=2)
by_two = conv.correlate(np.roll(scene, 2, axis=1), kernel, stride=2)
by_one = conv.correlate(moved, kernel, stride=2)
assert np.array_equal(by_two[:, 1:-1], halved[:, :-2])
assert not np.array_equal(by_one[:, 1:-1], halved[:, :-2])
assert not np.array_equal(by_one[:, 1:-1], halved[:, 1:-1])

# %% [markdown]
# How much does the prior know about images?
# Take 200 pieces of a photograph, 8 by 8 pixels each.
# Shuffle the pixels, in every piece by the same permutation, which is an order drawn by chance.

# %%
grey = conv.images.sample().mean(axis=2)
corners = draw.integers(0, [593, 505], (200, 2))
images = np.stack([grey[a : a + 8, b : b + 8] for a, b in corners])
order = draw.permutation(64)
shuffled = images.reshape(200, 64)[:, order].reshape(200, 8, 8)

# %% tags=["hide"]
face = grey[120:248, 200:328]
figures.pictures(
    {
        "as it is": face,
        "shuffled": draw.permutation(face.ravel()).reshape(128, 128),
    },
    caption="What shuffling does, on a larger piece. Both pictures hold the same pixels.",
    alt="A grey face with glasses, and the same pixels in an order drawn by chance: noise without any shape.",
)

# %% [markdown]
# To a person the pieces become noise.
# A fully connected layer loses nothing: shuffle the columns of its matrix in the same way,
# and it gives the same outputs.
# Here the wanted outputs are those of Sobel's kernel for change from left to right.

# %%
sobel = conv.kernels.sobel_x()
dense = conv.kernel_matrix(sobel, (8, 8), padding="valid")
wanted = images.reshape(200, 64) @ dense.T
assert np.allclose(shuffled.reshape(200, 64) @ dense[:, order].T, wanted)

# %% [markdown]
# A convolution cannot absorb the shuffling.
# Fit the nine weights to the wanted outputs by least squares,
# once on the pieces as they are and once on the shuffled ones.
# `conv.im2col` lays out every window as a row of a matrix, so that the weights are the only unknowns.
# The error is given in parts of the size of the outputs.

# %%
errors = {}
for name, batch in {"as they are": images, "shuffled": shuffled}.items():
    patches = conv.im2col(batch[..., None], (3, 3), padding="valid")
    fitted, *_ = np.linalg.lstsq(patches, wanted.ravel(), rcond=None)
    error = np.linalg.norm(patches @ fitted - wanted.ravel())
    errors[name] = error / np.linalg.norm(wanted)
assert errors["as they are"] < 1e-10
assert errors["shuffled"] > 0.9
figures.table({"pieces": list(errors), "error": list(errors.values())})

# %% [markdown]
# On the shuffled pieces the best nine weights are hardly better than none at all, whose error is 1.
# So a convolution assumes that neighbouring pixels belong together.
# Where that holds, as in photographs, it has far fewer weights to store and to train,
# and needs far fewer examples.
# One piece has 36 windows, which is enough to determine nine weights.
# A fully connected layer has 64 weights for each output, and a piece is one equation for them:
# with fewer than 64 pieces many different matrices fit equally well.

# %%
windows = conv.im2col(images[:1, ..., None], (3, 3), padding="valid")
assert (*windows.shape, np.linalg.matrix_rank(windows)) == (36, 9, 9)
assert np.linalg.matrix_rank(images[:63].reshape(63, 64)) < 64
assert np.linalg.matrix_rank(images.reshape(200, 64)) == 64

# %% [markdown]
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
round(1 - 27 / 3072, 4), round(float(share), 4)

# %% [markdown]
# ### Exercise 3: the way back
#
# Multiply the transposed matrix of the first example
# by an output of zeros with a single 1 at the end.
# Where do the numbers 1 to 9 appear?

# %% tags=["answer"]
# It lays the kernel down where the output's window was.
single = np.array([0, 0, 0, 1])
back = (matrix.T @ single).reshape(4, 4)
assert np.array_equal(back[1:, 1:], kernel)
back

# %% [markdown]
# ### Exercise 4: which sizes?
#
# A kernel of 5 with two zeros on each side and a stride of 3 gave 6 outputs.
# How many inputs were there?

# %% tags=["answer"]
# 16, 17 or 18: the output cannot say. A transposed convolution takes 16,
# and an output_padding of 1 or 2 the others.
options = {"padding": 2, "stride": 3}
made = [conv.Geometry.of((n,), (5,), **options) for n in range(5, 25)]
sizes = [g.input_size[0] for g in made if g.output_size == (6,)]
assert sizes == [16, 17, 18]
sizes

# %% [markdown]
# ## Summary
#
# - A cross-correlation is a matrix product $y = W x$; the kernel decides $W$.
# - $W$ is sparse, and its entries repeat: few connections, fewer weights.
# - At stride 1, with zeros around the input, it is block Toeplitz; on a ring it would be circulant.
# - Its transpose brings the size of the input back, and not the values.
# - A convolution moves its output along with its input, except at the border.
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
# - Stack Overflow, [question 16798888](https://stackoverflow.com/q/16798888): the answer that says circulant.
# - PyTorch's documentation of
#   [`ConvTranspose1d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html):
#   what `output_padding` decides.
