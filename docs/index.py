# %% [markdown]
# # Convolution, computed
#
# Lay a small array of numbers on an image, multiply what meets, add it up, move on.
# This is the operation that deep learning calls convolution.
# This site explains it from the first sum to the matrix product that runs it fast.

# %%
import conv
from conv import figures

photo = conv.images.sample()[::3, ::3].mean(axis=2)
kernel = conv.kernels.emboss()
relief = conv.correlate(photo, kernel, padding="valid")

# %% tags=["hide"]
figures.beside(
    figures.Picture(photo, "input"),
    "⋆",
    figures.Grid(kernel, "kernel", role="kernel"),
    "=",
    figures.Picture(relief, "output", limits=(-0.5, 1.5)),
    caption="Nine numbers turn a photograph into a relief that is lit from the top left.",
    alt="A grey portrait, a kernel with negative numbers above and left of its centre and positive ones below and right, and the portrait as a relief.",
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
