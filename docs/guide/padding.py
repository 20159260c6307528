# %% [markdown]
# # Full, same, valid
#
# At the end of this page you can say where a kernel may stand on its input,
# how many zeros each mode puts around the input and on which side,
# and how large the output is, for any kernel and any stride.
# You need cross-correlation in two dimensions, from
# [Convolution or cross-correlation?](flip.py),
# and the kernel matrix, from
# [The same numbers as a fully connected layer](fully_connected.py).

# %%
import numpy as np

import conv
from conv import figures

# %% [markdown]
# ## Where the kernel may stand
#
# Take an image of 5 by 5 and a kernel of nine ones.
# The kernel adds up what it covers, so you can check every output in your head.

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
# In the figures the zeros stand in dashed cells,
# and a frame marks the first and the last
# [window](../reference/glossary.md#window).
#
# ### Valid: wholly inside
#
# Under [valid](../reference/glossary.md#valid) the kernel covers nothing but pixels.
# It can begin in three rows and in three columns, so the output is 3 by 3.

# %% tags=["hide"]
valid = conv.Geometry.of(image.shape, kernel.shape, padding="valid")
sums = conv.correlate(image, kernel, padding="valid")
figures.positions(
    image,
    kernel,
    valid,
    caption="Valid: the first and the last window lie inside the input.",
    alt="A 5 by 5 input without padding, framed at rows and columns 0 to 2, and at 2 to 4; "
    f"the output is 3 by 3, its first number {sums[0, 0]:g}, its last {sums[-1, -1]:g}.",
)

# %% [markdown]
# ### Same: centred on every pixel
#
# Under [same](../reference/glossary.md#same) the centre of the kernel stands on each pixel once.
# For that a kernel of 3 needs one zero on each side.
# The output has the size of the input.

# %% tags=["hide"]
same = conv.Geometry.of(image.shape, kernel.shape, padding="same")
sums = conv.correlate(image, kernel, padding="same")
figures.positions(
    image,
    kernel,
    same,
    caption="Same: the centre of the first window is the first pixel, that of the last window the last.",
    alt="The input inside one ring of zeros, framed in its top left and bottom right corner; "
    f"the output is 5 by 5, its first number {sums[0, 0]:g}, its last {sums[-1, -1]:g}.",
)

# %% [markdown]
# ### Full: any overlap
#
# Under [full](../reference/glossary.md#full) the kernel stands wherever it meets a pixel.
# Two zeros on each side let it begin with only its last entry on the first pixel,
# and end with only its first entry on the last one.
# Further out it would meet nothing but zeros.

# %% tags=["hide"]
full = conv.Geometry.of(image.shape, kernel.shape, padding="full")
sums = conv.correlate(image, kernel, padding="full")
figures.positions(
    image,
    kernel,
    full,
    caption="Full: the first and the last window share one pixel each with the input.",
    alt="The input inside two rings of zeros, framed in its top left and bottom right corner; "
    f"the output is 7 by 7, its first number {sums[0, 0]:g}, its last {sums[-1, -1]:g}.",
)

# %% [markdown]
# The three sizes are these.
# `conv.Geometry` computes them from the sizes alone, without an image
# ([API](../reference/api.md)).

# %%
valid.output_size, same.output_size, full.output_size

# %% [markdown]
# ## `same` or `valid`: what is the difference?
#
# `valid` uses pixels only, and the output is smaller than the input.
# `same` keeps the size, and its outputs at the border contain zeros that are not in the image.
#
# The zeros can be seen.
# Replace each pixel of a white image by the mean of the nine pixels around it.
# The result should be white again.

# %%
white = np.ones((5, 5))
mean = conv.correlate(white, conv.kernels.box(3), padding="same")
assert np.allclose(mean[1:-1, 1:-1], 1)
assert np.isclose(mean[0, 0], 4 / 9)
assert np.isclose(mean[0, 1], 6 / 9)

# %% tags=["hide"]
figures.beside(
    figures.Grid(white, "white", pads=same.pads, focus=same.window((0, 0))),
    figures.Grid(mean, "mean of nine", role="output", focus=(0, 0)),
    caption="The first window holds four pixels and five zeros, so the corner is 4/9 of white.",
    alt="A 5 by 5 image of ones inside a ring of zeros, and its means: 0.444 in the corners, 0.667 along the edges, 1 inside.",
)

