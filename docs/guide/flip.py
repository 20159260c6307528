# %% [markdown]
# # Convolution or cross-correlation?
#
# At the end of this page you can tell the two operations apart with one experiment,
# say what the flip is good for,
# and explain why deep learning does without it.
# You need convolution in one dimension, from
# [Smoothing a noisy signal](smoothing.py).

# %%
from importlib import import_module
from importlib.util import find_spec

import numpy as np

import conv
from conv import figures

# %% [markdown]
# ## By hand, without the flip and with it
#
# Take an image $x$ of 4 by 4 and a kernel $w$ of 2 by 2.

# %%
image = np.array([[1, 0, 2, 1], [0, 3, 1, 0], [2, 1, 0, 1], [0, 1, 2, 0]])
kernel = np.array([[1, 2], [3, 4]])

# %% [markdown]
# [Cross-correlation](../reference/glossary.md#cross-correlation), written ⋆,
# lays the kernel on the image as it stands.
# On the window in row 1, column 1, with the values 3, 1, 1, 0, it gives
# 1 · 3 + 2 · 1 + 3 · 1 + 4 · 0 = 8.

# %%
correlated = conv.correlate(image, kernel, padding="valid")
assert correlated[1, 1] == 1 * 3 + 2 * 1 + 3 * 1 + 4 * 0 == 8

# %% tags=["hide"]
window = (slice(1, 3), slice(1, 3))
figures.beside(
    figures.Grid(image, "input", focus=window),
    "⋆",
    figures.Grid(kernel, "kernel", tints=kernel - 1),
    "=",
    figures.Grid(correlated, "output", role="output", focus=(1, 1)),
    caption="Cross-correlation: the kernel as it stands.",
    alt="A 4 by 4 input with the window 3 1, 1 0 framed, the kernel 1 2, 3 4, and a 3 by 3 output with 8 framed in its middle.",
)

# %% [markdown]
# [Convolution](../reference/glossary.md#convolution), written ∗, flips the kernel first:
# the last row comes first, and in each row the last entry.
# On the same window it gives 4 · 3 + 3 · 1 + 2 · 1 + 1 · 0 = 17.

# %%
flipped = conv.flip(kernel)
convolved = conv.convolve(image, kernel, padding="valid")
assert convolved[1, 1] == 4 * 3 + 3 * 1 + 2 * 1 + 1 * 0 == 17

# %% tags=["hide"]
figures.beside(
    figures.Grid(image, "input", focus=window),
    "⋆",
    figures.Grid(flipped, "flipped kernel", tints=flipped - 1),
    "=",
    figures.Grid(convolved, "output", role="output", focus=(1, 1)),
    caption="Convolution: the same, with the kernel flipped. The colours show where each entry went.",
    alt="The same input and window, the flipped kernel 4 3, 2 1, and a 3 by 3 output with 17 framed in its middle.",
)

# %% [markdown]
# The operations use the same image, the same kernel and the same window, and give 8 and 17.
# To [flip](../reference/glossary.md#flip) is to reverse both axes: a turn by 180 degrees.
# It is neither a mirror image, which reverses one axis, nor a transpose, which swaps the two.

# %%
assert np.array_equal(flipped, np.rot90(kernel, 2))
assert not np.array_equal(flipped, kernel[:, ::-1])
assert not np.array_equal(flipped, kernel.T)

# %% [markdown]
# ## Both formulas
#
# Let $x$ have the value $x_{i,j}$ in row $i$ and column $j$, and zeros outside.
# Let the kernel $w$ have the entries $w_{u,v}$.
# Cross-correlation reads the image in the same direction as the kernel:
#
# $$ (x \star w)_{i,j} = \sum_{u} \sum_{v} x_{i+u,\; j+v} \, w_{u,v} . $$
#
# Convolution reads it in the opposite direction:
#
# $$ (x * w)_{i,j} = \sum_{u} \sum_{v} x_{i-u,\; j-v} \, w_{u,v} . $$
#
# They differ in two signs.
# Put $-u$ for $u$ and $-v$ for $v$ in one of them, and you get the other, with the kernel flipped.
# That is how `conv.convolve` is made. Test it, and test it against NumPy in one dimension.

