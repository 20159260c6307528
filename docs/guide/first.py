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
    caption="Drag the window, or move it with the arrow keys. Green: it gets brighter to the right. Violet: it gets darker. Each value is the mean of 3 by 3 pixels, in per cent of white.",
    alt="A collar in grey, the kernel −1 0 1, −2 0 2, −1 0 1, and the collar's upright edges in green and violet.",
)

# %% [markdown]
# **A convolution slides a small grid of numbers, the [kernel](../reference/glossary.md#kernel), across an image.
# At every stop it multiplies each number by the pixel underneath and adds up the products;
# that sum becomes one pixel of the output.**
# With the right nine numbers the sum is near zero where the picture is even, and large where it changes, so what stays visible are the edges.
#
# ## A photograph is an array
#
# `conv.images.sample()` loads a portrait of Grace Hopper, taken by the US Navy.
# It is an array of numbers from 0 to 1 with three axes: rows, columns, and the
# [channels](../reference/glossary.md#channel) red, green and blue.

# %%
photo = conv.images.sample()
photo.shape

# %% [markdown]
# For a start, grey will do.
# `mean(axis=2)` takes the mean of the three channels of each pixel, which leaves rows and columns.
# And since a sum of nine numbers is easier to follow in whole numbers, here is a piece of 7 by 7 pixels in per cent of white,
# from the place where the dark jacket meets the white collar.

# %%
grey = photo.mean(axis=2)
collar = np.rint(100 * grey[344:351, 193:200])

# %% tags=["hide"]
shown = grey[::2, ::2].copy()
shown[165:182, [89, 106]] = shown[[165, 181], 89:107] = 1
figures.beside(
    figures.Picture(shown, "photograph"),
    figures.Grid(collar, "collar"),
    caption="The photograph at half its size, and the piece in the middle of the white frame: 0 is black, 100 is white.",
    alt=f"A grey portrait with a white frame around a part of the collar, and that part as a grid of 7 by 7 numbers, from {collar.min():g} on the left to {collar.max():g} on the right.",
)

# %% [markdown]
# ## Nine products and a sum
#
# This is Irwin Sobel's kernel, which he
# [presented in 1968](../reference/sources.md#papers).
# It compares what lies at the right of a pixel with what lies at its left.

# %%
kernel = conv.kernels.sobel_x()
kernel

# %% [markdown]
# Lay it on the collar so that its left column lies on the jacket, multiply each number by the one below it, and add up.

# %%
window = collar[2:5, 1:4]
products = kernel * window
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
# On the collar itself everything is white, the left column cancels the right one, and the sum gets small.

# %%
output = conv.correlate(collar, kernel, padding="valid")

# %% tags=["hide"]
assert np.array_equal(output[2, 1], products.sum())
assert output[:, 1].min() > 250
assert output[:, 4].max() < 70

# %% tags=["hide"]
figures.beside(
    figures.Grid(collar, "input", focus=(slice(2, 5), slice(1, 4))),
    "⋆",
    figures.Grid(kernel, "kernel", "kernel"),
    "=",
    figures.Grid(output, "output", "output", focus=(2, 1)),
    caption="All stops of the kernel: the framed window gives the framed number. The edge of the collar stands out as two columns of large numbers.",
    alt=f"The collar of 7 by 7 numbers with the window in a frame, the kernel, and the output of 5 by 5, in which {output[2, 1]:g} is framed.",
)

# %% [markdown]
# `conv.correlate` does the work.
# It is called [cross-correlation](../reference/glossary.md#cross-correlation), which is what deep learning means when it says convolution;
# [the third page](flip.py) has the difference.
# `padding="valid"` lets the kernel lie only where it has a pixel under each of its numbers,
# so a kernel of 3 loses a row or column at each side, and 7 by 7 pixels become 5 by 5.
# Without it, `conv` puts zeros around the image so that the output is as large as the input (`"same"`), which would draw an edge around the whole picture.
#
# ## The edges of the whole photograph
#
# The same call does it for the whole photograph, here reduced to half its size by taking means of 2 by 2 pixels.

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

