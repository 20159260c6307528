# %% [markdown]
# # Convolution or cross-correlation?
#
# At the end of this page you can tell the two operations apart with one experiment,
# say what the flip is good for,
# and explain why deep learning does without it.
# You need convolution in one dimension, from
# [Smoothing a noisy signal](smoothing.py).

# %%
from importlib.util import find_spec
from pkgutil import resolve_name

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
# [Cross-correlation](../reference/glossary.md#cross-correlation), written $\star$,
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
# [Convolution](../reference/glossary.md#convolution), written $*$, flips the kernel first.
# To [flip](../reference/glossary.md#flip) is to reverse both axes:
# the last row comes first, and in each row the last entry.
# That is half a turn.
# It is neither a mirror image, which reverses one axis, nor a transpose, which swaps the two.

# %%
turns = {"kernel": kernel, "flipped": conv.flip(kernel)}
turns |= {"mirrored": kernel[:, ::-1], "transposed": kernel.T}

# %% tags=["hide"]
figures.beside(
    *[figures.Grid(g, n, "kernel", tints=g - 1) for n, g in turns.items()],
    caption="The kernel, its flip, and two others that are not the flip. The colours show where each entry went.",
    alt="Four 2 by 2 grids: the kernel 1 2, 3 4; flipped 4 3, 2 1; mirrored 2 1, 4 3; transposed 1 3, 2 4.",
)

# %%
assert np.array_equal(conv.flip(kernel), [[4, 3], [2, 1]])
assert np.array_equal(conv.flip(kernel), np.rot90(kernel, 2))

# %% [markdown]
# On the same window convolution gives 4 · 3 + 3 · 1 + 2 · 1 + 1 · 0 = 17.

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
    caption="Convolution: the same, with the kernel flipped.",
    alt="The same input and window, the flipped kernel 4 3, 2 1, and a 3 by 3 output with 17 framed in its middle.",
)

# %% [markdown]
# The two operations use the same image, the same kernel and the same window, and give 8 and 17.
#
# ## Both formulas
#
# Let $x_{i,j}$ be the value of the image in row $i$ and column $j$, and 0 outside the image.
# Let the kernel $w$ have $k$ rows and $k$ columns, with the entries $w_{u,v}$ in row $u$ and column $v$.
# Then the output in row $i$ and column $j$ is, for cross-correlation and for convolution,
#
# $$ \begin{aligned}
# (x \star w)_{i,j} &= \sum_{u=0}^{k-1} \sum_{v=0}^{k-1} w_{u,v} \; x_{i+u,\,j+v} \\
# (x * w)_{i,j} &= \sum_{u=0}^{k-1} \sum_{v=0}^{k-1} w_{u,v} \; x_{i-u,\,j-v}
# \end{aligned} $$
#
# They differ in two signs.
# Cross-correlation reads the image from $(i, j)$ onwards, in the direction in which it reads the kernel.
# Convolution reads it backwards.
#
# Write $\bar w$ for the flipped kernel: $\bar w_{u,v} = w_{k-1-u,\,k-1-v}$.
# Take the terms of the second sum in the opposite order, and it is the first sum with this kernel:
#
# $$ (x * w)_{i,j} = (x \star \bar w)_{i-k+1,\;j-k+1} . $$
#
# The outputs are the same, and so is their order.
# They are only numbered from another corner, and an array numbers from 0 in either case.
#
# Test the formulas on a kernel of 3 rows and 2 columns, whose sums end at $u = 2$ and $v = 1$.
# In both, each entry of the kernel contributes one copy of the whole image, times the entry.
# Convolution moves the copy down by $u$ and right by $v$, cross-correlation up and left.

# %%
draw = np.random.default_rng(3)
x, w = draw.integers(-9, 10, (6, 7)), draw.integers(-9, 10, (3, 2))
down, up = np.zeros((6 + 2, 7 + 1)), np.zeros((6 - 2, 7 - 1))
for (u, v), entry in np.ndenumerate(w):
    down[u : u + 6, v : v + 7] += entry * x
    up += entry * x[u : u + 4, v : v + 6]
assert np.array_equal(conv.convolve(x, w, padding="full"), down)
assert np.array_equal(conv.correlate(x, w, padding="valid"), up)

