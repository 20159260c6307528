# %% [markdown]
# # Five bugs you will write yourself
#
# Your convolution raises no error, and its picture looks right.
# Which input would prove it wrong?
#
# The five bugs of this page were found by running the code of a good article, to which this site owes its plan:
# [<cite lang="zh">卷积 Convolution 原理及可视化</cite>](https://www.cnblogs.com/wenshinlee/p/12588753.html)
# by <span lang="zh">王贵波</span>.
# Because the article gives its code, readers can find out where it fails.

# %%
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
    figures.Picture(given, "what a bug gives", limits=(-2, 2)),
    caption="Sobel y on one photograph, twice. Mid-grey is 0, black −2 and below, white 2 and above, where a channel goes from 0 to 1.",
    alt="Two grey reliefs of a portrait. In the first, lines that run across stand out, such as the mouth and the rims of the glasses; in the second, lines that run upright, such as the nose and the side of the cap.",
)

# %% [markdown]
# Both pictures show one photograph under one kernel, which is meant to find edges that run across.
# The second shows edges that run *upright*,
# because the kernel had no axis for the colour channels and NumPy found a place for it all the same.
#
# On the inputs shown here none of the five bugs raises an error, three keep the shape of the output as well, and all stay hidden for one reason.
# The first thing that everybody tries is a grey photograph in floating point, a square kernel,
# [stride](glossary.md#stride) 1 and no mode named; on such an input, or a signal for the fifth, all five functions are right.
# You will see each run on a small input that shows its bug, with the test that would have caught it and the fix.
# The functions are our own; what the article's code gives is in the [appendix](#appendix-the-articles-own-code).
#
# ## 1. The mode that is ignored
#
# This function takes a [padding](glossary.md#padding) mode and never reads it.


