# %% [markdown]
# # Full, same, valid: padding at the border
#
# What happens where the kernel hangs over the edge of the image?

# %%
import numpy as np

import conv
from conv import figures, libraries

# %% tags=["hide"]
rows = "10210", "03102", "21011", "01203", "10120"
image = np.array([[float(value) for value in row] for row in rows])
figures.modes(
    image,
    np.ones((3, 3)),
    caption="The same image and the same kernel of nine ones in the three modes. Play, or step: each window adds up the nine numbers in its frame, and the dashed frame is the last one. The numbers are small so that you can check every sum in your head.",
    alt="A 5 by 5 image three times: without zeros around it (valid, output 3 by 3), in one ring of zeros (same, output 5 by 5) and in two rings (full, output 7 by 7). The first window is framed, the last one dashed.",
)

# %% [markdown]
# **Under `valid` the kernel never leaves the image, under `full` it goes on for as long as it touches a single pixel,
# and under `same`, at steps of one, it goes just so far that the output is as large as the input.**
# What it meets outside are zeros, the [padding](../reference/glossary.md#padding), unless you or your library choose another rule.
#
# ## `same` or `valid`: what is the difference?
#
# `valid` computes every output from the image alone, but there are fewer of them:
# a kernel of 3 costs one row and one column on each side.
# `same` keeps the size, and pays with outputs at the border that are partly made of zeros.
#
# You can see those zeros if you replace each pixel of a face by the mean of the 9 by 9 pixels around it.
# The picture gets a dark frame, because at an edge 36 of the 81 numbers in the mean are zeros, and in a corner 56.

# %%
photo = conv.images.sample()[140:365, 140:332].mean(axis=2)
small = photo.reshape(75, 3, 64, 3).mean(axis=(1, 3))
mean = conv.kernels.box(9)
frames = {"zeros (same)": conv.correlate(small, mean, padding="same")}
for rule in ("edge", "reflect"):
    padded = np.pad(small, 4, mode=rule)
    frames[rule] = conv.correlate(padded, mean, padding="valid")

# %% tags=["hide"]
ones = np.pad(np.ones((20, 20)), 4)
window = conv.im2col(ones, (9, 9), padding="valid").reshape(20, 20, 81)
assert (window[0, 10] == 0).sum() == 36
assert (window[0, 0] == 0).sum() == 56
assert all(result.shape == small.shape for result in frames.values())
white = conv.correlate(np.ones((20, 20)), mean, padding="same")
assert np.isclose(white[0, 0], 25 / 81)
assert np.allclose(white[4:-4, 4:-4], 1)

# %% tags=["hide"]
figures.pictures(
    frames,
    caption="The mean of 9 by 9 pixels with three rules for what lies outside. Zeros darken the border, the other two do not.",
    alt="Three blurred faces in grey. The first fades to black along all four sides, the other two keep their brightness up to the edge.",
)

# %% [markdown]
# The cure takes two lines: pad the image yourself with values like their neighbours, and ask for `valid`.
#
# ## What lies beyond the border?
#
# Here is what four rules put around 4 by 4 pixels of this picture; zeros would be black.

# %% tags=["hide"]
piece, tint = 1.5 * small[61:65, 14:18], np.array([1, 0.8, 0.5])
shown = {}
for rule in ("reflect", "symmetric", "edge", "wrap"):
    values = np.pad(piece, 2, mode=rule)[..., None] * tint
    values[2:6, 2:6] = piece[..., None]
    shown[rule] = large = values.repeat(18, axis=0).repeat(18, axis=1)
    large[[35, 108], 35:109] = large[35:109, [35, 108]] = 0.1, 0.6, 1

# %% tags=["hide"]
figures.Figure(
    tuple(
        figures.Picture(shown[rule], rule, note=" ").html() for rule in shown
    ),
    caption="Two pixels of padding, tinted, around the same framed 4 by 4, brightened by half, by the names of np.pad. Compare reflect, which leaves out the outermost pixel, with symmetric, which repeats it.",
    alt="Four pictures of 8 by 8 large pixels with the same 4 by 4, split by a diagonal, framed in the middle: mirrored without and with the outermost pixels; with the outermost pixels drawn out to stripes; and repeated like a tile.",
)

