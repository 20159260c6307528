# %% [markdown]
# # From one filter to a convolutional layer
#
# What is inside PyTorch's line `nn.Conv2d(3, 64, 3)`, a layer from 3 channels to 64 filters of 3 by 3?
# **Each filter has a 3 by 3 slice for each channel, and one number to add, its bias. That makes 64 × (3 · 3 · 3 + 1) = {eval}`f"{64*(3*3*3+1):,}"` numbers, all of them learned.**
# Here is a smaller layer, four filters chosen by hand, each with the one picture it makes:

# %%
import math

import numpy as np

import conv
from conv import figures

# %% tags=["hide"]
photo = conv.images.sample()
x = photo[20:312, 110:402].reshape(146, 2, 146, 2, 3).mean(axis=(1, 3))
pair = [conv.kernels.sobel_x(), conv.kernels.sobel_y()]
four = np.ones((3, 3, 3, 4))
four[..., :2] = np.moveaxis(pair, 0, -1)[:, :, None]
four[..., 3] = [1, 0, -1]

# %% tags=["hide"]
figures.filters(
    x,
    four,
    caption="A layer: each of four filters has a slice for each of the three channels, and a value of its output is the sum of all 27 products, without padding. Violet is negative and green positive, in full colour from half of an output's largest magnitude. Output 2 is never negative and is shown in grey.",
    alt="A portrait in colour, and its red, green and blue channels. Below a line, four filters of a red, a green and a blue slice of 3 by 3 each, and their outputs: upright edges, level edges, a blurred portrait in grey, and red minus blue, with a green face before a violet sky.",
)

# %% [markdown]
# The filters are [Sobel's kernels](../reference/glossary.md#sobel) for both directions, a blur, and red minus blue.
# In a network nobody chooses them by hand: in [A layer that learns](learning.py), most filters turn from random numbers into edge detectors.
#
# ## Channels in, filters out
#
# In `conv` the four filters are one array:

# %%
w = np.ones((3, 3, 3, 4))  # rows, columns, channels, filters
w[..., 0] = conv.kernels.sobel_x()[:, :, None]  # for every channel
w[..., 1] = conv.kernels.sobel_y()[:, :, None]
w[..., 3] = [1, 0, -1]  # red minus blue; filter 2 keeps its ones

# %% tags=["hide"]
assert np.array_equal(w, four)

# %% [markdown]
# With the portrait as `x`, the layer is a call and an addition:

# %%
b = np.zeros(4)  # a bias for each filter
y = conv.correlate(x, w, padding="valid") + b

# %% [markdown]
# | array | shape | axes |
# | --- | --- | --- |
# | input `x` | {eval}`x.shape` | rows, columns, channels |
# | kernel `w` | {eval}`w.shape` | rows, columns, channels, filters |
# | bias `b` | {eval}`b.shape` | filters |
# | output `y` | {eval}`y.shape` | rows, columns, filters |
#
# Two rows and two columns are lost because nothing is padded ([valid](../reference/glossary.md#valid)), which is PyTorch's default, while that of `conv` is [same](../reference/glossary.md#same).
#
# Each filter adds up three channels and makes one picture, so the output has {eval}`y.shape[2]` channels, and the filters of a next layer need {eval}`y.shape[2]` slices.
# The [bias](../reference/glossary.md#bias) of a filter is added to its output at every place.
# If you pass several images at once, a **batch**, input and output have one more axis in front.
#
# As a formula, let $w_{u,v,c,f}$ be the entry in row $u$ and column $v$ of the slice for channel $c$ in filter $f$, and $b_f$ the filter's bias.
# At stride 1, without padding or dilation, the output of filter $f$ in row $i$ and column $j$ is
#
# $$ y_{i,j,f} = b_f + \sum_{u,v,c} w_{u,v,c,f} \; x_{i+u,\,j+v,\,c} . $$
#
# PyTorch puts [filters and channels first](../reference/notation.md#orders-of-axes), so the weights of `nn.Conv2d(3, 64, 3)` have the shape (64, 3, 3, 3).
#
# ## Where are the weights, and where is the work?
#
# With `padding=1`, `nn.Conv2d(3, 64, 3)` is the first layer of [VGG-16](https://arxiv.org/abs/1409.1556), a network of 2014 for images of 224 by 224 pixels.
# This layer stores each weight once, but uses it at every place of the output.
# So we count two things for a layer from $C$ channels to $F$ filters of $k$ by $k$: its **parameters**, which are weights and biases, and its **work**, the multiplications for one image.


