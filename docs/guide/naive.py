# %% [markdown]
# # The definition, in loops
#
# At the end of this page you can work out any output of a
# [cross-correlation](../reference/glossary.md#cross-correlation) by hand,
# read the code of `conv.naive` line by line,
# tell from the numbers in a kernel what it does to a photograph,
# and count what that costs.
# You need the formula of cross-correlation, from
# [Convolution or cross-correlation?](flip.py),
# and the [padding](../reference/glossary.md#padding) of
# [Full, same, valid](padding.py).

# %%
import time

import numpy as np

import conv
from conv import figures

# %% [markdown]
# ## One output by hand
#
# The [input](../reference/glossary.md#input) is an image of 4 rows and 5 columns.
# The [kernel](../reference/glossary.md#kernel) has 3 rows and 3 columns:
# it adds up the four neighbours of a pixel
# and takes away four times the pixel itself.

# %%
image = np.array(
    [[3, 1, 0, 2, 4], [0, 2, 1, 3, 1], [1, 0, 2, 0, 2], [2, 1, 3, 1, 0]]
)
kernel = conv.kernels.laplacian()
geometry = conv.Geometry.of(image.shape, kernel.shape, padding="same")
geometry.pads, geometry.output_size

# %% [markdown]
# The mode [`same`](../reference/glossary.md#same) puts one row of zeros
# above and below the image and one column on its left and right,
# so that the output has the size of the image.
# Take the output in row 1, column 3, counted from 0.
# The geometry says which part of the padded input lies under the kernel.

# %%
padded = np.pad(image, geometry.pads)
place = geometry.window((1, 3))
products = padded[place] * kernel
int(products.sum())

# %% tags=["hide"]
figures.beside(
    figures.Grid(image, "input", pads=geometry.pads, focus=place),
    figures.Grid(kernel, "kernel", role="kernel"),
    figures.Grid(products, "products", role="output"),
    caption="A window, times the kernel entry by entry, gives nine products. Their sum is −8.",
    alt="A 4 by 5 input inside a ring of zeros; a frame marks rows 1 to 3 and columns 3 to 5 of it. Beside it the kernel and the nine products.",
)

# %% [markdown]
# The [window](../reference/glossary.md#window) is multiplied by the kernel,
# entry by entry, and the nine products are added up.
# Five of them are not zero: 2 above, 1 on the left, 1 on the right, 0 below,
# and the pixel itself, 3, times −4.
# Their sum is 2 + 1 + 1 + 0 − {eval}`4 * 3` = −8.
# Every other output comes about in the same way, from a window of its own.

# %%
output = conv.naive.correlate(image, kernel, padding="same")
assert output[1, 3] == 2 + 1 + 1 + 0 - 4 * 3 == -8
figures.beside(
    figures.Grid(output, "output", role="output", focus=(1, 3)),
    caption="All twenty outputs. The frame marks the one worked out above.",
    alt="The 4 by 5 output; the framed value in row 1, column 3 is −8.",
)

# %% [markdown]
# ## The formula
#
# Let $x$ be the padded input, $w$ a kernel of $k_1$ rows and $k_2$ columns,
# and $y$ the output.
# Rows and columns are counted from 0: $i$ and $j$ in the output, $u$ and $v$ in the kernel.
# Let $s_1$ and $s_2$ be the [stride](../reference/glossary.md#stride),
# the step from one window to the next along rows and columns,
# and $d_1$ and $d_2$ the [dilation](../reference/glossary.md#dilation),
# the step from one entry of a window to the next.
# Then each [output](../reference/glossary.md#output) is
#
# $$ y_{i,j} = \sum_{u=0}^{k_1-1} \sum_{v=0}^{k_2-1}
# x_{i s_1 + u d_1,\; j s_2 + v d_2} \, w_{u,v} . $$
#
# An image with several [channels](../reference/glossary.md#channel) has a third index $c$,
# and so has the kernel.
# A layer holds several such kernels, its
# [filters](../reference/glossary.md#filter), counted by $f$.
# The sum then runs over the channels too, and each filter gives an output of its own:
#
# $$ y_{i,j,f} = \sum_{u} \sum_{v} \sum_{c}
# x_{i s_1 + u d_1,\; j s_2 + v d_2,\; c} \, w_{u,v,c,f} . $$

# %% [markdown]
# ## From the formula to code
#
# This is `conv.naive.correlate`, shown from the package itself, without its docstring.

# %%
figures.source(conv.naive.correlate)

