# %% [markdown]
# # Five bugs you will write yourself
#
# Your own convolution raises no error, and its picture looks plausible.
# How do you find out whether it is right?

# %% tags=["hide"]
from contextlib import redirect_stdout
from io import StringIO

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows

import conv
from conv import figures

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
    figures.Picture(given, "with a bug", (-2, 2), note=" "),
    figures.Picture(asked, "without", (-2, 2), note=" "),
    caption="Bug 3 at work. The kernel, Sobel y, should find edges that run across, such as the mouth, but with the bug it finds upright ones. Mid-grey is 0, black −2 and below, white 2 and above.",
    alt="A portrait in colour and two grey reliefs of it. In the relief with the bug, lines that run upright stand out, such as the nose and the side of the cap; in the one without, lines that run across, such as the mouth and the rims of the glasses.",
)

# %% [markdown]
# **Do not judge a convolution by its picture: give it tiny inputs whose right outputs you know.**
# Twenty of them find five bugs that raise no error, in modes, axes, channels, bytes and strides.
#
# ## The trick: digits that say which pixels were read
#
# An image has 1 2 3 in its upper row and 4 5 6 in its lower one. Lay the kernel 10, 1 on the pixels 1 and 2.
# The output is 10 · 1 + 1 · 2 = 12, so its digits are the two pixels in reading order.
#
# A function that returns 14 in this place has read the 1 and the 4.
# But the 4 lies *below* the 1, so the function has swapped rows and columns:

# %% tags=["hide"]
wide, pair = np.array([[1, 2, 3], [4, 5, 6]]), np.array([[10, 1]])
right = conv.correlate(wide, pair, padding="valid").astype(int)
down = conv.correlate(wide, pair.T, padding="valid").astype(int)
drawn = figures.Grid(pair, "kernel", "kernel")
one, other = (0, slice(0, 2)), (slice(0, 2), 0)
meant, read = (
    [figures.Grid(wide, name, focus=focus), "⋆", drawn, "="]
    for name, focus in (("as meant", one), ("as read", other))
)

# %% tags=["hide"]
figures.rows(
    [*meant, figures.Grid(right, "output", "output", focus=(0, 0))],
    [*read, figures.Grid(down, "output", "output", focus=(0, 0))],
    caption="Two pixels beside each other spell 12, and two below each other spell 14.",
    alt="The image 1 2 3, 4 5 6 twice, and a kernel of one row, 10 and 1. As meant, the framed window holds 1 and 2, and the output is 12 23, 45 56. As the function reads it, the window holds 1 and 4, and the output is 14 25 36.",
)

# %% [markdown]
# Every further power of ten spells one more pixel, if all pixels are single digits.
# Here an output spells four. Type other pixels, or choose *same* and find the padding's zeros among the digits.

# %% tags=["hide"]
figures.explorer(
    [[1, 2, 3, 4], [5, 6, 7, 8]],
    [[1000, 100], [10, 1]],
    controls=["padding", "operation"],
    caption="Each output spells the four pixels of its window.",
    alt="The image 1 2 3 4, 5 6 7 8, the kernel 1000 100, 10 1, and the output 1256 2367 3478.",
)

# %% [markdown]
# ## Run the check on your function
#
# Copy this fold into a file that begins with `import numpy as np`, and call `check` with your function.
# It prints every case that fails, and nothing if all twenty are right.


# %% tags=["helper"]
def check(f):
    for bug, wanted, x, w, mode, s in CASES:
        try:
            got = np.array(f(np.array(x), np.array(w), mode, s)).tolist()
        except Exception as error:
            got = wanted if wanted == "an error" else repr(error)
        if got != wanted:
            print(f"bug {bug}: {mode}, stride {s}")
            print(f"   image {x!r}\n  kernel {w!r}")
            print(f"  wanted {wanted}\n     got {got}")


