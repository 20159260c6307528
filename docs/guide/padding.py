# %% [markdown]
# # Full, same, valid
#
# At the end of this page you can say where a kernel may stand on its input,
# how many zeros each mode puts around the input and on which side,
# and how large the output is, for any kernel and any stride.
# You need cross-correlation in two dimensions, from
# [Convolution or cross-correlation?](flip.py).

# %%
import itertools

import numpy as np

import conv
from conv import figures

# %% [markdown]
# ## Where the kernel may stand
#
# Take an image of 5 by 5 and a kernel of nine ones.
# The kernel adds up what it covers, so every output can be checked in the head.

# %%
image = np.array(
    [
        [1, 0, 2, 1, 0],
        [0, 3, 1, 0, 2],
        [2, 1, 0, 1, 1],
        [0, 1, 2, 0, 3],
        [1, 0, 1, 2, 0],
    ]
)
kernel = np.ones((3, 3))

# %% [markdown]
# The three modes are three answers to one question:
# how far may the kernel hang over the edge of the input?
# Where it hangs over, it meets zeros: the
# [padding](../reference/glossary.md#padding).
#
# ### Valid: wholly inside
#
# The kernel covers nothing but pixels.
# There are three rows and three columns where it can begin, so the output is 3 by 3.

# %% tags=["hide"]
valid = conv.Geometry.of(image.shape, kernel.shape, padding="valid")
figures.positions(
    image,
    kernel,
    valid,
    caption="Valid: the first and the last window lie inside the input.",
    alt="A 5 by 5 input without padding, framed at rows and columns 0 to 2, and at 2 to 4; the output is 3 by 3, from 10 to 8.",
)

# %% [markdown]
# ### Same: centred on every pixel
#
# One zero on each side lets the centre of the kernel stand on every pixel.
# The output has the size of the input.

# %% tags=["hide"]
same = conv.Geometry.of(image.shape, kernel.shape, padding="same")
figures.positions(
    image,
    kernel,
    same,
    caption="Same: the centre of the first window is the first pixel, that of the last window the last.",
    alt="The input inside one ring of zeros, framed in its top left and bottom right corner; the output is 5 by 5.",
)

# %% [markdown]
# ### Full: any overlap
#
# Two zeros on each side let the kernel begin with only its last entry on the first pixel,
# and end with only its first entry on the last one.
# Further out it would meet nothing but zeros.

# %% tags=["hide"]
full = conv.Geometry.of(image.shape, kernel.shape, padding="full")
figures.positions(
    image,
    kernel,
    full,
    caption="Full: the first and the last window share one pixel each with the input.",
    alt="The input inside two rings of zeros, framed in its top left and bottom right corner; the output is 7 by 7.",
)

# %%
valid.output_size, same.output_size, full.output_size

# %% [markdown]
# ## `same` or `valid`: what is the difference?
#
# `valid` never invents a value, and shrinks the image.
# `same` keeps the size, and pays with zeros that were not in the image.
# With zeros the border goes dark: on a white image, the mean of nine pixels is not white in the corner.

# %%
white = np.ones((6, 6))
mean = conv.correlate(white, conv.kernels.box(3), padding="same")
assert np.isclose(mean[0, 0], 4 / 9)
assert np.isclose(mean[0, 1], 6 / 9)
assert np.isclose(mean[1:-1, 1:-1], 1).all()

# %% [markdown]
# In the corner four of the nine values are pixels, and five are zeros.
# Zeros are not the only choice.
# Pad with copies of the border yourself, ask for `valid`, and the image stays white.

# %%
copied = np.pad(white, 1, mode="edge")
mean = conv.correlate(copied, conv.kernels.box(3), padding="valid")
assert np.allclose(mean, white)

# %% [markdown]
# In each mode some pixels count more often than others.
# Count the windows that hold each pixel of an 8 by 8 image.
# In the [kernel matrix](../reference/glossary.md#kernel-matrix) of nine ones
# that is the sum of the pixel's column.

# %%
counts = {}
for mode in ("valid", "same", "full"):
    matrix = conv.kernel_matrix(np.ones((3, 3)), (8, 8), padding=mode)
    counts[mode] = matrix.sum(axis=0).reshape(8, 8)
assert counts["same"][0, :2].tolist() == [4, 6]
assert (counts["full"] == 9).all()

# %% tags=["hide"]
figures.beside(
    *[figures.Grid(count, mode) for mode, count in counts.items()],
    caption="How many windows hold each pixel. Only full uses all pixels equally often.",
    alt="Three 8 by 8 grids. Valid: 1 in the corners, 9 in the middle. Same: 4 in the corners, 6 at the edges, 9 inside. Full: 9 everywhere.",
)

# %% [markdown]
# So `same` does not make all pixels count alike, as is sometimes written.
# It uses a corner pixel 4 times, one at an edge 6 times, and one in the middle 9 times.
#
# ## Why odd kernels, and where does the extra row go?
#
# An odd kernel has a centre, and needs as many zeros on one side as on the other.
# An even kernel has none.
# To keep the size, a kernel of 4 needs three zeros in all, and three cannot be halved.

