# %% [markdown]
# # Explorer
#
# Point at a number: all that belongs to it lights up.
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
    caption="A cross-correlation. With scripts, this is a tool in which all numbers and settings can be changed.",
    alt="A 5 by 5 input, a kernel of 1 to 9, and the 3 by 3 output of their cross-correlation under valid.",
    **explorer,
)


# %% tags=["hide"]
def address(inputs, kernel, **options):
    words = {"caption": "A state.", "alt": "A state."}
    return figures.explorer(inputs, kernel, **options, **words).address


seven, four = np.ones((7, 5)), np.ones((4, 4))
size = address(seven, four, padding="same", stride=(2, 2))
shape = conv.correlate(seven, four, padding="same", stride=2).shape
even = address(image, [[1, 2], [3, 4]], padding="same")
unread = address(np.ones((6, 6)), np.ones((3, 3)), stride=(2, 2))

# %% tags=["hide"]
cliff = np.repeat([[0, 0, 0, 9, 9, 9]], 5, axis=0)
sobel = address(cliff, conv.kernels.sobel_x(), flipped=True, at=(0, 1))
corner = address(np.arange(16).reshape(4, 4), np.arange(1, 10).reshape(3, 3))

# %% tags=["hide"]
edge = conv.convolve(cliff, conv.kernels.sobel_x(), padding="valid")[0, 1]
T = conv.kernel_matrix(np.ones((3, 3)), (4, 4), padding="valid")
reads = [int(T[:, pixel].sum()) for pixel in (0, 1, 5)]
assert shape == (4, 3) == (-(-7 // 2), -(-5 // 2))
pads = conv.Geometry.of((5, 5), (2, 2), padding="same").pads
assert pads == ((0, 1), (0, 1))
covered = conv.Geometry.of((6, 6), (3, 3), padding="valid", stride=2)
assert covered.output_size == (2, 2)  # rows 0 to 2 and 2 to 4
assert edge < 0
assert reads == [1, 2, 4]

# %% [markdown]
# All numbers and settings can be changed: type into a cell of the input or of the kernel,
# choose the padding (*valid*, *same*, *full* or zeros of your *own*, from 0 to {eval}`figures.presets.LIMITS["pad"]` on each side), stride, dilation and sizes.
# By keyboard, the arrow keys walk from cell to cell.
# There is one channel, and the border is always filled with zeros; they are dashed, in the written sum as well.
# Hatched inputs are read by no window; dotted cells are empty, and keep the grids from jumping when you choose `full`.
# *Flipped* turns the kernel by half a turn and shows the turned one; from there on it is a cross-correlation, hence the ⋆.
#
# Under the sum are four views of the same convolution: its [kernel matrix](reference/glossary.md#kernel-matrix), its windows as rows ([im2col](reference/glossary.md#im2col)),
# one output laid back on its inputs, and the program.
# *Laid back* takes the output in focus, multiplies it by every weight, and writes each product on the input which that weight had met;
# a [transposed convolution](reference/glossary.md#transposed-convolution) does that with every output, and adds up.
#
# ## What to try
#
# Guess first, then open a question.
#
# /// details | How large is the output of a 7 by 5 input under a 4 by 4 kernel, `same`, with stride 2?
# [It is {eval}`shape[0]` by {eval}`shape[1]`.](explorer.py?{eval}`size`)
# Under `same` the output has the input's size divided by the stride, rounded up, and the size of the kernel does not matter.
# ///
#
# /// details | On which sides does `same` put the zeros of an even kernel?
# [Below and to the right.](explorer.py?{eval}`even`)
# A kernel of 2 by 2 needs one zero for each axis, and in a cross-correlation the odd one goes after the input; choose *flipped*, and it goes before.
# ///
#
# /// details | Which pixels of a 6 by 6 input does a 3 by 3 kernel at stride 2 never read?
# [The last row and the last column, which are hatched.](explorer.py?{eval}`unread`)
# The third window of each axis would need a seventh pixel, so under `valid` it is left out, and no library warns you.
# ///
#
# /// details | Is the answer of `sobel_x` positive or negative where the picture gets brighter to the right, if the kernel is flipped?
# [Negative: {eval}`f"−{-edge:g}"` at the edge.](explorer.py?{eval}`sobel`)
# Choose *as it is* and the sign changes, because half a turn gives Sobel's kernel the other sign.
# ///
#
# /// details | How many weights does the corner of a 4 by 4 input meet under a 3 by 3 kernel, and how many does a pixel in the middle?
# [The corner meets {eval}`reads[0]`, and a pixel in the middle {eval}`reads[2]`.](explorer.py?{eval}`corner`)
# A column of the kernel matrix belongs to one pixel, so count its entries: under `valid` the border has less say than the middle.
# ///
#
# The address of this page holds the numbers, the settings and the output in focus.
# Copy the link to show them to somebody else; if it is damaged on the way, a line below the sum says which part.
# Or copy the program, for `conv` or another library, and run it.