# %% tags=["helper"]
# each case: bug (0: another), what is wanted, image, kernel, mode, stride
three = [[100, 10], [1, 0]]
flat = [[0, 0, 0], [100, 10, 1], [0, 0, 0]]
eye = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
CASES = [
    (1, [[0, 2], [20, 200]], [[2]], three, "full", 1),
    (1, [[122, 201], [210, 100]], [[1, 2], [2, 1]], three, "same", 1),
    (1, [[12, 123, 230]], [[1, 2, 3]], flat, "same", 1),
    (1, "an error", eye, eye, "vlaid", 1),
]

# %% tags=["helper"]
four = [[1000, 100], [10, 1]]
CASES += [
    (0, [[123]], [[0, 1], [2, 3]], four, "valid", 1),
    (0, "an error", [[1, 2]], [[100, 10, 1]], "valid", 1),
    (2, [[12, 23], [45, 56]], [[1, 2, 3], [4, 5, 6]], [[10, 1]], "valid", 1),
    (2, [[1, 12, 20]], [[1, 2]], [[10, 1]], "full", 1),
]

# %% tags=["helper"]
dark = [[0, 0, 0]] * 3
bright = [[[1, 2, 3], [0, 0, 0], [0, 0, 0]], dark, dark]
CASES += [
    (3, [[123]], [[[0, 1]], [[2, 3]]], [[[0, 100]], [[10, 1]]], "valid", 1),
    (3, "an error", eye, [[[1, 1, 1]] * 3] * 3, "valid", 1),
    (3, "an error", bright, eye, "valid", 1),
    (3, "an error", bright, [[[n] for n in row] for row in eye], "valid", 1),
]

# %% tags=["helper"]
CASES += [
    (4, [[0.25]], [[0.5]], [[0.5]], "valid", 1),
    (4, [[-100]], np.uint8([[200, 100]]), [[-1, 1]], "valid", 1),
    (4, [[700]], np.uint8([[200, 100]]), np.uint8([[3, 1]]), "valid", 1),
]

# %% tags=["helper"]
eight = [[1, 2, 3, 4], [5, 6, 7, 8]]
six = [[100000, 10000], [1000, 100], [10, 1]]
colours = [[[0, 1], [2, 3], [4, 5]]]
CASES += [
    (5, [[125600, 408000]], eight, six, "same", 3),
    (5, [[10]], [[1], [2]], [[10, 1]], "same", 2),
    (5, [[12]], [[1, 2, 3]], [[10, 1]], "valid", 2),
    (5, [[1, 34], [50000, 780000]], eight, six, "full", 3),
    (3, [[123, 4500]], colours, [four], "same", 2),
]


# %% tags=["helper"]
def planes(a):  # channels first: CASES have them last
    return np.atleast_3d(a).transpose(2, 0, 1)


# %% tags=["hide"]
assert len(CASES) == 20


# %% tags=["hide"]
def ours(x, w, mode, s, dtype=np.float32, f=conv.correlate):
    return f(x.astype(dtype), w.astype(dtype), padding=mode, stride=s)


# %% tags=["hide"]
def channels_first(x, w, mode, s):
    return ours(x.transpose(1, 2, 0), w.transpose(1, 2, 0), mode, s)


with redirect_stdout(StringIO()) as printed:
    check(ours)
    check(lambda *call: ours(*call, dtype=float))
    check(lambda x, w, *call: channels_first(*map(planes, (x, w)), *call))
assert printed.getvalue() == ""


# %% tags=["hide"]
def around(x, w, mode, s):
    mode = 1 if mode == "same" else mode
    return conv.correlate(x, w, padding=mode, stride=s).astype(int)


with redirect_stdout(StringIO()) as printed:
    check(around)


# %% tags=["hide"]
def at(mode, s=1):
    return lambda x, w: conv.correlate(x, w, padding=mode, stride=s)


def late(x, w):
    return conv.correlate(x, w)[::3, ::3]


