# %% [markdown]
# # What your library computes
#
# **Two libraries, the same weights, the same photograph and no error: why do their outputs differ?**
# It happened to [a ResNet copied from PyTorch to Keras](https://github.com/keras-team/keras/pull/16363), wherever the stride was 2.
# Here are three such layers:

# %%
import numpy as np

import conv
from conv import figures, libraries

# %% tags=["hide"]
tensorflow = libraries.ROWS["tensorflow.nn.conv2d padding='SAME'"]["same"]
last = tuple(tensorflow["k=3 s=2 n=4"])
zeros = {"PyTorch, padding=1": (1, 1), "TensorFlow, SAME": last}
blur = np.outer([1, 2, 1], [1, 2, 1]) / 16


# %% tags=["hide"]
def deep(image, pair):
    for _ in range(3):
        image = conv.correlate(image, blur, padding=[pair] * 2, stride=2)
    return image


# %% tags=["hide"]
hopper = 255 * conv.images.sample().mean(axis=2)
assert all(side % 8 == 0 for side in hopper.shape)
thirds = [deep(hopper, pair) for pair in zeros.values()]
off = thirds[1] - thirds[0]
later = 2**3 - 1
moved = deep(hopper[later:, later:], (1, 1))
assert np.allclose(moved[1:-1, 1:-1], thirds[1][1:-1, 1:-1])

# %% tags=["hide"]
panels = [
    figures.Picture(third, name, (0, 255), note=" ")
    for third, name in zip(thirds, zeros, strict=True)
]
figures.beside(
    *panels,
    figures.Picture(off, "difference", (-128, 128), signed=True, note=" "),
    caption="Three layers at stride 2, computed with conv from the recorded zeros; each blurs by 1 2 1 down times 1 2 1 across, over 16. Grey from 0 to 255; green is brighter in TensorFlow, violet in PyTorch, and the colours end at −128 and 128.",
    alt="A small, coarse portrait twice; in the second, it lies a little further left and up. In the difference, all its outlines stand out in green and violet.",
)

# %% [markdown]
# **PyTorch adds zeros on all sides, but TensorFlow adds them only at the right and below if the stride is 2 and the sides are even, so its windows start one pixel later in both directions.
# After three layers they start {eval}`later` pixels later, while neighbouring outputs lie {eval}`later+1` apart, so outputs differ by up to {eval}`f"{np.abs(off).max():.0f}"` of 255.**
#
# ## One call shows what yours does
#
# Libraries disagree at stride 1, too. To **flip** a kernel is to reverse it along each of its axes before it slides over the input:
# convolution does, but cross-correlation (⋆) does not.
# Under [**same**](../reference/glossary.md#same) the output is as large as the input, so a kernel of 4 needs three zeros outside. Which side gets two?
#
# Ask your function for its `same` output of these floats, with zeros beyond the border:

# %%
x = np.arange(1.0, 7)
w = np.array([1.0, 0, 0, 0])
np.correlate(x, w, mode="same")

# %% [markdown]
# **NumPy's `correlate` gives the second of four answers: it does not flip, and puts two zeros before the input.**

# %% tags=["hide"]
answers = {}
for pair in ((1, 2), (2, 1)):
    answers["no", *pair] = conv.correlate(x, w, padding=[pair])
for pair in ((1, 2), (2, 1)):
    answers["yes", *pair] = conv.convolve(x, w, padding=[pair])

# %% tags=["hide"]
examples = {
    "PyTorch’s `conv2d`": "torch.nn.functional.conv2d padding='same'",
    "NumPy’s `correlate`": "numpy.correlate mode='same'",
    "`convolve` of `scipy.ndimage`": "scipy.ndimage.convolve mode='constant'",
    "NumPy’s `convolve`": "numpy.convolve mode='same'",
}
for (flips, *pair), name in zip(answers, examples.values(), strict=True):
    row = libraries.ROWS[name]
    assert row["same"]["k=4"] == pair
    assert (row["operation"] == "convolution") == (flips == "yes")

# %% tags=["hide"]
given = [str(a.astype(int))[1:-1] for a in answers.values()]
given = [answer.translate(libraries.UNBROKEN) for answer in given]
zeros = [f"{b}\xa0and\xa0{a}" for _, b, a in answers]
columns = {"it answers": given, "flips the kernel": [f for f, *_ in answers]}
columns |= {"zeros before and after": zeros, "for example": list(examples)}
figures.table(columns)

