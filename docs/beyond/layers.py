# %% [markdown]
# # From one filter to a convolutional layer
#
# What is inside the one line `nn.Conv2d(3, 64, 3)`?
# **64 filters, each with a 3 by 3 slice for every one of 3 channels and with one bias: 64 × ({eval}`3 * 3 * 3` + 1) = {eval}`64 * (3 * 3 * 3 + 1)` numbers, all of them learned.**
# Here are four, chosen by hand, each with the one picture it makes:

# %%
import math
from itertools import permutations

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
    caption="A layer: each of four filters has a slice for each of the three channels, and a value of its output is the sum of all 27 products, without padding. Violet is negative and green positive, each output up to half of its own largest value; output 2, never negative, goes from 0 in black to its largest value in white.",
    alt="A portrait in colour, and its red, green and blue channels. Below a line, four filters of a red, a green and a blue slice of 3 by 3 each, and their outputs: upright edges, level edges, a blurred portrait in grey, and red minus blue, with a green face before a violet sky.",
)

# %% [markdown]
# The four are [Sobel's kernels](../reference/glossary.md#sobel) for both directions, a blur, and red minus blue.
# Later, a network of {eval}`5 * 5 * 4 + 4 + 4 * 4 + 4` numbers learns to tell bars by their direction, and **some of its filters become edge detectors like Sobel's**.
#
# ## Channels in, filters out
#
# In `conv` the four filters are one array:

# %%
w = np.ones((3, 3, 3, 4))  # rows, columns, channels, filters
w[..., 0] = conv.kernels.sobel_x()[:, :, None]  # for every channel
w[..., 1] = conv.kernels.sobel_y()[:, :, None]
w[..., 3] = [1, 0, -1]  # red, green, blue

# %% tags=["hide"]
assert np.array_equal(w, four)

# %% [markdown]
# With the portrait as `x`, the layer is a call and an addition:


# %%
def layer(x, w, b, **options):
    return conv.correlate(x, w, **options) + b


y = layer(x, w, b=np.zeros(4), padding="valid")

# %% [markdown]
# | array | rows | columns | channels | filters |
# | --- | ---: | ---: | ---: | ---: |
# | input `x` | {eval}`x.shape[0]` | {eval}`x.shape[1]` | {eval}`x.shape[2]` | |
# | kernel `w` | {eval}`w.shape[0]` | {eval}`w.shape[1]` | {eval}`w.shape[2]` | {eval}`w.shape[3]` |
# | bias `b` | | | | {eval}`w.shape[3]` |
# | output `y` | {eval}`y.shape[0]` | {eval}`y.shape[1]` | | {eval}`y.shape[2]` |
#
# Two rows and columns are lost because nothing is padded ([valid](../reference/glossary.md#valid)), PyTorch's default; that of `conv` is [same](../reference/glossary.md#same).
# Each filter adds up three channels and makes one, so the next layer needs kernels of {eval}`y.shape[2]` slices.
# The [bias](../reference/glossary.md#bias) of a filter is added to its output at every place.
# With a **batch** of images, input and output have one more axis in front.
#
# Let $w_{u,v,c,f}$ be the entry in row $u$ and column $v$ of the slice for channel $c$ in filter $f$, and $b_f$ the filter's bias.
# At stride 1, without padding or dilation, the layer is
#
# $$ y_{i,j,f} = b_f + \sum_{u,v,c} w_{u,v,c,f} \; x_{i+u,\,j+v,\,c} . $$
#
# PyTorch puts [filters and channels first](../reference/notation.md#orders-of-axes): the weight of our line is (64, 3, 3, 3).
#
# ## Where are the weights, and where is the work?
#
# With `padding=1`, `nn.Conv2d(3, 64, 3)` is the first layer of [VGG-16](https://arxiv.org/abs/1409.1556), a network of 2014 for photographs of 224 by 224 pixels.
# A weight is stored once but used at every place, so we count both, for one image:


# %%
def cost(size, k, C, F, padding="same"):
    geometry = conv.Geometry.of((size, size), (k, k), padding=padding)
    weights = k * k * C * F
    return weights + F, weights * math.prod(geometry.output_size)


