# %% [markdown]
# # Explorer
#
# One convolution, and every view of it.
# Change the input, the kernel and the settings.
# Point at a cell, tap it, or walk to it with the arrow keys:
# what belongs to it lights up in all the other views.

# %% tags=["hide"]
import numpy as np

from conv import figures

image = np.array([[1, 0, 2, 1, 0], [0, 3, 1, 0, 2], [2, 1, 0, 1, 1]])
image = np.vstack([image, [[0, 1, 2, 0, 3], [1, 0, 1, 2, 0]]])
explorer = {"large": True, "view": "matrix"}

# %% tags=["hide"]
figures.explorer(
    image,
    np.arange(1, 10).reshape(3, 3),
    caption="A cross-correlation. With scripts, this is a tool in which everything can be changed.",
    alt="A 5 by 5 input, a kernel of 1 to 9, and the 3 by 3 output of their cross-correlation under valid.",
    **explorer,
)

# %% [markdown]
# ## What to try
#
# - Set the stride to 2 and the input to 6 rows: which row does no window reach?
# - Take the kernel of 2 by 2 and the mode `same`: on which sides do the zeros stand?
# - Point at a corner of the input, then at its middle: how many outputs does each feed?
# - Point at one entry of the kernel and look at the kernel matrix: where does it stand?
# - Change cross-correlation to convolution, with an impulse as input.
#
# The address of this page holds what you see.
# Copy the link to show it to somebody else,
# or copy the program, for `conv` or another library, and run it.
# The words are explained in the [glossary](reference/glossary.md).
