# %% [markdown]
# # A first filter
#
# x

# %%
import numpy as np

import conv
from conv import figures

g = conv.Geometry.of((4, 4), (3, 3), padding="same", stride=2)
x = np.arange(16).reshape(4, 4)
k = np.arange(9).reshape(3, 3)

# %%
figures.beside(
    figures.Grid(x, "input, padded", pads=g.pads, focus=g.window((1, 1))),
    "⋆",
    figures.Grid(k, "kernel", "kernel"),
    "=",
    figures.Grid(
        conv.correlate(x, k, stride=2), "output", "output", focus=(1, 1)
    ),
    caption="The window in focus and the output that it gives.",
    alt="y",
)

# %%
W = conv.kernel_matrix(k + 1, (4, 4), padding="valid")
figures.beside(
    figures.Grid(W, "kernel matrix", "kernel", tints=W.astype(int) - 1),
    caption="The kernel matrix.",
    alt="z",
)

# %%
figures.steps(
    [
        figures.beside(
            figures.Grid(x, "input", focus=(i, slice(0, 3))),
            caption=f"Frame {i}",
            alt="x",
        )
        for i in range(4)
    ],
    caption="Steps.",
)

# %%
t = np.arange(1, 20)
figures.curves(
    t,
    {"dense": t**2, "convolutional": t * 3},
    x_label="side of the image in pixels",
    y_label="weights",
    caption="Weights.",
    alt="Two curves.",
    scale="log",
)

# %%
figures.table({"mode": ["`full`", "valid"], "n": [3, 4.5678]})

# %%
figures.source(conv.naive.correlate)
