# %% [markdown]
# # A first filter: edge detection
#
# How can nine numbers find the edges in a photograph?

# %%
import numpy as np

import conv
from conv import figures

# %% tags=["hide"]
photo = conv.images.sample()
part = photo[250:475, 120:312].mean(axis=2).reshape(75, 3, 64, 3)
figures.photo(
    np.rint(100 * part.mean(axis=(1, 3))),
    at=(31, 24),
    small=True,
    caption="Tap or drag the window, or move it with the arrow keys. At the start, each value is the mean of 3 by 3 pixels of a photograph, in per cent of white. (“Flipped” is for page 3.)",
    alt="A collar in grey, the kernel −1 0 1, −2 0 2, −1 0 1, and the collar's upright edges in green and violet.",
)

# %% [markdown]
# **A convolution slides a small grid of numbers, the [kernel](../reference/glossary.md#kernel), across an image.
# At every stop it multiplies each number by the pixel underneath and adds up the products;
# that sum becomes one pixel of the output.**
# With the right nine numbers the sum is near zero where the brightness does not change, and large where it does, so what stays visible are the edges.
#
# ## A photograph is an array
#
# `conv.images.sample()` loads a portrait of Grace Hopper, taken by the US Navy.
# The portrait is an array of numbers from 0 to 1 with three axes: rows, columns, and the
# [channels](../reference/glossary.md#channel) red, green and blue.

# %%
photo = conv.images.sample()
photo.shape

# %% [markdown]
# For a start, grey will do.
# `mean(axis=2)` takes the mean of the three channels of each pixel, which leaves rows and columns.
# Since a sum of nine numbers is easier to follow in whole numbers, here is a piece of 7 by 7 pixels in per cent of white,
# from the place where the dark jacket meets the white collar.

# %%
grey = photo.mean(axis=2)
collar = np.rint(100 * grey[344:351, 193:200])

# %% tags=["hide"]
around = grey[300:400, 140:240].copy()
around[43:52, [52, 60]] = around[[43, 51], 52:61] = 0.5
figures.beside(
    figures.Picture(around, "around the collar"),
    figures.Grid(collar, "collar"),
    caption="A part of the photograph, and the 7 by 7 pixels inside the grey frame as numbers: 0 is black, 100 is white.",
    alt=f"A chin, a collar and a jacket in grey, with a small frame on the edge of the collar, and what is in it as a grid of 7 by 7 numbers, from {collar.min():g} on the left to {collar.max():g} on the right.",
)

# %% [markdown]
# ## Nine products and a sum
#
# The kernel in the picture above is the one that Irwin Sobel and Gary Feldman
# [presented in 1968](../reference/sources.md#papers).
# Its numbers compare what lies at the right of a pixel with what lies at its left.
# The middle row, nearest to the pixel, counts twice; why, you will see when a second kernel joins it.

# %%
kernel = conv.kernels.sobel_x()
kernel

# %% [markdown]
# Lay it on the collar so that its left column lies on the jacket, multiply each number by the one below it, and add up.

# %%
window = collar[2:5, 1:4]
products = window * kernel
int(products.sum())

# %% tags=["hide"]
figures.beside(
    figures.Grid(window, "window"),
    "×",
    figures.Grid(kernel, "kernel", "kernel"),
    "=",
    figures.Grid(products, "products", ""),
    caption=f"The nine products add up to {products.sum():g}: the right side is much brighter than the left.",
    alt=f"The 3 by 3 window of the collar, the kernel −1 0 1, −2 0 2, −1 0 1, and their nine products, whose sum is {products.sum():g}.",
)

# %% [markdown]
# Then move the kernel on by one pixel, and do the same again.
# One pixel on, the right column still lies on the collar and the sum is about as large.
# Three pixels from the start everything under the kernel is white:
# the left column nearly cancels the right one, because its weights are the opposite ones and all nine add up to 0, and the sum is small.

# %%
output = conv.correlate(collar, kernel, padding="valid")

# %% tags=["hide"]
assert np.array_equal(output[2, 1], products.sum())
assert output[:, 1].min() > 250
assert output[:, 4].max() < 30

