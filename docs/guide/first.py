# %% [markdown]
# # A first filter
#
# At the end of this page you can filter a photograph and check one number of the result by hand.
# The page filters twice, by the definition, in loops, and by matrix products, and gets the same numbers.
# You need a little Python; the pages that follow explain every word that is new here.
#
# Every page of this guide is a program.
# It ran when this site was built, and what stands below each piece of code is what it gave.

# %%
import numpy as np

import conv
from conv import figures

# %% [markdown]
# ## A photograph is an array
#
# `conv.images.sample()` loads a portrait of Grace Hopper, taken by the US Navy.
# It is an array of numbers from 0 to 1, with three axes: rows, columns, and the
# [channels](../reference/glossary.md#channel) red, green and blue.

# %%
photo = conv.images.sample()
photo.shape

# %% [markdown]
# ## A kernel is a small array
#
# This [kernel](../reference/glossary.md#kernel) compares what lies right of a pixel with what lies left of it.
# It is named after Irwin Sobel, who presented it in 1968 (see [Sources](../reference/sources.md#papers)).

# %%
kernel = conv.kernels.sobel_x()
kernel

# %% [markdown]
# ## Lay it on, multiply, add up
#
# Take a piece of the photograph, in grey and in whole percent:
# 5 rows and 6 columns where the dark jacket meets the white collar.

# %%
piece = np.rint(100 * photo[344:349, 193:199].mean(axis=2))
output = conv.naive.correlate(piece, kernel, padding="valid")
assert piece[:, :3].max() < 15
assert piece[:, 3:].min() > 75

# %% tags=["hide"]
figures.beside(
    figures.Grid(piece, "input", focus=(slice(1, 4), slice(2, 5))),
    figures.Grid(kernel, "kernel", role="kernel"),
    figures.Grid(output, "output", role="output", focus=(1, 2)),
    caption="The framed window of the input, times the kernel, entry by entry, sums to the framed output.",
    alt="A grid of 5 by 6 brightnesses, below 15 on the left and above 75 on the right, the 3 by 3 kernel and the 3 by 4 output, with a window and its output in frames.",
)

# %%
window = piece[1:4, 2:5]
assert output[1, 2] == np.sum(window * kernel)
int(np.sum(window * kernel))

# %% [markdown]
# The output is large where the brightness rises from left to right, and small where it hardly changes.
# Then the kernel moves on by one pixel and gives the next output.
# This is [cross-correlation](../reference/glossary.md#cross-correlation).
# Deep learning frameworks call it convolution.
#
# ## The same numbers twice
#
# `conv.naive` is this definition in loops: slow, and easy to check.
# `conv.correlate` gets the same numbers from matrix products: that takes longer to explain, and is fast.
# Compare them on a crop of the photograph.

# %%
crop = photo[60:160, 200:300].mean(axis=2)
slow = conv.naive.correlate(crop, kernel)
fast = conv.correlate(crop, kernel)
assert fast.size == 10_000
assert np.allclose(slow, fast, rtol=0, atol=1e-12)
float(np.abs(slow - fast).max())

# %% [markdown]
# The largest difference among the 10,000 outputs is what rounding leaves.
# A sum in floating point depends a little on the order in which its terms are added.
# On whole numbers the two are equal to the last bit.

# %%
whole = np.rint(255 * crop)
assert np.array_equal(
    conv.naive.correlate(whole, kernel), conv.correlate(whole, kernel)
)

# %% [markdown]
# ## The whole photograph
#
# A grey picture of every second pixel, and what two kernels make of it.
# The second is Sobel's for change from top to bottom.

# %%
grey = photo[::2, ::2].mean(axis=2)
across = conv.correlate(grey, kernel, padding="valid")
down = conv.correlate(grey, conv.kernels.sobel_y(), padding="valid")
edges = np.hypot(across, down)

# %% tags=["hide"]
figures.beside(
    figures.Picture(grey, "input"),
    figures.Picture(edges, "edges", limits=(0, 1.5)),
    caption="The photograph, and the length of both changes together: edges of every direction.",
    alt="A grey portrait, and its outlines in white on black: cap, glasses, face, collar, and the stars of a flag.",
)

# %% [markdown]
# ### Try it
#
# Move the window on a part of the photograph, choose another kernel, or change one of its numbers.

# %% tags=["hide"]
part = photo[250:475, 120:312].mean(axis=2).reshape(75, 3, 64, 3)
figures.photo(
    np.rint(100 * part.mean(axis=(1, 3))),
    at=(37, 24),
    small=True,
    caption="Each value is the mean of 3 by 3 pixels, in per cent of white.",
    alt="A collar in grey, the kernel −1 0 1, −2 0 2, −1 0 1, and the collar's upright edges in green and violet.",
)

# %% [markdown]
# ## Exercises
#
# Predict, then open the answer.
#
# ### Exercise 1: a grey wall
#
# What does Sobel's kernel give where all pixels have the same value?

# %% tags=["answer"]
# 0: what is added on the right is taken away on the left.
wall = np.full((5, 5), 70)
flat = conv.correlate(wall, kernel, padding="valid")
assert kernel.sum() == 0
assert not flat.any()
flat

# %% [markdown]
# ### Exercise 2: one output by hand
#
# In the figure with the numbers, move the frame in the input to the top right corner.
# What does that window give?

# %% tags=["answer"]
# 97 + 2 * 99 + 97 on the right, minus 79 + 2 * 81 + 82 on the left.
corner = (97 + 2 * 99 + 97) - (79 + 2 * 81 + 82)
assert output[0, 3] == corner
corner

# %% [markdown]
# ## Go on
#
# - [Smoothing a noisy signal](smoothing.py) begins at the beginning: why anyone multiplies and adds up like this.
# - [Full, same, valid](padding.py) explains what happens at the border of the image.
# - [The definition, in loops](naive.py) and [One matrix product](matmul.py) take the two implementations apart.