# %% tags=["hide"]
sizes = [224] * 2 + [112] * 2 + [56] * 3 + [28] * 3 + [14] * 3
maps = [3, 64, 64, 128, 128, 256, 256, 256] + [512] * 6
costs = [cost(n, 3, *maps[i : i + 2]) for i, n in enumerate(sizes)]
costs += [cost(7, 7, 512, 4096, "valid"), cost(1, 1, 4096, 4096)]
costs = np.array([*costs, cost(1, 1, 4096, 1000)])
total = costs.sum(axis=0)
assert total[0] == 138_357_544  # as Keras counts its VGG16
assert costs[0, 0] == 64 * (3 * 3 * 3 + 1)
assert len(costs) == 13 + 3

# %% tags=["hide"]
rows = np.add.reduceat(costs, [0, 1, 2, 13, 14])
share, of_all = 100 * rows / total, 100 * costs[:13].sum(axis=0) / total
names = ["3 channels to 64 filters", "64 to 64", "11 more convolutions"]
names += ["fully connected, first", "fully connected, two more"]
millions = np.rint(rows[:, 1] / 1e6).astype(int)
columns = {"layers of VGG-16": names}
columns |= {"% of parameters": share[:, 0], "% of work": share[:, 1]}
columns |= {"parameters": rows[:, 0], "million multiplications": millions}
figures.table(columns)

# %% [markdown]
# **Its 13 convolutions hold {eval}`f"{of_all[0]:.0f}"` per cent of the parameters and make {eval}`f"{of_all[1]:.0f}"` per cent of the multiplications.**
# A [fully connected layer](../reference/glossary.md#fully-connected-layer) uses each weight only once.
# To make such a network smaller, change its fully connected layers: [ResNet](https://arxiv.org/abs/1512.03385) takes each channel's mean before a single one, as our network below does. To make it faster, change its convolutions.
#
# ## Fewer connections: groups, depthwise, 1×1
#
# In an ordinary layer every filter sees every channel.
# With `groups=2` a filter sees the channels of its own half, and with as many groups as channels, called **depthwise**, a single one.
# A **1 by 1** layer, also called pointwise, sees all channels, but only one pixel: there it is a small matrix product.

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
# [MobileNet](https://arxiv.org/abs/1704.04861) (2017) replaces an ordinary layer by a depthwise one and a 1 by 1.
# In the network's middle, 512 channels of 14 by 14 go to 512 filters with these multiplications:

# %%
ordinary, pointwise = (cost(14, k, 512, 512)[1] for k in (3, 1))
depthwise = cost(14, 3, 1, 512)[1]  # each filter sees one channel
ordinary, depthwise, pointwise

# %% tags=["hide"]
times = ordinary / (depthwise + pointwise)
assert np.isclose(1 / times, 1 / 512 + 1 / 3**2)
thirds = np.full((1, 1, 3, 1), 1 / 3)
assert np.allclose(conv.correlate(x, thirds), x @ thirds[0, 0])

# %% [markdown]
# Together the two take {eval}`f"{times:.1f}"` times fewer.
# With $C$ channels, $F$ filters and kernels of $k$ by $k$, they make
#
# $$ \frac{k^2 C + C F}{k^2 C F} = \frac{1}{F} + \frac{1}{k^2} $$
#
# of the multiplications: with many filters about one in $k^2$, nearly all of them in the 1 by 1 layer.
# What do you give up for it? Write both as one layer:

# %%
draw = np.random.default_rng(18)
few = draw.integers(-5, 6, (9, 8, 4))  # 4 channels
depth = draw.integers(-5, 6, (3, 2, 1, 4))
point = draw.integers(-5, 6, (1, 1, 4, 6))  # to 6 filters
two = conv.correlate(few, depth, groups=4, stride=2)
two = conv.correlate(two, point)
as_one = depth[:, :, 0, :, None] * point[0, 0]  # (3, 2, 4, 6)
assert np.array_equal(two, conv.correlate(few, as_one, stride=2))