# %% [markdown]
# With zeros, the border of a picture goes dark.
# Zeros are one choice of several.
# `np.pad` can repeat the outermost pixels (`edge`), mirror the image (`reflect`, `symmetric`),
# or continue with its opposite side (`wrap`).
# Names differ between libraries: NumPy's `symmetric` is called `reflect` in `scipy.ndimage`.
# Pad with one of these yourself, ask for `valid`, and the image stays white.

# %%
for how in ("edge", "reflect", "symmetric", "wrap"):
    padded = np.pad(white, 1, mode=how)
    mean = conv.correlate(padded, conv.kernels.box(3), padding="valid")
    assert mean.shape == white.shape
    assert np.allclose(mean, white)

# %% [markdown]
# ### Does padding make all pixels count alike?
#
# No, `same` does not, although it is sometimes said.
# Count the windows that hold a pixel.
# In the [kernel matrix](../reference/glossary.md#kernel-matrix) of nine ones,
# each row is a window, and each column is a pixel.
# The sum of a column is the number of windows that hold this pixel.

# %%
counts = {}
for mode in ("valid", "same", "full"):
    matrix = conv.kernel_matrix(np.ones((3, 3)), (8, 8), padding=mode)
    counts[mode] = matrix.sum(axis=0).reshape(8, 8)
assert counts["valid"][0, 0] == 1
assert counts["same"][0, :2].tolist() == [4, 6]
assert counts["valid"][2, 2] == counts["same"][1, 1] == 9
assert (counts["full"] == 9).all()

# %% tags=["hide"]
figures.beside(
    *[figures.Grid(count, mode) for mode, count in counts.items()],
    caption="How many windows hold each pixel of an 8 by 8 image. Only full uses all of them equally often.",
    alt="Three 8 by 8 grids. Valid: 1 in the corners, 9 in the middle. Same: 4 in the corners, 6 at the edges, 9 inside. Full: 9 everywhere.",
)

# %% [markdown]
# `same` uses a corner pixel 4 times, a pixel at an edge 6 times, and one inside 9 times.
# `valid` uses a corner once.
# So what lies at the border has less influence on the output, in both modes.
#
# ## Why odd kernels, and where does the extra row go?
#
# An odd kernel has a centre, and needs as many zeros on one side as on the other.
# An even kernel has no centre, so "centred on every pixel" has no meaning for it.
# "As large as the input" still has one.
# A kernel of 4 then needs three zeros along each axis, and three cannot be halved.

# %%
even = conv.Geometry.of(image.shape, (4, 4), padding="same")
even.pads

# %% tags=["hide"]
figures.positions(
    image,
    np.ones((4, 4)),
    even,
    caption="A 4 by 4 kernel, same: one zero before the input and two after it, along both axes.",
    alt="The input with one row of zeros above, two below, one column on the left and two on the right; the output is 5 by 5.",
)

# %% [markdown]
# Here the extra row and column go after the input: below, and at the right.
#
# ### Libraries differ
#
# TensorFlow, JAX and, at stride 1, PyTorch put the extra zero after the input, as `conv` does.
# `np.correlate` and `scipy.signal.correlate` put it before.
# `scipy.signal.correlate2d` puts it after, so two functions of SciPy differ.

# %%
signal, four = np.arange(1, 9), np.array([1, 2, 3, 4])
theirs = np.correlate(signal, four, mode="same")
before = conv.correlate(signal, four, padding=[(2, 1)])
after = conv.correlate(signal, four, padding=[(1, 2)])
assert np.array_equal(theirs, before)
assert np.array_equal(conv.correlate(signal, four, padding="same"), after)
assert np.array_equal(before[1:], after[:-1])
before, after

# %% [markdown]
# The two outputs share seven of their eight numbers, one place apart.
# In a picture, everything moves by one pixel along each axis.
# `conv.convolve` flips the kernel and mirrors the padding with it.
# Under `same` it therefore gives what `np.convolve` gives, for even kernels too.

# %%
ours = conv.convolve(signal, four, padding="same")
assert np.array_equal(ours, np.convolve(signal, four, mode="same"))

# %% [markdown]
# ### Try it
#
# Change the mode, and the size of the kernel.
# Where do the zeros stand, and which pixels does no window reach?
# The explorer is explained on [its own page](../explorer.py).

# %% tags=["hide"]
figures.explorer(
    image,
    np.ones((4, 4)),
    padding="same",
    controls=["padding", "kernel"],
    caption="A kernel of 4 by 4 ones on the image of this page, same.",
    alt="The 5 by 5 input, a 4 by 4 kernel of ones, and the 5 by 5 output of their cross-correlation under same.",
)

