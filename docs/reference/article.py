# %% [markdown]
# # Five bugs you will write yourself
#
# Your convolution raises no error, and its picture looks right.
# Which input would prove it wrong?
# Here is one: two rows of pixels, 1 2 3 and 4 5 6, and the kernel 10, 1, for which a function returns 14, 25 and 36.
# What has it read?

# %%
from contextlib import redirect_stdout
from io import StringIO

import numpy as np

import conv
from conv import figures

# %% [markdown]
# Under 10, 1 the digits of an output are the two pixels that were read. The first should be 12; 14 is the 1 and the 4 *below* it, so the function has swapped rows and columns.
# A picture spells nothing: had you seen only the first two of these, would you have objected?

# %% tags=["hide"]
part = conv.images.sample()[60:460, 84:484]
photo = part.reshape(200, 2, 200, 2, 3).mean(axis=(1, 3))
sobel = conv.kernels.sobel_y()
stacked = np.stack([sobel] * 3, axis=-1)
asked = conv.correlate(photo, stacked, padding="valid")
broadcast = np.broadcast_to(sobel, (3, 3, 3))
given = conv.correlate(photo, broadcast, padding="valid")

# %% tags=["hide"]
figures.beside(
    figures.Picture(photo, "photograph", note=" "),
    figures.Picture(given, "what bug 3 gives", (-2, 2), note=" "),
    figures.Picture(asked, "what was asked for", (-2, 2), note=" "),
    caption="Bug 3 at work: Sobel y finds edges that run across, such as the mouth, but with the bug it finds upright ones. Mid-grey is 0, black −2 and below, white 2 and above, where a channel of the photograph goes from 0 to 1; each pixel is the mean of 2 by 2.",
    alt="A portrait in colour and two grey reliefs of it. In the first relief, lines that run upright stand out, such as the nose and the side of the cap; in the second, lines that run across, such as the mouth and the rims of the glasses.",
)

# %% [markdown]
# **Nineteen tiny inputs find five silent bugs: a mode that is ignored, axes that are swapped, channels that are broadcast, bytes that wrap, a padding that forgets the stride.**
#
# ## Run this on your function
#
# Copy these four cells, which need only NumPy as `np`, and call `check` on your function:


# %%
def check(f):
    for bug, wanted, x, w, mode, s in CASES:
        try:
            got = np.asarray(f(np.array(x), np.array(w), mode, s)).tolist()
        except Exception as error:
            got = "an error" if wanted == "an error" else type(error).__name__
        if got != wanted:
            print(f"bug {bug}: wanted {wanted}, got {got}")


# %% tags=["hide"]
spelling = [[0, 1], [2, 3]], [[1000, 100], [10, 1]]
assert conv.correlate(*spelling, padding="valid").tolist() == [[123]]
backwards = f"{conv.convolve(*spelling, padding='valid')[0, 0]:g}"

# %% [markdown]
# Each case names its bug and the output that is wanted, then image, kernel, mode and stride.
# In the first, a single pixel, 5, under the identity matrix gives the rows 5 0 and 0 5.
# Number 0 is no bug, but asks whether the kernel is [flipped](../guide/flip.py):
# a cross-correlation, which deep learning calls convolution, gives 123, and a convolution proper reads backwards, {eval}`backwards`.

# %%
CASES = [
    (1, [[5, 0], [0, 5]], [[5]], np.eye(2), "full", 1),
    (1, [[10, 6], [7, 4]], [[1, 2], [3, 4]], np.ones((2, 2)), "same", 1),
    (1, [[3, 6, 5]], [[1, 2, 3]], np.ones((3, 3)), "same", 1),
    (1, "an error", np.eye(3), np.eye(3), "vlaid", 1),
    (0, [[123]], [[0, 1], [2, 3]], [[1000, 100], [10, 1]], "valid", 1),
    (2, [[12, 23], [45, 56]], [[1, 2, 3], [4, 5, 6]], [[10, 1]], "valid", 1),
    (2, [[1, 12, 20]], [[1, 2]], [[10, 1]], "full", 1),
]

# %%
bright = np.pad([[[1, 2, 3]]], [(0, 2), (0, 2), (0, 0)])
CASES += [
    (3, [[123]], [[[0, 1]], [[2, 3]]], [[[0, 100]], [[10, 1]]], "valid", 1),
    (3, "an error", np.eye(3), np.ones((3, 3, 3)), "valid", 1),
    (3, "an error", bright, np.eye(3), "valid", 1),
    (3, "an error", bright, np.eye(3)[..., np.newaxis], "valid", 1),
    (4, [[0.25]], [[0.5]], [[0.5]], "valid", 1),
    (4, [[-100]], np.uint8([[200, 100]]), [[-1, 1]], "valid", 1),
    (4, [[700]], np.uint8([[200, 100]]), np.uint8([[3, 1]]), "valid", 1),
]

