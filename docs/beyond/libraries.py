# %% [markdown]
# # What your library computes
#
# Does it flip the kernel, where does it put the zeros of `same`, and what does it see beyond the border?
# The manuals do not say it all, so we ran the libraries and asked them.

# %%
import numpy as np

import conv
from conv import figures, libraries

# %% tags=["hide"]
x, w = np.arange(1, 7), np.array([1, 0, 0, 0])
theirs = [row for row in libraries.ROWS if not row.startswith("conv.")]
upper, lower = (
    libraries.ROWS[f"scipy.signal.{name} mode='same'"]["same"]["k=4"]
    for name in ("correlate", "correlate2d")
)
one, two = (conv.correlate(x, w, padding=[pads]) for pads in (upper, lower))
assert one.tolist() == [0, 0, 1, 2, 3, 4]
assert two.tolist() == [0, 1, 2, 3, 4, 5]

# %% tags=["hide"]
figures.beside(
    figures.Grid(x, "input"),
    "⋆",
    figures.Grid(w, "kernel", "kernel"),
    "=",
    figures.Grid([one, two], "correlate, correlate2d", "output"),
    caption="One input, one kernel, mode same, and two functions of scipy.signal: correlate gives the first row, correlate2d the second.",
    alt="Input 1 2 3 4 5 6, kernel 1 0 0 0. The result of correlate is 0 0 1 2 3 4, that of correlate2d 0 1 2 3 4 5.",
)

# %% [markdown]
# The answers come from {eval}`len(theirs)` functions of {eval}`len(libraries.VERSIONS)` libraries.
# **A function whose name says *convolve* flips the kernel, and one that says *conv* does not.**
# Under `same`, all of them agree for odd kernels at stride 1,
# but for an even kernel or a larger stride they fall into two camps, and the camps run through the middle of SciPy.
#
# ## Does it flip?
#
# Give a function an [impulse](../reference/glossary.md#impulse), a single 1 among zeros.
# A convolution answers with the kernel as you wrote it, and a cross-correlation with the kernel reversed.
# Here is that test on two functions of NumPy.

# %%
impulse = np.array([0, 0, 1, 0, 0])
kernel = np.array([1, 2, 3])
np.convolve(impulse, kernel, "same"), np.correlate(impulse, kernel, "same")

# %% tags=["hide"]
for name, row in libraries.ROWS.items():
    flips = row["operation"] == "convolution"
    assert flips == ("convolve" in name)

# %% [markdown]
# The same test on all {eval}`len(theirs)` functions gives a rule without exception.
# Every function with *convolve* in its name flips, from `numpy.convolve` to astropy.
# No other does: not the *correlate* functions, not OpenCV's `filter2D`,
# and not the layers that deep learning calls convolutions
# (`conv2d`, `Conv2D`, ONNX's `Conv`, JAX's `conv_general_dilated`).
# So a kernel that you take from one family to the other has to be flipped;
# [Convolution or cross-correlation?](../guide/flip.py) shows what happens if it is not.
#
# ## Where do the zeros of `same` go?
#
# A kernel of 4 needs three zeros for an output as large as the input, and three cannot be halved.
# To find out where a library puts them, try all four ways to divide them,
# and keep the one with which `conv` gives the library's numbers.

# %%
for zeros in range(4):
    ours = conv.correlate(x, w, padding=[(zeros, 3 - zeros)])
    if np.array_equal(ours, np.correlate(x, w, "same")):
        print(f"numpy.correlate: {zeros} before, {3 - zeros} after")

# %% [markdown]
# The table holds the result of that search for every function.
# Pairs are zeros before and after the input, for the kernel as it is applied,
# that is after the flip where there is one.

# %% tags=["hide"]
pads = libraries.grouped(lambda r: (r["operation"], str(r["same"]["k=4"])))
kinds = [operation for operation, _ in pads]
zeros = [pair.strip("[]").replace(", ", " and ") for _, pair in pads]
assert len(pads) == 6
figures.table(
    {"operation": kinds, "zeros": zeros, "functions": pads.values()}
)

