# %% [markdown]
# # What does a convolution do to a picture?
#
# Nine pixels, times nine numbers, added up, are one pixel of the output.
# Drag the window, change a number.

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
    caption="0 is black, 100 white. Deep learning lays the kernel on as it is, mathematics flips it first. The portrait shows Grace Hopper, taken by the US Navy.",
    alt="A grey portrait, the kernel −1 0 1, −2 0 2, −1 0 1, and the portrait's upright edges: green where it becomes brighter to the right, violet where it becomes darker.",
)

# %% [markdown]
# [Start: A first filter](guide/first.py){ .md-button .md-button--primary .conv-start }
# [Open the explorer](explorer.py){ .md-button }
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
# a photograph, a kernel, and the same numbers computed twice](guide/first.py){ .conv-card }
# [{eval}`thumb(readings, smoothed)` **2 Smoothing**
# what convolution is, and why its kernel appears flipped](guide/smoothing.py){ .conv-card }
# [{eval}`thumb(marked, flipped)` **3 Flip or not**
# convolution or cross-correlation, and when it matters](guide/flip.py){ .conv-card }
# [{eval}`thumb(matrix)` **4 Fully connected**
# a sparse matrix whose entries repeat](guide/fully_connected.py){ .conv-card }
# [{eval}`thumb(padded, same)` **5 Full, same, valid**
# what happens at the border, and how large the output is](guide/padding.py){ .conv-card }
# [{eval}`thumb(here, there)` **6 Loops**
# the definition as code, on a photograph](guide/naive.py){ .conv-card }
# [{eval}`thumb(patches, column)` **7 Matrix product**
# why the loops are slow, and what replaces them](guide/matmul.py){ .conv-card }
# [{eval}`thumb(inputs, marked, output)` **Explorer**
# a convolution of your own, to change number by number](explorer.py){ .conv-card }
#
# </div>
#
# ## Where to start
#
# - You use a framework and want to know what it does at the border:
#   [Full, same, valid](guide/padding.py).
# - You want to use the package: the [API reference](reference/api.md) has every function.
# - You come from the Chinese article that this site grew from: there are
#   [notes for its readers](reference/article.py).
