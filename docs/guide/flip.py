# %% [markdown]
# # Convolution or cross-correlation?
#
# Why do two libraries return different pictures for the same image and the same kernel?

# %%
import numpy as np
from PIL import Image, ImageFilter

import conv
from conv import figures, libraries

# %% tags=["hide"]
photo = conv.images.sample().mean(axis=2)
part = photo[250:475, 120:312].reshape(75, 3, 64, 3)
figures.photo(
    np.rint(100 * part.mean(axis=(1, 3))),
    kernel="emboss",
    at=(31, 24),
    small=True,
    caption="Press “flipped ∗”: the light that fell from the top left now falls from the bottom right. (The kernel is then drawn already turned, so the sign stays ⋆.) Each value is the mean of 3 by 3 pixels, in per cent of white.",
    alt="A collar in grey, the kernel −2 −1 0, −1 1 1, 0 1 2, and the collar as a relief that is lit from the top left.",
)

# %% [markdown]
# **Convolution turns the kernel by half a turn before it slides it over the image, and cross-correlation uses it as it is.**
# NumPy's and SciPy's `convolve` turn it, but the layers and operators that PyTorch, TensorFlow, Keras, JAX and ONNX call convolutions do not,
# so a kernel that you carry from one to the other has to be flipped on the way.
#
# ## A bug that raises no error
#
# In July 2018 somebody loaded trained ONNX models into Flux, a deep learning library for Julia,
# and got what [the report](https://github.com/onnx/onnx/issues/1178) calls mediocre results.
# ONNX is a file format for networks, and its operator `Conv` means cross-correlation.
# Flux's layer `Conv` [flips the kernel](https://github.com/FluxML/Flux.jl/pull/308), as the mathematical name asks,
# so every kernel of the network was applied after half a turn.
# Such a bug raises no error: the shapes match and the outputs look plausible,
# so it survives until somebody compares them with another library.
#
# ONNX had a test that should have caught it, but its kernel was all ones,
# and a kernel of ones is the same after the flip.
# The names confused even those who reported it:
# the report says that Flux correlates, which is the wrong way round,
# and [a second one](https://github.com/onnx/onnx/issues/1180), which asks what `Conv` means at all, says that TensorFlow convolves, which it does not.
# Flux has since had a second layer, [`CrossCor`](https://fluxml.ai/Flux.jl/stable/reference/models/layers/),
# which leaves the flip out.
#
# ## The flip, drawn on the window
#
# Lay the kernel from the figure above on the collar of the photograph, in whole per cent of white.

# %%
photo = conv.images.sample().mean(axis=2)
collar = np.rint(100 * photo[344:350, 193:199])
kernel = conv.kernels.emboss()
correlated = conv.correlate(collar, kernel, padding="valid")
convolved = conv.convolve(collar, kernel, padding="valid")

# %% tags=["hide"]
i, j = 2, 1
window = collar[i : i + 3, j : j + 3].astype(int)
tints = np.arange(9).reshape(3, 3)
laid_on = np.full((6, 6), -1)
laid_on[i : i + 3, j : j + 3] = tints
turned_on = laid_on.copy()
turned_on[i : i + 3, j : j + 3] = conv.flip(tints)
framed = (slice(i, i + 3), slice(j, j + 3))

# %% tags=["hide"]
figures.beside(
    figures.Grid(collar, "input", focus=framed, tints=laid_on),
    "⋆",
    figures.Grid(kernel, "kernel", tints=tints),
    "=",
    figures.Grid(correlated, "output", "", focus=(i, j)),
    caption="Cross-correlation. The colours tell which entry of the kernel lies on which pixel, and so does the dot in the corner of a cell, which shows the entry's place in the kernel. The first entry, top left, lies on the top left pixel of the window.",
    alt=f"A 6 by 6 piece of the collar with a 3 by 3 window in frames, the kernel, and a 4 by 4 output in which {correlated[i, j]:g} is framed.",
)

# %% tags=["hide"]
figures.beside(
    figures.Grid(collar, "input", focus=framed, tints=turned_on),
    "∗",
    figures.Grid(kernel, "kernel", tints=tints),
    "=",
    figures.Grid(convolved, "output", "", focus=(i, j)),
    caption="Convolution. The same kernel lies on the same window turned by half a turn: its first entry is now at the bottom right.",
    alt=f"The same input with the colours of the window turned by half a turn, the kernel, and a 4 by 4 output in which {convolved[i, j]:g} is framed.",
)


