# %% [markdown]
# # What your library computes
#
# Does it flip the kernel, where does it put the zeros of `same`, and what does it see beyond the border?

# %%
import numpy as np

import conv
from conv import figures, libraries

# %% tags=["hide"]
rows = libraries.ROWS.values()
theirs = [row for row in rows if not row["name"].startswith("conv.")]
x, w = np.arange(1, 7), np.array([1, 0, 0, 0])
answers = {}
for pair in ((1, 2), (2, 1)):
    answers["no", *pair] = conv.correlate(x, w, padding=[pair])
for pair in ((1, 2), (2, 1)):
    answers["yes", *pair] = conv.convolve(x, w, padding=[pair])

# %% tags=["hide"]
figures.answers(
    libraries.ROWS,
    "scipy.signal.convolve2d mode='same'",
    "torch.nn.functional.conv2d padding='same'",
    caption="Choose two functions: the list says what to add to a call of B with only an image and a kernel, to get the numbers of A, under same and with A's own border, for float32. In it, k is the size of the kernel along an axis. Answers that differ are bold, after ≠; after “gives” stands a border rule, and beside it each library's name for it.",
)

# %% [markdown]
# We ran {eval}`len(theirs)` functions and modes of {eval}`len(libraries.VERSIONS)` libraries, and recorded what they answered.
# **The lines at the bottom make each of them compute what `conv.correlate` computes under [same](../reference/glossary.md#same), for floats**;
# in them, `p` stands for `conv.Geometry.of(x.shape, w.shape, padding="same").pads`.
# We ran each line with several kernels, but only with odd ones where the function refuses the others.
# (ONNX Runtime's `run` is in `tests/libraries/onnx_conv.py`.)
#
# ## Ask your own library
#
# Is your library missing, or newer than ours? Ask it with a kernel of 1 0 0 0.
# An output as large as the input then takes three zeros, one side gets two of them, and libraries do not agree which.
# The 1 at the kernel's end shows the side, and the flip as well.
# In the figure, and in all answers of this page, a function that flips has its zeros counted with the kernel flipped:

# %% tags=["hide"]
flipped = answers["yes", 1, 2]
figures.beside(
    figures.Grid(x, "input", pads=((1, 2),), focus=(slice(4),)),
    "⋆",
    figures.Grid(conv.flip(w), "flipped", "kernel"),
    "=",
    figures.Grid(flipped, "output", "output", focus=(0,)),
    caption="A function that flips, with 1 zero before and 2 after: the flipped kernel picks the last of the first four, 3.",
    alt="The input 1 2 3 4 5 6 with one zero before it and two after it, and a frame around 0 1 2 3; the kernel flipped, 0 0 0 1; and the output 3 4 5 6 0 0, its 3 in a frame.",
)

# %% [markdown]
# Ask for the `same` output of the input 1 2 3 4 5 6 and the kernel 1 0 0 0, in floats and with zeros beyond the border
# (`mode="constant"` in `scipy.ndimage`, scikit-image and dask-image, `BORDER_CONSTANT` in OpenCV).
# Functions of images want `x[None]` and `w[None]`,
# PyTorch and `jax.lax` `x[None, None, None]` and `w[None, None, None]`, TensorFlow and Keras `x[None, None, :, None]` and `w[None, :, None, None]`.
# **The answer tells at once whether the function flips, and which side gets two of the three zeros:**

# %% tags=["hide"]
given = [str(a.astype(int))[1:-1] for a in answers.values()]
given = [answer.translate(libraries.UNBROKEN) for answer in given]
figures.table(
    {
        "it answers": given,
        "flips the kernel": [flips for flips, _, _ in answers],
        "zeros before and after": [f"{b} and {a}" for _, b, a in answers],
    }
)

# %% tags=["hide"]
assert [list(map(int, a)) for a in answers.values()] == [
    [0, 1, 2, 3, 4, 5],
    [0, 0, 1, 2, 3, 4],
    [3, 4, 5, 6, 0, 0],
    [2, 3, 4, 5, 6, 0],
]
for mode in (np.convolve, np.correlate):
    assert any(
        np.array_equal(mode(x, w, "same"), a) for a in answers.values()
    )