# %%
x, w = [[1, 2, 3, 4], [5, 6, 7, 8]], [[100000, 10000], [1000, 100], [10, 1]]
colour = [[[0, 1], [2, 3], [4, 5]]], [[[1000, 100], [10, 1]]]
CASES += [
    (5, [[125600, 408000]], x, w, "same", 3),
    (5, [[1]], [[1], [2]], [[1, 2]], "same", 2),
    (5, [[12]], [[1, 2, 3]], [[10, 1]], "valid", 2),
    (5, [[1, 4], [0, 6]], x, np.eye(3), "full", 3),
    (3, [[123, 4500]], *colour, "same", 2),
]

# %% [markdown]
# A right function prints nothing. Right means here that it
#
# - is called as `f(x, w, mode, s)`, with arrays of height × width or height × width × channels, and one stride for both axes;
# - does not flip the kernel (if yours means to, hand it `w[::-1, ::-1]`; an even kernel's extra zero may then change ends);
# - adds up the channels, each under its own slice of the kernel;
# - pads `same` as TensorFlow does and `full` as SciPy does ([Full, same, valid](../guide/padding.py));
# - is exact on these numbers, and raises an error where one is wanted.
#
# Silence is no proof: batches, dilation and groups, for example, are not checked.
#
# ??? note "If yours has channels first, repeats kernels or lacks a mode"
#
#     Hand a function with channels first `np.atleast_3d(x).transpose(2, 0, 1)`, and `w` likewise, and return height × width.
#     If yours uses a kernel of one channel for every channel, 6 is right in the two cases of `bright`: write `[[6]]` for the error.
#     The bug still shows, since it gives 1 for the kernel of 3 × 3.
#     Delete the cases of a mode that your function lacks.
#
# For other arguments, check a wrapper, such as this one around SciPy's `correlate2d`:
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
# bug 3: wanted [[123]], got ValueError
# bug 4: wanted [[700]], got [[188]]
# bug 5: wanted [[125600, 408000]], got [[1256, 4080]]
# bug 3: wanted [[123, 4500]], got ValueError
# ```
#
# So `correlate2d` refuses channels, lets products of bytes wrap, and pads for stride 1 before our wrapper takes every third output.
# The number says which bug a case was made for, but another fault may trip it: repeating the border instead of adding zeros prints bug 1 first.
# So read the digits, repair, and run the check again.
#
# Under powers of ten, the digits of an output are the pixels that were read, as in the first case of bug 5:

# %% tags=["hide"]
x, w = np.array(x), np.array(w)
spelt = conv.correlate(x, w, stride=3)
around = conv.Geometry.of(x.shape, w.shape, stride=3).pads
state = figures.explorer(
    x, w[1:], padding="same", stride=(3, 3), caption="Bug 5.", alt="Bug 5."
).address


# %% tags=["hide"]
def ours(x, w, mode, s, dtype=np.float32, f=conv.correlate):
    return f(x.astype(dtype), w.astype(dtype), padding=mode, stride=s)


# %% tags=["hide"]
def planes(x):
    return np.atleast_3d(x).transpose(2, 0, 1)


def channels_first(x, w, mode, s):
    return ours(x.transpose(1, 2, 0), w.transpose(1, 2, 0), mode, s)


# %% tags=["hide"]
with redirect_stdout(StringIO()) as printed:
    check(ours)
    check(lambda *call: ours(*call, dtype=float))
    check(lambda x, w, *call: channels_first(*map(planes, (x, w)), *call))
assert printed.getvalue() == ""
assert len(CASES) == 19
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
    caption="Each output spells out its window: 4 and a zero, 8 and a zero, two zeros give 408000. The stride is 3.",
    alt="The input 1 2 3 4, 5 6 7 8 with a row of zeros below and a column of zeros at the right. The kernel holds the powers of ten from 100000 down to 1 in three rows of two. The first window reads 12, 56, 00 and gives 125600, the last reads 40, 80, 00 and gives 408000.",
)