# %% [markdown]
# The output is a signed picture.
# {eval}`f"{share:.0%}"` of its numbers are negative, because an edge from bright to dark counts as much as one from dark to bright;
# a picture in grey would have to cut those off or hide where zero is.
# ({eval}`f"{beyond:.0%}"` lie beyond ±1.5, and get the darkest colours.)
# The kernel turned on its side, Sobel's second, compares what lies below a pixel with what lies above.
#
# Together the two say how steep the brightness is, and in which direction.
# Draw an arrow from each pixel: as far to the right as Sobel x says, and as far down as Sobel y says.
# The arrow points to where the brightness rises fastest, and its length tells how fast, whichever way the edge runs.
# By Pythagoras the length is the root of the sum of both squares, which `np.hypot` computes for all pixels at once.

# %% tags=["hide"]
figures.beside(
    figures.Picture(half, "photograph"),
    figures.Picture(edges, "edges", (0, 1.5)),
    caption="The photograph, and the length of the arrow at each pixel: edges in every direction. On the right, black is 0 and white is 1.5 and more.",
    alt="A grey portrait, and its outlines in white on black: cap, glasses, face, collar, and the stars of a flag.",
)

# %% [markdown]
# Nine numbers and their turned copy have found cap, glasses, face and collar, without knowing what any of these is.
# A convolutional network does the same thing, with one difference: nobody tells it the nine numbers.
# It finds its own, from examples, and [a later page](fully_connected.py) lets you watch that.
#
# ## Exercises
#
# Predict, then open the answer.
#
# ### Exercise 1: a grey wall
#
# What does Sobel's kernel give where all pixels have the same value, and which property of its numbers makes it so?

# %% tags=["answer"]
# 0, whatever the value, because the nine numbers add up to 0.
wall = np.full((5, 5), 70)
flat = conv.correlate(wall, kernel, padding="valid")
assert kernel.sum() == 0
flat

# %% [markdown]
# ### Exercise 2: a brighter photograph
#
# Make every pixel brighter by half of white. What happens to the edges? And if you double every pixel?

# %% tags=["answer"]
# Adding changes nothing, for the reason of exercise 1. Doubling doubles the output.
brighter = conv.correlate(half + 0.5, kernel, padding="valid")
twice = conv.correlate(2 * half, kernel, padding="valid")
assert np.allclose(brighter, across)
bool(np.allclose(twice, 2 * across))

# %% [markdown]
# ### Exercise 3: a slanting edge
#
# Which nine numbers respond most to edges that run from the bottom left to the top right, with the bright side below?
# Try your kernel in the photograph at the top of this page, or on [a picture of your own](../index.py).

# %% tags=["answer"]
# For example Sobel's numbers turned by an eighth of a circle.
slanting = np.array([[-2, -1, 0], [-1, 0, 1], [0, 1, 2]])
below = np.add.outer(np.arange(5), np.arange(5)) > 4
response = {
    name: float(conv.correlate(below, w, padding="valid").max())
    for name, w in (("slanting", slanting), ("Sobel x", kernel))
}
assert response["slanting"] > response["Sobel x"]
response

# %% [markdown]
# ## What you can do now
#
# You can filter a photograph and check any pixel of the result by hand,
# and you can say why a kernel that adds up to zero finds edges.
#
# Go on with [Smoothing a noisy signal](smoothing.py): why anybody multiplies and adds up like this.
# Elsewhere:
#
# - [Image kernels, explained visually](https://setosa.io/ev/image-kernels/) by Victor Powell: more kernels to slide over a picture.
# - [But what is a convolution?](https://www.youtube.com/watch?v=KuXjwB4LzSA) by Grant Sanderson: the same sum in motion, for dice and pictures.