# %% tags=["hide"]
odd = np.array([1, 0, 0])
short = {}
for flip, ask in (("no", conv.correlate), ("yes", conv.convolve)):
    answer = ask(x, odd, padding="same").astype(int)
    short[flip] = " ".join(map(str, answer))
assert short == {"no": "0 1 2 3 4 5", "yes": "2 3 4 5 6 0"}

# %% tags=["hide"]
assert {
    n for n, r in libraries.ROWS.items() if r["same"]["k=4"] == "refused"
} == {
    "skimage.filters.correlate_sparse mode='constant'",
    "astropy.convolution.convolve boundary='fill'",
}

# %% [markdown]
# scikit-image and astropy's `convolve` refuse a kernel of 4, so you can ask them only about the flip, with the kernel 1 0 0:
# it gives {eval}`short["no"]` without a flip, and {eval}`short["yes"]` with one.
#
# ## Does it flip? In Python, the name nearly tells
#
# Among the functions that we asked, **one whose name says *convolve* flips the kernel, and one that only says *conv* does not.**
# The layers of deep learning are all of the second kind: `conv2d`, `Conv2D`, ONNX's `Conv`, JAX's `conv_general_dilated`.
# One name misleads: `tf.nn.convolution` does not flip.
# Outside Python, according to the manuals, the rule fails:
# MATLAB's `conv` flips, R's `convolve` correlates unless you reverse the kernel yourself,
# and the layer `Conv` of Julia's Flux [flips](../guide/flip.py).

# %% tags=["hide"]
for row in libraries.ROWS.values():
    assert (row["operation"] == "convolution") == ("convolve" in row["name"])
    assert row["same"]["k=3"] == [1, 1]
    assert row["same"]["k=5"] == [2, 2]
same = {row["name"].split()[0]: row["same"]["k=4"] for row in theirs}
signal = {n for n, p in same.items() if "signal" in n and p == [1, 2]}
assert signal == {"scipy.signal.correlate2d"}
assert same["scipy.ndimage.convolve"] == same["scipy.ndimage.correlate"][::-1]

# %% [markdown]
# ## SciPy disagrees with itself: `convolve2d` and `correlate2d`
#
# For odd kernels not longer than the input, with zeros outside and at stride 1, all functions put their zeros in the same places,
# but for a kernel of 4 they do not.
# In `scipy.signal`, `correlate2d` alone puts the extra zero after the input; the other functions that we asked put it before.
# In `scipy.ndimage` the two operations put it on opposite sides,
# so `correlate(x, w)` and `convolve(x, conv.flip(w))` agree for odd kernels and differ by one place for even ones.
# You need not pad and crop to make up for it: in either, `origin=-1` moves the zero of an even kernel to the other side.
#
# To find out such a thing without a manual, try all four ways to divide three zeros,
# and keep the one with which `conv` gives the library's numbers:

# %%
x, w = np.arange(1, 7), np.array([1, 0, 0, 0])
for zeros in range(4):
    ours = conv.correlate(x, w, padding=[(zeros, 3 - zeros)])
    if np.array_equal(ours, np.correlate(x, w, "same")):
        print(f"numpy.correlate: {zeros} before, {3 - zeros} after")

# %% tags=["hide"]
numpys = libraries.ROWS["numpy.correlate mode='same'"]["same"]["k=4"]
assert numpys == [2, 1]
assert np.array_equal(np.correlate(x, w, "same"), answers["no", 2, 1])

# %% [markdown]
# ## A stride changes the zeros of `same`
#
# PyTorch refuses `padding="same"` with a stride above 1.
# TensorFlow, Keras, JAX and ONNX Runtime follow one rule:
# for an input of $n$ values and a stride of $s$, make $\lceil n/s \rceil$ outputs with as few zeros as that takes.
# If their number is odd, the extra one comes after the input, or before it if the mode is called `SAME_LOWER`.
# A kernel of 3 at stride 2, for example, gets one zero on each side of an input of 5, but none before and one after an input of 4.