# %% tags=["hide"]
figures.beside(
    figures.Grid(collar, "input", focus=(slice(2, 5), slice(1, 4))),
    "⋆",
    figures.Grid(kernel, "kernel", "kernel"),
    "=",
    figures.Grid(output, "output", "output", focus=(2, 1)),
    caption="All stops of the kernel: the framed window gives the framed number. The edge of the collar stands out as columns of large numbers.",
    alt=f"The collar of 7 by 7 numbers with the window in a frame, the kernel, and the output of 5 by 5, in which {output[2, 1]:g} is framed.",
)

# %% [markdown]
# `conv.correlate` does the work (⋆ in the figure, where green only marks the output).
# What it computes is called [cross-correlation](../reference/glossary.md#cross-correlation), which is what deep learning means when it says convolution;
# [the third page](flip.py) has the difference.
# `padding="valid"` lets the kernel lie only where it has a pixel under each of its numbers,
# so a kernel of 3 loses a row or column at each side, and 7 by 7 pixels become 5 by 5.
# ([Full, same, valid](padding.py) is about the border.)
#
# ## The edges of the whole photograph
#
# The same call does it for the whole photograph, here reduced to half its size by taking means of 2 by 2 pixels.
# From here on the numbers run from 0 to 1 again, so {eval}`f"{products.sum():g}"` becomes {eval}`f"{products.sum() / 100:.2f}"`.

# %%
half = grey.reshape(300, 2, 256, 2).mean(axis=(1, 3))
across = conv.correlate(half, conv.kernels.sobel_x(), padding="valid")
down = conv.correlate(half, conv.kernels.sobel_y(), padding="valid")
edges = np.hypot(across, down)

# %% tags=["hide"]
figures.beside(
    figures.Picture(across, "Sobel x", (-1.5, 1.5), signed=True),
    figures.Picture(down, "Sobel y", (-1.5, 1.5), signed=True),
    caption="Green is positive and violet negative, from −1.5 to 1.5. On the left green means brighter to the right, on the right it means brighter further down.",
    alt="Two pictures of the portrait's edges in green and violet: on the left upright ones, such as the sides of the face and the stripes of the flag; on the right level ones, such as the brim of the cap, the mouth and the shoulders.",
)

# %% tags=["hide"]
share = np.mean(across < 0)
assert half.shape == (300, 256)
assert 0.4 < share < 0.6
beyond = np.mean(np.abs(across) > 1.5)
assert np.array_equal(conv.kernels.sobel_y(), conv.kernels.sobel_x().T)

# %% tags=["hide"]
angles = np.linspace(0, np.pi / 2, 91)
places = np.add.outer(1j * np.arange(-1, 2), np.arange(-1, 2))
along = (places[None] * np.exp(-1j * angles)[:, None, None]).real
soft = np.tanh(along)
spread = {}
for name, rows in (("Sobel", [1, 2, 1]), ("alike", [1, 1, 1])):
    w = np.outer(rows, [-1, 0, 1])
    arrows = np.hypot((soft * w).sum((1, 2)), (soft * w.T).sum((1, 2)))
    spread[name] = 1 - arrows.min() / arrows.max()

# %% [markdown]
# Both outputs are signed, because an edge from bright to dark counts as much as one from dark to bright, with the other sign.
# In Sobel x, {eval}`f"{share:.0%}"` of the numbers are negative, and a grey scale from 0 up would show them all as black.
# ({eval}`f"{beyond:.0%}"` of all numbers lie beyond ±1.5, and get the strongest colours.)
# The kernel turned on its side, Sobel's second, compares what lies below a pixel with what lies above.
#
# Together the two say how steep the brightness is, and in which direction.
# Draw an arrow from each pixel: as far to the right as Sobel x says, and as far down as Sobel y says.
# The arrow points to where the brightness rises fastest, and its length tells how fast.
# For an edge in any direction that length is nearly the same, and the doubled middle rows are the reason:
# over all directions of a soft edge Sobel's shortest arrow is {eval}`f"{100 * spread['Sobel']:.1f}"` per cent below the longest,
# and with rows that count alike it would be {eval}`f"{100 * spread['alike']:.1f}"` per cent.
# By Pythagoras the length is the root of the sum of both squares, which `np.hypot` computes for all pixels at once.

