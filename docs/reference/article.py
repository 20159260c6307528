# %% [markdown]
# # Five bugs you will write yourself
#
# Your convolution raises no error, and its picture looks right.
# Which input would prove it wrong?

# %%
from contextlib import redirect_stdout
from io import StringIO

import numpy as np

import conv
from conv import figures

# %% tags=["hide"]
photo = conv.images.sample()[60:372, 100:412]
sobel = conv.kernels.sobel_y()
stacked = np.stack([sobel] * 3, axis=-1)
asked = conv.correlate(photo, stacked, padding="valid")
broadcast = np.broadcast_to(sobel, (3, 3, 3))
given = conv.correlate(photo, broadcast, padding="valid")

# %% tags=["hide"]
figures.beside(
    figures.Picture(asked, "what was asked for", limits=(-2, 2)),
    figures.Picture(given, "what bug 3 gives", limits=(-2, 2)),
    caption="Bug 3 at work: Sobel y finds edges that run across, such as the mouth, but with the bug it finds upright ones. Mid-grey is 0, black −2 and below, white 2 and above, where a channel goes from 0 to 1.",
    alt="Two grey reliefs of a portrait. In the first, lines that run across stand out, such as the mouth and the rims of the glasses; in the second, lines that run upright, such as the nose and the side of the cap.",
)

# %% [markdown]
# **Fourteen tiny inputs find five silent bugs: a mode that is ignored, axes that are swapped, channels that are broadcast, bytes that wrap, a stride that is forgotten.**
# Run them on your function now: the check prints the number of the bug to suspect, and below you find what a function with that bug does instead.
#
# ## Run this on your function
#
# Copy these three cells, which need nothing but NumPy as `np`.
# Each case names its bug and the output that is wanted, then image, kernel, mode and stride:


# %%
def cases():
    x = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
    w = np.array([[100000, 10000], [1000, 100], [10, 1]])
    yield 1, [[1, 4], [0, 6]], x, np.eye(3), "full", 3
    yield 2, [[12, 34]], x, w[2:], "valid", 2
    yield 3, [[1200]], x[None, :1, :2], w[None], "same", 1
    yield 4, [[3, 8.5]], x / 2, w[2:] / 2, "same", 2
    yield 5, [[125600, 408000]], x, w, "same", 3


# %%
def more_cases():
    tall = np.array([[[1]], [[2]]])
    yield 3, [[12]], tall, 10 ** (2 - tall), "valid", 1
    yield 4, [[-100]], np.uint8([[200, 100]]), np.int8([[-1, 1]]), "valid", 1
    yield 4, [[700]], np.uint8([[200, 100]]), np.uint8([[3, 1]]), "valid", 1
    yield 5, [[1]], np.eye(1), np.array([[1, 2]]), "same", 1
    yield 1, "an error", np.eye(3), np.eye(3), "vlaid", 1
    for a, b in ((3, 3, 3), (3, 3)), ((3, 3, 3), (3, 3, 1)):
        yield 3, "an error", np.ones(a), np.ones(b), "valid", 1
        yield 3, "an error", np.ones(b), np.ones(a), "valid", 1


# %%
def check(f):
    for bug, wanted, *call in (*cases(), *more_cases()):
        try:
            got = f(*call).tolist()
        except Exception:
            got = "an error"
        if got != wanted:
            print(f"bug {bug}: wanted {wanted}, got {got}")


# %% [markdown]
# If your function takes other arguments, or takes them in another order, check a wrapper, such as this one around SciPy's `correlate2d`:
#
# ```python
# from scipy.signal import correlate2d
#
# def wrapped(x, w, mode, s):
#     return correlate2d(x, w, mode)[::s, ::s]
#
# check(wrapped)
# ```
#
# ```text
# bug 3: wanted [[1200]], got an error
# bug 5: wanted [[125600, 408000]], got [[1256, 4080]]
# bug 3: wanted [[12]], got an error
# bug 4: wanted [[700]], got [[188]]
# ```
#
# So `correlate2d` refuses channels, lets products of bytes wrap, and pads for stride 1 before our wrapper takes every third output.
# Suspect the bug that is printed first; a function without a bug gets no line.
# Delete the cases of a mode that yours does not have.
# (Batches, dilation and groups are not checked.)