# %% [markdown]
# So a convolution is a cross-correlation with the flipped kernel.
# In the mode [`same`](../reference/glossary.md#same) an even kernel needs one zero more on one side,
# and the flip takes that zero to the other side.
# `conv.convolve` sees to it, and agrees with NumPy in all three modes.

# %%
for padding in ("full", "valid"):
    turned = conv.correlate(x, conv.flip(w), padding=padding)
    assert np.array_equal(conv.convolve(x, w, padding=padding), turned)
for mode in ("full", "same", "valid"):
    ours = conv.convolve(x[0], w[0], padding=mode)
    assert np.array_equal(ours, np.convolve(x[0], w[0], mode=mode))

# %% [markdown]
# ## Is it convolution or correlation?
#
# In PyTorch, TensorFlow and JAX a layer called convolution computes cross-correlation.
# In NumPy and SciPy a function called `convolve` computes convolution.
# Where you are not sure, ask with an [impulse](../reference/glossary.md#impulse): a single 1 among zeros.
# Convolution answers with the kernel, cross-correlation with the kernel flipped.

# %%
impulse = np.zeros((5, 5))
impulse[2, 2] = 1
asymmetric = np.arange(1.0, 10).reshape(3, 3)
answers = {"kernel": asymmetric}
answers["convolution"] = conv.convolve(impulse, asymmetric)
answers["cross-correlation"] = conv.correlate(impulse, asymmetric)

# %% tags=["hide"]
numbers = {name: answer.astype(int) for name, answer in answers.items()}
figures.beside(
    figures.Grid(impulse, "impulse"),
    *[figures.Grid(g, n, tints=g - 1) for n, g in numbers.items()],
    caption="What each operation makes of an impulse. Equal entries have equal colours.",
    alt="A 5 by 5 impulse and a kernel of 1 to 9. In the middle of the zeros convolution gives 1 to 9, cross-correlation 9 to 1.",
)

# %%
kernel_again = answers["convolution"][1:4, 1:4]
assert np.array_equal(kernel_again, asymmetric)
turned = answers["cross-correlation"][1:4, 1:4]
assert np.array_equal(turned, conv.flip(asymmetric))

# %% [markdown]
# The formulas say why.
# With the 1 at $(a, b)$, one term is left of each sum.
# Convolution gives $w_{i-a,\,j-b}$, which runs through the kernel as $i$ and $j$ grow.
# Cross-correlation gives $w_{a-i,\,b-j}$, which runs through it backwards.
#
# ### Kernels that cannot tell
#
# The kernel of this experiment must change when it is flipped.
# A box, a Gaussian and a Laplacian do not change, and with them the two operations agree on every image.
# So a test with a kernel of ones proves nothing.
# The standard ONNX had such a test for its operator `Conv`,
# and a user could not tell from it which operation was meant (issue 1180, 2018).

# %%
named = conv.kernels
for same in (named.box(3), named.gaussian(5, sigma=1), named.laplacian()):
    assert np.array_equal(conv.flip(same), same)
    assert np.allclose(conv.convolve(x, same), conv.correlate(x, same))

# %% [markdown]
# With a kernel that has a direction the flip shows.
# Sobel's kernels change their sign: brightness that rises is reported to fall.
# An embossing kernel is lit from the opposite side.

# %%
emboss = named.emboss()
for sobel in (named.sobel_x(), named.sobel_y()):
    assert np.array_equal(conv.flip(sobel), -sobel)
photo = conv.images.sample()[310:540, 140:370].mean(axis=2)
relief = {
    "cross-correlation": conv.correlate(photo, emboss, padding="valid"),
    "convolution": conv.convolve(photo, emboss, padding="valid"),
}

# %% tags=["hide"]
figures.pictures(
    relief,
    limits=(-0.5, 1.5),
    caption="One embossing kernel under both operations. Look at the collar: the light comes from the top left, then from the bottom right.",
    alt="Two grey reliefs of a collar, a tie and a jacket. In the first the upper left edges are bright, in the second the lower right ones.",
)

# %% [markdown]
# ### Which library calls what by which name
#
# Give each of them the impulse, without options.
# NumPy's functions take signals: one row of the impulse and one row of the kernel.

# %%
row, plane = (impulse[2], asymmetric[0]), (impulse, asymmetric)

# %%
calls = {
    "numpy.convolve": row,
    "numpy.correlate": row,
    "scipy.signal.convolve": plane,
    "scipy.signal.correlate": plane,
    "scipy.signal.convolve2d": plane,
    "scipy.signal.correlate2d": plane,
    "scipy.ndimage.convolve": plane,
    "scipy.ndimage.correlate": plane,
}