# %% [markdown]
# - `Operands.of` checks the arguments and gives every input the same form:
#   a batch of images with rows, columns and channels, numbered by `b`.
#   A grey image becomes a batch of one image with one channel.
# - `operands.padded()` is $x$: the input with its zeros around it.
# - `np.errstate` keeps NumPy from warning about infinity, or NaN (not a number), in the input.
# - `np.ndindex(output.shape)` counts through all values of $b$, $i$, $j$ and $f$,
#   like four loops one inside the other.
# - `window` is the part of $x$ that the sums run over, in the channels that filter `f` sees:
#   all of them, if `groups` is 1.
# - `np.sum(window * …)` is the sums: over $u$, $v$ and $c$ at once.
# - The last line takes away the axes that were added, and gives the numbers the type
#   that inputs and kernel have in common.
#
# Stride and dilation do not appear in the loop.
# They are in the slices that the geometry returns, in one expression for each axis.

# %%
figures.source(conv.Geometry.window)

# %% [markdown]
# For an index `i`, a stride `s` and a dilation `d`
# the slice begins at `i * s` and takes every `d`-th row or column.
# Its end is the beginning plus `extent`,
# the number of rows or columns from the kernel's first entry to its last.
# The `if` refuses an index that no output has.
#
# To test the code against the formula, write the formula out, one number at a time.

# %%
plain = np.arange(72).reshape(9, 8)
w = np.array([[1, 2], [3, 4], [5, 6]])
options = {"padding": 1, "stride": (2, 1), "dilation": 2}
x = np.pad(plain, 1)
y = np.empty(conv.Geometry.of(plain.shape, w.shape, **options).output_size)
for i, j in np.ndindex(y.shape):
    pairs = np.ndindex(w.shape)
    y[i, j] = sum(x[2 * i + 2 * u, j + 2 * v] * w[u, v] for u, v in pairs)
assert np.array_equal(conv.naive.correlate(plain, w, **options), y)

# %% [markdown]
# The two agree in every output, or this page would not have been built.

# %% [markdown]
# ## What kernels do to a photograph
#
# The photograph is a portrait of Grace Hopper, taken by the US Navy and in the public domain.
# Every third pixel of it, and the mean of its three colours, are enough here.

# %%
photo = conv.images.sample()[::3, ::3]
grey = photo.mean(axis=2)
grey.shape

# %% [markdown]
# ### Kernels that sum to one keep the brightness
#
# Where all pixels of a window have one value, the output is that value times the sum of the kernel.
# The identity kernel, the box and the Gaussian sum to one.
# The box weighs all its neighbours alike, the Gaussian the near ones more.

# %%
smoothing = {
    "identity": conv.kernels.identity(),
    "box, 7 by 7": conv.kernels.box(7),
    "Gaussian, σ = 2": conv.kernels.gaussian(13, sigma=2),
}
smooth = {
    name: conv.naive.correlate(grey, k) for name, k in smoothing.items()
}
assert np.array_equal(smooth["identity"], grey)
assert np.allclose([k.sum() for k in smoothing.values()], 1)

# %% tags=["hide"]
figures.pictures(
    smooth,
    caption="The identity returns the photograph. Box and Gaussian blur it: "
    "the box makes a square of each point, the Gaussian a round spot.",
    alt="Three grey portraits: sharp, and twice blurred, with the outline of "
    "the head still plain. The blurred ones are darker along the border.",
)

# %% [markdown]
# The blurred pictures are dark along their border,
# because there the zeros of the padding count as black neighbours.
#
# The loop goes through 34,200 windows for each of these pictures.
# From here on `conv.correlate` computes the larger ones: it gives the same numbers in less time.
# [One matrix product](matmul.py) shows how. Here, check it against the loop.

# %%
assert grey.size == 34_200
for name, kernel in smoothing.items():
    assert np.allclose(conv.correlate(grey, kernel), smooth[name])

# %% [markdown]
# ### Kernels that sum to zero show change
#
# If a kernel sums to zero, areas of one brightness give 0, whatever the brightness.
# The Laplacian compares each pixel with its neighbours.
# The kernel that the original article calls embossing does the same:
# its entries are 0.1 around −0.8, so it treats all directions alike.
# Sobel's two kernels compare the right side with the left, and the lower side with the upper.

# %%
named = conv.kernels
theirs = (np.ones((3, 3)) - 9 * named.identity()) / 10
change = {
    "Laplacian": named.laplacian(),
    "the article's kernel": theirs,
    "Sobel x": named.sobel_x(),
    "Sobel y": named.sobel_y(),
}
assert np.allclose([kernel.sum() for kernel in change.values()], 0)