# %% [markdown]
# Without a flip the numbers move right, by as many places as there are zeros before them.
# With a flip they move left, by the zeros after them, as in the third row:

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

# %% tags=["hide"]
assert [list(map(int, a)) for a in answers.values()] == [
    [0, 1, 2, 3, 4, 5],
    [0, 0, 1, 2, 3, 4],
    [3, 4, 5, 6, 0, 0],
    [2, 3, 4, 5, 6, 0],
]
assert any(
    np.array_equal(np.convolve(x, w, "same"), a) for a in answers.values()
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
# /// details | If your function raises an error
#     type: note
#
# Functions for images want two axes, or more. With `x, w = x[None], w[None]` these calls give the first answer, except the second, which gives the next:

# %% tags=["hide"]
asked = "torch.nn.functional.conv2d padding='same'", "cv2.filter2D borderType=BORDER_CONSTANT", "tensorflow.nn.conv2d padding='SAME'"  # fmt: skip
figures.table(
    {"call": [f"`{libraries.ROWS[name]['call']}`" for name in asked]}
)
assert [libraries.ROWS[name]["same"]["k=4"] for name in asked] == [[1, 2], [2, 1], [1, 2]]  # fmt: skip

# %% [markdown]
# For any other function, choose yours as A *and* as B in the next figure, and copy the call from its code.
#
# scikit-image and astropy's `convolve` refuse a kernel of 4. With 1 0 0
# they answer {eval}`short["no"]` if they do not flip, and {eval}`short["yes"]` if they do.
#
# ///
#
# ## From one library to another
#
# **Choose two functions, yours as A and another as B: the list says what to change in B to get A's output.**
# The first fold has a function to copy that makes these changes, and the table marks differences.

# %% tags=["hide"]
versions = ", ".join(" ".join(p) for p in libraries.VERSIONS.items())
rows = libraries.ROWS.values()
theirs = [row for row in rows if not row["name"].startswith("conv.")]

# %% tags=["hide"]
figures.answers(
    libraries.ROWS,
    "scipy.signal.convolve2d mode='same'",
    "torch.nn.functional.conv2d padding='same'",
    caption="Choose two functions; the list holds for one channel in float32. k is the kernel's size along an axis, with its zeros if it is dilated; zeros are counted with the kernel as the function applies it. Rows whose answers differ, if only in a name, are bold, after ≠. “Refused” is an error; it counts as the same as “no stride”.",
)

# %% [markdown]
# The lists hold {eval}`len(theirs)` functions and modes of {eval}`len(libraries.VERSIONS)` libraries, and two of `conv`.
# We ran the code of every pair, with odd kernels, and with even ones where A takes them.
#
# ## Does it flip? The name nearly tells
#
# Among these functions, **one whose name says *convolve* flips the kernel, and one that says *correlate* or only *conv* does not.**
# One name misleads: `tf.nn.convolution` does not flip.

# %% tags=["hide"]
for row in libraries.ROWS.values():
    assert (row["operation"] == "convolution") == ("convolve" in row["name"])
    assert row["same"]["k=3"] == [1, 1]
    assert row["same"]["k=5"] == [2, 2]
same = {row["name"].split()[0]: row["same"]["k=4"] for row in theirs}
signal = {n for n, p in same.items() if "signal" in n and p == [1, 2]}
assert signal == {"scipy.signal.correlate2d"}

# %% tags=["hide"]
scipys = {}
for scipy in ("scipy.signal.{}2d", "scipy.ndimage.{}"):
    both = {n: same[n] for n in map(scipy.format, ("convolve", "correlate"))}
    convolves, correlates = both.values()
    assert convolves == correlates[::-1] != correlates
    scipys |= both

# %% [markdown]
# ## Even kernels: SciPy disagrees with itself
#
# **At stride 1, odd kernels not longer than the input are safe:** every function puts as many zeros before the input as after it.
# Even kernels are not safe, not even within SciPy:

# %% tags=["hide"]
figures.table(
    {
        "function": [f"`{name}`" for name in scipys],
        "zeros before and after, kernel of 4": [
            f"{before} and {after}" for before, after in scipys.values()
        ],
    }
)

# %% [markdown]
# So under `same`, `correlate2d` with `w` and `convolve2d` with `w[::-1, ::-1]` agree for odd kernels, but differ by one place along each axis for even ones,
# and so do those of `scipy.ndimage`.
#
# **The way out is to make an even kernel odd: append a zero first, then flip the kernel if your function needs that. Then all libraries put the kernel in the same place.**
# For example, a function that does not flip treats 1 2 3 4 0 as NumPy's `correlate` treats 1 2 3 4: two zeros before, one after.

# %% tags=["hide"]
numpys = libraries.ROWS["numpy.correlate mode='same'"]["same"]["k=4"]
assert numpys == [2, 1]
assert np.array_equal(np.correlate(x, w, "same"), answers["no", 2, 1])
for ends, pair in (((0, 1), (2, 1)), ((1, 0), (1, 2))):
    longer = np.pad([1, 2, 3, 4], ends)
    expected = conv.correlate(x, [1, 2, 3, 4], padding=[pair])
    assert np.array_equal(np.correlate(x, longer, "same"), expected)

# %% [markdown]
# /// details | A kernel longer than the input
#     type: note
#     attrs: {id: a-kernel-longer-than-the-input}
#
# How many values come back, if you give three and a kernel of five? (Along one axis; images can differ.)

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
def label(path):
    package = path.rpartition(".")[0]
    top = path.split(".")[0]
    known = products | {"keras": "Keras", "onnxruntime": "ONNX Runtime"}
    return f"`{package}`" if top in ("scipy", "jax") else known[top]


# %% tags=["hide"]
def by_library(answer):
    given = {}
    for row in theirs:
        path = row["name"].split()[0]
        same = given.setdefault(label(path), {}).setdefault(answer(row), {})
        same[f"`{path.split('.')[-1]}`"] = None
    return given


# %% tags=["hide"]
def named(name, answers):
    _, *odd = (", ".join(functions) for functions in answers.values())
    most = f"{name} except {', '.join(odd)}" if odd else name
    return zip(answers, (most, *odd), strict=True)


# %% tags=["hide"]
def grouped(answer):
    groups = {}
    for name, answers in by_library(answer).items():
        for each, said in named(name, answers):
            groups.setdefault(each, []).append(said)
    columns = zip(*groups, strict=True)
    return [", ".join(names) for names in groups.values()], *columns


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


# %% tags=["hide"]
def lengths(row):
    sizes = row["longer_kernel"]
    return tuple(str(sizes.get(mode, "–")) for mode in ("valid", "same"))


who, of_valid, of_same = grouped(lengths)
columns = {"library": who, "under valid": of_valid, "under same": of_same}
figures.table(columns)

# %% [markdown]
# Five values under `same` are as many as the kernel has.
# Three under `valid` are the places where the *input* lies wholly on the kernel. A dash means no `valid`. (scikit-image has one, which refuses.)
#
# ///
#
# ## A stride changes the zeros of `same`
#
# PyTorch refuses `padding="same"` with a stride above 1, so for a kernel of 3 you pass `padding=1` instead.
# TensorFlow, Keras, JAX and ONNX Runtime accept it, but add as few zeros as they can.
# At stride 2, an input of 4 values has two outputs. Their windows reach over 5 values, so one zero is enough, and it comes after the input.
# An input of 5 has three outputs, whose windows reach over 7, so one zero comes on each side:

# %% tags=["hide"]
panels = []
for title, n, pads in (
    ("SAME, 4 values", 4, (0, 1)),
    ("padding=1, 4 values", 4, (1, 1)),
    ("both, 5 values", 5, (1, 1)),
):
    windows = [(slice(2 * i, 2 * i + 3),) for i in range(-(-n // 2))]
    values = np.arange(1, n + 1)
    panels += [figures.Grid(values, title, pads=(pads,), frames=windows)]

# %% tags=["hide"]
figures.beside(
    *panels,
    caption="The windows of a kernel of 3 at stride 2. On 4 values, TensorFlow's SAME begins at the first value, but PyTorch's padding=1 begins one place earlier. On 5 values, their windows are the same.",
    alt="Three rows of cells. SAME: 1 2 3 4 0, with frames around 1 2 3 and 3 4 0. padding=1: 0 1 2 3 4 0, with frames around 0 1 2 and 2 3 4. Both: 0 1 2 3 4 5 0, with frames around 0 1 2, 2 3 4 and 4 5 0.",
)

# %% [markdown]
# **So the two differ only along even sides.**
# From $n$ values at a stride of $s$, TensorFlow makes $\lceil n/s \rceil$ outputs and adds only the zeros that the last window lacks, half on each side.
# If their number is odd, the last goes after the input.

# %% tags=["hide"]
checked = 0
for row in theirs:
    for case, pads in row["same"].items():
        if "s=" in case and not isinstance(pads, str):
            n, k, s, d = libraries.sizes(case).values()
            assert (k, s) in {(3, 2), (4, 2), (5, 2), (3, 3), (4, 3), (5, 3)}
            rule = conv.Geometry.of((n,), (k,), stride=s, dilation=d).pads[0]
            lower = "LOWER" in row["name"]
            assert tuple(pads) == (rule[::-1] if lower else rule)
            checked += 1

# %% tags=["hide"]
for n, k, s in np.add(list(np.ndindex(9, 6, 4)), (4, 1, 1)).tolist():
    values, kernel = np.arange(n) ** 2.0, np.arange(1, k + 1)
    pads = conv.Geometry.of((n,), (k,), padding="same", stride=s).pads
    wide = np.pad(values, pads)
    ours = conv.correlate(values, kernel, padding="same", stride=s)
    if len(wide) >= k:
        assert np.array_equal(np.correlate(wide, kernel, "valid")[::s], ours)
    for own in ((k // 2, (k - 1) // 2), ((k - 1) // 2, k // 2)):
        kept = conv.correlate(wide, kernel, padding=[own])
        assert np.array_equal(kept[own[0] : len(kept) - own[1]][::s], ours)

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
assert tensorflow["k=3 s=2 n=4"] == [0, 1]
assert tensorflow["k=3 s=2 n=5"] == [1, 1]
for n in range(3, 40):
    pads = conv.Geometry.of((n,), (3,), padding="same", stride=2).pads
    assert pads == (((1, 1),) if n % 2 else ((0, 1),))

# %% [markdown]
# All {eval}`checked` sets of zeros recorded at a stride of 2 or 3 follow this rule or its mirror image, which the next fold describes. It also names two cases outside these sets:
#
# /// details | The mirror image, and two exceptions
#     type: note
#
# - `SAME_LOWER` in JAX and ONNX Runtime puts the extra zero before the input.
# - `tf.nn.depthwise_conv2d` accepts a stride with a dilation, but returns numbers that no padding with zeros gives.
# - ONNX Runtime {eval}`libraries.VERSIONS["onnxruntime"]` can crop the input once the stride exceeds the kernel by 3 or more:
#   of 1 to 8, a kernel of 1 at stride 4 reads 2 and 6, not 1 and 5.
#
# ///
#
# **If your library has no stride, pad the input with TensorFlow's zeros, ask for `valid`, and keep every $s$-th output.**
# This is TensorFlow's stride of 2 in NumPy:

# %%
line = np.arange(1.0, 5)
taps = np.array([1.0, 2, 3])
wide = np.pad(line, (0, 1))
np.correlate(wide, taps, "valid")[::2]

# %% tags=["hide"]
strided = conv.correlate(line, taps, padding="same", stride=2)
assert np.array_equal(np.correlate(wide, taps, "valid")[::2], strided)

# %% [markdown]
# If it has no [dilation](../reference/glossary.md#dilation), put $d-1$ zeros between the kernel's entries.
#
# /// details | For `SAME_LOWER`, `conv.convolve`, or without `valid`
#     type: note
#
# For `SAME_LOWER` and `conv.convolve`, reverse each pair of zeros.
# A function without `valid`, such as `scipy.ndimage.correlate`, adds its own border:
# first drop the outputs that it spoils, for a kernel of 3 the first and the last.
#
# ///
#
# ## *Reflect* means two things, and OpenCV has both
#
# Zeros are one choice for what lies beyond the border.
# These are the five common rules, with their names in functions that filter or only pad:

# %% tags=["hide"]
drawn = libraries.PADS["numpy.pad"]
words = {}
rules = {row["name"]: row["borders"] for row in theirs}
for name, borders in (libraries.PADS | rules).items():
    package = products.get(name.split(".")[0], name.rpartition(".")[0])
    for rule, picture in borders.items():
        words.setdefault(picture, {}).setdefault(rule, {})[package] = None
assert words.pop("refused") == {"BORDER_WRAP": {"OpenCV": None}}
assert "BORDER_WRAP" in libraries.PADS["cv2.copyMakeBorder"]

# %% tags=["hide"]
called = [
    "; ".join(f"`{rule}` ({', '.join(used)})" for rule, used in names.items())
    for names in words.values()
]
around = [picture.translate(libraries.UNBROKEN) for picture in words]
figures.table(
    {"around 1 2 3 4": around, "called": called},
    note="OpenCV's `filter2D` refuses `BORDER_WRAP`; `copyMakeBorder`, which only pads, accepts it. We left out synonyms in `scipy.ndimage` that begin with `grid-`, and the wrap of astropy's `convolve_fft`, which a kernel larger than the input turns into zeros.",
)

# %% tags=["hide"]
repeated, mirrored = drawn["symmetric"], drawn["reflect"]
repeats, mirrors = words[repeated]["reflect"], words[mirrored]["reflect"]
assert {"scipy.ndimage", "scikit-image", "dask-image"} == repeats.keys()
assert {"NumPy", "PyTorch", "JAX"} == mirrors.keys()
assert "TensorFlow" in words[mirrored]["REFLECT"]
assert (
    drawn["reflect"] == libraries.PADS["torch.nn.functional.pad"]["reflect"]
)

# %% tags=["hide"]
default = {
    row["name"].split()[0]: row["defaults"]["border"] for row in theirs
}
assert default["cv2.filter2D"] == mirrored
assert default["scipy.ndimage.correlate"] == repeated

# %% tags=["hide"]
assert {name.rpartition(".")[0] for name in libraries.PADS} == {
    "numpy",
    "jax.numpy",
    "torch.nn.functional",
    "tensorflow",
    "cv2",
}

# %% tags=["hide"]
grey = 255 * conv.images.sample()[:, 1:511].mean(axis=2)
grey, blurs = grey.reshape(100, 6, 85, 6).mean(axis=(1, 3)), {}
for rule in ("reflect", "symmetric"):
    wide = np.pad(grey, 3, mode=rule)
    blurs[rule] = conv.correlate(wide, conv.kernels.box(7), padding="valid")
apart = blurs["reflect"] - blurs["symmetric"]
assert np.allclose(apart[3:-3, 3:-3], 0)

# %% [markdown]
# **Two rows are called *reflect*.** In the filters of `scipy.ndimage`, scikit-image and dask-image, *reflect* repeats the outermost value, but in NumPy, PyTorch, JAX and TensorFlow it does not.
# OpenCV has both; its default does not repeat the value, but that of `scipy.ndimage` does,
# so the same blur differs along the border, by up to {eval}`f"{np.abs(apart).max():.0f}"` of 255 here:

# %% tags=["hide"]
figures.beside(
    figures.Picture(blurs["reflect"], "OpenCV", (0, 255), note=" "),
    figures.Picture(blurs["symmetric"], "scipy.ndimage", (0, 255), note=" "),
    figures.Picture(apart, "difference", (-16, 16), signed=True, note=" "),
    caption="The mean of 7 by 7 pixels in both libraries' default border, computed with np.pad and conv, and the first minus the second: green is brighter in OpenCV, violet in scipy.ndimage. The colours end at −16 and 16.",
    alt="The same blurred portrait twice, without a visible difference. The third picture is even, but for a narrow frame of green and violet stripes, strongest at the left.",
)

# %% tags=["hide"]
sums = {row["name"].split()[0]: row["dtypes"]["uint8"] for row in theirs}
assert sums["numpy.convolve"] == sums["torch.nn.Conv2d"] == "uint8: 44"
assert sums["cv2.filter2D"] == "uint8: 255"
assert sums["jax.numpy.convolve"] == "float32: 300"
assert (3 * 100 % 256, -100 % 256) == (44, 156)
hundreds = np.full(3, 100, np.uint8)
assert np.correlate(hundreds, [1, 1, 1]) == 300
assert np.correlate(hundreds, np.ones(3, np.uint8)) == 44

# %% [markdown]
# ## Bytes: 300 becomes 44, 255, or stays 300
#
# Images usually arrive as bytes, whole numbers from 0 to 255.
# Under a kernel of three ones, three pixels of 100 add up to more:


# %% tags=["hide"]
def in_bytes(row):
    answers = (row["dtypes"][each] for each in ("uint8", "uint8 by float64"))
    return tuple(each.split(": ")[-1].replace("-", "−") for each in answers)


# %% tags=["hide"]
who, *sums = grouped(in_bytes)
titles = "library", "300, kernel in bytes", "−100, kernel in floats"
figures.table(
    dict(zip(titles, (who, *sums), strict=True)),
    note="We passed `normalize_kernel=False` to astropy. By default it divides by the kernel's sum, so its 300 becomes 100, and it refuses a kernel whose sum is 0.",
)

# %% [markdown]
# The 44 is 300 − 256: the sum **wrapped around**. OpenCV's 255 is the largest byte, and *refused* means an error.
# In the last column, the kernel −1 0 1 in floats (1 0 −1 where the function flips) meets a fall from 100 to 0, and the sum is −100.
# `scipy.ndimage` and dask-image return bytes even then, so −100 comes out as {eval}`-100 % 256`, brighter than a sum of 100.
# On a photograph you cannot miss it:

# %% tags=["hide"]
photo = 255 * conv.images.sample().mean(axis=2)
photo = np.rint(photo.reshape(300, 2, 256, 2).mean(axis=(1, 3)))
edges = conv.correlate(photo, conv.kernels.sobel_x(), padding="valid")
wrapped = edges % 256
figures.beside(
    figures.Picture(edges, "in floats", (-400, 400), signed=True),
    figures.Picture(wrapped, "in bytes", (0, 255)),
    caption="Sobel's kernel on bytes, as floats and as scipy.ndimage returns it: in bytes a sum of −8 becomes 248. Grey from 0 to 255; in floats, violet where it gets darker to the right and green where it gets brighter; the colours end at −400 and 400.",
    alt="The portrait under Sobel's kernel twice. In floats, falls and rises in two colours on an even ground. In bytes, smooth areas are spotted black and white, and edges have lost their sign.",
)

# %% [markdown]
# So convert image and kernel to `float32`, which all functions here accept.

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
# ## Where these answers come from
#
# A program, `tests/libraries`, called each function on a CPU with one image of one channel; on a GPU or with more channels we did not look.
# Every week this program calls the newest versions. The answers are in `conv.libraries`.
#
# /// details | Versions, and the answers of each function
#     type: note
#
# {eval}`versions`. Keras ran on TensorFlow.
#
# The [mode](../reference/glossary.md#mode) and the border are those of a call that names none; *none* means that the mode has to be given.
# Borders have the names of `np.pad`.
# We passed `normalize_kernel=False` to astropy, and `nan_treatment="fill"` to its `convolve_fft`.

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
figures.table(columns)

# %% [markdown]
# ///

# %% tags=["hide"]
ours = libraries.ROWS["conv.correlate padding='same'"]["same"]
for case, pads in ours.items():
    n, k, s, d = libraries.sizes(case).values()
    now = conv.Geometry.of((n,), (k,), padding="same", stride=s, dilation=d)
    assert list(now.pads[0]) == pads

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: from PyTorch to TensorFlow
#
# Somebody ports PyTorch's `Conv2d(1, 1, 5, stride=3, padding=2)` to TensorFlow's `SAME`.
# The shapes agree for all images. For which sides do the numbers agree, too, and which call gives PyTorch's for all?

# %% tags=["answer"]
# Only where both sides leave 1 when divided by 3. Along any other side SAME starts one pixel later. Pad two zeros by hand, and pass VALID.
for n in (12, 13, 14):
    line, taps = np.arange(1, n + 1), np.arange(1, 6)
    same = conv.Geometry.of((n,), (5,), padding="same", stride=3).pads
    torchs = conv.correlate(line, taps, padding=[(2, 2)], stride=3)
    wide = np.pad(line, 2)
    valid = conv.correlate(wide, taps, padding="valid", stride=3)
    assert np.array_equal(valid, torchs)
    print(n, same)

# %% [markdown]
# ### Exercise 2: the border of your library
#
# Which kernel shows, in a single call, what your library sees up to three places beyond the border of 1 2 3 4 5 6 7? Predict the output under each of the five rules above.

# %% tags=["answer"]
# With 1 0 0 0 0 0 0: it looks three places away, so the first three outputs (or, flipped, the last three) lie outside.
look, seven = np.array([1, 0, 0, 0, 0, 0, 0]), np.arange(1, 8)
for rule in ("constant", "edge", "reflect", "symmetric", "wrap"):
    print(conv.correlate(np.pad(seven, 3, rule), look, padding="valid"), rule)

# %% [markdown]
# ## What you can do now
#
# You can tell for any function with a `same` mode whether it flips and where its zeros go.
# You know where two functions differ without a warning: at strides, flips, even or long kernels, *reflect* and bytes.
# Go on with [Full, same, valid](../guide/padding.py) for the zeros, or [Convolution or cross-correlation?](../guide/flip.py) for the flip.
#
# Elsewhere:
#
# - [A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285) by Vincent Dumoulin and Francesco Visin:
#   sizes, strides and padding, as pictures.
# - [`scipy.ndimage`'s manual](https://docs.scipy.org/doc/scipy/tutorial/ndimage.html) on border rules:
#   clear prose on what lies beyond an edge.