# %% [markdown]
# In `as_one`, all filters have the same pattern for one channel, each times a number of its own; an ordinary layer may have another in every slice. (MobileNet's nonlinear step between the two is left out.)
#
# ## How far does an output see?
#
# What an output depends on is its [receptive field](../reference/glossary.md#receptive-field): 3 by 3 pixels after one layer of 3 by 3 kernels, and more after each further one.
# **Dilation**, which spreads the entries of a kernel, lets it grow faster without more weights. Along one axis:

# %% tags=["hide"]
dilations, grids = ((1, 1, 1), (2, 2, 2), (1, 2, 4)), []
for steps in dilations:
    paths = np.eye(1, 1 + 2 * sum(steps), sum(steps))
    for d in reversed(steps):
        above = conv.correlate(paths[-1], np.ones(3), dilation=d)
        paths = np.vstack([paths, above])
    texts = np.where(paths, paths.astype(int).astype(str), "").astype(object)
    roles = np.where(paths, np.array([["output"]] * 3 + [["input"]]), "")
    name = f"dilations {steps}"[:-1].replace("(", "")
    grids.append(figures.Grid(texts, name, roles, axes=("", " ")).html(22))

# %% tags=["hide"]
figures.Figure(
    tuple(grids),
    caption="Three layers of kernels of 3, from one output (top row) down to the input (bottom row); their dilations are listed from the input up. A cell says on how many paths its value reaches the output: the sum of up to three cells in the row above, as far apart as the dilation of the layer between the rows.",
    alt="Three tables of four rows, a single 1 in the top row. Bottom rows: for dilations 1, 1, 1 the numbers 1 3 6 7 6 3 1; for 2, 2, 2 the same numbers with an empty cell between neighbours; for 1, 2, 4 fifteen numbers without a gap.",
)

# %% [markdown]
# To count the paths by program, multiply the [kernel matrices](../reference/glossary.md#kernel-matrix) of the layers.
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

# %% [markdown]
# If layer $l$ has kernel size $k_l$, stride $s_l$ and dilation $d_l$, the receptive field of an output spans
#
# $$ r = 1 + \sum_{l} d_l \, (k_l - 1) \; s_1 s_2 \cdots s_{l-1} $$
#
# inputs along that axis, because a step in layer $l$ spans as many inputs as the product of the strides before it (1 for the first layer).
# VGG-16 halves the size five times by [pooling](../reference/glossary.md#pooling), which keeps the maximum of every 2 by 2 values and reaches as far as a layer with $k = s = 2$. After the last pooling $r$ is {eval}`width(*vgg)`, so the output in the middle sees nearly the whole photograph.
#
# But the formula is blind to holes: for dilations 2, 2, 2 it says {eval}`width(*holes)`, of which an output reads only {eval}`read`; in two dimensions, {eval}`read**2` of {eval}`width(*holes) ** 2` pixels.
# Neighbouring outputs then share no pixel, which can show as a grid (**gridding**).
#
# Nor do all inputs count the same: with dilations 1, 1, 1, either end has one path to the output, the middle {eval}`middle`.
# In deep networks the [*effective* receptive field](https://arxiv.org/abs/1701.04128) can be much smaller than $r$.
#
# ## A layer that learns
#
# A bar, drawn by `bars`, lies across a noisy picture of 16 by 16, somewhere and at any angle. Which of four directions is closest?


# %% tags=["helper"]
def bars(n):
    angle, shift = draw.uniform(0, 180, n), draw.uniform(-4, 4, n)
    turn, middle = np.deg2rad(angle)[:, None, None], shift[:, None, None]
    down, across = np.mgrid[:16, :16] - 7.5
    away = across * np.sin(turn) + down * np.cos(turn) - middle
    x = np.exp(-(away**2) / 2) + draw.normal(0, 0.25, away.shape)
    return x[..., None], angle, np.rint(angle / 45).astype(int) % 4


# %% tags=["hide"]
names = ["level", "rising", "upright", "falling"]
images, angle, _ = bars(100)
off = [np.abs((angle - 45 * n + 90) % 180 - 90) for n in range(4)]
images, drawn = images[np.argmin(off, axis=1)], []
for name, image in zip(names, images, strict=True):
    drawn.append(figures.Picture(image[..., 0], name, (-0.5, 1.5), note=" "))