# %% tags=["hide"]
def products(entries, values):
    """Write out the products of a window, without those of zero."""
    pairs = zip(entries.ravel(), values.ravel(), strict=True)
    terms = [f"({w:g} · {x:g})" for w, x in pairs if w]
    return " + ".join(terms).replace("-", "−")


one, other = correlated[i, j], convolved[i, j]
assert one == np.sum(kernel * window) > 0
assert other == np.sum(conv.flip(kernel) * window) < 0

# %% [markdown]
# For this window, cross-correlation adds up
#
# {eval}`products(kernel, window)` = {eval}`f"{one:g}"`,
#
# and convolution, which reads the kernel from its last entry to its first, adds up
#
# {eval}`products(conv.flip(kernel), window)` = {eval}`f"−{-other:g}"`.
#
# (The two zeros of the kernel are left out.)
# Positive is bright, so the first shows the edge of the collar as a ridge; negative is dark, so the second shows it as a groove.
#
# To [flip](../reference/glossary.md#flip) a kernel means to reverse the order of its rows and the order of its columns,
# which is half a turn.
# A mirror image reverses only one of the two, and a transpose swaps them; neither is the flip.
#
# ## Both formulas
#
# Let $x_{i,j}$ be the input in row $i$ and column $j$, and $w_{u,v}$ the entry of the kernel in row $u$ and column $v$,
# both counted from 0.
# Cross-correlation, written $x \star w$, and convolution, written $x * w$, differ in two signs; values outside the input count as 0:
#
# $$ \begin{aligned}
# (x \star w)_{i,j} &= \sum_{u} \sum_{v} w_{u,v} \; x_{i+u,\,j+v} \\
# (x * w)_{i,j} &= \sum_{u} \sum_{v} w_{u,v} \; x_{i-u,\,j-v}
# \end{aligned} $$
#
# With a plus, image and kernel are read in the same direction.
# With a minus, the image is read backwards while the kernel is read forwards, and that comes to the same as flipping the kernel.
# Only the counting differs: the first formula names a window by its top left pixel, and the second by its bottom right one,
# so the {eval}`f"−{-other:g}"` above is $(x * w)_{4,3}$, although it stands in row 2 and column 1 of the array.
# The minus in the second formula is that of $t - t'$, the age of a reading, from [Smoothing a noisy signal](smoothing.py).
#
# In code, a convolution is a cross-correlation with the flipped kernel.
# For real numbers and a kernel no longer than the input that is exact, but for `same` where the number of zeros is odd
# (an even kernel, or some sizes at a stride above 1).
# NumPy then puts the extra zero before the input for both operations, and the rule still holds.
# In `conv`, and likewise in `scipy.ndimage`, it stands before the input for one operation and after it for the other, and the outputs differ.

# %%
flipped = conv.flip(kernel)
again = conv.correlate(collar, flipped, padding="valid")
np.array_equal(convolved, again)

# %% tags=["hide"]
assert np.array_equal(convolved, again)
draw = np.random.default_rng(3)
x = draw.integers(-9, 10, (7, 8))
for size in np.ndindex(4, 5):
    w = draw.integers(-9, 10, np.add(size, 1))
    for mode in ("full", "valid"):
        turned = conv.correlate(x, conv.flip(w), padding=mode)
        assert np.array_equal(conv.convolve(x, w, padding=mode), turned)
    ours = conv.convolve(x[0], w[0], padding="same")
    assert np.array_equal(ours, np.convolve(x[0], w[0], mode="same"))

# %% [markdown]
# ## Is it convolution or correlation? The impulse test
#
# If you remember one experiment from this page, take this one.
# Give the function an [impulse](../reference/glossary.md#impulse), a single 1 among zeros,
# and a kernel whose entries are all different.
# Convolution answers with the kernel, and cross-correlation with the kernel flipped.

# %%
impulse = np.zeros((5, 5))
impulse[2, 2] = 1
numbered = np.arange(1, 10).reshape(3, 3)
for operation in (conv.convolve, conv.correlate):
    print(operation(impulse, numbered)[1:4, 1:4].tolist())