# %% tags=["hide"]
for row in libraries.ROWS.values():
    assert row["same"]["k=3"] == [1, 1]
    assert row["same"]["k=5"] == [2, 2]
    assert row["same"]["k=4"] in ([1, 2], [2, 1], "refused")
after = {n for n, r in libraries.ROWS.items() if r["same"]["k=4"] == [1, 2]}
signal = {name for name in after if name.startswith("scipy.signal")}
assert signal == {"scipy.signal.correlate2d mode='same'"}
assert "scipy.ndimage.convolve mode='constant'" in after
assert "scipy.ndimage.correlate mode='constant'" not in after

# %% [markdown]
# Two things follow that the manuals do not tell you.
# In `scipy.signal` all functions put the extra zero before the input, except `correlate2d`.
# And in `scipy.ndimage` the two operations put it on opposite sides,
# so `correlate(x, w)` and `convolve(x, flipped w)` differ by one pixel for an even kernel,
# although for an odd kernel they are the same thing.
#
# ## What does a stride do to `same`?
#
# Of the functions that take a stride, PyTorch refuses `padding="same"` with a stride above 1.
# All others follow one rule.
# They make $\lceil n/s \rceil$ outputs, use as few zeros as that takes,
# and put the smaller half before the input (TensorFlow's `SAME`, ONNX's `SAME_UPPER`)
# or after it (`SAME_LOWER`).
# The next cell checks this rule against every answer on record, for kernels of 3, 4 and 5,
# strides 1, 2 and 3, and dilation 1 and 2.

# %%
checked = 0
for name in theirs:
    for case, pads in libraries.ROWS[name]["same"].items():
        if not isinstance(pads, str):
            n, k, s, d = libraries.sizes(case).values()
            rule = conv.Geometry.of((n,), (k,), stride=s, dilation=d).pads[0]
            assert tuple(pads) in (rule, rule[::-1])
            checked += 1
checked

# %% tags=["hide"]
none = "no zeros give its numbers"
for name in theirs:
    answers = libraries.ROWS[name]["same"]
    odd = {case for case, pads in answers.items() if pads == none}
    if name.startswith("tensorflow.nn.depthwise_conv2d"):
        assert odd == {case for case in answers if "s=2 d=2" in case}
    else:
        assert not odd

# %% tags=["hide"]
for name in theirs:
    answers = libraries.ROWS[name]["same"]
    refuses = answers.get("k=3 s=2 n=4") == "refused"
    assert refuses == name.startswith("torch")
tensorflow = libraries.ROWS["tensorflow.nn.conv2d padding='SAME'"]["same"]
assert tensorflow["k=3 s=2 n=4"] == [0, 1]
assert tensorflow["k=3 s=2 n=5"] == [1, 1]

# %% [markdown]
# The rule has a consequence that is easy to miss.
# With a kernel of 3 and stride 2, an input of 5 gets one zero on each side, but an input of 4 gets none before and one after.
# A symmetric padding of 1 is therefore the same thing for odd sizes and something else for even ones,
# and images mostly have even sizes.
# [Full, same, valid](../guide/padding.py) follows this into the first layer of a ResNet.
#
# One answer fits no rule at all.
# `tf.nn.depthwise_conv2d`, given a stride and a dilation together, returns numbers that no arrangement of zeros explains.
# TensorFlow's other functions and Keras refuse the pair or compute it correctly.
#
# ## What lies beyond the border?
#
# Zeros are only one choice.
# The table shows what each rule sets around the values 1 2 3 4, and what the libraries call it.

# %% tags=["hide"]
words = {}
rules = {name: row["borders"] for name, row in libraries.ROWS.items()}
for name, borders in (libraries.PADS | rules).items():
    package = name.split()[0].rpartition(".")[0]
    for rule, picture in borders.items():
        words.setdefault(picture, {}).setdefault(rule, {})[package] = None
assert words.pop("refused") == {"BORDER_WRAP": {"cv2": None}}