valid = at("valid")

# %% tags=["hide"]
SLIPS = [
    ("zeros of `same`", at("same")),
    ("no zeros", valid),
    ("border repeated", lambda x, w: valid(np.pad(x, 1, "edge"), w)),
    ("any word is a mode", lambda x, w: "an output"),
    ("kernel flipped", lambda x, w: valid(x, w[::-1, ::-1])),
    ("image and kernel swapped", lambda x, w: valid(w, x)[::-1, ::-1]),
    ("axes swapped", lambda x, w: valid(x, w.T)),
    ("padded above and below", lambda x, w: valid(np.r_[0 * x, x, 0 * x], w)),
]

# %% tags=["hide"]
SLIPS += [("channels kept apart", lambda x, w: [np.sum(x * w, (0, 1))])]
SLIPS += [("broadcast", lambda x, w: plain(x, w))] * 3
SLIPS += [("integers", lambda x, w: x.astype(int) * w.astype(int))]
SLIPS += [("bytes", lambda x, w: stays_in_bytes(x, w))] * 2

# %% tags=["hide"]
SLIPS += [
    ("padded for stride 1", late),
    ("zero in front", lambda x, w: valid(np.c_[0 * x, x], w)[::2]),
    ("zeros of `same`", at("same", 2)),
    ("zeros of `same`", late),
    ("only grey images padded", at("valid", 2)),
]

# %% tags=["hide"]
NAMES = [
    ("`bright`", bright),
    ("identity, 3 × 3", np.eye(3)),
    ("identity, 3 × 3 × 1", np.eye(3)[..., np.newaxis]),
    ("ones, 3 × 3 × 3", np.ones((3, 3, 3))),
]
style = "display: inline-block; vertical-align: middle; white-space: nowrap"
BLOCK = f'<span style="{style}">{{}}</span>'


# %% tags=["hide"]
def written(values):
    a = np.asarray(values)
    if a.ndim < 2:
        each = [f"{n}".replace("-", "−").removesuffix(".0") for n in a.flat]
        return f"({', '.join(each)})" if a.ndim else each[0]
    rows = "<br>".join(" ".join(map(written, row)) for row in a)
    names = (name for name, array in NAMES if np.array_equal(a, array))
    return BLOCK.format(next(names, rows))


# %% tags=["hide"]
def row(case, slip):
    _, wanted, x, w, mode, s = case
    got = slip[1](np.array(x), np.array(w))
    assert isinstance(got, str) or not np.array_equal(got, wanted)
    both = "image" if np.array(w).dtype != np.uint8 else "both"
    how = f"`{mode}`" + f", stride {s}" * (s > 1)
    how += f", {both} in bytes" * (np.array(x).dtype == np.uint8)
    whole = BLOCK if np.ndim(x) == 2 and np.size(w) < 6 else "{}"
    case = f"{how}<br>" + whole.format(f"{written(x)} **⋆** {written(w)}")
    return case, written(wanted), f"{slip[0]}:<br>{written(got)}"


# %% tags=["hide"]
def cases(bug):
    pairs = zip(CASES, SLIPS, strict=True)
    lines = [row(case, slip) for case, slip in pairs if case[0] == bug]
    columns = zip(*lines, strict=True)
    heads = "case", "wanted", "what a slip gives"
    return figures.table(dict(zip(heads, columns, strict=True)))