# %% tags=["hide"]
drawn = libraries.PADS["numpy.pad"]
around = {r: p.translate(libraries.UNBROKEN) for r, p in drawn.items()}

# %% [markdown]
# Choose by what lies outside; beside each rule is what it puts around 1&nbsp;2&nbsp;3&nbsp;4:
#
# - `constant`, {eval}`around["constant"]`, that is zeros, if nothing does, or if a network was trained so;
# - `edge`, {eval}`around["edge"]`, for a small kernel on a smooth picture, because a wide border becomes stripes;
# - `reflect`, {eval}`around["reflect"]`, or `symmetric`, {eval}`around["symmetric"]`, for photographs, because both continue the texture;
# - `wrap`, {eval}`around["wrap"]`, for what begins again, such as angles, the hours of a day, or a tile.
#
# The libraries share the rules, but [not the words](../beyond/libraries.py#reflect-means-two-things-and-opencv-has-both):
# *reflect* does not repeat the outermost pixel in NumPy and PyTorch, but does in `scipy.ndimage`.

# %% tags=["hide"]
ndimage = libraries.ROWS["scipy.ndimage.correlate mode='constant'"]
assert ndimage["borders"]["reflect"] == drawn["symmetric"]
layer = libraries.ROWS["torch.nn.Conv2d padding='same'"]
assert layer["borders"]["reflect"] == drawn["reflect"]

# %% [markdown]
# ## Output size: floor or ceil?
#
# Take six values, a kernel of 3, and a [stride](../reference/glossary.md#stride) of 2, that is steps of two places.
# The windows begin at places 0 and 2.
# A third would begin at 4 and end at 6, but the last place is 5, so there are two outputs and the last value is never read.

# %% tags=["hide"]
six = [3, 1, 4, 1, 5, 9]
step = conv.Geometry.of((6,), (3,), padding="valid", stride=2)
first, second = conv.correlate(six, [1, 1, 1], padding="valid", stride=2)
figures.positions(
    six,
    [1, 1, 1],
    step,
    caption="Cross-correlation (⋆) at stride 2: two windows fit, the first and, dashed, the last. The 9 is in neither.",
    alt=f"Six values, 3 1 4 1 5 9, with a frame at the first three and a dashed one at the third to fifth; the output is {first:g}, {second:g}.",
)

# %% [markdown]
# To count in general, let $n$ be the size of the input along one axis, $k$ that of the kernel, $s$ the stride,
# and $p_\text{before}$ and $p_\text{after}$ the zeros on either side.
# Number the padded places from 0: windows begin at 0, $s$, $2s$ and so on, as long as the window still ends inside.
# So, if at least one window fits, the output has the size
#
# $$ o = \left\lfloor \frac{n + p_\text{before} + p_\text{after} - e}{s} \right\rfloor + 1 , $$
#
# where $\lfloor\;\rfloor$ rounds down, because a window that does not fit is no window, and $e$ is how many values the kernel reaches over.
# Without [dilation](../reference/glossary.md#dilation) $e=k$.
# With dilation $d$, neighbouring entries stand $d$ places apart, so $e=d\,(k-1)+1$: a kernel of 3 with dilation 2 reaches over 5.
#
# ??? question "But my library's manual has a ceiling"
#
#     TensorFlow gives the size under `valid` as $\lceil (n-k+1)/s\rceil$ ($e$ for $k$ with a dilation), rounded up, which is always the same number.
#     Caffe's convolutions round down as well, but its pooling [rounds up](https://github.com/BVLC/caffe/issues/1318) by default,
#     so that a last window may reach beyond the end.
#
# At stride 1, `conv.correlate` has these sizes; `valid` needs $e \le n$.
# (With [a longer kernel](../beyond/libraries.py#a-kernel-longer-than-the-input), NumPy's `same` is longer than your input.)