# %% tags=["hide"]
x = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
w = np.array([[100000, 10000], [1000, 100], [10, 1]])
spelt = conv.correlate(x, w, stride=3)
around = conv.Geometry.of(x.shape, w.shape, stride=3).pads
state = figures.explorer(
    x, w, padding="same", stride=(3, 3), caption="Bug 5.", alt="Bug 5."
).address


# %% tags=["hide"]
def ours(x, w, mode, s, dtype=np.float32):
    return conv.correlate(
        x.astype(dtype), w.astype(dtype), padding=mode, stride=s
    )


# %% tags=["hide"]
with redirect_stdout(StringIO()) as printed:
    check(ours)
    check(lambda *call: ours(*call, dtype=float))
assert printed.getvalue() == ""
assert len([*cases(), *more_cases()]) == 14
assert np.array_equal(spelt.astype(int), [[125600, 408000]])
assert around == ((0, 1), (0, 1))

# %% tags=["hide"]
first, last = (slice(0, 3), slice(0, 2)), (slice(0, 3), slice(3, 5))
figures.beside(
    figures.Grid(x, "input", pads=around, focus=first, last=last),
    "⋆",
    figures.Grid(w, "kernel", "kernel"),
    "=",
    figures.Grid(spelt, "output", "output", focus=(0, 0), last=(0, 1)),
    caption="Each output spells out its window: 4 and a zero, 8 and a zero, two zeros give 408000. It is the case of bug 5, at stride 3.",
    alt="The input 1 2 3 4, 5 6 7 8 with a row of zeros below and a column of zeros at the right. The kernel holds the powers of ten from 100000 down to 1 in three rows of two. The first window reads 12, 56, 00 and gives 125600, the last reads 40, 80, 00 and gives 408000.",
)

# %% [markdown]
# Where a kernel holds powers of ten, you work out the output by reading the input,
# and a wrong number spells out what your function has read instead.
# (You can move this window in the [explorer](../explorer.py?{eval}`state`).)
#
# ## Why you have not noticed
#
# The first try is usually a grey image in floating point, a square kernel and stride 1, with no mode named,
# and all five functions below are right on it.
# They are our own, but we found the bugs in the code of a good article, to which this site owes its plan ([appendix](#appendix-the-articles-own-code)).
#
# ## 1. The mode that is ignored
#
# This function takes a [padding](glossary.md#padding) mode and never reads it.