# %% tags=["hide"]
checked = 0
for row in theirs:
    for case, pads in row["same"].items():
        if "s=" in case and not isinstance(pads, str):
            n, k, s, d = libraries.sizes(case).values()
            rule = conv.Geometry.of((n,), (k,), stride=s, dilation=d).pads[0]
            lower = "LOWER" in row["name"]
            assert tuple(pads) == (rule[::-1] if lower else rule)
            checked += 1

# %% tags=["hide"]
for n, k, s in np.add(list(np.ndindex(9, 6, 4)), (4, 1, 1)).tolist():
    values, kernel = np.arange(n) ** 2.0, np.arange(1, k + 1)
    before = [
        conv.Geometry.of((n,), (k,), padding="same", stride=step).pads[0][0]
        for step in (1, s)
    ]
    kept = conv.correlate(values, kernel, padding="same")
    kept = kept[before[0] - before[1] :: s]
    ours = conv.correlate(values, kernel, padding="same", stride=s)
    assert np.array_equal(kept, ours)

# %% tags=["hide"]
for n in (224, 512, 225, 299):
    stem = conv.Geometry.of((n,), (7,), padding="same", stride=2).pads[0]
    assert stem == ((3, 3) if n % 2 else (2, 3))

# %% tags=["hide"]
for row in theirs:
    none = {c for c, p in row["same"].items() if "no zeros" in str(p)}
    if row["name"].startswith("tensorflow.nn.depthwise_conv2d"):
        assert none == {c for c in row["same"] if "s=2 d=2" in c}
    else:
        assert not none
    refuses = row["same"].get("k=3 s=2 n=4") == "refused"
    assert refuses == row["name"].startswith("torch")

# %% tags=["hide"]
tensorflow = libraries.ROWS["tensorflow.nn.conv2d padding='SAME'"]["same"]
assert tensorflow["k=3 s=2 n=4"] == [0, 1]
assert tensorflow["k=3 s=2 n=5"] == [1, 1]
keras = libraries.ROWS["keras.layers.Conv2D padding='same'"]["same"]
assert keras["k=3 s=2 d=2 n=7"] == "refused"

# %% [markdown]
# The rule holds for all {eval}`checked` pairs of zeros on record, at strides 2 and 3.
# A ResNet whose first layer was trained with `padding=3` and runs with `same` sees every image with even sides moved by one pixel:
# [Full, same, valid](../guide/padding.py) shows it.
#
# Where a function lacks strides, run it at stride 1, skip as many outputs as there are fewer zeros before the input at stride $s$,
# and keep every $s$-th of the rest: for the input of 4, skip one and keep every second.
# Where it lacks [dilations](../reference/glossary.md#dilation), put $d-1$ zeros between the kernel's entries for a dilation of $d$.
#
# Under `same`, a stride together with a dilation works only in `tf.nn.conv2d` and JAX.
# Keras and `tf.nn.convolution` refuse the two, and ONNX Runtime refuses every dilation under `SAME_UPPER` and `SAME_LOWER`.
# TensorFlow's manual forbids them for `depthwise_conv2d`, but the function does not refuse them,
# and returns numbers that no padding with zeros explains
# ([issue 57128](https://github.com/tensorflow/tensorflow/issues/57128) reports a wrong size under `valid`).
#
# ## *Reflect* means two things, and OpenCV has both
#
# Zeros are only one choice for what lies beyond the border.
# The table shows what each rule sets around 1 2 3 4, and its names in filters and in functions such as `np.pad` that only pad.

# %% tags=["hide"]
products = {
    "cv2": "OpenCV",
    "numpy": "NumPy",
    "jax": "JAX",
    "torch": "PyTorch",
}
products |= {"tensorflow": "TensorFlow", "skimage": "scikit-image"}
products |= {"dask_image": "dask-image", "astropy": "astropy"}
assert len(products) + 3 == len(libraries.VERSIONS)