# %% [markdown]
# The check calls `f(x, w, mode, s)` with an image (channels last), a kernel, a mode and one stride for both axes.
# If yours takes other arguments, check a wrapper.
# For example, SciPy's `correlate2d` takes grey images only, so this wrapper adds up its outputs for the channels:
#
# ```python
# from scipy.signal import correlate2d
#
# def wrapped(x, w, mode, s):
#     pairs = zip(planes(x), planes(w), strict=True)
#     y = sum(correlate2d(*pair, mode) for pair in pairs)
#     return y[::s, ::s]
#
# check(wrapped)
# ```
#
# ```text
# bug 0: valid, stride 1
#    image [[1, 2]]
#   kernel [[100, 10, 1]]
#   wanted an error
#      got [[12, 120]]
# …
# ```
#
# Under `valid` a kernel of three has no place on two pixels, so the check wants an error.
# But 120 is 100 · 1 + 10 · 2, so SciPy has slid the pixels along the kernel.
#
# The number names a bug below; 0 stands for two others, a kernel larger than the image and a flipped kernel, which spells the pixels backwards.
# One mistake may fail several cases, so begin with the first.
# Here bugs 4 and 5 follow: SciPy's products of bytes wrap around, and the wrapper's stride comes too late.
#
# **Read the digits before you repair anything.** Suppose the check prints this:

# %% tags=["hide"]
(_, flipped), (_, swapped) = SLIPS[4:6]
assert flipped(np.array([[0, 1], [2, 3]]), np.array(four)) == 3210
slid = swapped(np.array([[1, 2]]), np.array([[100, 10, 1]]))
assert slid.tolist() == [[12, 120]]
assert cases(0)  # those two

# %% tags=["hide"]
complaint = """\
bug 5: same, stride 3
   image [[1, 2, 3, 4], [5, 6, 7, 8]]
  kernel [[100000, 10000], [1000, 100], [10, 1]]
  wanted [[125600, 408000]]
     got [[105, 3478]]
"""
assert complaint in printed.getvalue()
assert np.pad(eight, 1)[:3, :2].tolist() == [[0, 0], [0, 1], [0, 5]]
print(complaint, end="")

# %% [markdown]
# The kernel has three rows of two, so write 105 with six digits, and cut it into rows: 00, 01, 05.
# The pixels 1 and 5 come last in their rows, so zeros stand above and to the left of them.
# In the 12 56 00 that is wanted, zeros stand below, as under TensorFlow's [`same`](../guide/padding.py).
# PyTorch gives the 105 with `padding=1`; if you meant that, it is no bug but another rule.
#
# ??? note "If your function follows other rules"
#
#     - If it [flips](../guide/flip.py) the kernel, hand it `w[::-1, ::-1]`; the extra zero of an even kernel may then change ends.
#     - If it repeats a kernel of one channel, write `[[6]]` for the error in the two cases of `bright`.
#     - For channels first, hand it `planes(x)` and `planes(w)`. In any case return height × width.
#     - If it takes a number of zeros instead of a mode, let a wrapper pad, with `pads` from the end of this page:
#
#         ```python
#         def padded(x, w, mode, s):
#             p = [pads(n, k, mode, s) for n, k in zip(x.shape[:2], w.shape)]
#             return f(np.pad(x, p + [(0, 0)] * (x.ndim - 2)), w, 0, s)
#         ```
#
#         For its own zeros, compare `f(x, w, 1, s)` with `f(np.pad(x, 1), w, 0, s)`, where `x` is grey.
#
# Each bug below passes the usual first test: a grey image of floats, a square kernel, stride 1, and no mode named.
#
# ## 1. A mode that is ignored
#
# This function hands its arguments on to `conv`, the package of this site:


# %%
def ignores_mode(x, w, mode="same"):
    return conv.correlate(x, w)


# %%
x, w = [[1, 2, 3]], [[100, 10, 1]]
ignores_mode(x, w, "valid")

# %% tags=["hide"]
assert conv.correlate(x, w, padding="valid").tolist() == [[123]]
assert ignores_mode(x, w).tolist() == [[12, 123, 230]]
assert ignores_mode(x, w, "vlaid").shape == (1, 3)
grey = photo[:9, :9].mean(axis=2)
tested = conv.correlate(grey, sobel, padding="valid")
assert np.allclose(ignores_mode(grey, sobel)[1:-1, 1:-1], tested)