# %% tags=["hide"]
for n, k, s in np.ndindex(20, 20, 9):
    if 1 <= k <= n and s:
        assert (n - k) // s + 1 == -(-(n - k + 1) // s)

# %% tags=["hide"]
for case in np.ndindex(8, 4, 4, 3, 3, 3):
    n, k, s, d, p, q = np.add(case, (10, 1, 1, 1, 0, 0)).tolist()
    found = conv.Geometry.of(
        (n,), (k,), padding=[(p, q)], stride=s, dilation=d
    )
    last = n + p + q - (d * (k - 1) + 1)
    assert found.output_size == (len(range(0, last + 1, s)),)
    assert found.output_size == (last // s + 1,)

# %% [markdown]
# | mode | zeros before | zeros after | size of the output |
# |---|---|---|---|
# | `valid` | $0$ | $0$ | $n-e+1$ |
# | `same` | $\lfloor (e-1)/2 \rfloor$ | $\lceil (e-1)/2 \rceil$ | $n$ |
# | `full` | $e-1$ | $e-1$ | $n+e-1$ |

# %% tags=["hide"]
for k, d, b in np.add(list(np.ndindex(8, 3, 8)), (1, 1, 0)).tolist():
    e = d * (k - 1) + 1
    n, table = e + b, {"valid": (0, 0, b + 1)}
    table["same"] = ((e - 1) // 2, e // 2, n)
    table["full"] = (e - 1, e - 1, n + e - 1)
    for mode, (before, after, size) in table.items():
        found = conv.Geometry.of((n,), (k,), padding=mode, dilation=d)
        assert found.pads == ((before, after),)
        assert found.output_size == (size,)

# %% [markdown]
# ## Why odd kernels, and where does the extra row go?
#
# At stride 1, an odd kernel needs an even number of zeros under `same`, half of them on each side, and its centre lands on every pixel once.
# A kernel of 4 needs three, which cannot be halved.
# `conv.correlate` puts the extra one after the input, so the extra row is below and the extra column at the right.
# Try the three modes and other kernel sizes:

# %% tags=["hide"]
figures.explorer(
    image,
    np.ones((4, 4)),
    padding="same",
    controls=["padding", "kernel"],
    caption="A kernel of 4 by 4 ones on the image of this page, same.",
    alt="The 5 by 5 input, a 4 by 4 kernel of ones, and the 5 by 5 output of their cross-correlation under same.",
)

# %% tags=["hide"]
even = [
    row["same"]["k=4"]
    for name, row in libraries.ROWS.items()
    if not name.startswith("conv.")
]
assert len(even) == sum(map(even.count, ([1, 2], [2, 1], "refused")))

# %% [markdown]
# The side is a convention: of the {eval}`len(even)` ways to call other libraries that we [asked](../beyond/libraries.py),
# {eval}`even.count([1, 2])` put the extra zero after the input, {eval}`even.count([2, 1])` before it,
# and {eval}`even.count("refused")` refuse an even kernel.
# Between two functions of different camps, even of one library, the whole output is shifted by one pixel along each axis where the kernel is even,
# which is invisible in a picture and fatal in a comparison.
# An odd kernel avoids the question at stride 1, but not at stride 2.

# %%
signal, four = np.arange(1, 9), np.array([1, 2, 3, 4])
ours = conv.correlate(signal, four, padding="same")
numpys = np.correlate(signal, four, mode="same")
ours, numpys

# %% tags=["hide"]
assert np.array_equal(ours[:-1], numpys[1:])

# %% [markdown]
# NumPy's list is ours, one place later: {eval}`numpys[0]` comes in, {eval}`f"{ours[-1]:g}"` drops out.
#
# ## Why does PyTorch refuse `same` with a stride?
#
# Because two rules deserve the name, and with a stride they differ.
#
# - **The fewest zeros.** Take as many as $o=\lceil n/s\rceil$ outputs need, half on each side, the extra one after.
#   So do TensorFlow's and JAX's `SAME`, ONNX's `SAME_UPPER` and `conv`.
# - **The zeros of stride 1.** Take $e-1$ zeros, whatever the stride.
#   So does a PyTorch layer with `padding=1` and a kernel of 3.
#
# The second rule gives $\lceil n/s\rceil$ outputs as well, so the sizes are always equal, but the windows need not be.
# Here are both on the six values, with three ones and stride 2.


# %% tags=["hide"]
def steps(padding):
    """Lay out the values and zeros, below them each window, and its sum."""
    case = conv.Geometry.of((6,), (3,), padding=padding, stride=2)
    (before, after), texts = case.pads[0], np.full((4, 9), "", object)
    texts[0, 1 - before : 7 + after] = np.pad(six, (before, after))
    places = 1 - before + 2 * np.arange(3)[:, None] + np.arange(3)
    texts[np.arange(1, 4)[:, None], places] = texts[0, places]
    texts[1:, 8] = conv.correlate(six, np.ones(3), padding=padding, stride=2)
    return texts


# %% tags=["hide"]
roles = np.array(["padding", *["input"] * 6, "padding", "output"])
panels, sums = [], []
for rule, title in (("same", "fewest zeros"), (1, "zeros of stride 1")):
    texts, axes = steps(rule), ("", "and sums")
    role = np.where(texts == "", "", roles)
    panels.append(figures.Grid(texts, title, role=role, axes=axes))
    sums.append(" ".join(f"{value:g}" for value in texts[1:, 8]))

# %% tags=["hide"]
assert sums == ["8 10 14", "4 6 15"]
figures.beside(
    *panels,
    caption="On top the values with their zeros, below them the three windows, each with its sum. With the zeros of stride 1, every window begins one place earlier.",
    alt=f"The values 3 1 4 1 5 9 twice. With the fewest zeros there is one, after them, and the sums are {sums[0]}. With the zeros of stride 1 there is one on each side, and the sums are {sums[1]}.",
)

# %% [markdown]
# The three windows cover $(o-1)\,s+e=7$ places, and the first rule adds what the $n=6$ values do not fill:
#
# $$ p_\text{before} + p_\text{after} = \max\bigl(0,\; (o - 1)\,s + e - n\bigr) . $$
#
# The sum depends on $n$, which a layer of PyTorch does not know when it is made.
# Its developers allowed stride 1, where both rules agree, and [put larger strides off](https://github.com/pytorch/pytorch/pull/45667).
#
# A layer with a kernel of 7 by 7 at stride 2 on images of 224 by 224, as at the start of a ResNet, pads 3 on every side in PyTorch.
# `conv.Geometry` tells where `same` puts zeros, and the output's size:

# %%
stem = conv.Geometry.of((224, 224), (7, 7), padding="same", stride=2)
stem.pads, stem.output_size

# %% tags=["hide"]
for n, k, s, d in np.add(list(np.ndindex(12, 5, 4, 2)), 1).tolist():
    found = conv.Geometry.of((n,), (k,), padding="same", stride=s, dilation=d)
    (before, after), outputs = found.pads[0], -(-n // s)
    reach = (outputs - 1) * s + d * (k - 1) + 1
    assert found.output_size == (outputs,)
    assert before + after == max(0, reach - n)
    assert after - before in (0, 1)

# %% tags=["hide"]
for n, k, s, d in np.add(list(np.ndindex(12, 5, 4, 2)), 1).tolist():
    first = conv.Geometry.of((n,), (k,), padding="same", stride=s, dilation=d)
    pads = conv.Geometry.of((n,), (k,), padding="same", dilation=d).pads
    other = conv.Geometry.of((n,), (k,), padding=pads, stride=s, dilation=d)
    assert sum(pads[0]) == d * (k - 1)
    assert first.output_size == other.output_size
    if s == 2 and n % 2 and k % 2:
        assert first.pads == pads

# %% [markdown]
# Two zeros before and three after, not three and three, so the windows start one pixel later.
# Give both rules a single bright pixel, and a kernel whose entries are numbered from 1 to 49.

# %%
pixel = np.zeros((224, 224))
pixel[100, 100] = 1
numbered = np.arange(1, 50).reshape(7, 7)
three_three = conv.correlate(pixel, numbered, padding=3, stride=2)
two_three = conv.correlate(pixel, numbered, padding="same", stride=2)
three_three.shape, two_three.shape

# %% tags=["hide"]
assert three_three.shape == two_three.shape == (112, 112)
around = slice(47, 53)


def shade(output):
    """Leave zeros white."""
    return np.where(output[around, around] > 0, "output", "")


# %% tags=["hide"]
figures.beside(
    figures.Grid(
        three_three[around, around], "padding=3", shade(three_three)
    ),
    figures.Grid(two_three[around, around], "same", shade(two_three)),
    caption="Rows and columns 47 to 52 of both outputs.",
    alt=f"Two 6 by 6 grids, zero but for a block. With padding=3 the block is 3 by 3 and begins with {three_three[49, 49]:g}; under same it is 4 by 4 and begins with {two_three[48, 48]:g}.",
)

# %% [markdown]
# Under `same` the first window that reaches the pixel has it under entry {eval}`f"{two_three[48, 48]:g}"`, with `padding=3` under entry {eval}`f"{three_three[49, 49]:g}"`,
# so neither output is a shifted copy of the other.
# Apart from its first two rows and columns, `same` gives what `padding=3` would give for an image moved up and left by one pixel.
# If you load weights trained under one rule into a layer that follows the other, it sees every image with even sides moved by one pixel.
# Nothing warns you, and further layers with a stride add shifts of their own.
#
# Look at the layer first: Keras's own ResNet50 pads 3 by hand, while its MobileNetV2 begins with `same`.
#
# - From `same` in Keras to PyTorch: `torch.nn.functional.pad(x, (2, 3, 2, 3))` before a layer without padding.
#   The columns come first, so 224 rows and 225 columns take `(3, 3, 2, 3)`.
# - From `padding=3` in PyTorch to Keras: `ZeroPadding2D(3)` before a layer with `padding="valid"`.
#
# In NumPy the first is:

# %%
padded = np.pad(pixel, ((2, 3), (2, 3)))
by_hand = conv.correlate(padded, numbered, padding="valid", stride=2)
np.array_equal(by_hand, two_three)

# %% tags=["hide"]
assert np.array_equal(by_hand, two_three)
assert not set(three_three[three_three > 0]) & set(two_three[two_three > 0])
noise = np.random.default_rng(0).random((224, 224))
moved = np.pad(noise, ((0, 1), (0, 1)))[1:, 1:]
one = conv.correlate(moved, numbered, padding=3, stride=2)
two = conv.correlate(noise, numbered, padding="same", stride=2)
assert np.allclose(one[2:, 2:], two[2:, 2:])
assert not np.isclose(one[:2], two[:2]).all(axis=1).any()

# %% tags=["hide"]
for n in range(2, 300, 2):
    size = conv.Geometry.of((n,), (7,), padding="same", stride=2)
    assert size.pads == ((2, 3),)
oblong = conv.Geometry.of((224, 225), (7, 7), padding="same", stride=2)
assert oblong.pads == ((2, 3), (3, 3))

# %% [markdown]
# At stride 2 and with an odd kernel, the two rules agree for every odd size:
# a test on 225 by 225 pixels passes, and the images of 224 by 224 in production are off by one pixel.
#
# ## Does padding make all pixels count alike?
#
# To check, number the pixels of an 8 by 8 image, list its windows of 3 by 3 with `conv.im2col`, and count how often each number occurs.

# %%
numbers, counts = np.arange(1, 65).reshape(8, 8), {}
for mode in ("valid", "same", "full"):
    windows = conv.im2col(numbers, (3, 3), padding=mode).astype(int)
    counts[mode] = np.bincount(windows.ravel())[1:].reshape(8, 8)

# %% tags=["hide"]
assert counts["valid"][0, 0] == 1
assert counts["same"][0, :2].tolist() == [4, 6]
assert (counts["full"] == 9).all()
figures.beside(
    *[figures.Grid(count, mode) for mode, count in counts.items()],
    caption="In how many windows each pixel lies, at stride 1. Of the three, only full uses all of them equally often.",
    alt="Three 8 by 8 grids. Valid: 1 in the corners, 9 in the middle. Same: 4 in the corners, 6 at the edges, 9 inside. Full: 9 everywhere.",
)

# %% tags=["hide"]
for a, n in np.ndindex(6, 10):
    k = 2 * a + 1
    for rule in ("symmetric", "wrap"):
        wide = np.pad(np.arange(n + 1), a, mode=rule)
        windows = np.lib.stride_tricks.sliding_window_view(wide, k)
        assert len(windows) == n + 1
        assert (np.bincount(windows.ravel()) == k).all()

# %% tags=["hide"]
for n in range(4, 12):
    wide = np.pad(np.arange(n), 1, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(wide, 3)
    line = np.bincount(windows.ravel()).tolist()
    assert line == [2, 4, *[3] * (n - 4), 4, 2]

# %% [markdown]
# Of the three modes only `full` counts all alike; `same` lessens the ratio of middle to corner from 9:1 to 9:4.
# With an odd kernel at stride 1, the border rules `symmetric` and `wrap` count all alike, too, and keep the size, because each pixel regains outside exactly the windows that it loses at the border.
# `reflect` never repeats the corner: with a kernel of 3, a corner counts {eval}`line[0] ** 2` times, and its diagonal neighbour {eval}`line[1] ** 2`.
#
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
# ### Exercise 2: full, with a stride
#
# At stride 1, `full` uses all pixels equally often.
# How often does a 3 by 3 kernel at stride 2 use each pixel of a 6 by 6 image?

# %% tags=["answer"]
# Along one axis a pixel at an even place is in two windows, at an odd place in one.
# On both axes the numbers are multiplied: 4, 2 or 1.
steps = conv.Geometry.of((6, 6), (3, 3), padding="full", stride=2)
held = np.zeros((10, 10))
for place in np.ndindex(steps.output_size):
    held[steps.window(place)] += 1
assert np.array_equal(held[2:8, 2:8], np.outer([2, 1] * 3, [2, 1] * 3))
held[2:8, 2:8]

# %% [markdown]
# ### Exercise 3: your own border
#
# Blur a photograph of yours (`conv.images.load(path, mode="grey")`) with a box of 31, under `same` and after `np.pad` with `reflect`.
# How far from the border do the two still differ?

# %% tags=["answer"]
# (31 − 1) / 2 = 15 pixels, wherever the picture is not black.
mine, wide = conv.images.sample().mean(axis=2), conv.kernels.box(31)
zeros = conv.correlate(mine, wide, padding="same")
padded = np.pad(mine, 15, mode="reflect")
mirror = conv.correlate(padded, wide, padding="valid")
differ = np.abs(zeros - mirror) > 1e-9
rows = differ[:, 15:-15].any(axis=1)
assert np.argmin(rows) == 15
int(np.argmin(rows))

# %% [markdown]
# ## What you can do now
#
# You can say for any kernel, stride and dilation how large the output is and where the zeros are,
# choose a border rule by what lies outside, and carry a strided layer from PyTorch to Keras or back.
#
# Go on with [the definition, in loops](naive.py), or see [what your library computes](../beyond/libraries.py).
# Elsewhere:
#
# - [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285) by Vincent Dumoulin and Francesco Visin,
#   with [its animations](https://github.com/vdumoulin/conv_arithmetic): size, stride and padding in motion.
# - [TensorFlow's notes on padding](https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2):
#   `same` in the words of those who made it.
