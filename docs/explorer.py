# %% [markdown]
# # Explorer
#
# Click Step or a cell: all that belongs to it lights up.
# { .cx-lead }

# %% tags=["hide"]
import numpy as np

import conv
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


# %% tags=["hide"]
def address(inputs, kernel, **options):
    words = {"caption": "A state.", "alt": "A state."}
    return figures.explorer(inputs, kernel, **options, **words).address


size = address(
    np.ones((7, 5)), np.ones((4, 4)), padding="same", stride=(2, 2)
)
even = address(image, [[1, 2], [3, 4]], padding="same")
unread = address(np.ones((6, 6)), np.ones((3, 3)), stride=(2, 2))

# %% tags=["hide"]
cliff = np.repeat([[0, 0, 0, 9, 9, 9]], 5, axis=0)
sobel = address(cliff, conv.kernels.sobel_x(), flipped=True, at=(0, 1))
corner = address(np.arange(16).reshape(4, 4), np.arange(1, 10).reshape(3, 3))

# %% [markdown]
# Everything can be changed: type into a cell of the input or of the kernel, or use the settings.
# Point at a cell, tap it, or walk to it with the arrow keys.
# Hatched inputs are read by no window, and dashed zeros are padding, in the written sum as well.
# *own* lets you choose the zeros on each side, from 0 to {eval}`figures.presets.LIMITS["pad"]`.
# *Laid back* multiplies one output by each weight and puts the products on the inputs that it came from,
# which is what a transposed convolution does with every output.
#
# ## What to try
#
# - [How large is the output of a 7 by 5 input under a 4 by 4 kernel, same, with stride 2?](explorer.py?{eval}`size`)
# - [Where do the zeros of an even kernel stand?](explorer.py?{eval}`even`)
# - [Which inputs does no window read?](explorer.py?{eval}`unread`)
# - [Which sign has the answer of Sobel x to rising brightness, flipped and as it is?](explorer.py?{eval}`sobel`)
# - [Which weights does the corner of the input meet, and where do they stand in the matrix?](explorer.py?{eval}`corner`)
#
# The address of this page holds what you see; where it cannot be read, a line below the sum says so.
# Copy the link to show it to somebody else,
# or copy the program, for `conv` or another library, and run it.
# The words are explained in the [glossary](reference/glossary.md).