# %% [markdown]
# (Type another number in the [explorer](../explorer.py?{eval}`state`), here under 1000, 100, 10, 1, and predict the output.)
#
# ## Why you have not noticed
#
# The first try is usually a grey image in floating point, a square kernel and stride 1, with no mode named,
# and all four functions below are right on it: `ignores_mode` (bugs 1 and 5), `turns_windows` (2), `plain` (3) and `stays_in_bytes` (4).
# The four are our own, after bugs in the code of a good article ([appendix](#appendix-the-articles-own-code)).
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
# Under [`valid`](glossary.md#valid) a kernel of three has a single place on three pixels, so the only output should be 123, but the function reads two more that reach over the ends.
# The function also accepts a mode that does not exist, such as `"vlaid"`, and you do not notice while you ask for [`same`](glossary.md#same).
#
# **The cases:** one asks for `full`, two for `same` at stride 1, and one for a word that is no mode, where we want an error.
#
# **The fix:** look the number of zeros up in a table of the modes, as `pads` does [below](#all-five-fixed), so that any other word raises a `KeyError`.
#
# ## 2. Rows and columns, swapped
#
# A shape names the rows first, but an image is width by height to most people, so they write:


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
# **The cases:** this image and this kernel, and a row of two pixels under `full`, in case only the kernel's sizes are swapped in the padding.
#
# **The fix:** unpack in the order of the shape, and multiply without flattening.
# A swap then raises an error for most kernels. In square ones, and in one of a single row or column, which is broadcast, it still hides, and only the cases find it.


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
# The function just fixed is right for grey images, but on colour images it has the bug of the portrait above.
# Give it `bright`, one pixel of 1, 2, 3 on black, and a kernel with ones on its diagonal:

# %%
plain(bright, np.eye(3))

# %% tags=["hide"]
right = conv.correlate(bright, np.stack([np.eye(3)] * 3, -1), padding="valid")
assert plain(bright, np.eye(3)).tolist() == [[1]]
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
assert np.corrcoef(given.ravel(), edges.ravel())[0, 1] > 0.99

# %% [markdown]
# The three [channels](glossary.md#channel) should add up to 6, but the function finds one of them,
# because [broadcasting](glossary.md#broadcasting) lines shapes up from their *last* axes,
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
#
# **The cases:** in the first, one pixel lies above another, their channels hold 0, 1 and 2, 3, and the output spells 123.
# In three more the channels of image and kernel differ, and we want an error rather than a guess. The last of all cases finds a function that pads or strides grey images only.
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
flat = [np.full((3, 3), level, np.uint8) for level in range(256)]
change = [int(stays_in_bytes(f, box)[0, 0]) - int(f[0, 0]) for f in flat]
assert set(change) == {-1, 0}

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
# A blur hides the bug: its weights are positive and add up to 1, so its outputs stay in the range and lose at most one level.
#
# **The cases:** halves, against a cast to integers (this function passes), a fall from bright to dark in bytes, and a kernel of bytes, whose products wrap.
#
# **The fix:** convert both operands first, `np.asarray(x, float)`, and return the output as floats.
#
# ## 5. The stride that shifts
#
# Padding for `same` is often computed from the kernel alone, as by the function of bug 1, and the stride is applied afterwards.
# On four values, two windows of three at stride 2 need five, so `same` adds one zero, at the end.
# The function adds one at each end, so its windows begin one value too early:

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
# The shifted numbers are what `padding=(0, 1)` gives in PyTorch's `conv2d`, but not what TensorFlow and JAX give under `same`,
# so they harm a model trained under one rule and run under the other.
#
# **The cases:** in the first, a function that forgets the stride adds a row of zeros on top, so it gives {eval}`late[0]` and {eval}`late[1]`.
# In the second, the rows come to −1 zeros, which `np.pad` refuses unless `max(0, …)` stops it, and the columns need one zero at the right; at the left it would give 2.
# The next two fail if the stride changes the zeros of `valid` or `full`.
#
# **The fix:** count how much the windows need and pad what is missing, the extra zero last.
#
# ## All five fixed
#
# Under `same` an axis of n pixels gives n / s outputs, rounded up; as `//` rounds down, `pads` divides the negative of n and negates the result.


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
assert correlate(ones, ones, "valid", -1).shape == (1, 1)
assert correlate(ones[:2, :2], ones, "valid", 1).size == 0