# %%
even = conv.Geometry.of(image.shape, (4, 4), padding="same")
even.pads

# %% tags=["hide"]
figures.positions(
    image,
    np.ones((4, 4)),
    even,
    caption="A 4 by 4 kernel, same: one zero before, two after.",
    alt="The input with one row of zeros above, two below, one column on the left and two on the right; the output is 5 by 5.",
)

# %% [markdown]
# The extra row and column go after the input, below and at the right.
# That is the rule of TensorFlow, of JAX, and of PyTorch where the stride is 1.
# Libraries differ here: NumPy and most of SciPy put the extra zero before.
# `conv.convolve` does as NumPy does, since it mirrors the padding together with the kernel.

# %%
signal, four = np.arange(1, 9), np.array([1, 2, 3, 4])
ours = conv.convolve(signal, four, padding="same")
assert np.array_equal(ours, np.convolve(signal, four, mode="same"))
ours

# %% [markdown]
# ### Try it
#
# Change the mode, the size of the kernel and the stride under Settings.
# Where do the zeros stand, and which pixels does no window reach?
# The explorer is explained on [its own page](../explorer.py).

# %% tags=["hide"]
figures.explorer(
    image,
    np.ones((4, 4)),
    padding="same",
    view="scatter",
    caption="A kernel of 4 by 4 ones on the image of this page, same.",
    alt="The 5 by 5 input, a 4 by 4 kernel of ones, and the 5 by 5 output of their cross-correlation under same.",
)

# %% [markdown]
# ## The table of pads
#
# Let $n$ be the size of the input along one axis and $k$ that of the kernel.
# Write $p_\text{before}$ for the zeros before the input and $p_\text{after}$ for those after it.
# If the kernel moves by one, they are:
#
# | mode | zeros before | zeros after | size of the output |
# | --- | --- | --- | --- |
# | full | $k - 1$ | $k - 1$ | $n + k - 1$ |
# | same | $\lfloor (k-1)/2 \rfloor$ | $\lceil (k-1)/2 \rceil$ | $n$ |
# | valid | $0$ | $0$ | $n - k + 1$ |
#
# The brackets $\lfloor\;\rfloor$ round down to a whole number, and $\lceil\;\rceil$ up.

# %%
pads = {"kernel": [1, 2, 3, 4, 5]}
for mode in ("full", "same", "valid"):
    found = [
        conv.Geometry.of((9,), (k,), padding=mode) for k in pads["kernel"]
    ]
    pads[mode] = [str(geometry.pads[0]) for geometry in found]
figures.table(pads)

# %% [markdown]
# ## Output size: floor or ceil?
#
# Floor, if you count positions.
# Let the [stride](../reference/glossary.md#stride) $s$ be the step from one window to the next.
# The padded input has $n + p_\text{before} + p_\text{after}$ values.
# With the [dilation](../reference/glossary.md#dilation) $d$, the step between the entries of the kernel,
# the kernel covers $e = d\,(k-1) + 1$ of them.
# The first window begins at 0, the next at $s$, then at $2s$,
# and no window may begin after $n + p_\text{before} + p_\text{after} - e$.
# So the number of windows, the size $o$ of the output, is
#
# $$ o = \left\lfloor \frac{n + p_\text{before} + p_\text{after} - e}{s} \right\rfloor + 1 . $$
#
# The floor matters when the division leaves a rest.
# Six values, a kernel of 3 and a stride of 2: the second window begins at 2,
# a third would begin at 4 and reach beyond the end.

# %%
step = conv.Geometry.of((6,), (3,), padding="valid", stride=2)
used = conv.kernel_matrix([1, 1, 1], (6,), padding="valid", stride=2).sum(0)
assert step.output_size == (2,)
assert used.tolist() == [1, 1, 2, 1, 1, 0]

# %% tags=["hide"]
figures.positions(
    [3, 1, 4, 1, 5, 9],
    [1, 1, 1],
    step,
    caption="Stride 2: two windows fit. The last value is in neither.",
    alt="Six values, 3 1 4 1 5 9, with a frame at the first three and one at the third to fifth; the output is 8, 10.",
)

# %% [markdown]
# The last value, 9, is never looked at.
# No error says so.
#
# Test the formula against counting.

# %%
cases = itertools.product(
    range(5, 14), (1, 2, 3), (1, 2, 3, 4), (1, 2), (0, 1, 2)
)
for n, k, s, d, p in cases:
    geometry = conv.Geometry.of((n,), (k,), padding=p, stride=s, dilation=d)
    places = [
        at for at in range(0, n + 2 * p, s) if at + d * (k - 1) < n + 2 * p
    ]
    assert geometry.output_size == (len(places),)