# %% [markdown]
# Under [`valid`](glossary.md#valid) a kernel of three has a single place on three pixels, so the output should be 123 alone.
# But the function forgets to hand the mode on, and the default of `conv` is [`same`](glossary.md#same).
# As long as you want `same`, you notice nothing.
# These cases find the bug:

# %% tags=["hide"]
cases(1)

# %% [markdown]
# **The fix.** Hand the mode on: `conv.correlate(x, w, padding=mode)`.
# If you compute the zeros yourself, look their number up in a dictionary, so that `vlaid` raises a `KeyError`.
#
# ## 2. Rows and columns, swapped
#
# A shape has the rows first, but people say width by height, so they write:


# %%
def turns_windows(x, w):
    k_w, k_h = w.shape
    rows = x.shape[0] - k_h + 1
    columns = x.shape[1] - k_w + 1
    y = np.zeros((rows, columns))
    for i, j in np.ndindex(y.shape):
        part = x[i : i + k_h]
        part = part[:, j : j + k_w]
        y[i, j] = np.vdot(part, w)
    return y


# %%
x = np.array([[1, 2, 3], [4, 5, 6]])
turns_windows(x, np.array([[10, 1]]))

# %% tags=["hide"]
assert right.tolist() == [[12, 23], [45, 56]]
assert np.array_equal(turns_windows(x, pair), down)
assert down.tolist() == [[14, 25, 36]]
for k in range(1, 5):
    image = np.random.default_rng(k).random((6, 7))
    kernel = np.arange(k * k).reshape(k, k)
    expected = conv.correlate(image, kernel, padding="valid")
    assert np.allclose(turns_windows(image, kernel), expected)

# %% [markdown]
# Each output reads a column where it should read a row.
# The first line unpacks the shape in the wrong order, and `np.vdot` hides the mistake:
# it flattens both arrays, so a window of 2 by 1 fits a kernel of 1 by 2. For square kernels the order makes no difference.
# These cases find the bug:

# %% tags=["hide"]
cases(2)

# %% [markdown]
# **The fix.** Write `k_h, k_w = w.shape`, and multiply with `*`, which raises an error for 3 by 2 times 2 by 3.
# But `*` repeats a side of 1, which is bug 3.
#
# ## 3. A kernel that is broadcast
#
# With both changes, the function is right for grey images, if the kernel fits:


# %%
def plain(x, w):
    k_h, k_w = w.shape[:2]
    rows = x.shape[0] - k_h + 1
    columns = x.shape[1] - k_w + 1
    y = np.zeros((rows, columns))
    for i, j in np.ndindex(y.shape):
        part = x[i : i + k_h]
        part = part[:, j : j + k_w]
        y[i, j] = np.sum(part * w)
    return y


# %% [markdown]
# In colour it has the bug of the portrait, as 3 by 3 pixels show, black but for the first:

# %%
bright = np.zeros((3, 3, 3))
bright[0, 0] = 1, 2, 3
plain(bright, np.eye(3))

# %% tags=["hide"]
with np.testing.assert_raises(ValueError):
    np.ones((3, 2)) * np.ones((2, 3))
assert (np.ones((2, 1)) * np.ones((1, 2))).shape == (2, 2)
with np.testing.assert_raises(ValueError):
    plain(bright, np.ones((2, 2)))
right = conv.correlate(bright, np.stack([np.eye(3)] * 3, -1), padding="valid")
assert plain(bright, np.eye(3)).tolist() == [[1]]
assert right.tolist() == [[1 + 2 + 3]]
assert np.allclose(plain(grey, sobel), tested)