# %% tags=["hide"]
drawn = libraries.PADS["numpy.pad"]
words = {}
rules = {row["name"]: row["borders"] for row in theirs}
for name, borders in (libraries.PADS | rules).items():
    package = products.get(name.split(".")[0], name.rpartition(".")[0])
    for rule, picture in borders.items():
        words.setdefault(picture, {}).setdefault(rule, {})[package] = None
assert words.pop("refused") == {"BORDER_WRAP": {"OpenCV": None}}

# %% tags=["hide"]
called = [
    "; ".join(f"`{rule}` ({', '.join(used)})" for rule, used in names.items())
    for names in words.values()
]
around = [picture.translate(libraries.UNBROKEN) for picture in words]
figures.table(
    {"around 1 2 3 4": around, "called": called},
    note="OpenCV's `filter2D` refuses its `BORDER_WRAP`.",
)

# %% tags=["hide"]
repeated, mirrored = drawn["symmetric"], drawn["reflect"]
repeats, mirrors = words[repeated]["reflect"], words[mirrored]["reflect"]
assert {"scipy.ndimage", "scikit-image", "dask-image"} <= repeats.keys()
assert {"NumPy", "PyTorch", "JAX"} <= mirrors.keys()
default = {
    row["name"].split()[0]: row["defaults"]["border"] for row in theirs
}
assert default["cv2.filter2D"] == mirrored
assert default["scipy.ndimage.correlate"] == repeated

# %% [markdown]
# In `scipy.ndimage`, scikit-image and dask-image *reflect* repeats the outermost value; in NumPy, PyTorch, TensorFlow and JAX it does not.
# OpenCV has both and by default does not repeat, while `scipy.ndimage` by default does.
# So the same blur gives different pixels along the border, without warning.

# %% tags=["hide"]
sums = {row["name"].split()[0]: row["dtypes"]["uint8"] for row in theirs}
assert sums["numpy.convolve"] == sums["torch.nn.Conv2d"] == "uint8: 44"
assert sums["cv2.filter2D"] == "uint8: 255"
assert sums["jax.numpy.convolve"] == "float32: 300"

# %% tags=["hide"]
mixed = [row["dtypes"]["uint8 by float64"] for row in theirs]
floats = sum(answer.startswith("float") for answer in mixed)
refusing = mixed.count("refused")
scaled = {row["name"] for row in theirs if "scale" in row["defaults"]}
assert all(name.startswith("astropy") for name in scaled)
assert len(scaled) == 2
assert (3 * 100 % 256, -100 % 256) == (44, 156)

# %% [markdown]
# ## Bytes wrap, saturate, or do neither
#
# Images usually arrive as bytes, from 0 to 255.
# Three pixels of 100 add up to 300, which does not fit.
# NumPy and PyTorch answer 44, which is 300 − 256, OpenCV answers 255, the largest byte, and astropy and `jax.numpy` answer 300, in floats.
# With bytes and a kernel of floats, −1 0 1, {eval}`floats` of the {eval}`len(theirs)` functions and modes return floats, and {eval}`refusing` refuse the mixture.
# `scipy.ndimage` and dask-image still return bytes, so a fall by 100 comes out as {eval}`-100 % 256`, brighter than a rise by 100; OpenCV returns 0.
# On a photograph you cannot miss it:

# %% tags=["hide"]
photo = 255 * conv.images.sample().mean(axis=2)
photo = np.rint(photo.reshape(300, 2, 256, 2).mean(axis=(1, 3)))
edges = conv.correlate(photo, conv.kernels.sobel_x(), padding="valid")
wrapped = edges % 256
figures.beside(
    figures.Picture(edges, "in floats", (-400, 400), signed=True),
    figures.Picture(wrapped, "in bytes", (0, 255)),
    caption="Sobel's kernel on bytes, as floats and as scipy.ndimage returns it: in bytes a sum of −8 becomes 248. Grey from 0 to 255; in floats, colours from −400 to 400.",
    alt="The portrait under Sobel's kernel twice. In floats, falls and rises in two colours on an even ground. In bytes, smooth areas are spotted black and white, and edges have lost their sign.",
)