# %% tags=["hide"]
assert named.laplacian().tolist() == [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
assert named.sobel_x().tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
assert np.array_equal(named.sobel_y(), named.sobel_x().T)
assert np.allclose(theirs.ravel(), 4 * [0.1] + [-0.8] + 4 * [0.1])
figures.beside(
    *[figures.Grid(k, name, role="kernel") for name, k in change.items()],
    caption="Four kernels whose entries sum to zero.",
    alt="Laplacian: 1 on the four sides of −4, 0 in the corners. The article's kernel: 0.1 around −0.8. Sobel x: −1, −2, −1 on the left, 1, 2, 1 on the right. Sobel y: the same, with rows and columns exchanged.",
)

# %%
changes, plain = {}, np.full((9, 9), 0.7)
for name, kernel in change.items():
    changes[name] = conv.correlate(grey, kernel, padding="valid")
    assert np.allclose(conv.correlate(plain, kernel, padding="valid"), 0)

# %% tags=["hide"]
figures.pictures(
    changes,
    limits=(-0.5, 0.5),
    caption="Mid-grey is 0, white 0.5 or more, black −0.5 or less. Sobel x shows upright edges, Sobel y level ones.",
    alt="Four pictures that are grey where the portrait is even and dark or light along its edges.",
)

# %% [markdown]
# On a ramp, where each column is 1 brighter than the one before,
# Sobel x gives 8 and the Laplacian 0: the Laplacian sees only where the slope itself changes.

# %%
ramp = np.tile(np.arange(5), (4, 1))
slope = conv.naive.correlate(ramp, conv.kernels.sobel_x(), padding="valid")
bend = conv.naive.correlate(ramp, conv.kernels.laplacian(), padding="valid")
assert (slope == 8).all()
assert (bend == 0).all()

# %% [markdown]
# ### Embossing has a direction
#
# An embossing kernel sums to one and is lopsided:
# it adds to each pixel the slope along a diagonal,
# so that the picture looks like a relief lit from one corner.
# Turn the kernel by half a turn, and the light comes from the other side.

# %%
emboss = conv.kernels.emboss()
assert emboss.sum() == 1
relief = {
    "emboss": conv.correlate(grey, emboss),
    "emboss, turned": conv.correlate(grey, conv.flip(emboss)),
}

# %% tags=["hide"]
figures.pictures(
    relief,
    limits=(-0.5, 1.5),
    caption="The same kernel, as it is and turned by half a turn.",
    alt="Two portraits that look like reliefs, one lit from above on the left and one from below on the right.",
)

# %% [markdown]
# ## A colour image: one kernel or three?
#
# One kernel with three layers, one for each channel, and one output.
# The sum of the formula runs over the channels,
# so the three products of a place are added up and the colours are gone.
# Take a flat kernel, one that has rows and columns only.
# Copies of it, stacked over the channels, give the sum of the three channels' outputs.

# %%
box = conv.kernels.box(5)
stacked = np.stack([box, box, box], axis=-1)
one = conv.correlate(photo, stacked)
three = [conv.correlate(photo[..., c], box) for c in range(3)]
assert np.allclose(one, three[0] + three[1] + three[2])
stacked.shape, one.shape

# %% [markdown]
# To blur a photograph and keep its colours, apply the flat kernel to each channel alone.
# As a layer that is three filters, each with the flat kernel in one channel and zeros in the others.

# %%
filters = box[:, :, None, None] * np.eye(3)
coloured = conv.correlate(photo, filters)
assert np.allclose(coloured, np.stack(three, axis=-1))

# %% tags=["hide"]
figures.pictures(
    {"one filter, a third of its sum": one / 3, "three filters": coloured},
    caption="One filter over three channels gives one grey output; three filters give three channels.",
    alt="The blurred portrait twice: in grey, and in colour with a flag behind the head.",
)

# %% [markdown]
# ## What it costs
#
# Each output takes one multiplication for each entry of the kernel.
# With $o_1$ rows and $o_2$ columns of output, $C$ channels and $F$ filters there are
#
# $$ o_1 \, o_2 \, F \times k_1 \, k_2 \, C $$
#
# multiplications, those with a zero of the padding among them.
# Twice the side of an image, or of a kernel, means four times as many.
# Count them in the example at the head of this page, window by window.

# %%
places = np.ndindex(output.shape)
sizes = [padded[geometry.window(place)].size for place in places]
assert sum(sizes) == (4 * 5) * (3 * 3)

# %%
sides = np.array([128, 256, 512, 1024])
figures.table(
    {
        "side of the image": sides,
        "multiplications, kernel 3 by 3": sides**2 * 3 * 3,
        "multiplications, kernel 9 by 9": sides**2 * 9 * 9,
    }
)

# %% [markdown]
# Now measure it, in the processor's time.
# The first row is what the others are compared with.

# %%
small, large = grey[:24, :24], grey[:48, :48]
three, nine = conv.kernels.box(3), conv.kernels.box(9)
runs = {
    "24 by 24 pixels, 3 by 3": lambda: conv.naive.correlate(small, three),
    "48 by 48 pixels, 3 by 3": lambda: conv.naive.correlate(large, three),
    "24 by 24 pixels, 9 by 9": lambda: conv.naive.correlate(small, nine),
}

# %%
counts = [24**2 * 3**2, 48**2 * 3**2, 24**2 * 9**2]
work = dict(zip(runs, counts, strict=True))
seconds = conv.timing.race(runs, clock=time.process_time)
first, pixels, entries = seconds.values()
assert 2 < conv.timing.ratio(pixels, first)[0] < 8
assert conv.timing.ratio(entries, first)[0] < 4
figures.race_table(seconds, multiplications=work)

# %% [markdown]
# Four times the pixels take two to eight times as long, and the count says four.
# Nine times the entries take less than four times as long.
# So the time is not spent on multiplying.
# Python needs it to go from one window to the next:
# to find the slices, to call NumPy, to store one number.
# [One matrix product](matmul.py) gets rid of that.

# %% [markdown]
# ## Exercises
#
# Each asks for a prediction. Write yours down before you open the answer.
#
# ### Exercise 1: move the picture
#
# Which kernel of 3 by 3 moves a picture one pixel to the right?
# Remember that cross-correlation does not flip the kernel.

# %% tags=["answer"]
# The output takes the value of its left neighbour: the 1 stands on the left.
mover = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0]])
moved = conv.naive.correlate(image, mover)
assert np.array_equal(moved[:, 1:], image[:, :-1])
moved