# %% [markdown]
# ## The table of pads
#
# Let $n$ be the size of the input along one axis, and $k$ the size of the kernel.
# Write $p_\text{before}$ for the number of zeros before the input, and $p_\text{after}$ for those after it.
# The brackets $\lfloor\;\rfloor$ round down to a whole number, and $\lceil\;\rceil$ round up.
# If the kernel moves by one, then:
#
# | mode | before, $p_\text{before}$ | after, $p_\text{after}$ | size of the output |
# | --- | --- | --- | --- |
# | full | $k - 1$ | $k - 1$ | $n + k - 1$ |
# | same | $\lfloor (k-1)/2 \rfloor$ | $\lceil (k-1)/2 \rceil$ | $n$ |
# | valid | $0$ | $0$ | $n - k + 1$ |
#
# For kernels of 1 to 5 that gives these pairs $(p_\text{before}, p_\text{after})$:

# %%
pads = {"kernel": [1, 2, 3, 4, 5]}
for mode in ("full", "same", "valid"):
    found = [
        conv.Geometry.of((9,), (k,), padding=mode) for k in pads["kernel"]
    ]
    pads[mode] = [str(geometry.pads[0]) for geometry in found]
assert pads["full"] == [str((k - 1, k - 1)) for k in pads["kernel"]]
assert pads["same"] == [str(((k - 1) // 2, k // 2)) for k in pads["kernel"]]
figures.table(pads)

# %% [markdown]
# Test the sizes against the definitions.
# Let the kernel begin anywhere, even far outside, and keep the places where it meets a pixel.
# Of these, keep the ones where it lies inside.

# %%
for a, b in np.ndindex(8, 8):
    k, n = a + 1, a + b + 1
    meets = [at for at in range(-20, 20) if at < n and at + k > 0]
    lies_in = [at for at in meets if at >= 0 and at + k <= n]
    found = [
        conv.Geometry.of((n,), (k,), padding=mode).output_size[0]
        for mode in ("full", "same", "valid")
    ]
    assert found == [len(meets), n, len(lies_in)]
    assert found == [n + k - 1, n, n - k + 1]

# %% [markdown]
# ## Output size: floor or ceil?
#
# Floor, if you count positions.
# Let the [stride](../reference/glossary.md#stride) $s$ be the step from one window to the next.
# The padded input has $n + p_\text{before} + p_\text{after}$ values.
# The first window begins at 0, the next at $s$, then at $2s$.
# The last place where a kernel can begin is $n + p_\text{before} + p_\text{after} - k$.
# Count the multiples of $s$ from 0 to there.
# That is the size $o$ of the output:
#
# $$ o = \left\lfloor \frac{n + p_\text{before} + p_\text{after} - k}{s} \right\rfloor + 1 . $$
#
# The floor matters when the division leaves a remainder.
# Take six values, a kernel of 3 and a stride of 2.
# The second window begins at 2.
# A third would begin at 4 and reach beyond the end.

# %%
step = conv.Geometry.of((6,), (3,), padding="valid", stride=2)
used = conv.kernel_matrix([1, 1, 1], (6,), padding="valid", stride=2).sum(0)
assert step.output_size == ((6 - 3) // 2 + 1,) == (2,)
used

# %% tags=["hide"]
six = [3, 1, 4, 1, 5, 9]
eight, ten = conv.correlate(six, [1, 1, 1], padding="valid", stride=2)
figures.positions(
    six,
    [1, 1, 1],
    step,
    caption="Stride 2: two windows fit. The last value, 9, is in neither.",
    alt="Six values, 3 1 4 1 5 9, with a frame at the first three and one at the third to fifth; "
    f"the output is {eight:g}, {ten:g}.",
)

# %% [markdown]
# The last value is in no window, and no error says so.
# Some courses call such a stride invalid.
# Libraries accept it and leave the last values out.
#
# You will also meet a ceiling.
# TensorFlow's documentation gives the size under `valid` as $\lceil (n - k + 1) / s \rceil$.
# That is the same number in another form.
# (Python has no sign for rounding up, so the test writes $\lceil a / b \rceil$ as `-(-a // b)`.)

# %%
for n, k, s in np.ndindex(20, 20, 9):
    if 1 <= k <= n and s:
        assert (n - k) // s + 1 == -(-(n - k + 1) // s)

# %% [markdown]
# Pooling layers can give another number: Caffe rounds their size up,
# so that the last window may reach beyond the end.
#
# ### With dilation
#
# The [dilation](../reference/glossary.md#dilation) $d$ is the step from one entry of the kernel to the next.
# From its first entry to its last, the kernel then reaches over $e = d\,(k-1) + 1$ values.
# In the formulas above put $e$ in place of $k$.

# %%
sparse = conv.Geometry.of((7,), (3,), padding="valid", dilation=2)
sparse.extent, sparse.output_size

# %% tags=["hide"]
seven = [3, 1, 4, 1, 5, 9, 2]
sums = conv.correlate(seven, [1, 1, 1], padding="valid", dilation=2)
figures.positions(
    seven,
    [1, 1, 1],
    sparse,
    caption="Dilation 2: a kernel of 3 reaches over five values, and three windows fit into seven.",
    alt="Seven values, 3 1 4 1 5 9 2. Frames at places 0, 2 and 4, then at 2, 4 and 6; "
    f"the output is {sums[0]:g}, {sums[1]:g}, {sums[2]:g}.",
)

# %% [markdown]
# Test the formula against counting.
# A window counts if its last entry still lies on the padded input.

# %%
for case in np.ndindex(8, 4, 4, 3, 3, 3):
    n, k, s, d, before, after = np.add(case, (10, 1, 1, 1, 0, 0)).tolist()
    geometry = conv.Geometry.of(
        (n,), (k,), padding=[(before, after)], stride=s, dilation=d
    )
    padded, extent = n + before + after, d * (k - 1) + 1
    begins = [at for at in range(0, padded, s) if at + extent <= padded]
    assert geometry.output_size == (len(begins),)
    assert len(begins) == (padded - extent) // s + 1

# %% [markdown]
# ## What `same` means with a stride
#
# With a stride of 1, `same` means: as large as the input.
# With a stride $s$ it means $o = \lceil n / s \rceil$:
# one output for every $s$ values, and one for the rest.
# It uses as few zeros as that takes,
#
# $$ p_\text{before} + p_\text{after} = \max\bigl(0,\; (o - 1)\,s + e - n\bigr) , $$
#
# and of an odd number the smaller part stands before.
# Here $(o - 1)\,s + e$ is the reach of all $o$ windows together.
# Test it: no fewer zeros would do. (`same` is the default of `conv`.)

# %%
for case in np.ndindex(12, 5, 4, 2):
    n, k, s, d = np.add(case, 1).tolist()
    geometry = conv.Geometry.of((n,), (k,), stride=s, dilation=d)
    before, after = geometry.pads[0]
    outputs, extent = -(-n // s), d * (k - 1) + 1
    reach = (outputs - 1) * s + extent
    assert geometry.output_size == (outputs,)
    assert before + after == min(p for p in range(99) if n + p >= reach)
    assert after - before in (0, 1)

# %% [markdown]
# So the zeros depend on the size of the input.
# One zero on each side is another rule, although both give the same size for a kernel of 3.
# Add up three neighbours at stride 2.

# %%
few, ones = np.arange(1, 5), np.ones(3)
needed = conv.Geometry.of((4,), (3,), padding="same", stride=2)
each = conv.Geometry.of((4,), (3,), padding=1, stride=2)
needed.pads, each.pads

# %% tags=["hide"]
figures.positions(
    few,
    ones,
    needed,
    caption="Same at stride 2: the only zero stands after the input.",
    alt="The values 1 2 3 4 and a zero after them. The first window holds 1 2 3, the last 3 4 0; the output is 6, 7.",
)

# %% tags=["hide"]
figures.positions(
    few,
    ones,
    each,
    caption="One zero on each side at stride 2: other windows, and other sums.",
    alt="The values 1 2 3 4 between two zeros. The first window holds 0 1 2, the last 2 3 4; the output is 3, 9.",
)

# %% [markdown]
# The windows stand one place further left, and the last zero is never used.
# For inputs of other sizes the two rules may agree.

# %%
sums = {"input": [f"1 to {n}" for n in (4, 5, 6, 7)]}
for name, pad in {"`same`": "same", "one zero on each side": 1}.items():
    outputs = [
        conv.correlate(np.arange(1, n), ones, padding=pad, stride=2)
        for n in (5, 6, 7, 8)
    ]
    sums[name] = [str(output.astype(int).tolist()) for output in outputs]
figures.table(sums)

# %%
theirs, ours = sums["one zero on each side"], sums["`same`"]
assert (ours[0], theirs[0]) == ("[6, 7]", "[3, 9]")
agree = [a == b for a, b in zip(theirs, ours, strict=True)]
assert agree == [False, True, False, True]

# %% [markdown]
# Here the two agree if the size is odd, and differ if it is even.
# A mistake of this kind stays hidden until somebody changes the size of the images.
#
# ## Why does PyTorch refuse `same` with a stride?
#
# Because there `same` has no meaning that all agree on.
# TensorFlow's rule needs the size of the input, and may need unequal pads.
# A layer of PyTorch is made before it has seen an input.
# The other rule takes $d\,(k-1)$ zeros whatever the size, and gives other numbers: you have seen both.
# PyTorch's developers weighed the two, and allowed `padding="same"` for a stride of 1 only,
# where the rules agree.
#
# To get TensorFlow's numbers from a layer without padding, pad the input yourself.
# A kernel of 7 by 7 at stride 2 on images of 224 by 224 is a common case.

# %%
stem = conv.Geometry.of((224, 224), (7, 7), padding="same", stride=2)
stem.pads

# %%
padded = np.pad(few, needed.pads)
by_hand = conv.correlate(padded, ones, padding="valid", stride=2)
assert by_hand.tolist() == [6, 7]

# %% [markdown]
# ## Sizes at a glance

# %%
sizes = {"input": [32] * 4 + [33] * 4, "kernel": [3, 3, 4, 4] * 2}
sizes["stride"] = [1, 2] * 4
cases = list(zip(*sizes.values(), strict=True))
for mode in ("full", "same", "valid"):
    sizes[mode] = [
        conv.Geometry.of((n,), (k,), padding=mode, stride=s).output_size[0]
        for n, k, s in cases
    ]
figures.table(sizes)

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
assert answer.pads == ((1, 2), (1, 2))
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

# %% tags=["answer"]
# Valid has no place for the kernel, which is an error.
try:
    conv.correlate(tiny, np.ones((3, 3)), padding="valid")
except conv.ShapeError as error:
    print("ShapeError:", error)
else:
    raise AssertionError("valid has found a place")

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
# ### Exercise 4: full, with a stride
#
# At stride 1, full uses all pixels equally often.
# Take a 3 by 3 kernel at stride 2 on an image of 6 by 6.
# How often does full use each pixel now?

# %% tags=["answer"]
# Along one axis a window begins at every second place, so a pixel at an even
# place is in two windows and one at an odd place in one. On both axes the
# numbers are multiplied: 4, 2 or 1.
nine = np.ones((3, 3))
matrix = conv.kernel_matrix(nine, (6, 6), padding="full", stride=2)
uses = matrix.sum(axis=0).reshape(6, 6)
assert np.array_equal(uses, np.outer([2, 1, 2, 1, 2, 1], [2, 1, 2, 1, 2, 1]))
uses

# %% [markdown]
# ## Summary
#
# - Valid: the kernel lies inside the input. Full: it meets at least one pixel.
#   Same: the output is as large as the input.
# - An even kernel needs unequal pads; here, the extra zero stands after the input. Libraries differ.
# - The size of the output is the number of places, and counting rounds down.
# - With a stride, `same` means $\lceil n/s \rceil$ outputs, and its zeros depend on the size of the input.
# - At stride 1, full uses all pixels equally often. Valid and same use those at the border less.
#
# ## Sources
#
# - Vincent Dumoulin and Francesco Visin,
#   [A guide to convolution arithmetic for deep learning](https://arxiv.org/abs/1603.07285), 2016:
#   the sizes, derived by counting.
# - TensorFlow's documentation of [`tf.nn`](https://www.tensorflow.org/api_docs/python/tf/nn), Notes on padding:
#   the rule of `same`, and the size under `valid` with a ceiling.
# - PyTorch's documentation of [`Conv2d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html):
#   `same` for a stride of 1 only. Its issues 3867 and 67551 hold the question,
#   its pull requests 45667 and 52631 the two rules.
# - NumPy's documentation of [`numpy.convolve`](https://numpy.org/doc/stable/reference/generated/numpy.convolve.html)
#   and of [`numpy.pad`](https://numpy.org/doc/stable/reference/generated/numpy.pad.html):
#   the names of the three modes, and other paddings than zeros.
# - SciPy's documentation of [`scipy.signal.correlate2d`](https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.correlate2d.html).
#   What this page says of SciPy was found by running version 1.17.1.
# - Stanford University, [CS231n, Convolutional networks](https://cs231n.github.io/convolutional-networks/):
#   there, a stride that leaves a remainder is called invalid.
# - Caffe's issue 4781: pooling layers round up, convolutions round down.
