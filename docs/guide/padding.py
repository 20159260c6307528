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
# `valid` uses nothing but pixels, so every output is computed from the image alone, but there are fewer outputs:
# a kernel of 3 costs one row and one column on each side, and a network of many layers eats its image up.
# `same` keeps the size, and pays with outputs at the border that are partly made of zeros.
#
# You can see those zeros.
# Replace each pixel of a face from the photograph by the mean of the 9 by 9 pixels around it.
# With zeros outside, the picture gets a dark frame,
# because at an edge 36 of the 81 numbers in the mean are zeros, and in a corner 56.

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
# The cure takes two lines: pad the image yourself with values that look like their neighbours, and ask for `valid`.
#
# ## What lies beyond the border?
#
# Here is what the five common rules put around a picture.

# %% tags=["hide"]
rules = ("constant", "edge", "reflect", "symmetric", "wrap")
piece = small[28:58, 16:46]
padded = {rule: np.pad(piece, 10, mode=rule) for rule in rules}
figures.pictures(
    padded,
    caption="Ten pixels of padding around the same piece of the photograph, by the names of np.pad. (At this size, reflect and symmetric look alike.)",
    alt="Five pictures of a part of the face: with a black frame; with its outermost pixels drawn out to stripes; mirrored at each side, twice in ways that cannot be told apart at this size; and repeated like a tile.",
)

# %% [markdown]
# The libraries share the rules, but not the words.
# In this table, taken from what [each library answered](../beyond/libraries.py), a row is a rule, drawn around the values 1 2 3 4.


# %% tags=["hide"]
def called(name):
    """Look up what a library calls each of NumPy's rules."""
    row = libraries.ROWS[name]["borders"]
    words = {picture: f"`{rule}`" for rule, picture in row.items()}
    return [words.get(drawn[rule], "—") for rule in rules]


drawn = libraries.PADS["numpy.pad"]
around = [drawn[rule].translate(libraries.UNBROKEN) for rule in rules]

# %% tags=["hide"]
figures.table(
    {
        "around 1 2 3 4": around,
        "NumPy": [f"`{rule}`" for rule in rules],
        "PyTorch": called("torch.nn.Conv2d padding='same'"),
        "scipy.ndimage": called("scipy.ndimage.correlate mode='constant'"),
        "OpenCV filters": called("cv2.filter2D borderType=BORDER_CONSTANT"),
    }
)

# %% tags=["hide"]
default = {
    n: row["defaults"].get("border") for n, row in libraries.ROWS.items()
}
assert (
    default["scipy.ndimage.correlate mode='constant'"] == drawn["symmetric"]
)
assert default["cv2.filter2D borderType=BORDER_CONSTANT"] == drawn["reflect"]
ndimage = libraries.ROWS["scipy.ndimage.correlate mode='constant'"]
assert ndimage["borders"]["reflect"] == drawn["symmetric"]

# %% [markdown]
# Watch the word *reflect*.
# In NumPy and PyTorch the outermost pixel is not repeated, in `scipy.ndimage` it is.
# The defaults differ as well: without a word from you, `scipy.ndimage` uses the fourth row, OpenCV's filters the third,
# and the layers of deep learning pad with zeros or not at all.
#
# ## Output size: floor or ceil?
#
# Take six values, a kernel of 3, and a [stride](../reference/glossary.md#stride) of 2, that is steps of two places.
# The first window begins at place 0 and the second at place 2.
# A third would begin at 4 and end at 6, but the last place is 5, so there are two outputs, and the last value is never read.

# %% tags=["hide"]
six = [3, 1, 4, 1, 5, 9]
step = conv.Geometry.of((6,), (3,), padding="valid", stride=2)
first, second = conv.correlate(six, [1, 1, 1], padding="valid", stride=2)
figures.positions(
    six,
    [1, 1, 1],
    step,
    caption="Stride 2: two windows fit, the first and, dashed, the last. The 9 is in neither.",
    alt=f"Six values, 3 1 4 1 5 9, with a frame at the first three and a dashed one at the third to fifth; the output is {first:g}, {second:g}.",
)