# %% [markdown]
# ### Exercise 2: sharpen
#
# The kernel `conv.kernels.sharpen()` is the identity minus the Laplacian.
# You have the photograph and its Laplacian.
# How do you get the sharpened photograph without another cross-correlation?

# %% tags=["answer"]
# The output is linear in the kernel, so subtract the Laplacian's output.
sharp = conv.correlate(grey, conv.kernels.sharpen())
laplacian = conv.correlate(grey, conv.kernels.laplacian())
assert np.allclose(sharp, grey - laplacian)
figures.pictures(
    {"photograph": grey, "sharpened": sharp},
    caption="The photograph minus its Laplacian.",
    alt="The portrait, and the same with crisper edges and more visible grain.",
)

# %% [markdown]
# ### Exercise 3: a layer
#
# A layer has 64 filters of 3 by 3 over 3 channels.
# How many multiplications does it take on an image of 224 by 224, at stride 2 and `same`?

# %% tags=["answer"]
# 112 by 112 outputs, 64 filters, 27 multiplications each.
layer = conv.Geometry.of((224, 224), (3, 3), padding="same", stride=2)
assert layer.output_size == (112, 112)
112 * 112 * 64 * 3 * 3 * 3

# %% [markdown]
# ## Summary
#
# - An output is the sum of a window times the kernel, entry by entry.
# - `conv.naive` is that sentence in a loop over all outputs; stride, dilation and padding are
#   in the slices that `conv.Geometry` returns.
# - A kernel's sum is what becomes of flat areas: 1 keeps their brightness, 0 makes them 0.
# - A filter sums over the channels; to keep colours, use a filter for each.
# - The cost is outputs times entries. In a Python loop it is mostly the loop.
#
# ## Sources
#
# - Ian Goodfellow, Yoshua Bengio and Aaron Courville,
#   [*Deep Learning*](https://www.deeplearningbook.org/contents/convnets.html), 2016, chapter 9:
#   the formula with channels and stride.
# - Rafael C. Gonzalez and Richard E. Woods, *Digital Image Processing*, 4th edition, 2018, chapter 3:
#   the kernels for smoothing, sharpening and edges.
# - Irwin Sobel and Gary Feldman, "A 3x3 isotropic gradient operator for image processing", 1968:
#   Sobel's kernels.
# - The photograph: US Navy, in the public domain, from the sample data of Matplotlib.