# %% tags=["hide"]
first = libraries.grouped(lambda row: row["defaults"].get("border"))
called = [
    "; ".join(f"`{rule}` ({', '.join(used)})" for rule, used in names.items())
    for names in words.values()
]
default = [first.get(picture, "") for picture in words]
around = [picture.translate(libraries.UNBROKEN) for picture in words]
figures.table(
    {"around 1 2 3 4": around, "called": called, "default of": default}
)

# %% tags=["hide"]
repeated, mirrored = "3 2 1 | 1 2 3 4 | 4 3 2", "4 3 2 | 1 2 3 4 | 3 2 1"
assert {"scipy.ndimage", "skimage.filters"} <= words[repeated][
    "reflect"
].keys()
assert {"numpy", "torch.nn"} <= words[mirrored]["reflect"].keys()
assert "cv2.filter2D" in first[mirrored]
assert "scipy.ndimage.correlate" in first[repeated]

# %% [markdown]
# The word *reflect* means two things.
# In `scipy.ndimage`, scikit-image and OpenCV the outermost pixel is repeated, 3 2 1 | 1 2 3 4.
# In NumPy, PyTorch, TensorFlow and JAX it is not, 4 3 2 | 1 2 3 4,
# and the first group calls that *mirror* or `REFLECT_101`.
# OpenCV's default is the second, that of `scipy.ndimage` the first,
# so the same blur gives different pixels along the border of an image, in silence.
#
# ## Which mode is the default?

# %% tags=["hide"]
modes = libraries.grouped(lambda row: row["defaults"]["mode"])
assert set(modes) == {"full", "valid", "same", "none: it has to be given"}
figures.table({"mode": modes, "functions": modes.values()})

# %% [markdown]
# `numpy.convolve` and `numpy.correlate` differ even here, `full` against `valid`.
# astropy has a default of another kind:
# its functions divide the result by the kernel's sum unless you tell them not to.
#
# ## What happens to bytes?
#
# Images usually arrive as bytes, from 0 to 255.
# Three pixels of 100 add up to 300, and a falling edge from 100 to 0 is −100; neither fits into a byte.

# %% tags=["hide"]
sums = libraries.grouped(lambda row: row["dtypes"]["uint8"])
assert {"uint8: 44", "uint8: 255", "refused"} <= set(sums)
figures.table({"300, from bytes": sums, "functions": sums.values()})

# %% tags=["hide"]
edges = libraries.grouped(lambda row: row["dtypes"]["uint8 by float64"])
assert {"uint8: 156", "uint8: 0", "float64: -100"} <= set(edges)
edges = {found.replace("-", "−"): names for found, names in edges.items()}
figures.table(
    {"−100, from bytes and floats": edges, "functions": edges.values()}
)

# %% [markdown]
# 44 and 156 are 300 and −100 wrapped around at 256; 255 and 0 are the same sums cut off at the ends of the range.
# The second table is the more dangerous one, because there the kernel holds floats.
# `scipy.ndimage` still returns bytes, so a falling edge comes out brighter than a rising one.
# Convert the image to floats first, and the question does not arise.
#
# ## What if the kernel is longer than the input?
#
# Give each function three values and a kernel of five.

# %% tags=["hide"]
longer = libraries.grouped(lambda row: tuple(row["longer_kernel"].items()))
answers = [
    ", ".join(f"{mode} {size}" for mode, size in found) for found in longer
]
figures.table(
    {"values that come back": answers, "functions": longer.values()}
)

# %% [markdown]
# Where `valid` gives three values, the function has exchanged input and kernel without a word,
# which is harmless in a convolution and reverses the result of a cross-correlation.
# JAX's `lax` returns an empty array, and the deep learning frameworks raise an error, as `conv` does.
#
# ## The line that gives the same numbers
#
# With all that known, every function can be made to compute what `conv.correlate(x, w)` computes.
# The record holds one line for each, executed for kernels of 3 by 5, 4 by 3 and 2 by 4
# (only odd ones where a function refuses even ones).
# In it, `p` stands for `conv.Geometry.of(x.shape, w.shape, padding="same").pads`.
# Here are those of the correlations that differ most; `libraries.ROWS` has the others under the names in the tables above,
# followed by the argument that chooses the mode.