# %% tags=["hide"]
figures.Figure(
    tuple(one.html(8) for one in drawn),
    caption="A bar of each direction. Black is −0.5 and below, white 1.5 and above.",
    alt="Four noisy pictures with a bright bar each: level, rising to the right, upright, falling to the right.",
)

# %% [markdown]
# Our network is a layer of four filters of 5 by 5; a [**ReLU**](../reference/glossary.md#relu), which raises what is below 0 to 0 (`cut`, which only exercise 2 changes);
# **pooling**, here the mean of each filter's output over all places;
# and a fully connected layer, which makes four scores of the four means. The highest score is the answer.


# %%
def forward(x, w, b, dense, offset, cut=0):
    z = layer(x, w, b, padding="valid")
    pooled = np.maximum(z, cut).mean(axis=(1, 2))  # ReLU, pooling
    return z, pooled, pooled @ dense + offset


def start():
    w, dense = draw.normal(0, 0.2, (5, 5, 1, 4)), draw.normal(0, 0.5, (4, 4))
    return [w, np.zeros(4), dense, np.zeros(4)]


# %% [markdown]
# The **loss** $L$ measures how wrong the scores are.
# Each step subtracts from every parameter a rate times its [gradient](../reference/glossary.md#gradient), so that the loss falls.
#
# The **error** $\delta$ of an output is the derivative of the loss by this output.
# An entry of the kernel meets one input for each output, so its gradient adds up these inputs, each times its output's error:
#
# $$ \frac{\partial L}{\partial w_{u,v,c,f}} = \sum_{i,j} x_{i+u,\,j+v,\,c} \; \delta_{i,j,f} . $$
#
# At stride 1 without padding that is a correlation, **of the input with the error** ([Backpropagation](gradients.py) derives it).
# The gradient also adds over the images of the batch. `correlate` adds over the channel axis only, so we swap the two: images take the channels' place.
# In the comments, B counts images, (H, W) is the size of the input, (H', W') of the output and (h, w) of the kernel:


# %%
def kernel_gradient(x, error):  # (B, H, W, C) and (B, H', W', F)
    x = x.transpose(3, 1, 2, 0)  # (C, H, W, B)
    error = error.transpose(1, 2, 0, 3)  # (H', W', B, F)
    slopes = conv.correlate(x, error, padding="valid")  # (C, h, w, F)
    return slopes.transpose(1, 2, 0, 3)  # (h, w, C, F)


# %% [markdown]
# The **softmax** turns scores into chances that add up to 1, and the loss is minus the logarithm of the right answer's chance.
# The error of the scores is then the chances, less 1 at the right answer, and the chain rule takes it back to all parameters.
# Each step sees 32 new bars, and the last 300 are shorter, so that the network settles. Four networks, A to D, start at random:


# %% tags=["helper"]
def gradients(x, truth, w, b, dense, offset, cut=0):
    z, pooled, scores = forward(x, w, b, dense, offset, cut)
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    error = (chances - np.eye(4)[truth]) / len(x)  # of the scores
    below = (error @ dense.T)[:, None, None] * (z > cut) / z[0, ..., 0].size
    upper = pooled.T @ error, error.sum(axis=0)
    return kernel_gradient(x, below), below.sum(axis=(0, 1, 2)), *upper


# %%
def train(parameters, cut=0):
    for step in range(1500):
        rate = 1 if step < 1200 else 0.1
        x, _, truth = bars(32)
        slopes = gradients(x, truth, *parameters, cut)
        for values, slope in zip(parameters, slopes, strict=True):
            values -= rate * slope


# %% tags=["hide"]
def loss(x, truth, *parameters):
    scores = forward(x, *parameters)[2]
    right = scores[np.arange(len(x)), truth]
    return np.mean(np.log(np.exp(scores).sum(axis=1)) - right)