# %%
draw = np.random.default_rng(3)
x, w = draw.integers(-9, 10, (6, 7)), draw.integers(-9, 10, (3, 2))
for padding in ("full", "valid"):
    turned = conv.correlate(x, conv.flip(w), padding=padding)
    assert np.array_equal(conv.convolve(x, w, padding=padding), turned)
    ours = conv.convolve(x[0], w[:, 0], padding=padding)
    assert np.array_equal(ours, np.convolve(x[0], w[:, 0], mode=padding))

# %% [markdown]
# ## Is it convolution or correlation?
#
# Ask it with an [impulse](../reference/glossary.md#impulse): a single 1 among zeros.
# Convolution answers with the kernel, cross-correlation with the kernel flipped.

# %%
impulse = np.zeros((3, 3))
impulse[1, 1] = 1
asymmetric = np.arange(1, 10).reshape(3, 3)
answers = {
    "convolution": conv.convolve(impulse, asymmetric),
    "cross-correlation": conv.correlate(impulse, asymmetric),
}
assert np.array_equal(answers["convolution"], asymmetric)

# %% tags=["hide"]
figures.beside(
    figures.Grid(impulse, "impulse"),
    figures.Grid(asymmetric, "kernel", tints=asymmetric - 1),
    *[
        figures.Grid(a, name, tints=a.astype(int) - 1)
        for name, a in answers.items()
    ],
    caption="What each operation makes of an impulse.",
    alt="An impulse, a kernel of 1 to 9, the output of convolution, 1 to 9, and that of cross-correlation, 9 to 1.",
)

# %% [markdown]
# The kernel must not look the same after a flip.
# A box of ones, a Gaussian, a Laplacian do, and with them the two operations agree.
# A test with a kernel of ones proves nothing.

# %%
named = conv.kernels
for same in (named.box(3), named.gaussian(5, sigma=1), named.laplacian()):
    assert np.array_equal(conv.flip(same), same)
    assert np.allclose(conv.convolve(x, same), conv.correlate(x, same))

# %% [markdown]
# With a kernel that has a direction the flip shows.
# Sobel's kernels change their sign: what rises now falls.
# An embossing kernel is lit from the opposite side.

# %%
photo = conv.images.sample()[::3, ::3].mean(axis=2)
emboss = named.emboss()
sobel = named.sobel_x()
assert np.array_equal(conv.flip(sobel), -sobel)
relief = {
    "cross-correlation": conv.correlate(photo, emboss, padding="valid"),
    "convolution": conv.convolve(photo, emboss, padding="valid"),
}

# %% tags=["hide"]
figures.pictures(
    relief,
    caption="One embossing kernel under both operations: the light changes sides.",
    alt="Two reliefs of a portrait. In the left one the light falls from the top left, in the right one from the bottom right.",
)

# %% [markdown]
# ## What is lost without the flip
#
# Convolution may be treated like a product of numbers.
# It is commutative, $x * w = w * x$, and associative, $(x * v) * w = x * (v * w)$.
# The second law saves work: two filters in a row are one filter.
# Smooth a thousand photographs and then look for edges:
# convolve the two small kernels once, and the photographs with the result.
# The laws hold in the mode [`full`](../reference/glossary.md#full), which keeps every product;
# the other modes cut the border off, and with it what the laws need.

# %%
v = draw.integers(-9, 10, (2, 2))
full = {"padding": "full"}
both = conv.convolve(conv.convolve(x, v, **full), w, **full)
assert np.array_equal(
    both, conv.convolve(x, conv.convolve(v, w, **full), **full)
)
assert np.array_equal(
    conv.convolve(x, w, **full), conv.convolve(w, x, **full)
)