# %%
def ignores_mode(x, w, mode="same"):
    pads = [((k - 1) // 2, k // 2) for k in w.shape]
    return conv.correlate(x, w, padding=pads)


# %%
ignores_mode(np.array([[1, 2, 3]]), np.array([[100, 10, 1]]), "valid")

# %% tags=["hide"]
row, digits = np.array([[1, 2, 3]]), np.array([[100, 10, 1]])
assert conv.correlate(row, digits, padding="valid").tolist() == [[123]]
assert ignores_mode(row, digits).tolist() == [[12, 123, 230]]
assert ignores_mode(row, digits, "vlaid").shape == (1, 3)
for n in range(3, 9):
    image, kernel = np.random.default_rng(n).random((n, n)), np.ones((3, 3))
    same = conv.correlate(image, kernel)
    assert np.allclose(ignores_mode(image, kernel), same)

# %% [markdown]
# Under [`valid`](glossary.md#valid) a kernel of three has a single place on three pixels, so the only output should be 123, but the function reads two more windows that reach over the ends.
# It also accepts a mode that does not exist, such as `"vlaid"`, and you do not notice while every call asks for [`same`](glossary.md#same).
#
# **The cases:** one asks for `full`, and one for a word that is no mode, which has to be an error.
#
# **The fix:** look the mode up in a table, `{"full": 2 * (k - 1), "same": k - 1, "valid": 0}[mode]`,
# which gives the number of zeros along an axis at [stride](glossary.md#stride) 1 and raises a `KeyError` for any other word.
#
# ## 2. Rows and columns, swapped
#
# The shape of an array names the rows first and then the columns, but an image is width by height to most people, so they write:


# %%
def turns_windows(x, w):
    k_w, k_h = w.shape
    y = np.zeros((x.shape[0] - k_h + 1, x.shape[1] - k_w + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = x[i : i + k_h, j : j + k_w].ravel() @ w.ravel()
    return y


# %%
turns_windows(np.array([[1, 2, 3], [4, 5, 6]]), np.array([[10, 1]]))

# %% tags=["hide"]
wide, pair = np.array([[1, 2, 3], [4, 5, 6]]), np.array([[10, 1]])
right = conv.correlate(wide, pair, padding="valid").astype(int)
assert right.tolist() == [[12, 23], [45, 56]]
assert turns_windows(wide, pair).tolist() == [[14, 25, 36]]
swapped = turns_windows(x, w[2:])[0, ::2].astype(int)
for k in range(1, 5):
    image = np.random.default_rng(k).random((6, 7))
    kernel = np.arange(k * k).reshape(k, k)
    expected = conv.correlate(image, kernel, padding="valid")
    assert np.allclose(turns_windows(image, kernel), expected)

# %% tags=["hide"]
turned, pair = (
    turns_windows(wide, pair),
    figures.Grid(pair, "kernel", "kernel"),
)
one, other = (0, slice(0, 2)), (slice(0, 2), 0)
meant, read = (
    [figures.Grid(wide, name, focus=focus), "⋆", pair, "="]
    for name, focus in (("as meant", one), ("as read", other))
)

# %% tags=["hide"]
figures.rows(
    [*meant, figures.Grid(right, "output", "output", focus=(0, 0))],
    [*read, figures.Grid(turned, "output", "output", focus=(0, 0))],
    caption="The first window as meant, a row of two pixels, and as the function reads it, a column. Framed in the output: the number that it gives.",
    alt="The image 1 2 3, 4 5 6 twice, and a kernel of one row, 10 and 1. As meant, the framed window holds 1 and 2, and the output is 12 23, 45 56. As the function reads it, the window holds 1 and 4, and the output is 14 25 36.",
)

# %% [markdown]
# Flattening hides the mistake: a window of 3 by 2 times a kernel of 2 by 3 would raise an error, while two vectors of six values always fit.
#
# **The case:** a kernel with 1 row and 2 columns, on an image that is not square either.
# A function that swaps rows and columns gives {eval}`swapped[0]` and {eval}`swapped[1]` instead of 12 and 34.
#
# **The fix:** unpack in the order of the shape, and multiply without flattening.
# A swap then raises an error unless the kernel is square or has a single row or column, which is broadcast.


# %%
def plain(x, w):
    k_h, k_w = w.shape[:2]
    y = np.zeros((x.shape[0] - k_h + 1, x.shape[1] - k_w + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = np.sum(x[i : i + k_h, j : j + k_w] * w)
    return y


# %% tags=["hide"]
image = np.arange(30).reshape(5, 6)
for k_h, k_w in np.ndindex(4, 4):
    kernel = np.ones((k_h + 1, k_w + 1))
    try:
        turned = image[: k_w + 1, : k_h + 1] * kernel
        silent = turned.size > 0
    except ValueError:
        silent = False
    assert silent == (k_h == 0 or k_w == 0 or k_h == k_w)

# %% [markdown]
# ## 3. The kernel that broadcasts
#
# The function just fixed is right for grey images, but on colour images it has the bug of the two pictures above.
# Give it one bright pixel, and a kernel with ones on its diagonal:

# %%
plain(np.pad([[[1, 2, 3]]], [(0, 2), (0, 2), (0, 0)]), np.eye(3))

# %% tags=["hide"]
colour = np.pad([[[1, 2, 3]]], [(0, 2), (0, 2), (0, 0)])
right = conv.correlate(colour, np.stack([np.eye(3)] * 3, -1), padding="valid")
assert plain(colour, np.eye(3)).tolist() == [[1]]
assert right.tolist() == [[1 + 2 + 3]]
grey = photo[:9, :9].mean(axis=2)
expected = conv.correlate(grey, sobel, padding="valid")
assert np.allclose(plain(grey, sobel), expected)

# %% tags=["hide"]
small = photo[:20, :30]
assert sobel.tolist() == [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
assert np.allclose(plain(small, sobel), given[:18, :28])
upright = np.stack([conv.kernels.sobel_x()] * 3, axis=-1)
edges = conv.correlate(photo, upright, padding="valid")
with np.testing.assert_raises(ValueError):
    plain(small, np.ones((5, 5)))
correlation = np.corrcoef(given.ravel(), edges.ravel())[0, 1]
assert correlation > 0.99

# %% [markdown]
# The three [channels](glossary.md#channel) of that pixel should add up to 6, but the function finds only one of them.
# The reason is that [broadcasting](glossary.md#broadcasting) lines shapes up from their *last* axes,
# so the kernel's columns meet the channels, and its rows meet the image's columns:

# %% tags=["hide"]
order = np.arange(9).reshape(3, 3)
met = {
    name: figures.Grid(broadcast[..., c], name, tints=tints[..., c])
    for tints in [np.broadcast_to(order, (3, 3, 3))]
    for c, name in enumerate(("red", "green", "blue"))
}
assert np.array_equal(met["red"].values, [[-1, 0, 1]] * 3)
assert np.array_equal(met["green"].values, [[-2, 0, 2]] * 3)

# %% tags=["hide"]
figures.beside(
    figures.Grid(sobel, "meant for each", tints=order),
    *met.values(),
    caption="The weight that each pixel of a window meets: Sobel y as meant, alike in each channel, and what the three channels meet when it broadcasts. Shade and dot tell from which place of the kernel a weight comes.",
    alt="Sobel y, −1 −2 −1, 0 0 0, 1 2 1, is meant for each channel. When it broadcasts, each row of the red pixels meets −1 0 1, each row of the green ones −2 0 2, each row of the blue ones −1 0 1.",
)

# %% [markdown]
# So each channel is read by −1, 0, 1 from column to column, which finds upright edges,
# and the colours are weighted by 1, 2, 1.
# The picture is close to that of Sobel x, with a correlation of {eval}`f"{correlation:.3f}"`.
# (A kernel of 5 by 5 would have raised an error, because five columns do not fit three channels.)
#
# **The cases:** in the first, `x[None, :1, :2]` is a single pixel whose two channels hold 1 and 2, and `w[None]` is a kernel of one row, three columns and two channels.
# Under `same` a zero lies on each side of the pixel, so the window reads 00, 12, 00, and the output is 1200.
# The second has two pixels, one above the other, with a single channel.
# In the last four the channels of image and kernel do not fit, which has to be an error.
#
# **The fix:** compare `x.shape[2:]` with `w.shape[2:]` before anything is multiplied,
# and let the caller stack the kernel, one slice for each channel.
#
# ## 4. The byte that wraps
#
# Image libraries hand out bytes, that is, `uint8`, and it seems polite to return the type that you were given:


# %%
def stays_in_bytes(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape)
    return np.sum(windows * w, axis=(2, 3)).astype(x.dtype)


# %%
stays_in_bytes(np.uint8([[200, 100]]), np.array([[-1, 1]]))

# %% tags=["hide"]
assert np.allclose(stays_in_bytes(grey, sobel), expected)
step = np.uint8([[200, 100]])
right = conv.correlate(step, [[-1, 1]], padding="valid")
assert stays_in_bytes(step, np.array([[-1, 1]]))[0, 0] == 256 - 100
assert right.tolist() == [[-100]]

# %% [markdown]
# The brightness falls by 100, but the function says that it rises by {eval}`256 - 100`.
# A byte holds {eval}`np.iinfo(np.uint8).min` to {eval}`np.iinfo(np.uint8).max`,
# and of any other NumPy integer it keeps the remainder after division by 256.
# (A float kernel gives floats, and for floats outside this range NumPy promises no value at all.)
# On a photograph, strong rises are lost as well:

# %% tags=["hide"]
sample = conv.images.sample()[342:349, 192:199].mean(axis=2)
collar = np.rint(255 * sample).astype(np.uint8)
across = conv.kernels.sobel_x()
right = conv.correlate(collar, across, padding="valid")
wrapped = stays_in_bytes(collar, across.astype(int))
wrong = right != wrapped
assert np.array_equal(wrapped, right % 256)
assert right.min() < 0 < 255 < right.max()

# %% tags=["hide"]
bytes_ = np.rint(255 * photo[:60, :60, 0]).astype(np.uint8)
box = conv.kernels.box(3)
lost = conv.correlate(bytes_, box, padding="valid")
lost -= stays_in_bytes(bytes_, box)
assert -1e-9 < lost.min() < lost.max() < 1 + 1e-9

# %% tags=["hide"]
for value in (300, -100):
    assert np.int64([value]).astype(np.uint8)[0] == value % 256

# %% tags=["hide"]
struck = tuple(np.nonzero(wrong))
role = np.full(right.shape, "output")
figures.beside(
    figures.Grid(collar, "collar"),
    figures.Grid(right, "Sobel x", role=role),
    figures.Grid(wrapped, "in bytes", role=role, focus=struck),
    caption=f"Framed: {wrong.sum()} of {right.size} outputs do not fit into a byte. Sobel x on 7 by 7 pixels of the portrait's collar, as a file holds them, from 0 for black to 255 for white.",
    alt=f"The collar in bytes, 7 by 7, the output of Sobel x, from {right.min():g} to {right.max():g}, and the same in bytes, from {wrapped.min()} to {wrapped.max()}; {wrong.sum()} of its values are framed, because they are wrong.",
)

# %% [markdown]
# The largest, {eval}`f"{right.max():g}"`, becomes {eval}`wrapped[np.unravel_index(right.argmax(), right.shape)]`.
# You do not notice under a blur, whose weights are positive and add up to 1, because its outputs stay in the range and lose only their fraction.
#
# **The cases:** numbers with halves, an edge from bright to dark in bytes, and a kernel of bytes, whose products wrap before they are added up.
#
# **The fix:** convert both operands first, `np.asarray(x, float)`, and return the output as floats.
#
# ## 5. The stride that shifts
#
# Padding for `same` is often computed from the kernel alone, as by the function of bug 1, and the stride is applied afterwards.
# On four values, two windows of three at stride 2 need five values, so `same` adds one zero, at the end.
# The function adds two, one at each end, and its windows begin one value too early:

# %%
ignores_mode(np.array([[1, 2, 3, 4]]), np.array([[100, 10, 1]]))[:, ::2]

# %% tags=["hide"]
signal, digits = np.array([[1, 2, 3, 4]]), np.array([[100, 10, 1]])
early = ignores_mode(signal, digits)[:, ::2]
assert early.tolist() == [[12, 234]]
right = conv.correlate(signal, digits, stride=2)
assert right.tolist() == [[123, 340]]
late = ignores_mode(x, w)[0, ::3].astype(int)
assert late.tolist() == [1256, 4080]

# %% tags=["hide"]
for n in range(8, 99):
    noise = np.random.default_rng(n).random((1, n))
    for k in range(1, 8):
        weights = np.arange(k)[np.newaxis] + 1
        same = conv.correlate(noise, weights, stride=2)
        alike = np.allclose(same, ignores_mode(noise, weights)[:, ::2])
        assert alike == (n % 2 == 1 or k % 2 == 0 or k == 1)

# %% tags=["hide"]
rule = conv.Geometry.of((1, 4), (1, 3), padding="same", stride=2).pads
options = {"focus": np.s_[:, :3], "last": np.s_[:, 2:5]}
drawn = [
    figures.Grid(y, "output", "output", focus=(0, 0), last=(0, 1))
    for y in (right, early)
]
meant = figures.Grid(signal, "same", pads=rule, **options)
read = figures.Grid(signal, "shifted", pads=((0, 0), (1, 1)), **options)

# %% tags=["hide"]
figures.rows(
    [meant, "→", drawn[0]],
    [read, "→", drawn[1]],
    caption="First window (solid) and last (dashed) under 100, 10, 1 at stride 2: as same lays them, and as the function does.",
    alt="The signal 1 2 3 4 with one zero after it, windows on 1 2 3 and on 3 4 0, and the outputs 123 and 340; and with a zero on both sides, windows on 0 1 2 and on 2 3 4, and the outputs 12 and 234.",
)

# %% [markdown]
# At stride 2 the two rules agree whenever the length is odd or the kernel is even, so a test with 5 or 7 values passes.
# The shifted numbers are what `padding=1` gives in PyTorch, but not what TensorFlow and JAX give under `same`,
# so they harm a model that was trained under one rule and runs under the other ([Full, same, valid](../guide/padding.py)).
#
# **The cases:** at stride 3, two rows need one zero and not two under a kernel of three rows;
# a function that forgets the stride gives {eval}`late[0]` and {eval}`late[1]`, that is, 001256 and 004080.
# In the other case, a kernel of two columns on a single pixel, the zero has to come after the pixel.
#
# **The fix:** count how much the windows need and pad what is missing, the smaller half before.
#
# ## All five fixed
#
# The first function finds the zeros along one axis.
# Under `same` there are n / s outputs, rounded up, which is `-(-n // s)` because `//` rounds down.
# The second function converts, compares the channels, pads, and leaves the sum to `plain`.


# %%
def pads(n, k, mode, s):
    same = max(0, (-(-n // s) - 1) * s + k - n)
    total = {"full": 2 * (k - 1), "same": same, "valid": 0}[mode]
    return total // 2, total - total // 2


# %%
def correlate(x, w, mode, s):
    x, w = np.asarray(x, float), np.asarray(w, float)
    if x.shape[2:] != w.shape[2:]:
        raise ValueError(f"{x.shape} and {w.shape} do not go together")
    around = [pads(x.shape[a], w.shape[a], mode, s) for a in (0, 1)]
    return plain(np.pad(x, around + [(0, 0)] * (x.ndim - 2)), w)[::s, ::s]


# %%
check(correlate)

# %% tags=["hide"]
random = np.random.default_rng(0)
cases_tried = 0
for size in np.ndindex(5, 5, 4, 4, 3):
    H, W, k_h, k_w, s = (n + 1 for n in size)
    x, w = random.random((H + 3, W + 3, 2)), random.random((k_h, k_w, 2))
    for mode in ("full", "same", "valid"):
        expected = conv.correlate(x, w, padding=mode, stride=s)
        assert np.allclose(correlate(x, w, mode, s), expected)
        cases_tried += 1

# %% tags=["hide"]
ones = np.ones((3, 3))
assert correlate(np.ones((2, 2)), ones, "valid", 1).shape == (0, 0)
assert correlate(ones, ones, "valid", -1).shape == (1, 1)

# %% [markdown]
# The check prints nothing, and the function agrees with `conv.correlate` in {eval}`f"{cases_tried:,}"` combinations of sizes, strides and modes.
# A test of this site changes it in more than eighty ways, the five bugs among them, and the check objects to each.
# Eight further changes pass, because they only write the same function in another way.
# The function still accepts a kernel larger than the padded input and a negative stride, and it is a slow [loop](../guide/matmul.py).
#
# ## Exercises
#
# ### Exercise 1: read a wrong number
#
# For a colleague's function, the check first prints `bug 2: wanted [[12, 34]], got [[21, 43]]`.
# It has none of the five bugs. What does it compute, and which call makes it pass?

# %% tags=["answer"]
# The windows are right, and each is read backwards: the function flips the kernel,
# so it is a convolution. Flip the kernel once more before you hand it over.
# SciPy's convolve2d, for example, reads like this.
x, w = np.array([[1, 2, 3, 4], [5, 6, 7, 8]]), np.array([[10, 1]])
turned = conv.convolve(x, w, padding="valid", stride=2)
assert turned.tolist() == [[21, 43]]
conv.convolve(x, w[:, ::-1], padding="valid", stride=2)

# %% [markdown]
# ### Exercise 2: a right function that fails
#
# Write a wrapper around `conv.fft.correlate`, which takes `padding` and `stride`, and run the check on it.
# Which lines are printed, and does the function have a bug?


# %% tags=["answer"]
# It has none, but Fourier transforms round, and an output of 0.9999999999999998 is not
# equal to one. The outputs pass when the wrapper rounds them.
def by_fft(x, w, mode, s):
    return conv.fft.correlate(x, w, padding=mode, stride=s).round(6)


check(by_fft)

# %% [markdown]
# ## What you can do now
#
# You have a check for five mistakes that often raise no error, and you can tell from a wrong number what was read.
# In your next test, vary the mode, the shape of the kernel, the channels, the type, and the stride.
#
# **Next here:** [Full, same, valid](../guide/padding.py) for the fifth bug at full length,
# or [The definition, in loops](../guide/naive.py) to write the function yourself.
#
# **Elsewhere:**
#
# - NumPy, [Broadcasting](https://numpy.org/doc/stable/user/basics.broadcasting.html):
#   the rule behind bug 3, with pictures of the axes.
# - [Hypothesis](https://hypothesis.readthedocs.io/):
#   tests that choose sizes, strides and types at random, and then look for the smallest input that fails.
#
# ## Appendix: the article's own code
#
# The article is [<cite lang="zh">卷积 Convolution 原理及可视化</cite>](https://www.cnblogs.com/wenshinlee/p/12588753.html)
# by <span lang="zh">王贵波</span> (Wang Guibo): "Convolution, its principle and a visualisation".


# %% tags=["hide"]
def shown(x, w, show=np.ndarray.tolist, **options):
    try:
        output = conv.correlate(np.array(x), np.array(w), **options)
        return str(show(output.astype(int)))
    except (TypeError, ValueError) as error:
        return f"`{type(error).__name__}`"


# %% tags=["hide"]
three, wide = np.arange(9).reshape(3, 3), np.arange(24).reshape(4, 6)
sixteen = np.arange(1, 17).reshape(4, 4)
corner = np.outer([1, 0, 0], [1, 0, 0])
hundreds, nine = np.full((3, 3), 100, np.uint8), np.ones((3, 3), np.uint8)
flipped = conv.convolve(np.pad([[1]], 1), three + 1)
centre = np.zeros((3, 3, 3))
centre[1, 1] = 1, 2, 3
assert flipped.tolist() == (three + 1).tolist()

# %% [markdown]
# ??? note "What its code gave, beside `conv`"
#
#     The code, from the repost of 2020-03-28, was run once on the smallest input that shows each defect;
#     the last column is computed at every build.
#
#     | defect, and its smallest input | the article's code gave | `conv` gives |
#     | --- | --- | --- |
#     | **the mode is ignored**: 0 to 8 as 3 × 3, nine ones, `VALID` | shape 3 × 3 | {eval}`shown(three, nine, padding="valid")` |
#     | **rows and columns**: 0, 1, 2, … as 4 × 6, ones of 3 × 1, `SAME` | first row `0 0 0 0 3 6` | {eval}`shown(wide, np.ones((3, 1)), lambda y: y[0].tolist())` |
#     | **channels broadcast**: 3 × 3, centre (1, 2, 3), kernel of 3 × 3 with a 1 at the top left | 1 1 1 down column 2, from 0 | {eval}`shown(centre, corner)` |
#     | **bytes wrap**: 3 × 3 of 100, nine ones, `uint8` | `132` in the centre | {eval}`shown(hundreds, nine, lambda y: y[1, 1])` |
#     | **`SAME` ignores the stride**: 1, 2, 3, … as 4 × 4, nine ones, stride 2 | `[[14, 30], [57, 99]]` | {eval}`shown(sixteen, nine, stride=2)` |
#     | **its `conv` correlates**: a 1 among zeros, kernel 1 to 9 | 9 to 1 | `convolve`: {eval}`f"{flipped.min():g} to {flipped.max():g}"` |