# %% tags=["hide"]
small = photo[:20, :30]
assert sobel.tolist() == [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
assert np.allclose(plain(small, sobel), given[:18, :28])
upright = np.stack([conv.kernels.sobel_x()] * 3, axis=-1)
edges = conv.correlate(photo, upright, padding="valid")
assert np.corrcoef(given.ravel(), edges.ravel())[0, 1] > 0.99

# %% [markdown]
# Meant for every channel, the kernel gives 1 + 2 + 3 = 6, but the function gives 1.
# [Broadcasting](glossary.md#broadcasting) lines shapes up from their *last* axis, which in a window is the axis of the [channels](glossary.md#channel).
# So the kernel's three columns are laid on the three channels, and its rows on the window's columns.
# Sobel y becomes this:

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
    figures.Grid(sobel, "as meant", tints=order),
    *met.values(),
    caption="Sobel y as it was meant for each channel, and the weights that the channels get instead: multiples of −1, 0, 1 from left to right, which find upright edges. Shade and dot tell from which place of the kernel a weight comes.",
    alt="Sobel y, −1 −2 −1, 0 0 0, 1 2 1, is meant for each channel. When it is broadcast, each row of the red pixels meets −1 0 1, each row of the green ones −2 0 2, each row of the blue ones −1 0 1.",
)

# %% [markdown]
# Because a function cannot know what was meant, the check wants an error here.
# Brackets hold the channels of a pixel:

# %% tags=["hide"]
cases(3)

# %% [markdown]
# **The fix.** Raise an error if `x.shape[2:]` and `w.shape[2:]` differ. The caller then stacks the kernel, one slice for each channel.
#
# ## 4. Bytes (`uint8`) that wrap around
#
# Images usually arrive as bytes, in NumPy `uint8`, so it seems polite to return the same type.
# (`windows` is NumPy's `sliding_window_view`.)


# %%
def stays_in_bytes(x, w):
    parts = windows(x, w.shape)
    y = np.sum(parts * w, axis=(2, 3))
    return y.astype(x.dtype)


# %%
x = np.uint8([[200, 100]])
stays_in_bytes(x, np.array([[-1, 1]]))

# %% tags=["hide"]
assert np.allclose(stays_in_bytes(grey, sobel), tested)
right = conv.correlate(x, [[-1, 1]], padding="valid")
assert stays_in_bytes(x, np.array([[-1, 1]]))[0, 0] == 256 - 100
assert right.tolist() == [[-100]]
for value in (300, -100):
    assert np.int64([value]).astype(np.uint8)[0] == value % 256
rise, product = -100 % 256, 3 * 200 % 256
assert (np.uint8([3]) * np.uint8([200])).tolist() == [product]

# %% tags=["hide"]
held = np.rint(255 * photo.mean(axis=2)).astype(np.uint8)
across = conv.kernels.sobel_x()
right = conv.correlate(held, across, padding="valid")
wrapped = stays_in_bytes(held, across.astype(int))
wrong = right != wrapped
assert np.array_equal(wrapped, right % 256)
assert right.min() < 0 < 255 < right.max()
blurred = conv.correlate(held, conv.kernels.box(3), padding="valid")
assert 0 <= blurred.min() < blurred.max() <= 255

# %% tags=["hide"]
figures.beside(
    figures.Picture(right, "as floats", (0, 255), note=" "),
    figures.Picture(wrapped, "in bytes", (0, 255), note=" "),
    caption=f"Sobel x on the grey portrait. Black is 0 and below, white is 255 and above. In bytes, {wrong.mean():.0%} of the outputs are wrong.",
    alt="Two pictures of the portrait's edges. As floats, bright lines on black. In bytes, the same lines among white and grey speckles, because values below 0 turn bright.",
)

# %% [markdown]
# The brightness falls by 100, but the function says that it rises by {eval}`rise`.
# A byte holds {eval}`np.iinfo(np.uint8).min` to {eval}`np.iinfo(np.uint8).max`, and of other whole numbers
# `astype` keeps the remainder after division by 256, without a warning.
# A blur with float weights does not show this bug, because an average of bytes is never below 0 or above 255.
#
# In the last case the kernel holds bytes, too, so the product 3 · 200 wraps to {eval}`product` before anything is added:

# %% tags=["hide"]
cases(4)

# %% [markdown]
# **The fix.** Convert image and kernel to floats before anything is multiplied, and return floats.
#
# ## 5. A stride that comes too late
#
# The shortest way to a stride is to compute all outputs and keep some of them, as the SciPy wrapper does:

# %%
x, w = [[1, 2, 3, 4]], [[100, 10, 1]]
conv.correlate(x, w)[:, ::2]

# %% tags=["hide"]
signal = np.array(x)
early = conv.correlate(x, w)[:, ::2]
assert early.tolist() == [[12, 234]]
right = conv.correlate(x, w, stride=2)
assert right.tolist() == [[123, 340]]

# %% tags=["hide"]
for n in range(3, 99):
    noise = np.random.default_rng(n).random((1, n))
    for k in range(3, 9, 2):
        weights = np.arange(k)[np.newaxis] + 1
        same = conv.correlate(noise, weights, stride=2)
        alike = np.allclose(same, conv.correlate(noise, weights)[:, ::2])
        assert alike == (n % 2 == 1)

# %% tags=["hide"]
rule = conv.Geometry.of((1, 4), (1, 3), padding="same", stride=2).pads
options = {"focus": np.s_[:, :3], "last": np.s_[:, 2:5]}
drawn = [
    figures.Grid(y, "output", "output", focus=(0, 0), last=(0, 1))
    for y in (right, early)
]
meant = figures.Grid(signal, "same", pads=rule, **options)
read = figures.Grid(signal, "too late", pads=((0, 0), (1, 1)), **options)

# %% tags=["hide"]
figures.rows(
    [meant, "→", drawn[0]],
    [read, "→", drawn[1]],
    caption="The first window (solid) and the last (dashed), under same and with the stride too late.",
    alt="The signal 1 2 3 4 with one zero after it, windows on 1 2 3 and on 3 4 0, and the outputs 123 and 340; and with a zero on both sides, windows on 0 1 2 and on 2 3 4, and the outputs 12 and 234.",
)

# %% [markdown]
# Under `same`, TensorFlow and JAX give 123 and 340, so here each window begins one pixel too early.
# At stride 1 a kernel of three needs a zero at each end, but at stride 2 two windows need only five values.
# The row has four, so `same` adds a single zero, at the end.
# A test with 5 or 7 values passes, because at stride 2 both rules agree for odd lengths and odd kernels.
# These cases find the bug:

# %% tags=["hide"]
cases(5)

# %% [markdown]
# **The fix.** Count how many values the windows need at this stride, pad what is missing, and put the extra zero last.
#
# ## All five fixed
#
# Under `same` an axis of n pixels has n / s places for the kernel, rounded up: `-(-n // s)`.