# %%
def cost(size, k, C, F, padding="same"):  # size by size inputs
    geometry = conv.Geometry.of((size, size), (k, k), padding=padding)
    weights = k * k * C * F
    return weights + F, weights * math.prod(geometry.output_size)


parameters, work = cost(224, 3, 3, 64)
parameters, work

# %% tags=["hide"]
sizes = [224] * 2 + [112] * 2 + [56] * 3 + [28] * 3 + [14] * 3
maps = [3, 64, 64, 128, 128, 256, 256, 256] + [512] * 6
costs = [cost(n, 3, *maps[i : i + 2]) for i, n in enumerate(sizes)]
costs += [cost(7, 7, 512, 4096, "valid"), cost(1, 1, 4096, 4096)]
costs = np.array([*costs, cost(1, 1, 4096, 1000)])
total = costs.sum(axis=0)
assert total[0] == 138_357_544  # as Keras counts its VGG16
assert costs[0, 0] == parameters == 64 * (3 * 3 * 3 + 1)
assert work == (parameters - 64) * 224**2
assert len(costs) == 13 + 3

# %% [markdown]
# Apart from the 64 biases these are {eval}`f"{parameters-64:,}"` weights, each used at 224 × 224 places, which makes {eval}`f"{work/1e6:.0f}"` million multiplications.
# The whole network has {eval}`f"{total[0]/1e6:.0f}"` million parameters and makes {eval}`f"{total[1]/1e9:.1f}"` billion multiplications, but parameters and work are in different layers:

# %% tags=["hide"]
rows = np.add.reduceat(costs, [0, 1, 2, 13, 14])
share, of_all = 100 * rows / total, 100 * costs[:13].sum(axis=0) / total
names = ["3 channels to 64 filters", "64 to 64", "11 more convolutions"]
names += ["fully connected, first", "two more of them"]
columns = {"layers of VGG-16": names}
figures.table(
    columns | {"% of parameters": share[:, 0], "% of work": share[:, 1]}
)

# %% [markdown]
# **The 13 convolutions hold {eval}`f"{of_all[0]:.0f}"` per cent of the parameters and make {eval}`f"{of_all[1]:.0f}"` per cent of the multiplications.**
# The first [fully connected layer](../reference/glossary.md#fully-connected-layer) leads from 7 × 7 × 512 values to 4,096, with a weight for each pair, and uses each weight only once.
# To make such a network smaller, you change its fully connected layers ([ResNet](https://arxiv.org/abs/1512.03385) has only one); to make the network faster, you change its convolutions.
#
# ## Less work: groups, depthwise, 1×1
#
# In an ordinary layer every filter sees all channels of a window.
# You save multiplications, and weights, if a filter sees fewer channels or fewer pixels:
#
# - With `groups=2`, channels and filters are divided into two halves, and a filter sees only the channels of its own half.
# - With as many groups as channels, a filter sees a single channel. Such a layer is called **depthwise**.
# - A **1 by 1** layer, also called pointwise, sees all channels, but only one pixel of each.

