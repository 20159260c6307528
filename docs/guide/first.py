# %% [markdown]
# # A first filter
#
# Inline $x^2$ and
#
# $$h(t) = \sum_{t'} g(t - t')\, f(t')$$

# %%
import numpy as np

import conv
from conv import figures, kernels

photo = np.random.default_rng(0).random((240, 240))
photo.shape

# %%
blurred = conv.correlate(photo, kernels.box(9))
figures.pictures(
    {"the photograph": photo, "the mean of 9 × 9 pixels": blurred},
    caption="A photograph, and the mean of each pixel's surroundings.",
    alt="Portrait of Grace Hopper, sharp on the left and blurred on the right.",
)

# %%
figures.beside(
    figures.Grid(
        [[1, 2], [3, -4.25]],
        "input",
        pads=((1, 1), (1, 1)),
        focus=(slice(0, 2), slice(0, 2)),
    ),
    "⋆",
    figures.Grid([[1, 0], [0, 1]], "kernel", role="kernel"),
    caption="x.",
    alt="y",
)

# %% tags=["answer"]
np.array([1, 2])