# %% [markdown]
# ## What `same` means with a stride
#
# With a stride of 1, `same` means: as large as the input.
# With a stride $s$ it means $o = \lceil n / s \rceil$: one output for every $s$ values, and one for the rest.
# That is where the ceiling comes from.
# The zeros are what it takes to get there,
#
# $$ p_\text{before} + p_\text{after} = \max\bigl(0,\; (o - 1)\,s + e - n\bigr) , $$
#
# and of an odd number the smaller part stands before.
# So the zeros depend on the size of the input, and one zero on each side is something else.
# Add up three neighbours at stride 2, once for the values 1 to 4 and once for 1 to 5.

# %%
ones, sums = np.ones(3), {"values": ["1 to 4", "1 to 5"]}
for name, pad in {"`same`": "same", "one zero on each side": 1}.items():
    sums[name] = [
        str(conv.correlate(np.arange(1, n), ones, padding=pad, stride=2))
        for n in (5, 6)
    ]
figures.table(sums)

# %%
assert sums["`same`"] == ["[6. 7.]", "[3. 9. 9.]"]
assert sums["one zero on each side"] == ["[3. 9.]", "[3. 9. 9.]"]

# %% [markdown]
# For an odd size the two agree, and for an even size they do not.
# That hides the mistake well: it shows when somebody changes the size of the images.
#
# ## Why does PyTorch refuse `same` with a stride?
#
# Because there the zeros depend on the input, and may be unequal on the two sides.
# A layer of PyTorch gets its padding when it is made, before it has seen an input,
# and pads both sides alike.
# Its documentation allows `padding="same"` for a stride of 1 only.
# To get TensorFlow's numbers, compute the pads from the size of your input and pad it yourself.

# %%
conv.Geometry.of((224, 224), (3, 3), padding="same", stride=2).pads

# %% [markdown]
# ## Sizes at a glance

# %%
cases = [(n, k, s) for n in (32, 33) for k in (3, 4) for s in (1, 2)]
columns = dict(
    zip(("input", "kernel", "stride"), zip(*cases, strict=True), strict=True)
)
for mode in ("full", "same", "valid"):
    columns[mode] = [
        conv.Geometry.of((n,), (k,), padding=mode, stride=s).output_size[0]
        for n, k, s in cases
    ]
figures.table(columns)

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: an even kernel at stride 2
#
# An input of 7 rows and 5 columns, a kernel of 4 by 4, stride 2, `same`.
# How large is the output, and where do the zeros stand?

# %% tags=["answer"]
# Rows: ceil(7 / 2) = 4, and 3 * 2 + 4 - 7 = 3 zeros: one above, two below.
# Columns: ceil(5 / 2) = 3, and 2 * 2 + 4 - 5 = 3 zeros: one left, two right.
answer = conv.Geometry.of((7, 5), (4, 4), padding="same", stride=2)
assert answer.output_size == (4, 3)
answer.pads

# %% [markdown]
# ### Exercise 2: a kernel larger than its input
#
# A 3 by 3 kernel on an image of 2 by 2: what does each mode give?

# %% tags=["answer"]
# Same gives 2 by 2 and full 4 by 4.
tiny = np.array([[1, 2], [3, 4]])
assert conv.correlate(tiny, np.ones((3, 3)), padding="same").shape == (2, 2)
conv.correlate(tiny, np.ones((3, 3)), padding="full")

# %% tags=["answer", "raises-exception"]
# Valid has no place for the kernel, which is an error.
conv.correlate(tiny, np.ones((3, 3)), padding="valid")

# %% [markdown]
# ### Exercise 3: keep the size
#
# A kernel of 5 with dilation 2, stride 1: how many zeros on each side keep the size?

# %% tags=["answer"]
# The kernel covers 2 * 4 + 1 = 9 values: 8 zeros in all, 4 on each side.
wide = conv.Geometry.of((20,), (5,), padding=4, dilation=2)
assert wide.output_size == wide.input_size
assert wide == conv.Geometry.of((20,), (5,), padding="same", dilation=2)

# %% [markdown]
# ## Summary
#
# - Valid: the kernel stands inside. Same: it stands on every pixel. Full: it touches the input.
# - An even kernel needs unequal pads; here, the extra zero stands after the input.
# - The output's size is the number of windows, and counting rounds down.
# - With a stride, `same` means $\lceil n/s \rceil$, and its zeros depend on the size of the input.
# - No mode but full uses all pixels equally often.
#
# ## Sources
#
# - Vincent Dumoulin and Francesco Visin,
#   [A guide to convolution arithmetic for deep learning](https://arxiv.org/abs/1603.07285), 2016:
#   the sizes, derived by counting.
# - TensorFlow's documentation of [`tf.nn.convolution`](https://www.tensorflow.org/api_docs/python/tf/nn/convolution)
#   and the notes on padding it links to: the rule of `same`.
# - PyTorch's documentation of [`Conv2d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html):
#   `same` for a stride of 1 only. Its issues 3867 and 67551 hold the discussion.
# - NumPy's documentation of [`numpy.convolve`](https://numpy.org/doc/stable/reference/generated/numpy.convolve.html):
#   the names of the three modes.