# %% tags=["hide"]
kinds = {"ordinary": (3, 1), "two groups": (3, 2), "depthwise": (3, 4)}
grids = []
for name, (k, g) in (kinds | {"1 by 1": (1, 1)}).items():
    ones = np.ones((k, k, 4 // g, 4))
    T = conv.kernel_matrix(ones, (k, k), padding="valid", groups=g)
    seen = T.reshape(4, -1, 4).sum(axis=1).astype(int)
    texts = np.where(seen, seen.astype(str), "").astype(object)
    roles = np.where(seen, "kernel", "")
    axes = ("", " ") if grids else ("filters", "→ channels")
    grids.append(figures.Grid(texts, name, roles, axes=axes))

# %% tags=["hide"]
figures.beside(
    *grids,
    caption="By how many weights each filter (row) sees each channel (column), in layers of four channels and four filters. Depthwise and 1 by 1 are opposites: the one looks around within a channel, the other mixes channels within a pixel.",
    alt="Four tables of 4 by 4. Ordinary: 9 in all cells. Two groups: 9 in two blocks of 2 by 2 on the diagonal. Depthwise: 9 on the diagonal. 1 by 1: 1 in all cells.",
)

# %% [markdown]
# [MobileNet](https://arxiv.org/abs/1704.04861) (2017) replaces an ordinary layer by two: a depthwise one, and then a 1 by 1.
# In the middle of the network, from 512 channels of 14 by 14 pixels to 512 filters, the three layers make these multiplications:

# %%
ordinary, pointwise = (cost(14, k, 512, 512)[1] for k in (3, 1))
depthwise = cost(14, 3, 1, 512)[1]  # each filter sees one channel
ordinary, depthwise, pointwise

# %% tags=["hide"]
times = ordinary / (depthwise + pointwise)
assert np.isclose(1 / times, 1 / 512 + 1 / 3**2)
assert pointwise > 0.98 * (depthwise + pointwise)
thirds = np.full((1, 1, 3, 1), 1 / 3)
assert np.allclose(conv.correlate(x, thirds), x @ thirds[0, 0])

# %% [markdown]
# Together, depthwise and 1 by 1 make {eval}`f"{times:.1f}"` times fewer multiplications than the ordinary layer.
# In general the two make this share of the ordinary layer's multiplications, about one in $k^2$ if there are many filters:
#
# $$ \frac{k^2 C + C F}{k^2 C F} = \frac{1}{F} + \frac{1}{k^2} . $$
#
# What does the network give up in return?
# Write two such layers as a single ordinary one, `as_one`:

# %%
draw = np.random.default_rng(18)
few = draw.integers(-5, 6, (9, 9, 4))  # 4 channels
depth = draw.integers(-5, 6, (3, 3, 1, 4))  # a pattern for each
point = draw.integers(-5, 6, (1, 1, 4, 6))  # to 6 filters
two = conv.correlate(conv.correlate(few, depth, groups=4), point)
as_one = depth[:, :, 0, :, None] * point[0, 0]  # (3, 3, 4, 6)
assert np.array_equal(two, conv.correlate(few, as_one))

# %% tags=["hide"]
slices = []
for f in range(3):
    factor = f"× {point[0, 0, 0, f]}".replace("-", "−")
    slices.append(figures.Grid(as_one[:, :, 0, f], factor, "kernel"))

# %% tags=["hide"]
figures.beside(
    figures.Grid(depth[:, :, 0, 0], "pattern", "kernel"), "→", *slices,
    caption="The pattern of the first channel, and the slices that the first three filters of as_one have for this channel: the pattern times a number from the 1 by 1 layer.",
    alt=f"The pattern {depth[:, :, 0, 0].tolist()}, and three slices: the pattern times {point[0, 0, 0, :3].tolist()}.",
)  # fmt: skip

# %% [markdown]
# All filters now share one pattern for each channel, and a filter can only choose how strongly this pattern counts, and with which sign.
# In an ordinary layer, every slice has a pattern of its own.
# (MobileNet's nonlinear step between the two layers is left out.)
#
# ## How far does an output see?
#
# The pixels that an output depends on are its [receptive field](../reference/glossary.md#receptive-field), and the smallest rectangle around these pixels is its **frame**.
# After one layer of 3 by 3 kernels the field has 3 by 3 pixels, and at stride 1 each further layer adds a ring.
# [Dilation](../reference/glossary.md#dilation), which spreads the entries of a kernel, makes the field grow faster without more weights.
#
# A **path** leads from a pixel to the output through one entry of the kernel in every layer, and a pixel where many paths begin counts more.
# Step back to layer 1, and watch the fields grow:

# %% tags=["hide"]
dilations = ((1, 1, 1), (2, 2, 2), (1, 2, 4))
figures.fields(
    {", ".join(map(str, steps)): steps for steps in dilations},
    caption="What one output in the middle sees of the input, after each of three layers of 3 by 3 kernels. Above each picture are the dilations of its layers, from the input up; below it, how many pixels are seen, and the size of the frame. The more paths lead from a pixel to the output, the stronger is its colour, compared with the pixel that has most.",
    alt="Three inputs of 15 by 15 pixels. Dilations 1, 1, 1: a square of 7 by 7 that fades from its middle to its border. Dilations 2, 2, 2: 49 single pixels in a frame of 13 by 13, with gaps between them. Dilations 1, 2, 4: all 15 by 15 pixels, in a fine pattern.",
)

# %% [markdown]
# The three stacks have equally many weights, but see different things:
#
# - With dilations 1, 1, 1, the frame is full but small, and its rim has few paths.
# - With dilations 2, 2, 2, the frame is wide, but most of it is holes. Neighbouring outputs share no pixel at all, which can show as a grid in the result (**gridding**).
# - With dilations that double, 1, 2, 4, the frame is widest and has no holes, though some pixels have more paths than others.
#
# To count the paths along one axis, where three layers have 3 · 3 · 3 = {eval}`3**3`, multiply the [kernel matrices](../reference/glossary.md#kernel-matrix) of the layers.
# With kernels of ones, the first row of the product says on how many paths each input reaches the first output:


# %%
def reach(*layers, n=300):
    T = np.eye(n)
    for k, s, d in layers:  # kernel size, stride, dilation
        options = {"padding": "valid", "stride": s, "dilation": d}
        T = conv.kernel_matrix(np.ones(k), (len(T),), **options) @ T
    return np.trim_zeros(T[0]).astype(int)


for steps in ((1, 1, 1), (2, 2, 2), (1, 2, 4)):
    print(steps, reach(*[(3, 1, d) for d in steps]))


# %% tags=["hide"]
def width(*layers):
    k, s, d = np.transpose(layers)
    return 1 + int(np.sum(d * (k - 1) * np.cumprod([1, *s[:-1]])))


for _ in range(12):
    some = draw.integers(1, 5, (3, 3))
    assert len(reach(*some)) == width(*some)

# %% tags=["hide"]
blocks = [[(3, 1, 1)] * n + [(2, 2, 1)] for n in (2, 2, 3, 3, 3)]
vgg, holes = [one for block in blocks for one in block], [(3, 1, 2)] * 3
read = np.count_nonzero(reach(*holes))
middle = reach(*[(3, 1, 1)] * 3).max()
assert len(reach(*vgg)) == width(*vgg)
mine = {*np.flatnonzero(reach(*holes)).tolist()}
assert not mine & {place + 1 for place in mine}  # the neighbour's
doubling = [(3, 1, d) for d in (1, 2, 4)]
assert width(*doubling) == 15

# %% [markdown]
# With dilations 1, 1, 1, either end has one path to the output, and the middle has {eval}`middle`.
# In deep networks such differences grow, and the [*effective* receptive field](https://arxiv.org/abs/1701.04128) can be much smaller than the frame.
#
# To compute the frame without counting, start with 1, and for every layer add its dilation times its kernel size less 1:
# dilations 1, 2, 4 give $1 + 1 \cdot 2 + 2 \cdot 2 + 4 \cdot 2$ = {eval}`width(*doubling)`.
# After a layer of stride 2, neighbouring values lie 2 inputs apart, so every later layer adds twice as much; after two such layers, four times as much.
# If layer $l$ has kernel size $k_l$, stride $s_l$ and dilation $d_l$, the frame spans
#
# $$ r = 1 + \sum_{l} d_l \, (k_l - 1) \; s_1 s_2 \cdots s_{l-1} $$
#
# inputs along one axis.
# The formula is blind to holes: for dilations 2, 2, 2 it says {eval}`width(*holes)`, of which an output reads only {eval}`read`.
#
# VGG-16 halves its pictures five times by [pooling](../reference/glossary.md#pooling), which keeps the maximum of every 2 by 2 values and so counts as a layer with $k = s = 2$.
# After the last pooling the frame spans {eval}`width(*vgg)` of the 224 pixels along each axis.
#
# ## Exercises
#
# ### Exercise 1: the widest field without holes
#
# Which dilations give three layers with kernels of 3 the widest receptive field without a hole?
# Predict them from the number of paths, then use `reach`.

# %% tags=["answer"]
# 1, 3, 9, in any order. There are 27 paths, so at most 27 inputs can be seen, and here each
# path ends at an input of its own: every number from 0 to 26 has three digits to base 3.
seen = reach((3, 1, 1), (3, 1, 3), (3, 1, 9))
assert seen.tolist() == [1] * 27
len(seen), seen.min(), seen.max()

# %% [markdown]
# ### Exercise 2: one large kernel or three small ones?
#
# Three layers of 3 by 3 see as far as one layer of 7 by 7.
# Which has fewer parameters, if there are 64 channels and 64 filters everywhere?
# And if a depthwise layer of 7 by 7 and a 1 by 1 replace the large one?

# %% tags=["answer"]
# The three small layers have little more than half of the parameters of the large one (and a
# nonlinear step after each). Depthwise and 1 by 1 have far fewer than either.
three, large = 3 * cost(1, 3, 64, 64)[0], cost(1, 7, 64, 64)[0]
apart = cost(1, 7, 1, 64)[0] + cost(1, 1, 64, 64)[0]
assert len(reach(*[(3, 1, 1)] * 3)) == len(reach((7, 1, 1)))
assert apart < three < 0.6 * large
three, large, apart

# %% [markdown]
# ### Exercise 3: the four filters, depthwise
#
# Suppose a depthwise layer has several patterns for each channel, each with its own output, before the 1 by 1.
# How many patterns does each channel need for the four filters from the top?

# %% tags=["answer"]
# One pattern for each channel is not enough, but three are: Sobel x, Sobel y and ones. The
# slices of a channel, written as the columns of a matrix, have rank 3. So a depthwise layer
# of nine filters, three for each channel, and then a 1 by 1 give the same four pictures.
[int(np.linalg.matrix_rank(w[:, :, c].reshape(9, 4))) for c in range(3)]

# %% tags=["answer", "hide"]
patterns = np.stack([*pair, np.ones((3, 3))], axis=-1)
depth = np.tile(patterns[:, :, None], 3)  # (3, 3, 1, 9)
point = np.linalg.lstsq(patterns.reshape(9, 3), w.reshape(9, 12))[0]
point = point.reshape(3, 3, 4).swapaxes(0, 1).reshape(1, 1, 9, 4)
parts = conv.correlate(x, depth, padding="valid", groups=3)
assert np.allclose(conv.correlate(parts, point), y)

# %% [markdown]
# ## What you can do now
#
# You can read a layer's shapes, count a network's parameters and multiplications,
# and compute what its outputs see.
#
# Next: [Backpropagation and the transposed convolution](gradients.py) takes the error back through such a layer,
# and [A layer that learns](learning.py) trains one.
#
# Elsewhere:
#
# - [CNN Explainer](https://poloclub.github.io/cnn-explainer/) by Zijie J. Wang and others: a trained network to click through.
# - [Computing receptive fields of convolutional neural networks](https://distill.pub/2019/computing-receptive-fields/) by André Araujo and others:
#   the formula derived, even for branches.