# %%
for name in theirs:
    if name.startswith(("scipy.signal.corr", "scipy.ndimage.corr", "cv2")):
        print(libraries.ROWS[name]["call"])

# %% [markdown]
# ## How far can you trust this page?
#
# The program that asks is in `tests/libraries`, and it takes no answer from a manual.
# A mode, a border rule or a dtype is given, and what comes back is compared with `conv`.
# Whatever a function's name promises, its row says what it did.
# These versions were asked:

# %% tags=["hide"]
versions = libraries.VERSIONS
figures.table({"library": versions, "version": versions.values()})

# %% [markdown]
# All ran on a processor, one image and one channel at a time;
# what graphics cards do was not asked.
# `make libraries` asks again, and once a week a job asks the newest versions and fails if one of them answers differently.
# NumPy and SciPy are asked again in every run of the tests, and `conv` is asked now:

# %%
ours = libraries.ROWS["conv.correlate padding='same'"]["same"]
for case, pads in ours.items():
    n, k, s, d = libraries.sizes(case).values()
    now = conv.Geometry.of((n,), (k,), padding="same", stride=s, dilation=d)
    assert list(now.pads[0]) == pads
len(ours)

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: the edge that was too bright
#
# Somebody loads a photograph as bytes, runs Sobel's kernel over it with `scipy.ndimage.correlate`,
# and finds that every edge from bright to dark is bright in the result, and none is dark.
# The largest fall is 4 times 200. What stands in its place?

# %% tags=["answer"]
# The result is bytes again, so −800 wraps: 4 times 256 is added.
assert "scipy.ndimage.correlate" in edges["uint8: 156"]
-4 * 200 % 256

# %% [markdown]
# ### Exercise 2: move a filter from SciPy to PyTorch
#
# A program calls `scipy.signal.correlate(x, w, mode="same")` with a kernel of 4 by 6.
# How many zeros does PyTorch need at the left, right, top and bottom, before a `conv2d` without padding?

# %% tags=["answer"]
# k // 2 before and (k − 1) // 2 after: F.pad(x, (3, 2, 2, 1)), the last axis first.
for k in (4, 6):
    x, w = np.arange(1, 10), np.arange(1, k + 1)
    ours = conv.correlate(x, w, padding=[(k // 2, (k - 1) // 2)])
    assert np.array_equal(ours, np.correlate(x, w, "same"))
[(k // 2, (k - 1) // 2) for k in (6, 4)]

# %% [markdown]
# ### Exercise 3: ask your own library
#
# Choose a function that you use, and ask it three questions:
# the impulse, the kernel 1 0 0 0 under its own `same`, and three pixels of 100 in bytes.
# What would a function that wraps bytes, flips, and puts the extra zero after the input answer?

# %% tags=["answer"]
# The kernel in order, 3 4 5 6 0 0 (the flipped kernel has its 1 at the end), and 44.
flipped = np.array([1, 0, 0, 0])[::-1]
kernel_shown = np.convolve(impulse, kernel, "same")
sums = conv.correlate(np.arange(1, 7), flipped, padding=[(1, 2)])
kernel_shown, sums, 300 % 256

# %% [markdown]
# ## What you can do now
#
# You can tell for any function whether it flips, where its zeros go and what it does to bytes,
# and you know the three questions that find it out in a minute.
# Go on with [Full, same, valid](../guide/padding.py) for the sizes and the zeros,
# or with [Convolution or cross-correlation?](../guide/flip.py) for the flip.
#
# Elsewhere:
#
# - [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285) by Vincent Dumoulin and Francesco Visin:
#   every combination of size, stride and padding as a picture.
# - [`scipy.ndimage`'s manual](https://docs.scipy.org/doc/scipy/tutorial/ndimage.html) on border rules,
#   the best prose on what lies beyond an edge.
