# %% [markdown]
# # What does a convolution do to a picture?
#
# A convolution blurs a picture, sharpens it or finds its edges, depending on nine numbers that slide across it.
# Drag the window, change a number, flip the kernel.

# %% tags=["hide"]
import numpy as np

import conv
from conv import figures

photo = conv.images.sample()[:450, 80:464].mean(axis=2)
blocks = photo.reshape(150, 3, 128, 3)
grey = np.rint(100 * blocks.mean(axis=(1, 3)))

# %% tags=["hide"]
figures.photo(
    grey,
    kernel="Sobel x",
    at=(125, 72),
    caption="Each pixel of the output is the sum of nine products, divided by the number beside the kernel; pixels are in per cent of white, and sizes are rows × columns. The sliding sum ⋆ is cross-correlation, which frameworks call convolution; ∗ turns the kernel by half a turn first, as mathematics does. (The portrait at the start shows Grace Hopper, taken by the US Navy.)",
    alt="A grey portrait, the kernel −1 0 1, −2 0 2, −1 0 1, and the portrait's upright edges: green where it becomes brighter to the right, violet where it becomes darker.",
)

# %% [markdown]
# [Start: A first filter](guide/first.py){ .md-button .md-button--primary .conv-start }
# [Open the explorer](explorer.py){ .md-button }
#
# **Three dares for the picture above.**
# Make every number of the output negative.
# Move the portrait by one pixel.
# Find a kernel that the flip cannot change although its left and right differ.
#
# Why do PyTorch's `conv2d` and SciPy's `convolve` give different pictures for the same kernel?
# Why is the border of a filtered picture dark, and why does a network give other results when its weights move to another library?
# The guide answers such questions with programs that you can run, from this one filter to the layer of a network.
#
# ## The guide, in order

# %% tags=["hide"]
Grid, thumb = figures.Grid, figures.thumb
square, entries = np.full((4, 4), ""), np.full((3, 3), "")
ramp = np.arange(9).reshape(3, 3)
inputs = Grid(square, focus=(slice(0, 3), slice(1, 4)))
kernel = Grid(entries, role="kernel")
output = Grid(square[:2, :2], role="output", focus=(0, 1))
marked = Grid(entries, tints=ramp)
flipped = Grid(entries, tints=conv.flip(ramp))

# %% tags=["hide"]
levels = np.arange(5, 0, -1)[:, None]
heights = np.array([2, 3, 1, 4, 3, 5, 4, 5, 3, 4])
means = conv.correlate(heights, np.ones(3) / 3, padding="valid")
noisy = np.where(levels <= heights, "input", "")
smooth = np.where(levels <= means, "output", "")
readings = Grid(np.full(noisy.shape, ""), role=noisy)
smoothed = Grid(np.full(smooth.shape, ""), role=smooth)

# %% tags=["hide"]
numbered = conv.kernel_matrix(ramp + 1, (4, 4), padding="valid")
weights = numbered.astype(int) - 1
matrix = Grid(np.full(weights.shape, ""), tints=weights)
top = (slice(0, 3), slice(0, 3))
padded = Grid(entries, pads=((1, 1), (1, 1)), focus=top)
same = Grid(entries, role="output", focus=(0, 0))
here = Grid(square, focus=(1, 2))
there = Grid(square, role="output", focus=(1, 2))
patches = Grid(square, tints=np.tile(np.arange(4), (4, 1)))
column = Grid(square[:, :1], role="kernel")

# %% [markdown]
# <div class="conv-cards" markdown>
#
# [{eval}`thumb(inputs, kernel, output)` **1 A first filter**
# find the edges in a photograph, and check any pixel by hand](guide/first.py){ .conv-card }
# [{eval}`thumb(readings, smoothed)` **2 Smoothing**
# clean up a noisy measurement, and see where the flip comes from](guide/smoothing.py){ .conv-card }
# [{eval}`thumb(marked, flipped)` **3 Flip or not**
# tell convolution from cross-correlation, and know when it matters](guide/flip.py){ .conv-card }
# [{eval}`thumb(matrix)` **4 Fully connected**
# see a convolution as a layer with few weights, all of them shared](guide/fully_connected.py){ .conv-card }
# [{eval}`thumb(padded, same)` **5 Full, same, valid**
# predict the size of the output, and what happens at the border](guide/padding.py){ .conv-card }
# [{eval}`thumb(here, there)` **6 Loops**
# write the definition in nine lines, also for colour](guide/naive.py){ .conv-card }
# [{eval}`thumb(patches, column)` **7 Matrix product**
# make it many times faster with one matrix product](guide/matmul.py){ .conv-card }
# [{eval}`thumb(inputs, marked, output)` **Explorer**
# a small convolution of your own, with any stride, its matrix and its program](explorer.py){ .conv-card }
#
# </div>
#
# ## Where to start
#
# - You use a framework and want to know what it really does:
#   [What your library computes](beyond/libraries.py), asked of eleven libraries, and [Full, same, valid](guide/padding.py).
# - You know the guide: [from one filter to a layer](beyond/layers.py), [back through it](beyond/gradients.py), [a network trained from scratch](beyond/learning.py),
#   with fewer multiplications [for large kernels](beyond/methods.py) and [for small ones](beyond/winograd.py), [a dozen filters](beyond/gallery.py) to choose from,
#   and [images that do not fit into memory](beyond/large.py), also [with many workers](beyond/workers.py).
# - You are writing a convolution yourself: [five bugs](reference/article.py) that you are about to write.
# - You want to use the package: the [API reference](reference/api.md) has every function.