# %% [markdown]
# To avoid all this, convert image and kernel to `float32`, which all of them accept;
# ONNX Runtime refuses `float64`, and PyTorch a mixture.

# %% tags=["hide"]
signs = {
    row["name"].split()[0]: row["dtypes"]["uint8 by float64"]
    for row in theirs
}
bytes_kept = {name for name, value in signs.items() if value == "uint8: 156"}
assert {name.rpartition(".")[0] for name in bytes_kept} == {
    "scipy.ndimage",
    "dask_image.ndfilters",
}
assert signs["cv2.filter2D"] == "uint8: 0"

# %% tags=["hide"]
for row in rows:
    assert row["dtypes"]["float32"].endswith(": 300")
    onnx = row["name"].startswith("onnx")
    assert (row["dtypes"]["float64"] == "refused") == onnx
assert signs["torch.nn.Conv2d"] == "refused"

# %% [markdown]
# ## astropy divides by the kernel's sum
#
# By default, astropy's functions divide the result by the sum of the kernel.
# Three pixels of 100 under three ones then give 100 and not 300, and a kernel that sums to zero, such as Sobel's, raises an error.
# For every other answer on this page they were told `normalize_kernel=False`, and `convolve_fft` also `nan_treatment="fill"`,
# because its default, weighted means in place of missing values, fails if the kernel sums to zero.
#
# ## A kernel longer than the input
#
# Three values and a kernel of five: `conv`, PyTorch, TensorFlow, Keras and ONNX Runtime find no valid place for it and raise an error.
# JAX's `lax` returns an empty array.
# NumPy, `jax.numpy` and `scipy.signal` return three values, the places where the *input* lies wholly on the kernel.
# And under `same`, NumPy and `jax.numpy` return five values, as many as the longer of the two, and all others three.

# %% tags=["hide"]
valid, same = {}, {}
for row in rows:
    valid[row["name"].split()[0]] = row["longer_kernel"].get("valid")
    same[row["name"].split()[0]] = row["longer_kernel"].get("same")
raises = {name for name, size in valid.items() if size == "refused"}
assert {"conv.correlate", "torch.nn.Conv2d", "onnxruntime"} <= raises
assert {"tensorflow.nn.conv2d", "keras.ops.conv"} <= raises
assert valid["jax.lax.conv_general_dilated"] == 0

# %% tags=["hide"]
for name in ("numpy.correlate", "scipy.signal.correlate"):
    assert valid[name] == valid[name.replace("correlate", "convolve")] == 3
assert same["numpy.convolve"] == same["numpy.correlate"] == 5
five = {name for name, size in same.items() if size == 5}
assert {name.rpartition(".")[0] for name in five} == {"numpy", "jax.numpy"}
assert set(same.values()) == {3, 5}

# %% [markdown]
# ## The answers, function by function
#
# The third column has the zeros before and after the input, for a kernel of 4;
# the [mode](../reference/glossary.md#mode) and the border are those of a call that names none.
# *Refused*: the function raises an error. *None*: the mode has to be given.
# Borders have the names of `np.pad`, so the `symmetric` of `scipy.ndimage` is what it calls *reflect* itself.
# The last column is what becomes of three pixels of 100, added up in bytes. Keras ran on TensorFlow.

# %% tags=["hide"]
paths = [row["name"].split()[0] for row in theirs]
rule = {picture: f"`{name}`" for name, picture in drawn.items()}
rule[drawn["constant"]] = "zeros"
names = [
    f"<code>{path.replace('.', '.<wbr>')}</code>"
    + (f" {row['name'].split('=')[1]}" if paths.count(path) > 1 else "")
    for path, row in zip(paths, theirs, strict=True)
]
even = [row["same"]["k=4"] for row in theirs]