# %% [markdown]
# The frameworks want axes for a batch and for channels, first or last, and some want a stride and a padding.

# %%
first = impulse[None, None], asymmetric[None, None]
last = impulse[None, ..., None], asymmetric[..., None, None]
calls |= {
    "torch.nn.functional.conv2d": first,
    "tensorflow.nn.conv2d": (*last, 1, "VALID"),
    "jax.lax.conv_general_dilated": (*first, (1, 1), "VALID"),
    "jax.scipy.signal.convolve": plane,
    "cv2.filter2D": (impulse, -1, asymmetric),
}

# %% [markdown]
# Not all of these are installed wherever this page is built.
# Those that are, are executed.
# Read their output row by row and leave out the zeros:
# entries in rising order are the kernel, entries in falling order its flip.

# %%
operation = {True: "convolution", False: "cross-correlation"}
installed = [name for name in calls if find_spec(name.split(".")[0])]
found = {}
for name in installed:
    if name.startswith("torch"):  # has its own arrays
        calls[name] = map(resolve_name("torch.as_tensor"), first)
    output = np.asarray(resolve_name(name)(*calls[name]))
    entries = output[output != 0]
    found[name] = operation[np.array_equal(entries, np.sort(entries))]

# %% [markdown]
# The documentation of all of them can be put in one line:
# functions with `convolve` in their name compute convolution, the others cross-correlation.
# What was executed must agree with it.

# %%
documented = {name: operation["convolve" in name] for name in calls}
assert found.items() <= documented.items()
how = ["executed" if name in found else "documentation" for name in calls]

# %%
columns = {"function": [f"`{name}`" for name in calls]}
columns |= {"operation": documented.values(), "known from": how}
figures.table(columns)

# %% [markdown]
# ### Try it
#
# Change the operation, and watch the kernel and the output turn.
# The explorer is explained on [its own page](../explorer.py).

# %% tags=["hide"]
figures.explorer(
    impulse,
    asymmetric,
    padding="same",
    flipped=True,
    controls=["operation"],
    caption="The convolution of an impulse with a kernel of 1 to 9.",
    alt="A 5 by 5 impulse, a kernel of 1 to 9, and the output of their convolution: the kernel, in the middle of zeros.",
)

# %% [markdown]
# ## What is lost without the flip
#
# Convolution obeys two laws of the multiplication of numbers.
# It is commutative, $a * b = b * a$, and associative, $(a * b) * c = a * (b * c)$.
# Cross-correlation obeys neither.
# Take two short signals, in the mode [`full`](../reference/glossary.md#full), which keeps every product.

# %%
a, b = [1, 2, 3], [1, 4]
full = {"padding": "full"}
swapped = {
    "convolve(a, b)": conv.convolve(a, b, **full),
    "convolve(b, a)": conv.convolve(b, a, **full),
    "correlate(a, b)": conv.correlate(a, b, **full),
    "correlate(b, a)": conv.correlate(b, a, **full),
}

# %% tags=["hide"]
figures.beside(
    *[figures.Grid(v, n, role="output") for n, v in swapped.items()],
    caption="The signals 1 2 3 and 1 4. Swapped, convolution stays as it is and cross-correlation is flipped.",
    alt="Four rows of numbers. Convolution in either order: 1 6 11 12. Cross-correlation: 4 9 14 3, and swapped 3 14 9 4.",
)

# %%
expected = [[1, 6, 11, 12], [1, 6, 11, 12], [4, 9, 14, 3], [3, 14, 9, 4]]
assert np.array_equal(list(swapped.values()), expected)

# %% [markdown]
# Output $i$ of the convolution collects all products $a_s b_t$ with $s + t = i$.
# A sum does not care which of its terms comes first.
# Output $i$ of the cross-correlation collects those with $s - t = i$,
# where $i$ begins at −1, the first place at which the two signals overlap.
# A difference changes its sign when its terms are swapped, so the output runs backwards:
# $b \star a$ is the flip of $a \star b$.
# The same holds for images.

# %%
assert np.array_equal(
    conv.convolve(x, w, **full), conv.convolve(w, x, **full)
)
one, other = conv.correlate(x, w, **full), conv.correlate(w, x, **full)
assert not np.array_equal(one, other)
assert np.array_equal(one, conv.flip(other))