# %% [markdown]
# Cross-correlation keeps neither.
# Swap the operands, and the output is flipped:
# correlation compares one thing with another, and tells which of them is ahead.

# %%
one, other = conv.correlate(x, w, **full), conv.correlate(w, x, **full)
assert not np.array_equal(one, other)
assert np.array_equal(one, conv.flip(other))
both = conv.correlate(conv.correlate(x, v, **full), w, **full)
alone = conv.correlate(x, conv.correlate(v, w, **full), **full)
assert not np.array_equal(both, alone)

# %% [markdown]
# Two cross-correlations in a row are one as well, but with the convolution of their kernels.

# %%
joined = conv.convolve(v, w, **full)
assert np.array_equal(both, conv.correlate(x, joined, **full))

# %% [markdown]
# ## Why learned kernels do not care
#
# A network does not get its kernels from a book. It fits them to data.
# If the operation flips, the fit finds the flipped kernel, and the outputs are the same.
#
# Try it.
# The data are 20 images, and outputs made from them with a hidden kernel and a little noise.
# `conv.im2col` writes each window as a row of a matrix, so that the fit is a least squares problem.
# A model that convolves sees each window flipped, which reverses the columns.

# %%
images = draw.standard_normal((20, 9, 9, 1))
hidden = np.array([[0, 1, 2], [-1, 0, 3], [0, -2, 1]])
patches = conv.im2col(images, (3, 3), padding="valid")
noise = 0.1 * draw.standard_normal(len(patches))
targets = patches @ hidden.ravel() + noise

# %%
learned, predicted = {}, {}
for model, windows in {"⋆": patches, "∗": patches[:, ::-1]}.items():
    fitted, *_ = np.linalg.lstsq(windows, targets, rcond=None)
    learned[model] = fitted.reshape(3, 3)
    predicted[model] = windows @ fitted
assert np.allclose(predicted["⋆"], predicted["∗"])
assert np.allclose(learned["⋆"], conv.flip(learned["∗"]))

# %% tags=["hide"]
figures.beside(
    figures.Grid(hidden, "hidden", role="kernel"),
    figures.Grid(learned["⋆"].round(2), "cross-correlation", role="kernel"),
    figures.Grid(learned["∗"].round(2), "convolution", role="kernel"),
    caption="The kernel that made the data, and what each model learns from them.",
    alt="Three 3 by 3 kernels: the hidden one, one that is nearly equal to it, and the same turned by 180 degrees.",
)

# %% [markdown]
# Equal predictions, mirrored weights.
# Least squares has one best answer here, and the two models can say the same things:
# whatever one computes with a kernel, the other computes with its flip.
# That holds for any way of learning that treats all entries of a kernel alike,
# so for the training of a network too.
# Leaving out the flip saves a step and loses nothing,
# since a network has no use for commutativity: its inputs and its kernels never change places.
#
# The flip matters again when a kernel leaves the network that learned it:
# when weights are carried to a library with the other operation,
# or when a kernel is written by hand.

# %% [markdown]
# ## Which library calls what by which name
#
# Give each of them the impulse.
# Where a library is installed beside this site, the table holds what the experiment found.

# %%
signals = {
    "numpy": ["convolve", "correlate"],
    "scipy.signal": ["convolve", "correlate"],
    "scipy.ndimage": ["convolve1d", "correlate1d"],
}
ramp, spike = np.array([1.0, 2, 3]), np.array([0.0, 0, 1, 0, 0])
names = {(1, 2, 3): "convolution", (3, 2, 1): "cross-correlation"}
rows = []

# %%
for module, functions in signals.items():
    top = module.partition(".")[0]
    for function in functions:
        found = "not installed here"
        if find_spec(top):
            options = {} if "1d" in function else {"mode": "same"}
            call = getattr(import_module(module), function)
            found = names[tuple(call(spike, ramp, **options)[1:4])]
        rows.append((f"`{module}.{function}`", found))