# %% tags=["hide"]
flips = {"cross-correlation": "no", "convolution": "yes"}
pairs = [str(pads).strip("[]").translate(libraries.UNBROKEN) for pads in even]
columns = {"function": names}
columns["flips"] = [flips[row["operation"]] for row in theirs]
columns["zeros, k = 4"] = pairs
defaults = [row["defaults"] for row in theirs]
columns["default mode"] = [each["mode"] for each in defaults]
columns["default border"] = [rule[each["border"]] for each in defaults]

# %% tags=["hide"]
columns["300 in bytes"] = [
    row["dtypes"]["uint8"].split(": ")[-1] for row in theirs
]
figures.table(columns)

# %% [markdown]
# ## How far can you trust this page?
#
# A program, `tests/libraries`, compares what each function returns with `conv`;
# once a week a job asks the newest versions, and fails if one answers differently.
# It asks on a processor, one image and one channel at a time; graphics cards are not on record.
#
# ??? note "The versions that were asked"
#     {eval}`", ".join(" ".join(pair) for pair in libraries.VERSIONS.items())`

# %% tags=["hide"]
ours = libraries.ROWS["conv.correlate padding='same'"]["same"]
for case, pads in ours.items():
    n, k, s, d = libraries.sizes(case).values()
    now = conv.Geometry.of((n,), (k,), padding="same", stride=s, dilation=d)
    assert list(now.pads[0]) == pads

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: the edge that was too bright
#
# Somebody loads a photograph as bytes and runs Sobel's kernel over it with `scipy.ndimage.correlate`.
# At an upright edge where the brightness falls by 200, the sum is −4 times 200. Which value does the result hold?

# %% tags=["answer"]
# The result is bytes again, so −800 wraps: 256 is added until it fits.
assert "scipy.ndimage.correlate" in bytes_kept
-4 * 200 % 256

# %% [markdown]
# ### Exercise 2: three layers that drift
#
# Three filters of 4 by 4 run one after the other, each a call of `scipy.signal.correlate2d` under `same`.
# Somebody replaces them by `scipy.signal.correlate`. By how many pixels does the output move, and where to?

# %% tags=["answer"]
# By three pixels, down and to the right: each layer gets its extra zero before the input instead of after it.
signal, taps = np.arange(20.0) ** 2, np.array([1, 2, 3, 4])
plane = line = signal
for _ in range(3):
    plane = conv.correlate(plane, taps, padding=[(1, 2)])
    line = conv.correlate(line, taps, padding=[(2, 1)])
assert np.array_equal(line[6:14], plane[3:11])

# %% [markdown]
# ### Exercise 3: the border of your library
#
# With which kernel does a single call show you what your library sees up to three places beyond the border of 1 2 3 4? Predict what NumPy's rules would give.

# %% tags=["answer"]
# With 1 0 0 0 0 0 0: it looks three places away, so the first three outputs (or, flipped, the last three) lie outside.
look, four = np.array([1, 0, 0, 0, 0, 0, 0]), np.arange(1, 5)
for rule in ("constant", "edge", "reflect", "symmetric", "wrap"):
    print(conv.correlate(np.pad(four, 3, rule), look, padding="valid"), rule)

# %% [markdown]
# ## What you can do now
#
# You can tell for any function with a `same` mode whether it flips and where its zeros go,
# and you know where two functions differ without a warning:
# at the flip, even kernels, strides, *reflect*, bytes, and kernels longer than the input.
# Go on with [Full, same, valid](../guide/padding.py) for the zeros, or [Convolution or cross-correlation?](../guide/flip.py) for the flip.
#
# Elsewhere:
#
# - [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285) by Vincent Dumoulin and Francesco Visin:
#   the usual combinations of size, stride and padding, as pictures.
# - [`scipy.ndimage`'s manual](https://docs.scipy.org/doc/scipy/tutorial/ndimage.html) on border rules:
#   clear prose on what lies beyond an edge.