# %% tags=["hide"]
figures.explorer(
    impulse,
    numbered,
    padding="same",
    flipped=True,
    controls=["operation"],
    caption="An impulse and a kernel of 1 to 9. Change the operation, and step on.",
    alt="A 5 by 5 impulse, a kernel of 1 to 9, and the output of their convolution: the kernel, in the middle of zeros.",
)

# %% [markdown]
# The explorer shows the kernel as it is applied, already turned for a convolution, so the sign before it stays ⋆.
# The formulas say why the test works.
# Convolution puts a copy of the kernel wherever the input has a value, multiplied by that value, and adds up the copies.
# With a single 1 in the input there is a single copy.
# Cross-correlation asks at each place what lies under the kernel;
# when the window first reaches the 1, the 1 lies under the kernel's last entry, so that entry is written first, and the answer comes out backwards.

# %% tags=["hide"]
bright = Image.fromarray((10 * impulse).astype(np.uint8))
pillow = ImageFilter.Kernel((3, 3), list(range(1, 10)), scale=1)
shown = np.asarray(bright.filter(pillow))[1:4, 1:4]
assert np.array_equal(shown, 10 * numbered[:, ::-1]), shown

# %% tags=["hide"]
for name, row in libraries.ROWS.items():
    assert (row["operation"] == "convolution") == ("convolve" in name)
assert np.array_equal(conv.convolve(impulse, numbered)[1:4, 1:4], numbered)
turned = conv.correlate(impulse, numbered)[1:4, 1:4]
assert np.array_equal(turned, numbered[::-1, ::-1])
named = conv.kernels
for same in (named.box(3), named.gaussian(5, sigma=1), named.laplacian()):
    assert np.allclose(conv.flip(same), same)
for sobel in (named.sobel_x(), named.sobel_y()):
    assert np.array_equal(conv.flip(sobel), -sobel)

# %% [markdown]
# The test needs a kernel that is not the same after half a turn.
# A box, a Gaussian and a Laplacian are the same after half a turn, so with them the two operations agree on every image.
# Sobel's kernels change their sign, so with them you see the same edges, but every rise is reported as a fall.
#
# We gave the impulse to the functions of {eval}`len(libraries.VERSIONS)` libraries, among them NumPy, SciPy, OpenCV, PyTorch, TensorFlow and JAX.
# Those with *convolve* in their name flip the kernel, and no other of these does.
# The name is no proof, as Flux's `Conv` shows, so ask the impulse.
# [What your library computes](../beyond/libraries.py) lists them, with the rest of their answers.
# There is a third answer, too: Pillow's `ImageFilter.Kernel` answers 3 2 1, 6 5 4, 9 8 7, the kernel in a left-right mirror.
# Pillow correlates with a kernel whose rows are upside down, which is neither of the two operations.
#
# ## What is each of them for?
#
# **Cross-correlation finds things.**
# Cut a piece of 15 by 15 pixels out of the photograph, here around an eye, and slide it over the whole picture:
# where the picture looks like the piece, the sum of products is large.
# To keep bright regions from winning just because they are bright,
# subtract the mean from the piece, and divide by how much the piece and the pixels under it vary.


# %%
def likeness(image, piece):
    """Correlate, with brightness and contrast taken out; 1: the same pattern."""
    ones = np.ones(piece.shape)
    sums = conv.correlate(image, ones, padding="valid")
    squares = conv.correlate(image**2, ones, padding="valid")
    spread = np.sqrt(np.maximum(squares - sums**2 / piece.size, 0))
    pattern = piece - piece.mean()
    products = conv.correlate(image, pattern, padding="valid")
    return products / np.maximum(spread * np.linalg.norm(pattern), 1e-6)


# %%
small = photo[::2, ::2]
eye = small[88:103, 103:118]
maps = {"cross-correlation": likeness(small, eye)}
maps["convolution"] = likeness(small, conv.flip(eye))
best = {n: np.unravel_index(m.argmax(), m.shape) for n, m in maps.items()}
[(name, *map(int, place)) for name, place in best.items()]

# %% tags=["hide"]
assert best["cross-correlation"] == (88, 103)
assert np.isclose(maps["cross-correlation"].max(), 1)
assert maps["convolution"].max() < 0.6
marked = {name: small.copy() for name in maps}
for name, (row, column) in best.items():
    marked[name][row : row + 15, [column, column + 14]] = 1
    marked[name][[row, row + 14], column : column + 15] = 1