# %% [markdown]
# To count in general, let $n$ be the size of the input along one axis, $k$ that of the kernel, $s$ the stride,
# and $p_\text{before}$ and $p_\text{after}$ the zeros on either side.
# Counted from the first zero, the last place where a window can begin is $n + p_\text{before} + p_\text{after} - k$,
# and the windows begin at the multiples of $s$ up to there, with 0 among them.
# So, if at least one window fits, the output has the size
#
# $$ o = \left\lfloor \frac{n + p_\text{before} + p_\text{after} - k}{s} \right\rfloor + 1 , $$
#
# where $\lfloor\;\rfloor$ rounds down: a window that does not fit is no window.
# With a [dilation](../reference/glossary.md#dilation) $d$, a step of $d$ from one entry of the kernel to the next,
# the kernel reaches over $d\,(k-1) + 1$ values, and that takes the place of $k$.
#
# ??? question "But my library's manual has a ceiling"
#
#     TensorFlow gives the size under `valid` as $\lceil (n - k + 1)/s \rceil$, rounded up.
#     The two always agree, which is checked whenever this page is built.
#     Pooling can differ: Caffe's [rounds up](https://github.com/BVLC/caffe/issues/1318) by default, so that their last window may reach beyond the end,
#     while its convolutions round down.
#
# At stride 1, with the zeros that `conv.correlate` puts, the sizes are these; `valid` needs $k \le n$.

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
# | --- | --- | --- | --- |
# | `valid` | $0$ | $0$ | $n - k + 1$ |
# | `same` | $\lfloor (k-1)/2 \rfloor$ | $\lceil (k-1)/2 \rceil$ | $n$ |
# | `full` | $k - 1$ | $k - 1$ | $n + k - 1$ |