# %% tags=["hide"]
small, _, right = bars(8)
values = start()
slopes = gradients(small, right, *values)
ways = [1e-5 * draw.normal(size=one.shape) for one in values]
ends = [loss(small, right, *map(np.add, values, ways))]
ends += [loss(small, right, *map(np.subtract, values, ways))]
rise = 2 * sum(np.sum(s * w) for s, w in zip(slopes, ways, strict=True))
assert np.isclose(ends[0] - ends[1], rise, rtol=1e-4)

# %%
networks = []
for seed in range(4):
    draw = np.random.default_rng(seed)
    networks.append(start())
    train(networks[-1])
x, angle, truth = bars(4000)  # none of them seen in training

# %% tags=["hide"]
smooth = np.outer([1, 2, 1], [1, 2, 1])
across = conv.convolve(conv.kernels.sobel_x(), smooth, padding="full")
sobel = np.array([across.T, across + across.T, across, across - across.T])
sobel /= np.linalg.norm(sobel, axis=(1, 2), keepdims=True)


# %% tags=["hide"]
def match(w):  # gives each filter a direction
    unit = w[:, :, 0] / np.linalg.norm(w, axis=(0, 1))
    cosines = abs(np.tensordot(sobel, unit, 2))  # of direction and filter
    ways = permutations(range(4))
    best = max(ways, key=lambda way: np.trace(cosines[:, way]))
    return best, unit[:, :, best], cosines[:, best]


# %% tags=["hide"]
matches = [match(w) for w, *_ in networks]
order, learned, cosines = zip(*matches, strict=True)
cosines = np.array(cosines)  # of network, direction and filter
found, at_random = (
    np.max(of, axis=1) > 0.5
    for of in (cosines, [match(start()[0])[2] for _ in range(1000)])
)
chance = 100 * at_random.mean()
assert chance < 4

# %% tags=["hide"]
columns = [""] * 4
for n, f in np.ndindex(5, 4):
    k = learned[n - 1][..., f] if n else sobel[f]
    mark = "✓ " if n and found[n - 1][f] else ""
    note = f"{mark}{cosines[n - 1, f, f]:.2f}" if n else " "
    name = "ABCD"[n - 1] if n else names[f]
    columns[f] += figures.Picture(k, name, (-0.4, 0.4), True, note).html(14)

# %% tags=["hide"]
figures.Figure(
    tuple(f'<span class="conv-filter">{column}</span>' for column in columns),
    caption="Above, Sobel's kernels enlarged to 5 by 5, and for slanting edges their sum and difference. Below, the filters that the networks A to D have learned, placed so that they resemble the kernels above as much as they can; the number is the cosine between the two, up to sign, 1 for the same pattern and 0 for an unrelated one. ✓ marks a cosine over 0.5 with one of the four: B's under upright and D's under rising are edges of a direction that their network has already. All are scaled to a sum of squares of 1; violet is −0.4 and below, green 0.4 and above.",
    alt="Five rows of four squares of 5 by 5 cells. In the first row a violet side against a green one, along four directions. In the rows below, C has the same four patterns, less regular; in A, B and D some squares show them, and four squares, in the outer columns, a green band or two green corners between violet ones.",
)

# %% tags=["hide"]
guesses = [forward(x, *one)[2].argmax(axis=1) for one in networks]
correct = np.array(guesses) == truth
accuracy = 100 * correct.mean(axis=1)
assert accuracy.min() > 96
assert np.ptp(accuracy) < 0.5

# %% tags=["hide"]
elsewhere = found & (cosines.argmax(axis=1) != range(4))
places = np.argwhere(elsewhere).tolist()
assert places == [[1, 2], [3, 1]]  # in B under upright, in D under rising
complete = np.all(np.diagonal(cosines, axis1=1, axis2=2) > 0.5, axis=1)
assert np.flatnonzero(complete).tolist() == [2]  # C

# %% tags=["hide"]
from_border = np.abs(angle % 45 - 22.5)  # degrees
farthest = from_border[~correct.all(axis=0)].max()
assert farthest < 10