# %%
def pads(n, k, mode, s):
    need = (-(-n // s) - 1) * s + k
    p = {
        "full": 2 * (k - 1),
        "same": max(0, need - n),
        "valid": 0,
    }[mode]
    if n + p < k:
        raise ValueError("too large")
    return p // 2, p - p // 2


# %%
def correlate(x, w, mode, s):
    x, w = map(np.float64, (x, w))
    if x.shape[2:] != w.shape[2:]:
        raise ValueError("channels")
    zeros = [(0, 0)] * x.ndim
    for a in (0, 1):
        n, k = x.shape[a], w.shape[a]
        zeros[a] = pads(n, k, mode, s)
    y = plain(np.pad(x, zeros), w)
    return y[::s, ::s]


# %%
check(correlate)


# %% tags=["hide"]
def tried(f, *call, **options):
    try:
        return f(*call, **options)
    except ValueError:
        return None


random = np.random.default_rng(0)
cases_tried = 0

# %% tags=["hide"]
for size in np.ndindex(6, 6, 4, 4, 3):
    H, W, k_h, k_w, s = (n + 1 for n in size)
    x, w = random.random((H, W, 2)), random.random((k_h, k_w, 2))
    for mode in ("full", "same", "valid"):
        expected = tried(conv.correlate, x, w, padding=mode, stride=s)
        found = tried(correlate, x, w, mode, s)
        assert (found is None) == (expected is None)
        assert found is None or np.allclose(found, expected)
        cases_tried += 1

# %% [markdown]
# The check prints nothing, and the function agrees with `conv.correlate`, errors included, in {eval}`f"{cases_tried:,}"` combinations of sizes, modes and strides.
# A test, `tests/repository/test_reference.py`, writes dozens of slips into the function, and the check finds each.
#
# ## Exercises
#
# ### Exercise 1: read a wrong number
#
# A colleague copies `correlate` with one slip. The check now gets `[[1256.0]]` for 125600 and 408000, and `[[]]` for 10.
# Four times it gets `ValueError('too large')`, although the kernel fits.
# Where were the zeros in the first case, why is the second empty, and what is the slip?

# %% tags=["answer"]
# A zero row on top, as 001256 says, and one below, which stride 3 does not reach, but none at
# the right, as there is no second output. That is the padding of an image of 4 by 2: the slip
# is `x.shape[1 - a]`. In the second no zero stands at the right, so the kernel finds no place.
# The errors come from a kernel whose height is compared with the image's width, or the reverse.
[pads(n, k, "same", 3) for n, k in ((4, 3), (2, 2))]


# %% tags=["answer", "hide"]
def slip(x, w, mode, s):
    if x.shape[2:] != w.shape[2:]:
        raise ValueError
    around = [pads(x.shape[1 - a], w.shape[a], mode, s) for a in (0, 1)]
    padded = np.pad(x, around + [(0, 0)] * (x.ndim - 2))
    return plain(padded.astype(float), w.astype(float))[::s, ::s]


# %% tags=["answer", "hide"]
with redirect_stdout(StringIO()) as printed:
    check(slip)
lines = printed.getvalue().splitlines()
at_last = [line for line in lines if line.startswith("     got ")]
errors = ["     got ValueError('too large')"] * 4
empty = ["     got [[1256.0]]", "     got [[]]"]
assert at_last == errors[:3] + empty + errors[3:]
assert lines[15:24:8] == ["bug 5: same, stride 3", "  wanted [[10]]"]

# %% [markdown]
# ### Exercise 2: a correlation by Fourier transforms
#
# Run the check on `conv.fft.correlate`, which takes `padding` and `stride`.
# Which bugs does it have, and what should the check do?


# %% tags=["answer"]
# None: Fourier transforms round, and 122.99999999999999 is not equal to 123. Round `got`
# to six places: all outputs pass, and the check still finds each of the five bugs.
def by_fourier(x, w, m, s):
    return conv.fft.correlate(x, w, padding=m, stride=s)


check(by_fourier)

# %% tags=["answer", "hide"]
with redirect_stdout(StringIO()) as printed:
    check(lambda *call: ours(*call, float, conv.fft.correlate).round(6))
assert printed.getvalue() == ""

# %% [markdown]
# ## What you can do now
#
# You can tell from a wrong number which pixels were read, and you know what a test must vary:
# mode, kernel shape, channels, type and stride.
#
# **Next here:** [What your library computes](../beyond/libraries.py).
#
# **Elsewhere:**
#
# - NumPy, [Broadcasting](https://numpy.org/doc/stable/user/basics.broadcasting.html):
#   the rule behind bug 3, in pictures.
# - [Hypothesis](https://hypothesis.readthedocs.io/):
#   tests that look for the smallest input that fails.
#
# ??? note "Where the five bugs come from"
#
#     The functions are our own, after bugs in the article
#     [<cite lang="zh">卷积 Convolution 原理及可视化</cite>](https://www.cnblogs.com/wenshinlee/p/12588753.html)
#     by <span lang="zh">王贵波</span> (Wang Guibo).