# %% [markdown]
# The check prints nothing, and the function agrees with `conv.correlate` in {eval}`f"{cases_tried:,}"` combinations of modes, strides from 1 to 3, images of 4 to 8 and kernels of 1 to 4 along each axis.
# A test in the package's repository, `tests/repository/test_reference.py`, writes dozens of mistakes into it, the five bugs too, and the check objects to each.
# The function still accepts a negative stride, gives an empty array for a kernel one larger than the image under `valid`, and is a slow [loop](../guide/matmul.py).
#
# ## Exercises
#
# ### Exercise 1: read a wrong number
#
# A colleague copies `correlate` with one slip, and the check prints two lines:
#
# ```text
# bug 5: wanted [[125600, 408000]], got [[1256.0]]
# bug 5: wanted [[1]], got [[]]
# ```
#
# Where were the zeros in the first of them, why is the second empty, and what is the slip?

# %% tags=["answer"]
# A zero row on top, as 001256 says, and one below, which stride 3 does not reach, but none at
# the right, as there is no second output. That is the padding of an image of 4 by 2: the slip
# is `x.shape[1 - a]`. In the second no zero stands at the right, so the kernel finds no place.
[pads(n, k, "same", 3) for n, k in ((4, 3), (2, 2))]


# %% tags=["answer", "hide"]
def slip(x, w, mode, s):
    around = [pads(x.shape[1 - a], w.shape[a], mode, s) for a in (0, 1)]
    padded = np.pad(x, around + [(0, 0)] * (x.ndim - 2))
    if x.shape[2:] != w.shape[2:]:
        raise ValueError
    return plain(padded.astype(float), w.astype(float))[::s, ::s]


# %% tags=["answer", "hide"]
with redirect_stdout(StringIO()) as printed:
    check(slip)
first, second = printed.getvalue().splitlines()
assert first == "bug 5: wanted [[125600, 408000]], got [[1256.0]]"
assert second == "bug 5: wanted [[1]], got [[]]"

# %% [markdown]
# ### Exercise 2: a correlation by Fourier transforms
#
# Run the check on `conv.fft.correlate`, which takes `padding` and `stride`.
# Which bugs does it have, and what should the check do?


# %% tags=["answer"]
# None: Fourier transforms round, and 0.9999999999999998 is not equal to 1. Round `got`
# to six places: all outputs pass, and the check still finds each of the five bugs.
check(lambda x, w, m, s: conv.fft.correlate(x, w, padding=m, stride=s))

# %% tags=["answer", "hide"]
with redirect_stdout(StringIO()) as printed:
    check(lambda *call: ours(*call, float, conv.fft.correlate).round(6))
assert printed.getvalue() == ""

# %% [markdown]
# ## What you can do now
#
# You can tell from a wrong number what was read, and what a test should vary: the mode, the shape of the kernel, the channels, the type and the stride.
#
# **Next here:** [What your library computes](../beyond/libraries.py), for the same question about other people's functions.
#
# **Elsewhere:**
#
# - NumPy, [Broadcasting](https://numpy.org/doc/stable/user/basics.broadcasting.html):
#   the rule behind bug 3, with pictures of the axes.
# - [Hypothesis](https://hypothesis.readthedocs.io/):
#   tests that choose inputs at random, and look for the smallest one that fails.
#
# ## Appendix: the article's own code
#
# The article is [<cite lang="zh">卷积 Convolution 原理及可视化</cite>](https://www.cnblogs.com/wenshinlee/p/12588753.html)
# by <span lang="zh">王贵波</span> (Wang Guibo).


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
centre = np.zeros((3, 3, 3))
centre[1, 1] = 1, 2, 3

# %% [markdown]
# ??? note "What its code gave, beside `conv`"
#
#     The code, from the repost of 2020-03-28, was run once for each bug, on a small input.
#
#     | bug | image | kernel | the article's code | `conv` |
#     | --- | --- | --- | --- | --- |
#     | 1 | 0, 1, 2, …, 3 × 3 | ones, 3 × 3, `VALID` | 3 × 3 outputs | {eval}`shown(three, nine, padding="valid")` |
#     | 2 | 0, 1, 2, …, 4 × 6 | ones, 3 × 1 | `[0, 0, 0, 0, 3, 6]` in row 0 | {eval}`shown(wide, np.ones((3, 1)), lambda y: y[0].tolist())` |
#     | 3 | zeros, centre (1, 2, 3), 3 × 3 | zeros, top left 1, 3 × 3 | `[1, 1, 1]` in column 2 | {eval}`shown(centre, corner)` |
#     | 4 | 100 in bytes, 3 × 3 | ones in bytes, 3 × 3 | `132` in the centre | {eval}`shown(hundreds, nine, lambda y: y[1, 1])` |
#     | 5 | 1, 2, 3, …, 4 × 4 | ones, 3 × 3, stride 2 | `[[14, 30], [57, 99]]` | {eval}`shown(sixteen, nine, stride=2)` |