# %% [markdown]
# **Each network is right for more than {eval}`math.floor(accuracy.min())` of 100 bars that it has never seen, and {eval}`np.sum(found)` of the 16 filters have become edge detectors**, those with a ✓. Of random filters {eval}`f"{chance:.0f}"` per cent pass.
# Only C has an edge for every direction, but with {eval}`f"{accuracy.min():.1f}"` to {eval}`f"{accuracy.max():.1f}"` per cent all four are right about equally often, so different filters solve the task.
# All mistakes are within {eval}`math.ceil(farthest)` degrees of a border between two directions.
#
# ### Why can a mean tell directions?
#
# Take the filter under *level* in C, and two bars from above:

# %% tags=["hide"]
w, b, *_ = networks[2]
f, panels = order[2][0], ["", ""]
for n, one in enumerate((0, 2)):
    z = conv.correlate(images[one], w, padding="valid")[..., f]
    panels[n] += drawn[one].html(5)
    after = np.maximum(z + b[f], 0)
    for name, values in {"response": z, "bias, ReLU": after}.items():
        mean = f"{values.mean():.2f}".replace("-", "−")
        picture = figures.Picture(values, name, (-10, 10), True, mean)
        panels[n] += picture.html(7)

# %% tags=["hide"]
figures.Figure(
    tuple(f'<span class="conv-joined">{panel}</span>' for panel in panels),
    caption="For each bar, the response of the filter, then the same with its bias and after the ReLU, and the means over this one picture. Violet is −10 and below, green 10 and above.",
    alt="Two noisy bars. The response to the level bar is a green stripe beside a violet one, and that to the upright bar a weak pattern of both. After bias and ReLU, the green stripe of the level bar is left, and next to nothing of the upright one.",
)

# %% tags=["hide"]
z = conv.correlate(x, w, padding="valid")[..., f]
kept = [z, np.maximum(z + b[f], 0), np.maximum(z, 0)]
means = np.mean(kept, axis=(2, 3))
by_bar, spread = (
    np.transpose([how(means[:, truth == n], axis=1) for n in range(4)])
    for how in (np.mean, np.std)
)
gap, entries = by_bar[:, 0] - by_bar[:, 2], w[..., f].sum()

# %% tags=["hide"]
area = conv.correlate(x, np.full((12, 12, 1, 1), 1 / 144), padding="valid")
light = [area[truth == n].mean() for n in (0, 2)]
assert area.shape[1:3] == (5, 5)  # one for each entry
assert np.ptp(light) < 0.002
assert np.allclose(by_bar[0, [0, 2]], entries * light[0], rtol=0.02)
assert abs(gap[1] - gap[2]) < 0.1
assert np.all(spread[1, [0, 2]] < 0.8 * spread[2, [0, 2]])

# %% tags=["hide"]
own = np.maximum(layer(x, w, b, padding="valid"), 0).mean(axis=(1, 2))
own = [own[truth == n].mean(axis=0)[list(order[2])] for n in range(4)]
assert np.argmax(own, axis=0).tolist() == [0, 1, 2, 3]
assert all(np.all(one[1] < 0) for one in networks)
assert np.mean(z[truth == 2] > 0) > 0.6  # the responses to upright bars
assert np.mean(z[truth == 2] + b[f] > 0) < 0.2


# %% tags=["hide"]
def told(means):  # per cent right, by the range of means that is best
    two, best = truth % 2 == 0, 0  # level and upright
    for inside in (0, 2):
        votes = np.where(truth[two] == inside, 1, -1)[means[two].argsort()]
        sums = np.cumsum([0, *votes])
        gain = (sums - np.minimum.accumulate(sums)).max()
        best = max(best, gain + np.sum(votes < 0))
    return 100 * best / len(votes)


# %% tags=["hide"]
told_by = [told(one) for one in means]
assert told_by[0] < 70
assert told_by[1] > 99.5 > told_by[2] > 98
near = np.minimum(angle, 180 - angle) < 3  # outputs begin 2 rows lower
lit, left = (a[near].sum(axis=2).argmax(axis=1) for a in (x[..., 0], kept[1]))
assert np.all(left + 2 > lit)

# %% tags=["hide"]
columns = {"mean of": ["response", "bias, ReLU", "ReLU alone"]}
columns |= {name: by_bar[:, n] for n, name in enumerate(names)}
figures.table(columns | {"% right": told_by})