# %% tags=["hide"]
figures.beside(
    figures.Picture(half, "photograph"),
    figures.Picture(edges, "edges", (0, 1.5)),
    caption="The photograph, and the length of the arrow at each pixel: edges in every direction. On the right, black is 0 and white is 1.5 and more.",
    alt="A grey portrait, and its outlines in white on black: cap, glasses, face, collar, and the stars of a flag.",
)

# %% [markdown]
# Two kernels have outlined cap, glasses, face and collar, without knowing what any of these is.
# A convolutional network is built from this sum, many times over, but nobody tells it the numbers: it finds them from examples,
# as [page 4](fully_connected.py) does with nine such numbers.
#
# ## Exercises
#
# Predict, then open the answer.
#
# ### Exercise 1: a grey wall
#
# Sobel's kernel gives 0 on a grey wall, where all pixels have the same value, because its numbers add up to 0.
# Is that enough to find edges? Find nine numbers, not all 0, that add up to 0 and give 0 on every upright and every level edge.

# %% tags=["answer"]
# It is not: these are blind to upright and level edges, and answer at corners
# and on slanting edges.
corners = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]])
edge = np.tile([0, 0, 1, 1], (4, 1))
assert corners.sum() == 0
slope = np.add.outer(np.arange(4), np.arange(4)) > 3
for picture in (edge, edge.T, edge * edge.T, slope):
    print(conv.correlate(picture, corners, padding="valid").tolist())

# %% [markdown]
# ### Exercise 2: a brighter photograph
#
# Make every pixel brighter by half of white, and look at the edges: what has happened to them, and what if you double every pixel instead?
# (Let values pass 1; a camera would cut them off.)

# %% tags=["answer"]
# Adding changes nothing, because the nine numbers add up to 0. Doubling doubles the output.
brighter = conv.correlate(half + 0.5, kernel, padding="valid")
twice = conv.correlate(2 * half, kernel, padding="valid")
assert np.allclose(brighter, across)
bool(np.allclose(twice, 2 * across))

# %% [markdown]
# ### Exercise 3: a slanting edge
#
# Turn Sobel's kernel so that it compares what lies at the bottom right with what lies at the top left.
# Try them in the photograph at the top of this page, or on [a picture of your own](../index.py).

# %% tags=["answer"]
# Move each of the outer eight numbers on by one place, clockwise.
slanting = np.array([[-2, -1, 0], [-1, 0, 1], [0, 1, 2]])
bright = np.add.outer(np.arange(5), np.arange(5)) > 4
for name, w in (("slanting", slanting), ("Sobel x", kernel)):
    print(name, conv.correlate(bright, w, padding="valid").max())
turned = conv.correlate(half, slanting, padding="valid")

# %% tags=["answer"]
# Edges that rise to the bottom right stay strong, such as one side of the collar;
# the other side all but vanishes, because this kernel is blind to it.
assert sorted(slanting.flat) == sorted(kernel.flat)
figures.beside(
    figures.Picture(turned, "slanting", (-1.5, 1.5), signed=True),
    figures.Picture(across, "Sobel x", (-1.5, 1.5), signed=True),
    caption="Both responses to the photograph.",
    alt="Two pictures of the portrait's edges in green and violet, which differ in which edges are strong.",
)

# %% [markdown]
# ## What you can do now
#
# You can filter a photograph and check any pixel of the result by hand,
# and you can say why Sobel's numbers find edges, and why they have to add up to zero.
#
# Go on with [Smoothing a noisy signal](smoothing.py): where this sum comes from.
# Elsewhere:
#
# - [Image kernels, explained visually](https://setosa.io/ev/image-kernels/) by Victor Powell: more kernels to slide over a picture.
# - [But what is a convolution?](https://www.youtube.com/watch?v=KuXjwB4LzSA) by Grant Sanderson: the same sum in motion, for dice and pictures.