# %% tags=["hide"]
for a, b in np.ndindex(8, 8):
    k, n = a + 1, a + b + 1
    table = {"valid": (0, 0, n - k + 1)}
    table["same"] = ((k - 1) // 2, k // 2, n)
    table["full"] = (k - 1, k - 1, n + k - 1)
    for mode, (before, after, size) in table.items():
        found = conv.Geometry.of((n,), (k,), padding=mode)
        assert found.pads == ((before, after),)
        assert found.output_size == (size,)

# %% [markdown]
# ## Why odd kernels, and where does the extra row go?
#
# At stride 1, an odd kernel needs an even number of zeros under `same`, half of them on each side, and its centre lands on every pixel once.
# A kernel of 4 needs three zeros, and three cannot be halved.
# `conv.correlate` puts the extra one after the input, as in the table, so the extra row is below and the extra column at the right.
# (`conv.convolve` turns the kernel round and the zeros with it, so it has the extra one before.)
# Try the three modes on it, and other kernel sizes:

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
# That choice is a convention.
# Of the {eval}`len(even)` ways to call other libraries that we [asked](../beyond/libraries.py),
# {eval}`even.count([1, 2])` put the extra zero after the input, {eval}`even.count([2, 1])` before it,
# and {eval}`even.count("refused")` refuse an even kernel.
# Between two functions of different camps, even two of one library, the whole output is shifted by one pixel along each axis,
# which is invisible in a picture and fatal in a comparison.
# At stride 1 an odd kernel avoids the question, because its zeros halve evenly and its centre lies on a pixel; with a stride it comes back, as the next section shows.

# %%
signal, four = np.arange(1, 9), np.array([1, 2, 3, 4])
ours = conv.correlate(signal, four, padding="same")
numpys = np.correlate(signal, four, mode="same")
ours, numpys

# %% tags=["hide"]
assert np.array_equal(ours[:-1], numpys[1:])
flipped = conv.convolve(signal, four, padding="same")
assert np.array_equal(flipped, np.convolve(signal, four, mode="same"))

# %% [markdown]
# ## Why does PyTorch refuse `same` with a stride?
#
# Because two rules both deserve the name, and they give different numbers.
# At stride 1 they agree.
# Both give $o = \lceil n/s \rceil$ outputs,
# and TensorFlow's and JAX's `SAME`, ONNX's `SAME_UPPER` and `conv` take as few zeros as that needs,
#
# $$ p_\text{before} + p_\text{after} = \max\bigl(0,\; (o - 1)\,s + k - n\bigr) , $$
#
# with the smaller half before the input.
# That number depends on $n$, which a layer of PyTorch does not know when it is made.
# The other rule takes the zeros of stride 1, whatever the size.
# PyTorch's developers [weighed several rules](https://github.com/pytorch/pytorch/pull/45667), let in stride 1, and put the rest off.
#
# The difference hides well, because the sizes agree.
# A layer with a kernel of 7 by 7 at stride 2 on images of 224 by 224, as at the start of a ResNet, pads 3 on every side in PyTorch.
# `same` would do this:

# %%
stem = conv.Geometry.of((224, 224), (7, 7), padding="same", stride=2)
stem.pads, stem.output_size

# %% tags=["hide"]
for case in np.ndindex(12, 5, 4, 2):
    n, k, s, d = np.add(case, 1).tolist()
    found = conv.Geometry.of((n,), (k,), padding="same", stride=s, dilation=d)
    (before, after), outputs = found.pads[0], -(-n // s)
    reach = (outputs - 1) * s + d * (k - 1) + 1
    assert found.output_size == (outputs,)
    assert before + after == max(0, reach - n)
    assert after - before in (0, 1)

# %% [markdown]
# Two zeros before and three after instead of three and three: the windows start one pixel later.
# Give both the same image, a single bright pixel, and a kernel whose entries are numbered from 1 to 49.

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
    caption="Rows and columns 47 to 52 of both outputs. The two read different entries of the kernel, so neither is a shifted copy of the other: same gives what padding=3 would give for an image moved up and left by one pixel.",
    alt=f"Two 6 by 6 grids, zero but for a block. With padding=3 the block is 3 by 3 and begins with {three_three[49, 49]:g}; under same it is 4 by 4 and begins with {two_three[48, 48]:g}.",
)

# %% [markdown]
# No number above 0 in one of them occurs in the other.
# With weights that were trained under the other rule, a layer answers as if the image had been moved by one pixel, half a step of its output.
# Further layers with a stride add shifts of their own, and no error is raised.
# Look at the layer before you cure it: Keras's own ResNet50 pads 3 by hand, as PyTorch does, while the first layer of its MobileNetV2 uses `same`.
# The cure for a layer that was trained under `same`, with this kernel and an even size, is to pad by hand and to leave the layer without padding: `F.pad(x, (2, 3, 2, 3))`, last axis first.
# In NumPy it is the same thing:

# %%
padded = np.pad(pixel, ((2, 3), (2, 3)))
by_hand = conv.correlate(padded, numbered, padding="valid", stride=2)
np.array_equal(by_hand, two_three)

# %% tags=["hide"]
assert np.array_equal(by_hand, two_three)
assert not set(three_three[three_three > 0]) & set(two_three[two_three > 0])
odd, small_n = np.arange(1, 6), np.arange(1, 5)
for x, agree in ((odd, True), (small_n, False)):
    one = conv.correlate(x, np.ones(3), padding=1, stride=2)
    two = conv.correlate(x, np.ones(3), padding="same", stride=2)
    assert one.shape == two.shape
    assert np.array_equal(one, two) == agree

# %% [markdown]
# At stride 2 and with an odd kernel, the two rules agree for every odd size of the image, which is how such a bug survives a test.
#
# ## Does padding make all pixels count alike?
#
# A reason that is often given for padding is that border pixels would otherwise count less.
# Count the windows that hold each pixel of an 8 by 8 image, for a kernel of 3 by 3 at stride 1.

# %%
counts = {}
for mode in ("valid", "same", "full"):
    windows = conv.Geometry.of((8, 8), (3, 3), padding=mode)
    held = np.zeros(np.add((8, 8), np.sum(windows.pads, axis=1)))
    for place in np.ndindex(windows.output_size):
        held[windows.window(place)] += 1
    (above, _), (left, _) = windows.pads
    counts[mode] = held[above : above + 8, left : left + 8]

# %% tags=["hide"]
assert counts["valid"][0, 0] == 1
assert counts["same"][0, :2].tolist() == [4, 6]
assert (counts["full"] == 9).all()
figures.beside(
    *[figures.Grid(count, mode) for mode, count in counts.items()],
    caption="In how many windows each pixel lies, at stride 1. Only full uses all of them equally often.",
    alt="Three 8 by 8 grids. Valid: 1 in the corners, 9 in the middle. Same: 4 in the corners, 6 at the edges, 9 inside. Full: 9 everywhere.",
)

# %% [markdown]
# Under `same` a corner pixel is in 4 windows, a pixel at an edge in 6, and one inside in 9.
# So only `full` makes all pixels count alike.
# `valid` uses a corner once where it uses the middle 9 times; `same` eases that and does not remove it.
#
# ## Why is `np.convolve`'s `same` longer than my input?
#
# Because NumPy does not ask which of its two arguments is the signal.
# Convolution may swap them, so `same` means as long as the longer one, and `valid` slides the shorter along the longer.
# You notice when the kernel is longer than the input, here 5 against 3.

# %%
three, five = np.array([1, 2, 3]), np.array([1, 2, 3, 4, 5])
numpys = np.convolve(three, five, mode="same")
ours = conv.convolve(three, five, padding="same")
numpys, ours

# %% tags=["hide"]
lengths = {
    name.split()[0]: row["longer_kernel"]
    for name, row in libraries.ROWS.items()
}
assert lengths["numpy.convolve"] == {"full": 7, "same": 5, "valid": 3}
assert lengths["scipy.signal.convolve"] == {"full": 7, "same": 3, "valid": 3}
assert lengths["torch.nn.functional.conv2d"]["valid"] == "refused"
assert lengths["conv.convolve"] == {"full": 7, "same": 3, "valid": "refused"}
assert (len(numpys), len(ours)) == (5, 3)

# %% [markdown]
# In `scipy.signal`, `same` has the length of the first argument, as `conv`'s has, but `valid` still swaps.
# `conv`, PyTorch and Keras find no valid place for such a kernel and raise an error, `jax.lax` returns an empty array, and `jax.numpy` swaps as NumPy does.
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
# ### Exercise 2: keep the size
#
# A kernel of 5 with dilation 2, stride 1: how many zeros on each side keep the size?

# %% tags=["answer"]
# The kernel reaches over 2 * 4 + 1 = 9 values: 8 zeros in all, 4 on each side.
wide = conv.Geometry.of((20,), (5,), padding=4, dilation=2)
assert wide.output_size == wide.input_size
wide.pads

# %% [markdown]
# ### Exercise 3: full, with a stride
#
# At stride 1, `full` uses all pixels equally often.
# Take a 3 by 3 kernel at stride 2 on an image of 6 by 6. How often is each pixel used now?

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
# ### Exercise 4: your own border
#
# Blur a photograph of yours (`conv.images.load(path, mode="grey")`) with a box of 31, once under `same`, and once after `np.pad` with `reflect`.
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
# You can say for any kernel, stride and dilation how large the output is and where the zeros stand,
# choose a border rule by looking at the picture, and carry a strided layer from one framework to another.
#
# Go on with [the definition, in loops](naive.py), or see [what your library computes](../beyond/libraries.py).
# Elsewhere:
#
# - [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285) by Vincent Dumoulin and Francesco Visin,
#   with [its animations](https://github.com/vdumoulin/conv_arithmetic): the common combinations of size, stride and padding in motion.
# - [TensorFlow's notes on padding](https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2):
#   the rule of `same` in the words of those who made it.