# %%
figures.table(
    dict(zip(("function", "operation"), zip(*rows, strict=True), strict=True))
)

# %% [markdown]
# The frameworks are too large to be installed for one table.
# This is what their documentation says;
# for PyTorch 2.13 and OpenCV 5.0 the experiment was made by hand, and agrees.
#
# | function | operation |
# | --- | --- |
# | `torch.nn.functional.conv2d`, `torch.nn.Conv2d` | cross-correlation |
# | `tf.nn.conv2d` | cross-correlation |
# | `jax.lax.conv_general_dilated` | cross-correlation |
# | `jax.scipy.signal.convolve` | convolution |
# | `cv2.filter2D` | cross-correlation |
#
# So the word convolution in the name of a layer means cross-correlation,
# and in the name of a function for signals it means convolution.
# If you carry weights from the one to the other, flip their spatial axes,
# and leave the axes of channels and filters as they are.
# `conv.flip` does that for each row of the [table of shapes](../reference/notation.md).

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: which kernels can tell?
#
# Which of these four can tell convolution from cross-correlation:
# the identity, motion blur, emboss, Sobel y?

# %% tags=["answer"]
# Those that the flip changes. The identity and motion blur are symmetric.
four = {
    "identity": conv.kernels.identity(),
    "motion blur": conv.kernels.motion_blur(3),
    "emboss": conv.kernels.emboss(),
    "Sobel y": conv.kernels.sobel_y(),
}
tell = [name for name, k in four.items() if (conv.flip(k) != k).any()]
assert tell == ["emboss", "Sobel y"]

# %% [markdown]
# ### Exercise 2: an impulse in the corner
#
# The 1 stands in the top left corner of a 3 by 3 image.
# What does cross-correlation with the kernel 1 to 9 give under `same`?

# %% tags=["answer"]
# The flipped kernel, centred on the corner: its lower right part is what fits.
corner = np.zeros((3, 3))
corner[0, 0] = 1
answer = conv.correlate(corner, asymmetric)
assert answer.tolist() == [[5, 4, 0], [2, 1, 0], [0, 0, 0]]
answer

# %% [markdown]
# ### Exercise 3: flip twice
#
# You convolve with a kernel that you flipped by hand. What have you computed?

# %% tags=["answer"]
# The cross-correlation with the kernel as it was: two flips undo each other.
twice = conv.convolve(x, conv.flip(w), padding="full")
assert np.array_equal(twice, conv.correlate(x, w, padding="full"))

# %% [markdown]
# ## Summary
#
# - Convolution flips the kernel, cross-correlation does not; for symmetric kernels they agree.
# - An impulse and a kernel without symmetry tell which of them a function computes.
# - The flip buys commutativity and associativity.
# - Learned kernels come out mirrored, with the same predictions.
# - Frameworks compute cross-correlation and call it convolution.
#
# ## Sources
#
# - Ian Goodfellow, Yoshua Bengio and Aaron Courville,
#   [*Deep Learning*](https://www.deeplearningbook.org/contents/convnets.html), 2016, section 9.1:
#   both formulas, and why libraries leave the flip out.
# - Alan V. Oppenheim and Ronald W. Schafer, *Discrete-Time Signal Processing*, 3rd edition, 2010, chapter 2:
#   the laws of convolution.
# - The documentation of
#   [NumPy](https://numpy.org/doc/stable/reference/generated/numpy.convolve.html),
#   [SciPy](https://docs.scipy.org/doc/scipy/reference/signal.html),
#   [PyTorch](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html),
#   [TensorFlow](https://www.tensorflow.org/api_docs/python/tf/nn/conv2d) and
#   [JAX](https://docs.jax.dev/en/latest/_autosummary/jax.lax.conv_general_dilated.html).