# %% [markdown]
# The table has averages over the new bars. Its last column says how often you would be right with the best single range of means if you had to guess level or upright from this mean alone (half the time by chance).
#
# **The mean of a response is on average the same for level and upright.** (That of level bars varies more, so the best guess is a little better than chance.)
# Each entry of the filter meets 12 by 12 pixels, on average equally bright for both bars ({eval}`f"{light[0]:.2f}"`),
# so the mean is about the sum of the entries, {eval}`f"{entries:.2f}"`, times that brightness.
#
# But at single places the responses differ: along a level bar they are large, positive on one side and negative on the other; along an upright bar they are weak.
# The bias, here {eval}`f"−{-b[f]:.2f}"`, moves most of the weak responses below 0, and the ReLU removes them and the negative side.
# **What is left is one edge of a bar in the filter's own direction**, here a stripe just below it.
# Each filter's mean in C is then largest for its own direction.
# The ReLU alone leaves the means of level and upright as far apart ({eval}`f"{gap[2]:.2f}"`, with bias {eval}`f"{gap[1]:.2f}"`),
# but the bias, negative in all 16 filters, narrows the spread around either mean, so fewer bars overlap.
#
# ## Exercises
#
# ### Exercise 1: the widest field without holes
#
# Which dilations give three layers with kernels of 3 the widest receptive field without a hole?
# Predict it from the number of paths, then use `reach`.

# %% tags=["answer"]
# 1, 3, 9, in any order. There are 27 paths, so at most 27 inputs can be seen, and here each
# path ends at an input of its own: every number from 0 to 26 has three digits to base 3.
seen = reach((3, 1, 1), (3, 1, 3), (3, 1, 9))
assert seen.tolist() == [1] * 27
len(seen), seen.min(), seen.max()

# %% [markdown]
# ### Exercise 2: take the ReLU out
#
# With `cut=-np.inf` there is no ReLU. Which two directions will the network confuse most, and which two hardly ever?
# Predict from [the mean of a response](#why-can-a-mean-tell-directions), then train.

# %% tags=["answer"]
# Most: level and upright (bars in rows, answers in columns, in per cent). A score is now
# a weighted sum of pixels, in which all rows and columns near the middle weigh the same, as
# each entry of a kernel meets 12 pixels of each. Hardly ever: rising and falling. They end
# near different corners, where the weights may differ; the table above, too, had them apart.
linear = start()
train(linear, cut=-np.inf)
guess = forward(x, *linear, -np.inf)[2].argmax(axis=1)
votes = np.histogram2d(guess, truth, 4)[0]
votes = np.rint(100 * votes / votes.sum(axis=0)).astype(int)
figures.table({"bar": names} | dict(zip(names, votes, strict=True)))

# %% tags=["hide"]
confused = votes + votes.T  # of each pair of directions
assert confused[0, 2] == confused[~np.eye(4, dtype=bool)].max()
assert confused[1, 3] == 0
assert 0.55 < np.mean(guess == truth) < 0.75

# %% tags=["hide"]
pixels = np.eye(256).reshape(256, 16, 16, 1)  # each alone
weights = forward(pixels, *linear, -np.inf)[2].reshape(16, 16, 4)
across, down = weights[4:12].sum(axis=1), weights[:, 4:12].sum(axis=0)
assert np.allclose(across, across[0])
assert np.allclose(down, across[0])
assert np.ptp(weights[[0, 0, -1, -1], [0, -1, 0, -1]], axis=0).max() > 0.1

# %% [markdown]
# ## What you can do now
#
# You can count the parameters and multiplications of a network,
# compute what its outputs see, holes included, and train a small one with NumPy alone.
#
# Next: [Backpropagation and the transposed convolution](gradients.py) takes the error back through such a layer.
#
# Elsewhere:
#
# - [CNN Explainer](https://poloclub.github.io/cnn-explainer/) by Zijie J. Wang and others: such a network, trained, to click through.
# - [Computing receptive fields of convolutional neural networks](https://distill.pub/2019/computing-receptive-fields/) by André Araujo and others:
#   the formula derived, also for networks with branches.