# %% tags=["hide"]
figures.pictures(
    marked,
    caption="Where each operation finds the eye: the white frame. Cross-correlation finds the place from which it was cut.",
    alt="Two grey portraits. In the first, a white frame lies around an eye; in the second, it lies elsewhere.",
)

# %% [markdown]
# Cross-correlation finds the eye at the very pixel where it was cut out, with a likeness of 1.
# Convolution looks for the eye after half a turn, which is nowhere in the picture,
# and its best match has a likeness of {eval}`f"{maps['convolution'].max():.2f}"`.
#
# **Convolution composes.**
# Two filters in a row are one filter, whose kernel is the convolution of the two.
# A row of 1 2 1 and a column of 1 2 0, for example, make one kernel of 3 by 3.

# %%
row, column = np.array([[1, 2, 1]]), np.array([[1], [2], [0]])
both = conv.convolve(row, column, padding="full")
after = conv.convolve(collar, row, padding="full")
after = conv.convolve(after, column, padding="full")
at_once = conv.convolve(collar, both, padding="full")
both, np.array_equal(after, at_once)

# %% [markdown]
# Two cross-correlations in a row are one as well, but its kernel is again the *convolution* of the two.
# The laws hold in the mode [`full`](../reference/glossary.md#full), which keeps every product;
# with `same`, what hangs over the border is cut off between two steps.
# Here $x$ is an input, $w$ and $w'$ are kernels, and $\bar w$ is the flipped $w$.
#
# | law | convolution | cross-correlation |
# | --- | --- | --- |
# | order (commutative) | $x * w = w * x$ | $w \star x$ is the flip of $x \star w$ |
# | two in a row (associative) | $(x * w) * w' = x * (w * w')$ | $(x \star w) \star w' = x \star (w * w')$ |
# | $x$ a single 1 | $x * w = w$ | $x \star w = \bar w$ |
#
# Convolution is commutative and associative because the indices of the factors *add up* to the place of their product in the output,
# and a sum does not care about the order or the grouping of its terms.
# In a cross-correlation they are subtracted, so order and grouping matter, and the right column has to repair both.

# %% tags=["hide"]
full = {"padding": "full"}
x = draw.integers(-9, 10, (6, 7))
for a, b in np.ndindex(3, 3):
    v, w = draw.integers(-9, 10, (2, a + 1, b + 1))
    joined = conv.convolve(v, w, **full)
    twice = conv.convolve(conv.convolve(x, v, **full), w, **full)
    assert np.array_equal(twice, conv.convolve(x, joined, **full))
    twice = conv.correlate(conv.correlate(x, v, **full), w, **full)
    assert np.array_equal(twice, conv.correlate(x, joined, **full))

# %% tags=["hide"]
one, other = conv.convolve(x, w, **full), conv.convolve(w, x, **full)
assert np.array_equal(one, other)
one, other = conv.correlate(x, w, **full), conv.correlate(w, x, **full)
assert np.array_equal(one, conv.flip(other))
wrong = conv.correlate(x, conv.correlate(v, w, **full), **full)
assert not np.array_equal(twice, wrong)

# %% tags=["hide"]
for operation in (conv.correlate, conv.convolve):
    moved = operation(np.pad(x, ((1, 0), (2, 0))), w, **full)
    assert np.array_equal(moved[1:, 2:], operation(x, w, **full))
    two = operation(x, w, **full) + operation(x, 2 * w, **full)
    assert np.array_equal(two, operation(x, w + 2 * w, **full))

# %% [markdown]
# ## Why does a learned kernel not care?
#
# A network does not take its kernels from a book, it fits them to data.
# If its operation flips, the fit simply finds the flipped kernel.
# To see that, let a kernel that is kept secret filter 20 noise images, add a little noise to the results,
# and fit one model that correlates and one that convolves.
# `conv.im2col` writes every window as a row of a matrix, so the fit is a least squares problem,
# and a window that is read backwards is a row that is reversed.

# %%
draw = np.random.default_rng(3)
images = draw.standard_normal((20, 9, 9, 1))
secret = np.array([[0, 1, 2], [-1, 0, 3], [0, -2, 1]])
windows = conv.im2col(images, (3, 3), padding="valid")
noise = draw.standard_normal(len(windows)) / 10
targets = windows @ secret.ravel() + noise
views = {"correlates": windows, "convolves": windows[:, ::-1]}
fits = {
    name: np.linalg.lstsq(seen, targets)[0] for name, seen in views.items()
}