# %%
def ignores_mode(x, w, mode="same"):
    pads = [((k - 1) // 2, k // 2) for k in w.shape]
    return conv.correlate(x, w, padding=pads)


# %%
row, ones = np.array([[1, 2, 3]]), np.ones((1, 3))
ignores_mode(row, ones, "valid")

# %% tags=["hide"]
assert conv.correlate(row, ones, padding="valid").tolist() == [[6]]
assert ignores_mode(row, ones, "vlaid").shape == (1, 3)
for n in range(3, 9):
    image, kernel = np.random.default_rng(n).random((n, n)), np.ones((3, 3))
    assert np.allclose(
        ignores_mode(image, kernel), conv.correlate(image, kernel)
    )

# %% [markdown]
# Under [`valid`](glossary.md#valid) a kernel of three has a single place on three pixels, and the only output is their sum, 6.
# The function gives three numbers instead, and it accepts a mode that does not exist, such as `"vlaid"`.
# You never notice while every call asks for [`same`](glossary.md#same), which the function does anyway.
#
# **The test:** ask for each mode and compare the *shape*; ask for a word that is no mode and expect an error.
#
# **The fix:** look the mode up in a table, `{"full": 2 * (k - 1), "same": k - 1, "valid": 0}[mode]`,
# which gives the number of zeros along an axis at stride 1 and raises a `KeyError` for any other word.
#
# ## 2. Rows and columns, swapped
#
# A shape is rows first, then columns.
# If you think of a shape as width by height, you write:


# %%
def turns_windows(x, w):
    k_w, k_h = w.shape
    y = np.zeros((x.shape[0] - k_h + 1, x.shape[1] - k_w + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = x[i : i + k_h, j : j + k_w].ravel() @ w.ravel()
    return y


# %%
wide, pair = np.array([[1, 2, 3], [4, 5, 6]]), np.array([[1, 1]])
turns_windows(wide, pair)

# %% tags=["hide"]
right = conv.correlate(wide, pair, padding="valid").astype(int)
assert right.tolist() == [[1 + 2, 2 + 3], [4 + 5, 5 + 6]]
assert turns_windows(wide, pair).tolist() == [[1 + 4, 2 + 5, 3 + 6]]

# %% tags=["hide"]
for k in range(1, 5):
    image, kernel = (
        np.random.default_rng(k).random((2, 6, 7))[0],
        np.arange(k * k),
    )
    kernel = kernel.reshape(k, k)
    expected = conv.correlate(image, kernel, padding="valid")
    assert np.allclose(turns_windows(image, kernel), expected)

# %% tags=["hide"]
figures.beside(
    figures.Grid(wide, "to be read", focus=(0, slice(0, 2))),
    figures.Grid(wide, "read", focus=(slice(0, 2), 0)),
    figures.Grid(pair, "kernel", role="kernel"),
    caption="The kernel has one row and two columns. The function lays its first window on the image upright.",
    alt="The image 1 2 3, 4 5 6 twice: framed are 1 and 2, which should be read, then 1 and 4, which are read. The kernel is a row of two ones.",
)

# %% [markdown]
# The kernel should add neighbours within a row, which makes {eval}`right[0, 0]` and {eval}`right[0, 1]` above {eval}`right[1, 0]` and {eval}`right[1, 1]`,
# but the window stands upright and adds the two pixels of each column.
# Flattening hides the mistake: a window of 3 by 2 times a kernel of 2 by 3 would raise an error, while two vectors of six values always fit.
# (A kernel of a single row would still be broadcast, which is the next bug.)
# For every square kernel the function is right, because the two sizes are equal.
#
# **The test:** a kernel with 1 row and 2 columns, on an image that is not square either.
#
# **The fix:** unpack in the order of the shape.
# Leave out the flattening too, since most swaps then raise an error.


# %%
def plain(x, w):
    k_h, k_w = w.shape[:2]
    y = np.zeros((x.shape[0] - k_h + 1, x.shape[1] - k_w + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = np.sum(x[i : i + k_h, j : j + k_w] * w)
    return y


# %% [markdown]
# ## 3. The kernel that broadcasts
#
# The function just fixed is right for grey images, and it has the bug of the two pictures above.
# Give it a colour image of one bright pixel and a kernel that reads the top left of its window:

# %%
colour, corner = np.zeros((3, 3, 3)), np.zeros((3, 3))
colour[0, 0], corner[0, 0] = (1, 2, 3), 1
plain(colour, corner)

# %% tags=["hide"]
right = conv.correlate(colour, np.stack([corner] * 3, -1), padding="valid")
assert plain(colour, corner).tolist() == [[1]]
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
# The three [channels](glossary.md#channel) of that pixel should be added up to 6, and the function finds one of them.
# [Broadcasting](glossary.md#broadcasting) lines shapes up from their *last* axes, so
# the kernel's columns meet the channels, and its rows meet the image's columns:

# %% tags=["hide"]
figures.beside(
    figures.Grid(sobel, "as meant", "kernel", axes=("rows", "columns")),
    figures.Grid(sobel, "broadcast", "kernel", axes=("columns", "channels")),
    caption="Sobel y, twice. Beside and above it stand the axes of the image that its rows and its columns lie along.",
    alt="The kernel −1 −2 −1, 0 0 0, 1 2 1 twice. As it is meant, its rows lie along the image's rows and its columns along the image's columns. As it is broadcast, its rows lie along the image's columns and its columns along the channels.",
)

# %% [markdown]
# That is why Sobel y found the upright edges:
# its −1, 0, 1 now ran from column to column, its 1, 2, 1 weighted red, green and blue,
# and the three rows of the window were simply added.
# The picture is nearly that of Sobel x, with a correlation of {eval}`f"{correlation:.3f}"`.
# A kernel of 5 by 5 would have stopped with an error, but 3 by 3 fits three channels exactly.
#
# **The test:** that pixel under that kernel; expect an error, and 6 once the kernel is stacked.
#
# **The fix:** compare `x.shape[2:]` with `w.shape[2:]` before anything is multiplied,
# and let the caller stack the kernel, one slice for each channel.
#
# ## 4. The byte that wraps
#
# Image libraries hand out bytes, that is, `uint8`.
# The kernel here has larger integers, so each sum is right.
# But `zeros_like` makes the output an array of bytes, from a slice as large as the output, and the sum is lost when it is stored.


# %%
def stays_in_bytes(x, w):
    k_h, k_w = w.shape
    y = np.zeros_like(x[k_h - 1 :, k_w - 1 :])
    for i, j in np.ndindex(y.shape):
        y[i, j] = np.sum(x[i : i + k_h, j : j + k_w] * w)
    return y


# %%
step, triple = np.uint8([[200, 100]]), np.uint8([[3]])
stays_in_bytes(step, np.array([[-1, 1]]))

# %% tags=["hide"]
assert np.allclose(stays_in_bytes(grey, sobel), expected)
right = conv.correlate(step, [[-1, 1]], padding="valid")
assert stays_in_bytes(step, np.array([[-1, 1]]))[0, 0] == 256 - 100
assert right.tolist() == [[-100]]

# %% [markdown]
# The brightness falls by 100, and the function says that it rises by {eval}`256 - 100`.
# A byte holds {eval}`np.iinfo(np.uint8).min` to {eval}`np.iinfo(np.uint8).max`.
# When a NumPy integer outside that range is stored in an array of bytes, what remains is its remainder after division by 256
# (NumPy 2 refuses a plain Python integer).
# So under this kernel everything that falls from left to right comes out wrong.
# Under Sobel x the strong rises do as well:

# %% tags=["hide"]
sample = conv.images.sample()[342:349, 192:199].mean(axis=2)
collar = np.rint(255 * sample).astype(np.uint8)
across = conv.kernels.sobel_x()
right = conv.correlate(collar, across, padding="valid")
wrapped = stays_in_bytes(collar, across.astype(int))
wrong = int(np.sum(wrapped != right))
assert np.array_equal(wrapped, right % 256)
assert (right < 0).any()

# %% tags=["hide"]
bytes_ = np.rint(255 * photo[:60, :60, 0]).astype(np.uint8)
box = conv.kernels.box(3)
lost = conv.correlate(bytes_, box, padding="valid")
lost -= stays_in_bytes(bytes_, box)
assert -1e-9 < lost.min() < lost.max() < 1 + 1e-9

# %% tags=["hide"]
for value in (300, -100):
    store = np.zeros(1, np.uint8)
    with np.testing.assert_raises(OverflowError):
        store[0] = value
    store[0] = np.int64(value)
    assert store[0] == value % 256

# %% tags=["hide"]
role = np.where(right == wrapped, "output", "")
figures.beside(
    figures.Grid(collar, "collar"),
    figures.Grid(right, "Sobel x", role="output"),
    figures.Grid(wrapped, "in bytes", role=role),
    caption=f"Sobel x on 7 by 7 pixels of the portrait's collar, as a file holds them, from 0 for black to 255 for white. Of {right.size} outputs, {wrong} do not fit into a byte; in the third grid they have no colour.",
    alt=f"The collar in bytes, 7 by 7, the output of Sobel x, from {right.min():g} to {right.max():g}, and the same in bytes, from {wrapped.min()} to {wrapped.max()}.",
)

# %% [markdown]
# The largest, {eval}`f"{right.max():g}"`, becomes {eval}`wrapped[np.unravel_index(right.argmax(), right.shape)]`.
# A blur stays in the range, since its weights are positive and add up to 1, and loses only the fraction,
# one level at most, which no eye sees; so a first test with a blur shows nothing.
#
# **The test:** an edge from bright to dark, in the type that your files really have.
#
# **The fix:** convert both operands first, `np.asarray(x, float)`, and allocate the output in that type.
# If the kernel is made of bytes too, each product wraps before the sum.
#
# ## 5. The stride that shifts
#
# Padding for `same` is often computed from the kernel alone, and the stride is applied afterwards.
# On a signal:


# %%
def forgets_stride(x, w, s):
    padded = np.pad(x, ((len(w) - 1) // 2, len(w) // 2))
    return np.correlate(padded, w, "valid")[::s]


# %%
signal, three = np.array([1, 2, 3, 4]), np.ones(3)
table = np.outer(signal, signal)
forgets_stride(signal, three, 2)

# %% tags=["hide"]
shifted = forgets_stride(signal, three, 2)
right = conv.correlate(signal, three, stride=2)
assert shifted.tolist() == [0 + 1 + 2, 2 + 3 + 4]
assert right.tolist() == [1 + 2 + 3, 3 + 4 + 0]
for n in range(3, 99):
    x = np.random.default_rng(n).random(n)
    for s in (1, 2):
        same = conv.correlate(x, three, stride=s)
        alike = np.allclose(same, forgets_stride(x, three, s))
        assert alike == (s == 1 or n % 2 == 1)

# %% tags=["hide"]
for n in range(8, 99):
    x = np.random.default_rng(n).random(n)
    for k in range(1, 8):
        same = conv.correlate(x, np.arange(k) + 1, stride=2)
        alike = np.allclose(same, forgets_stride(x, np.arange(k) + 1, 2))
        assert alike == (n % 2 == 1 or k % 2 == 0 or k == 1)

# %% tags=["hide"]
zeros = conv.Geometry.of((4,), (3,), padding="same", stride=2).pads
first, last = (slice(0, 3),), (slice(2, 5),)
figures.beside(
    figures.Grid(signal, "same", pads=zeros, focus=first, last=last),
    figures.Grid(signal, "shifted", pads=((1, 1),), focus=first, last=last),
    caption="First window (solid) and last (dashed) at stride 2. Two windows of three need five values, so same adds one zero, after the input.",
    alt="The signal 1 2 3 4 with one zero after it, windows on 1 2 3 and on 3 4 0; and with a zero on both sides, windows on 0 1 2 and on 2 3 4.",
)

# %% [markdown]
# The two numbers should be 6 and 7, from windows that begin one value later.
# At stride 2 the two rules agree whenever the length is odd or the kernel is even, so a test with 5 or 7 values passes.
# The shifted numbers are not wrong in themselves, since they are what `padding=1` means,
# but they are wrong for whoever asked for `same` as TensorFlow and JAX define it,
# and for a model that is trained under one rule and run under the other ([Full, same, valid](../guide/padding.py)).
#
# **The test:** stride 2, an even length and an odd kernel of 3 or more.
#
# **The fix:** count how much the windows need and pad what is missing, the smaller half before.
#
# ## All five fixed
#
# The first function finds the zeros along one axis, for each mode and stride.
# The second converts, compares the channels, pads, and leaves the sum to `plain`.


# %%
def pads(n, k, mode, s):
    same = max(0, (-(-n // s) - 1) * s + k - n)  # for ceil(n / s) outputs
    total = {"full": 2 * (k - 1), "same": same, "valid": 0}[mode]
    return total // 2, total - total // 2


# %%
def correlate(x, w, mode="same", s=1):
    x, w = np.asarray(x, float), np.asarray(w, float)
    if x.ndim != w.ndim or x.shape[2:] != w.shape[2:]:
        raise ValueError(f"{x.shape} and {w.shape} do not go together")
    around = [pads(x.shape[a], w.shape[a], mode, s) for a in (0, 1)]
    around += [(0, 0)] * (x.ndim - 2)
    return plain(np.pad(x, around), w)[::s, ::s]


# %% tags=["hide"]
random = np.random.default_rng(0)
cases = 0
for size in np.ndindex(5, 5, 4, 4, 3):
    H, W, k_h, k_w, s = (n + 1 for n in size)
    x, w = random.random((H + 3, W + 3, 2)), random.random((k_h, k_w, 2))
    for mode in ("full", "same", "valid"):
        expected = conv.correlate(x, w, padding=mode, stride=s)
        assert np.allclose(correlate(x, w, mode, s), expected)
        cases += 1

# %% tags=["hide"]
assert correlate(np.ones((2, 2)), np.ones((3, 3)), "valid").shape == (0, 0)
with np.testing.assert_raises(ZeroDivisionError):
    correlate(row, ones, s=0)

# %% [markdown]
# This function agrees with `conv.correlate` on {eval}`f"{cases:,}"` combinations of sizes, strides and modes,
# even kernels and non-square images among them.
# The function still lacks two checks, of a stride below 1 and of a kernel larger than the padded input,
# and it is a slow [loop](../guide/matmul.py).
# Copy this check into your own tests, with the inputs from above,
# and wrap your function so that it is called as `f(x, w, mode, s)`:


# %%
def check(f):
    assert f(row, ones, "full").tolist() == [[1, 3, 6, 5, 3]]
    assert f(wide, pair, "valid").tolist() == [[3, 5], [9, 11]]
    assert f(step, [[-1, 1]], "valid").tolist() == [[-100]]
    assert f(step, triple, "valid").tolist() == [[600, 300]]
    assert f(colour, np.dstack([corner] * 3), "same")[1].tolist() == [0, 6, 0]
    assert f(table, np.ones((3, 3)), "same", 2)[1].tolist() == [42, 49]
    np.testing.assert_raises((KeyError, ValueError), f, row, ones, "vlaid")
    for flat in (corner, corner[..., None]):
        np.testing.assert_raises(ValueError, f, colour, flat)


# %% tags=["hide"]
check(correlate)

# %% [markdown]
# A test of this site puts each of the five bugs back into the function, and `check` stops them all.
#
# ## Exercises
#
# ### Exercise 1: find the bug
#
# This function sums over the channels itself, so it cannot broadcast a kernel.
# On one channel it gives nothing but zeros, which you would notice; on a colour image it gives a picture, and a wrong one.
# What does it give for a single pixel with the values 1, 10, 100, if the middle of the kernel is 1 in all three channels?


# %%
def one_by_one(x, w):
    x = np.pad(x, 1)
    return sum(plain(x[..., c], w[..., c]) for c in range(w.shape[2]))


# %% tags=["answer"]
# It gives 11 and not 111. `np.pad(x, 1)` pads every axis, the channels too:
# there are five of them now, and the function adds a channel of zeros, red and green.
# The fix is `np.pad(x, [(1, 1), (1, 1), (0, 0)])`.
pixel = np.array([[[1, 10, 100]]])
middle = np.stack([conv.kernels.identity()] * 3, axis=-1)
assert correlate(pixel, middle).tolist() == [[111]]
assert one_by_one(pixel, middle).tolist() == [[0 + 1 + 10]]
assert not one_by_one(pixel[..., :1], middle[..., :1]).any()
one_by_one(pixel, middle)

# %% [markdown]
# ### Exercise 2: does a blur find it?
#
# A colleague tests with `np.ones((3, 3)) / 9` on a colour photograph of floats, at stride 1.
# Does the bug of section 3 show? Predict first.

# %% tags=["answer"]
# It does not. Where all entries are equal, it does not matter which of them meets
# which number: each of the 27 values in the window is counted once, as it should be.
small, blur = conv.images.sample()[:20, :30], np.ones((3, 3)) / 9
stacked = np.stack([blur] * 3, axis=-1)
assert np.allclose(plain(small, blur), plain(small, stacked))

# %% [markdown]
# ### Exercise 3: your own photograph in bytes
#
# How many outputs of Sobel x would be wrong in bytes on a photograph of yours?
# Put its path into `conv.images.load`, and count.

# %% tags=["answer"]
# Here it is the photograph of this site. Outputs below 0 and above 255 wrap.
# For your own, write grey = conv.images.load("mine.jpg", "grey").
grey = conv.images.sample().mean(axis=2)
levels, across = np.rint(255 * grey), conv.kernels.sobel_x()
output = conv.correlate(levels, across, padding="valid")
share = np.mean((output < 0) | (output > 255))
assert 0.3 < share < 0.6
f"{share:.0%}"

# %% [markdown]
# ## What you can do now
#
# You can recognise five mistakes that often raise no error, and you have a check that finds them.
# When you write the next test, you know what to vary: the mode, the shape of the kernel, the channels, the type, and the stride.
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
# The article's code, from the repost of 2020-03-28 at the address above, was run once on the smallest input that shows each defect,
# which is never the example that the article runs; the third column says what came out.
# The last column is computed by `conv` at every build.
# Of the article's two functions, *loop* visits the windows one by one, and *product* multiplies two matrices.


# %% tags=["hide"]
def ours(x, w, show=np.ndarray.tolist, **options):
    try:
        output = conv.correlate(np.array(x), np.array(w), **options)
        return str(show(output.astype(int)))
    except (TypeError, ValueError) as error:
        return f"`{type(error).__name__}`"


# %% tags=["hide"]
three, wide = np.arange(9).reshape(3, 3), np.arange(24).reshape(4, 6)
tall = np.arange(1, 13).reshape(4, 3)
sixteen = np.arange(1, 17).reshape(4, 4)
hundreds, nine = np.full((3, 3), 100, np.uint8), np.ones((3, 3), np.uint8)
flipped = conv.convolve(np.pad([[1]], 1), three + 1)
centre = np.zeros((3, 3, 3))
centre[1, 1] = 1, 2, 3
assert flipped.tolist() == (three + 1).tolist()

# %% tags=["hide"]
message = ""
try:
    conv.correlate(np.ones((2, 2)), nine, padding="valid")
except conv.ShapeError as error:
    message = str(error)
assert message.startswith("the kernel fits nowhere")

# %% tags=["hide"]
before, after = 0.7281, 0.1511
saving, speed = 1 - after / before, before / after
theirs = (np.ones((3, 3)) - 9 * conv.kernels.identity()) / 10
assert np.allclose(theirs.ravel(), 4 * [0.1] + [-0.8] + 4 * [0.1])
assert np.array_equal(theirs, conv.flip(theirs))
assert np.isclose(theirs.sum(), 0)

# %% [markdown]
# The errors of `conv` say why: under the kernel that is larger, "{eval}`message`".
#
# | defect | smallest input | the article's code gave | `conv` gives |
# | --- | --- | --- | --- |
# | the mode is ignored | 0 to 8 as 3 × 3, nine ones, `VALID` | an output of 3 × 3 | {eval}`ours(three, nine, padding="valid")` |
# | an unknown mode | `"valid"` there, `"VALID"` here | `TypeError` about `NoneType` | {eval}`ours(three, nine, padding="VALID")` |
# | rows and columns | product: 0, 1, 2, … as 4 × 6, ones of 3 × 1, `SAME` | a first row of `0 0 0 0 3 6` | {eval}`ours(wide, np.ones((3, 1)), lambda y: y[0].tolist())` |
# | | product: 3 × 3, kernel 1 × 2, `VALID` | shape (2, 3) | shape {eval}`ours(three, [[1, 1]], np.shape, padding="valid")` |
# | | loop: 1, 2, 3, … as 4 × 3, ones of 3 × 1, stride 3 | `0`, `72` | {eval}`ours(tall, np.ones((3, 1)), stride=3)` |
# | memory is not written | loop: 0 to 8 as 3 × 3, ones of 1 × 5 | nine arbitrary numbers | {eval}`ours(three, np.ones((1, 5)))` |
# | `SAME` ignores the stride | 1, 2, 3, … as 4 × 4, nine ones, stride 2 | `[[14, 30], [57, 99]]` | {eval}`ours(sixteen, nine, stride=2)` |
# | channels broadcast | 3 × 3, centre (1, 2, 3), kernel of 3 × 3 with a 1 at the top left | 1 1 1 down column 2, counted from 0 | {eval}`ours(centre, corner)` |
# | bytes wrap | 3 × 3 of 100, nine ones, `uint8` | `132` in the centre | {eval}`ours(hundreds, nine, lambda y: y[1, 1])` |
# | the kernel is larger | 2 × 2, kernel of 3 × 3, `VALID` | an obscure `ValueError` | {eval}`ours([[1, 2], [3, 4]], nine, padding="valid")` |
# | a stride of 0 | any | `ZeroDivisionError` | {eval}`ours(three, nine, stride=0)` |
# | a grey image | 1 2, 3 4, kernel 2 | `ValueError` from `np.pad` | {eval}`ours([[1, 2], [3, 4]], [[2]])` |
# | the article's `conv` correlates | a 1 among zeros, kernel 1 to 9 | 9 to 1 | `convolve` gives {eval}`f"{flipped.min():g} to {flipped.max():g}"` |
#
# Four more notes concern the text:
#
# - Imports, the functions that read and show pictures, and the test picture are missing from it.
# - The kernel of 0.1 around −0.8 that it calls embossing is symmetric and sums to 0,
#   so [it finds edges](../guide/naive.py#four-kernels).
# - It reports 0.7281 s for the loop and 0.1511 s for the matrix product, {eval}`f"{saving:.2%}"` less time.
#   That is {eval}`f"{speed:.2f}"` times [as fast](../guide/matmul.py).
# - One heading is printed twice, one letter is wrong, and the centre of an even kernel is not defined.
#
# ??? note "Where the parts of the article are treated here"
#
#     | part of the article | here |
#     | --- | --- |
#     | a noisy sensor, weights, the definition | [Smoothing a noisy signal](../guide/smoothing.py) |
#     | convolution and cross-correlation | [Convolution or cross-correlation?](../guide/flip.py) |
#     | fully connected layers | [The same numbers as a fully connected layer](../guide/fully_connected.py) |
#     | `FULL`, `SAME` and `VALID` | [Full, same, valid](../guide/padding.py) |
#     | a simple implementation | [A first filter](../guide/first.py), [The definition, in loops](../guide/naive.py) |
#     | an optimised implementation | [One matrix product](../guide/matmul.py) |
