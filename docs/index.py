# %% [markdown]
# # Convolution, computed
#
# Lay a small array of numbers on an image, multiply what meets, add it up, move on.
# This is the operation that deep learning calls convolution.
# This site explains it from the first sum to the matrix product that runs it fast.

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
    at=(100, 58),
    caption="Computed in your browser, and checked against NumPy when this site was built. Values are per cent of white.",
    alt="A grey portrait, the kernel −1 0 1, −2 0 2, −1 0 1, and the portrait's upright edges: green where it becomes brighter to the right, violet where it becomes darker.",
)

# %% [markdown]
# The code above ran while this site was built, and the figure is what it gave.
# So it is on every page: each is a program.
# A page is not published if its code fails or warns, or if a number of two digits or more
# is typed into its text that stands neither in the code nor in what the code gave
# (years, formulas and references apart).
# You can download each page and run it.
#
# ## What you will find
#
# - **[A first filter](guide/first.py)**: a photograph, a kernel, and the same numbers computed twice.
# - **[Smoothing a noisy signal](guide/smoothing.py)**: what convolution is, and why its kernel appears flipped.
# - **[Convolution or cross-correlation?](guide/flip.py)**: the flip, and when it matters.
# - **[The same numbers as a fully connected layer](guide/fully_connected.py)**: a sparse matrix whose entries repeat.
# - **[Full, same, valid](guide/padding.py)**: what happens at the border, and how large the output is.
# - **[The definition, in loops](guide/naive.py)**: the formula as code, on a photograph.
# - **[One matrix product](guide/matmul.py)**: why the loops are slow, and what replaces them.
# - **[Explorer](explorer.py)**: a convolution of your own, to change number by number.
#
# ## Where to start
#
# If you met convolution in a course and want to understand it, read the guide in its order, from
# [A first filter](guide/first.py) on.
# If you want to know what a framework does at the border of an image, go to
# [Full, same, valid](guide/padding.py).
# If you want to use the package, the [API reference](reference/api.md) has every function.
# If you come from the Chinese article that this site grew from, there are
# [notes for its readers](reference/article.py).