# %% tags=["hide"]
errors = {n: np.std(seen @ fits[n] - targets) for n, seen in views.items()}
assert np.isclose(errors["correlates"], errors["convolves"])
assert np.allclose(fits["correlates"], fits["convolves"][::-1])
assert np.allclose(fits["correlates"], secret.ravel(), atol=0.05)
carried = np.std(views["convolves"] @ fits["correlates"] - targets)
assert carried > targets.std() > 10 * errors["correlates"]

# %% tags=["hide"]
learned = {n: fit.reshape(3, 3).round(2) for n, fit in fits.items()}
figures.beside(
    figures.Grid(secret, "secret", "kernel"),
    *[figures.Grid(fit, name, "kernel") for name, fit in learned.items()],
    caption="The kernel that made the data, and what each model learned from them.",
    alt="Three 3 by 3 kernels: the secret one, one that is nearly equal to it, and the same turned by half a turn.",
)

# %% [markdown]
# The second model learns the kernel of the first, flipped, and makes the same error, {eval}`f"{errors['correlates']:.2f}"` in the root mean square.
# Gradient descent would do the same, since flipping the windows only changes the order of the nine weights.
# So deep learning can leave the flip out, and nobody inside one library notices.
#
# You notice when a kernel that was trained in one library is loaded into the other.
# Give the kernel of the first model to the second, as in the story of Flux:
# the error rises to {eval}`f"{carried:.1f}"`, more than the {eval}`f"{targets.std():.1f}"` of a model that always answers 0.
# Fixed kernels are in the same position, because a book that was written for convolution prints Sobel's kernel with the other sign.
# The flip has not disappeared from training either: at stride 1, the gradient that arrives at the output of a `valid` cross-correlation
# goes back to its input by a `full` convolution with the same kernel.
#
# ## Exercises
#
# ### Exercise 1: which kernels can tell?
#
# With which of these four would ONNX's test have caught the bug?

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
# B differs from its mirror image, and C equals its own: neither is the flip.
tell = [n for n, g in four.items() if not np.array_equal(conv.flip(g), g)]
assert tell == ["C", "D"]
tell

# %% [markdown]
# ### Exercise 2: find a piece of your own
#
# Load a photograph of your own with `conv.images.load(path, mode="grey")`, cut out a piece, and let `likeness` find it.
# Then make the photograph flatter, with brighter shadows, `0.5 * photo + 0.3`, and look for the same piece again.
# What happens to the likeness?

# %% tags=["answer"]
# Nothing. The mean is taken out, and the factor is divided out again.
flat = likeness(0.5 * small + 0.3, eye)
assert (
    np.unravel_index(flat.argmax(), flat.shape) == best["cross-correlation"]
)
round(float(flat.max()), 6)

# %% [markdown]
# ### Exercise 3: a kernel for channels
#
# The kernel of a layer that convolves has the shape (h, w, C, F), for channels C and filters F.
# PyTorch correlates, and wants the axes F, C, h, w. Which line carries the kernel over?

# %% tags=["answer"]
# Reverse the spatial axes alone, then move the last two to the front. PyTorch
# refuses an array that is read backwards, hence the copy.
layer = draw.integers(-9, 10, (3, 2, 2, 4))
carried = layer[::-1, ::-1].transpose(3, 2, 0, 1).copy()
assert np.array_equal(carried[1, 0], conv.flip(layer)[:, :, 0, 1])
carried.shape

# %% [markdown]
# ## What you can do now
#
# You can tell with one impulse which operation a function computes,
# say when the difference matters (fixed kernels, carried weights) and when it does not (training within one library),
# and use each for what it is good at: finding, and composing.
#
# Go on with [The same numbers as a fully connected layer](fully_connected.py),
# or look up your own library in [What your library computes](../beyond/libraries.py).
# Elsewhere:
#
# - [Fast Normalized Cross-Correlation](http://scribblethink.org/Work/nvisionInterface/nip.html) by J. P. Lewis:
#   template matching as it is really done.
# - [*Deep Learning*](https://www.deeplearningbook.org/contents/convnets.html), section 9.1, by Ian Goodfellow, Yoshua Bengio and Aaron Courville:
#   both formulas, and why libraries leave the flip out.