# %% [markdown]
# By associativity two filters in a row are one filter:
# convolve the two small kernels once, and each photograph with the result.
# In the mode `same`, with odd kernels, this holds only away from the border,
# because what hangs over the edge is cut off between the two filters.

# %%
v = draw.integers(-9, 10, (2, 2))
joined = conv.convolve(v, w, **full)
both = conv.convolve(conv.convolve(x, v, **full), w, **full)
assert np.array_equal(both, conv.convolve(x, joined, **full))

# %%
odd = conv.convolve(emboss, sobel, **full)
cut = conv.convolve(conv.convolve(x, emboss), sobel) - conv.convolve(x, odd)
assert cut.any()
assert not cut[1:-1, 1:-1].any()

# %% [markdown]
# Does that save work?
# The kernels of 2 by 2 and of 3 by 2 have 10 entries together, and the joined one, of 4 by 3, has 12.
# Joining saves a pass over the image, and costs multiplications.
# The other direction saves them:
# a Gaussian of 5 by 5 is a column of 5 convolved with a row of 5,
# and the two in a row take 10 multiplications for each output instead of 25.
# Such a kernel is called [separable](../reference/glossary.md#separable-kernel).

# %%
assert (v.size + w.size, joined.size) == (10, 12)
gaussian = named.gaussian(5, sigma=1)
column = gaussian.sum(axis=1, keepdims=True)
line = gaussian.sum(axis=0, keepdims=True)
assert np.allclose(conv.convolve(column, line, **full), gaussian)
assert (column.size + line.size, gaussian.size) == (10, 25)

# %% [markdown]
# For cross-correlation the same equation is false: $(x \star v) \star w$ is not $x \star (v \star w)$.
# Two cross-correlations in a row are one as well, but with the convolution of their kernels:
#
# $$ (x \star v) \star w = x \star (v * w) . $$

# %%
both = conv.correlate(conv.correlate(x, v, **full), w, **full)
alone = conv.correlate(x, conv.correlate(v, w, **full), **full)
assert not np.array_equal(both, alone)
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
views = {"correlate": patches, "convolve": patches[:, ::-1]}
learned, predicted = {}, {}
for model, windows in views.items():
    fitted, *_ = np.linalg.lstsq(windows, targets, rcond=None)
    learned[model] = fitted.reshape(3, 3)
    predicted[model] = windows @ fitted
assert np.allclose(predicted["correlate"], predicted["convolve"])
assert np.allclose(learned["correlate"], conv.flip(learned["convolve"]))
assert np.allclose(learned["correlate"], hidden, atol=0.05)

# %% tags=["hide"]
figures.beside(
    figures.Grid(hidden, "hidden", role="kernel"),
    figures.Grid(
        learned["correlate"].round(2), "cross-correlation", role="kernel"
    ),
    figures.Grid(learned["convolve"].round(2), "convolution", role="kernel"),
    caption="The kernel that made the data, and what each model learns from them.",
    alt="Three 3 by 3 kernels: the hidden one, one that is nearly equal to it, and the same turned by 180 degrees.",
)

# %% [markdown]
# Equal predictions, flipped weights.
# The two models can say the same things:
# whatever one computes with a kernel, the other computes with its flip.
# Reversing the columns is indeed what convolution does, and gradient descent ends like least squares:
# from a start at zero it reaches flipped weights too.

# %%
filters = learned["convolve"].reshape(3, 3, 1, 1)
outputs = conv.convolve(images, filters, padding="valid")
assert np.allclose(outputs.ravel(), predicted["convolve"])

# %%
descended = {name: np.zeros(9) for name in views}
for _ in range(100):
    for model, windows in views.items():
        error = windows @ descended[model] - targets
        descended[model] -= 0.5 * windows.T @ error / len(targets)
assert np.allclose(descended["correlate"], descended["convolve"][::-1])
assert np.allclose(descended["correlate"], learned["correlate"].ravel())

# %% [markdown]
# A network has no use for the two laws either.
# Its inputs and its kernels never change places,
# and between two layers stands a function that is not linear, so that their kernels cannot be joined.
# Leaving out the flip saves a step and loses nothing.
#
# ## Where the flip matters
#
# **Weights from elsewhere.**
# A kernel that was learned with one operation is wrong for the other until it is flipped.
# Nothing fails: the shapes fit, and the outputs are numbers.
# Here is the error of the kernel that was learned with cross-correlation, as a root mean square.

# %%
mine = learned["correlate"]
turned = conv.flip(mine)
uses = [("correlate", mine), ("convolve", mine), ("convolve", turned)]
misses = [views[name] @ g.ravel() - targets for name, g in uses]
columns = {"used with": [name for name, _ in uses]}
columns["kernel"] = ["as learned", "as learned", "flipped"]
columns["error"] = [float(np.sqrt(np.mean(miss**2))) for miss in misses]
assert columns["error"][1] > np.sqrt(np.mean(targets**2))
figures.table(columns)

# %% [markdown]
# Without the flip the error is larger than the outputs themselves.
# Flip the spatial axes and leave those of channels and filters as they are, as `conv.flip` does.
# Theano flipped and TensorFlow did not, and Keras, which ran on both, came with a function that converted the kernels.
#
# **Kernels that nobody learned.**
# A template that is searched for in an image is laid on it as it stands: cross-correlation.
# The blur of a lens is known from the picture that it makes of a point of light, an impulse: convolution.
# All of `conv.kernels` are written for cross-correlation.
#
# **The way back.**
# A cross-correlation is a matrix product, as [the next page](fully_connected.py) shows.
# Training needs the product with the transposed matrix as well: a transposed convolution.
# At stride 1 that is a convolution with the same kernel:
# what went forth in the mode `valid` comes back in the mode `full`.

# %%
matrix = conv.kernel_matrix(kernel, image.shape, padding="valid")
back = matrix.T @ correlated.ravel()
spread = conv.convolve(correlated, kernel, padding="full")
assert np.array_equal(back, spread.ravel())

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: which kernels can tell?
#
# Which of these four can tell convolution from cross-correlation?

# %%
four = {
    "A": conv.kernels.motion_blur(3) * 3,
    "B": np.array([[2, 1, 0], [1, 3, 1], [0, 1, 2]]),
    "C": np.array([[1, 0, 1], [2, 0, 2], [4, 0, 4]]),
    "D": conv.kernels.sobel_y(),
}

# %% tags=["hide"]
assert np.array_equal(four["A"], [[0, 0, 0], [1, 1, 1], [0, 0, 0]])
assert np.array_equal(four["D"], [[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
figures.beside(
    *[figures.Grid(values, name, "kernel") for name, values in four.items()],
    caption="Four kernels: which of them does a flip change?",
    alt="Kernels, row by row. A: 0 0 0, 1 1 1, 0 0 0. B: 2 1 0, 1 3 1, 0 1 2. C: 1 0 1, 2 0 2, 4 0 4. D: −1 −2 −1, 0 0 0, 1 2 1.",
)

# %% tags=["answer"]
# C and D. A blurs in one direction, and is symmetric all the same.
# B differs from its mirror image, C equals it: neither is the flip.
tell = [n for n, g in four.items() if not np.array_equal(conv.flip(g), g)]
assert tell == ["C", "D"]
tell

# %% [markdown]
# ### Exercise 2: an impulse in the corner
#
# The 1 stands in the top left corner of a 3 by 3 image.
# What does cross-correlation with the kernel 1 to 9 give under `same`?

# %% tags=["answer"]
# The flipped kernel 9 8 7, 6 5 4, 3 2 1 with its centre on the corner:
# its lower right part is what fits.
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
# - The flip buys commutativity and associativity; with them, filters can be joined and split.
# - A network learns flipped kernels where its operation flips, and predicts the same.
# - The layers that PyTorch, TensorFlow and JAX call convolutions compute cross-correlation.
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
#   [TensorFlow](https://www.tensorflow.org/api_docs/python/tf/nn/conv2d),
#   [JAX](https://docs.jax.dev/en/latest/_autosummary/jax.lax.conv_general_dilated.html),
#   whose operation [XLA](https://openxla.org/xla/operation_semantics) defines, and
#   [OpenCV](https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html): which operation a function computes.
# - [Issue 1180](https://github.com/onnx/onnx/issues/1180) of ONNX, 2018: a test with ones that could not tell.
# - The documentation of Keras in
#   [TensorFlow 2.3](https://www.tensorflow.org/versions/r2.3/api_docs/python/tf/keras/utils/convert_all_kernels_in_model):
#   the function that converted kernels from Theano.
