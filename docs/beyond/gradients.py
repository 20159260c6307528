# %% [markdown]
# # Backpropagation and the transposed convolution
#
# A network learns its kernels because every output that is wrong sends its error back to the numbers that made it.
# How does the error get back through a convolution, to the pixels and to the weights?

# %%
from itertools import product

import numpy as np

import conv
from conv import figures

# %% tags=["hide"]
x = np.rint(100 * conv.images.sample()[344:348, 194:198].mean(axis=2))
w, one = np.arange(1, 10).reshape(3, 3), np.array([[0, 0], [0, 2]])
valid, Grid, at = {"padding": "valid"}, figures.Grid, np.s_[1:4, 1:4]
y, laid = conv.correlate(x, w, **valid), conv.conv_transpose(one, w, (4, 4), **valid)  # fmt: skip

# %% tags=["hide"]
kernel = Grid(w, "kernel", "kernel")
ends = {"role": "output", "focus": (1, 1)}
figures.rows(
    [Grid(x, "input", focus=at), "⋆", kernel, "=", Grid(y, "output", **ends)],
    [Grid(laid, "gradient", focus=at), "←", kernel, "·", Grid(one, "error", **ends)],
    caption="Forwards, the framed window gives the framed output. On the way back, the error of this output, 2, goes to the same window, and each pixel gets it times the weight that the pixel was multiplied by.",
    alt=f"First, 4 by 4 pixels with the bottom right window of 3 by 3 framed, the kernel 1 to 9, and the 2 by 2 output with its bottom right number framed. Then the same places framed: an error of 2, the kernel, and a gradient of 4 by 4, {laid.astype(int).tolist()}.",
)  # fmt: skip

# %% [markdown]
# Each output lays the kernel, times its error, back on its own window, and where windows overlap, the pixels add up what they get:
# a product with the [kernel matrix](../reference/glossary.md#kernel-matrix) transposed, called **transposed convolution**.
# At stride 1 and without dilation, the gradient by the weights is the correlation of the padded input with the errors.
#
# ## Both gradients in one line
#
# Say that each output should have been another number, its target.
# Its **error** $\delta$ is the output minus the target, and the **loss** $L$ is half the sum of the squared errors,
# so $\delta$ is the derivative of $L$ by the output.
# (Inside a network the next layer hands back $\delta$, and the rest is the same.)
# Take the pixels from above, a piece of our photograph's collar, and four errors:

# %%
x = np.rint(100 * conv.images.sample()[344:348, 194:198].mean(axis=2))
w = np.arange(1, 10).reshape(3, 3)
error = np.array([[3, -1], [0, 2]])

# %% [markdown]
# The pixel in row 1 and column 1 lies in all four windows, each time under another weight: under 5 for the first output, then under 4, 2 and 1.
# So its derivative is
# {eval}`" + ".join(f"{a}·{d}" for a, d in zip((5, 4, 2, 1), error.flat)).replace("·-1", "·(−1)")` = {eval}`np.dot((5, 4, 2, 1), error.flat)`:

# %% tags=["hide"]
laid, size = [], {"axes": ("", " "), "focus": (1, 1)}
for i, j in np.ndindex(2, 2):
    values, roles = np.full((2, 4, 4), "", object)
    window = np.s_[i : i + 3, j : j + 3]
    values[window], roles[window] = error[i, j] * w, "kernel"
    title = f"error {error[i, j]}".replace("-", "−")
    laid.append(Grid(values, title, roles, **size))
total = conv.conv_transpose(error, w, (4, 4), **valid)

# %% tags=["hide"]
figures.rows(
    laid, ["=", Grid(total, "added up", **size)],
    caption="Each error lays the kernel, times itself, on the window of its output. Added up, the numbers are the gradient by the input. Framed: the pixel in row 1 and column 1.",
    alt=f"Four grids of 4 by 4: the kernel times 3 in the top left window, times −1 in the top right one, times 0 in the bottom left one, times 2 in the bottom right one. Their sum is {total.astype(int).tolist()}.",
)  # fmt: skip

# %% tags=["hide"]
pixels = np.array([[0, 0, 0, -1], [2, -1, 0, 1], [0] * 4, [0] * 4])
assert np.array_equal(conv.correlate(pixels, w, **valid), error)
state = figures.explorer(pixels, w, caption="Back.", alt="Back.").address

# %% [markdown]
# We have used the **chain rule**: a pixel changes the loss through every output that reads it, so its derivative adds up, over these outputs, $\delta$ times the weight.
# (The outputs of [this explorer](../explorer.py?{eval}`state`) are our four errors, as if the targets were 0: choose *Laid back* and point at them.)
#
# A weight changes the loss through all outputs.
# The one in the top left corner of the kernel meets the top left pixel of each window, so its derivative is
# {eval}`" + ".join(f"{p:g}·{d}" for p, d in zip(x[:2, :2].flat, error.flat)).replace("·-1", "·(−1)")` = {eval}`f"{np.sum(x[:2, :2] * error):g}"`.
#
# The guide wrote the output $y$ as two products, with [the kernel matrix](../guide/fully_connected.py) $T$ and with [the matrix of patches](../guide/matmul.py) $P$.
# ($x$, $w$ and $\delta$ are read row by row.)
# An entry of a matrix links one number that goes in with one that comes out, and the error takes the same link backwards, so it is multiplied by the transpose:
#
# $$ y = T x = P w, \qquad \frac{\partial L}{\partial x} = T^{\top} \delta, \qquad \frac{\partial L}{\partial w} = P^{\top} \delta . $$

# %%
T = conv.kernel_matrix(w, x.shape, padding="valid")
P = conv.im2col(x, w.shape, padding="valid")
by_input = (T.T @ error.ravel()).reshape(x.shape)
by_kernel = (P.T @ error.ravel()).reshape(w.shape)
by_input

# %% [markdown]
# Libraries do not write $T$ out: `conv.conv_transpose` lays the kernels back, given the size of the input,
# and at stride 1 `conv.correlate` finds the other gradient, with the error as its kernel:

# %%
back = conv.conv_transpose(error, w, x.shape, padding="valid")
met = conv.correlate(x, error, padding="valid")
assert np.array_equal(back, by_input)
assert np.array_equal(met, by_kernel)
met

# %% tags=["hide"]
random = np.random.default_rng(0)
xs, ws, es = map(random.random, [(6, 7, 2), (3, 2, 2, 4), (4, 6, 4)])
by_x, by_w = np.zeros(xs.shape), np.zeros(ws.shape)
for c, f in product(range(2), range(4)):
    by_x[..., c] += conv.conv_transpose(es[..., f], ws[..., c, f], (6, 7), **valid)  # fmt: skip
    by_w[..., c, f] = conv.correlate(xs[..., c], es[..., f], **valid)
linked = np.sum(es * conv.correlate(xs, ws, **valid))
assert np.allclose([np.sum(by_x * xs), np.sum(by_w * ws)], linked)
assert np.allclose(by_x, conv.conv_transpose(es, ws, (6, 7), **valid))

# %% [markdown]
# With several filters, a channel adds up what each of them lays back on it, and a weight needs only its own channel and the errors of its own filter.
# A bias is added to all outputs of its filter, so its gradient is the sum of their $\delta$.
#
# If you do not trust a derivative, nudge the pixel by a thousandth and watch the loss:


# %%
def loss(x, w, target, **options):
    y = conv.correlate(x, w, **options)
    return np.sum((y - target) ** 2) / 2


# %%
target = conv.correlate(x, w, padding="valid") - error
nudge = np.zeros((4, 4))
nudge[1, 1] = 0.001
up = loss(x + nudge, w, target, padding="valid")
down = loss(x - nudge, w, target, padding="valid")
np.round([(up - down) / 0.002, by_input[1, 1]], 6)

# %% [markdown]
# ## Seen from a pixel, the way back is a convolution
#
# Which outputs send their errors to the pixel in row $i'$ and column $j'$?
# At stride 1, the output that is $u$ rows higher and $v$ columns further left reads this pixel under the weight $w_{u,v}$.
# Sum over all weights, where $\delta$ is 0 outside the output:
#
# $$ \frac{\partial L}{\partial x_{i',j'}} = \sum_{u} \sum_{v} w_{u,v} \; \delta_{i'-u,\,j'-v} $$
#
# The minus signs are those of a [convolution](../guide/flip.py), so the way back from `valid` is $\delta * w$ under `full`.
# You have seen the flip: the framed pixel meets the outputs in order under 5, 4, 2 and 1, which is a part of the kernel read backwards.
# (The way back from `same` is the convolution under `same`.)

# %%
passed = conv.convolve(error, w, padding="full")
assert np.array_equal(passed, by_input)

# %% tags=["hide"]
for size, d in product(product((1, 2, 3, 4), repeat=2), (1, 2)):
    k, e = np.arange(1, np.prod(size) + 1).reshape(size), x[:3]
    n = np.add(e.shape, d * np.subtract(size, 1))
    passed = conv.conv_transpose(e, k, n, padding="valid", dilation=d)
    assert np.array_equal(passed, conv.convolve(e, k, padding="full", dilation=d))  # fmt: skip
    assert np.array_equal(conv.conv_transpose(e, k, e.shape), conv.convolve(e, k))  # fmt: skip

# %% [markdown]
# At a larger stride $s$, put $s - 1$ zeros between neighbouring errors, and the formula holds again.
# A step of 1 is then only a fraction of the way to the next error, hence the name *fractionally strided* convolution:

# %% tags=["hide"]
spread, roles = np.zeros((3, 3), int), np.full((3, 3), "padding", object)
spread[::2, ::2], roles[::2, ::2] = error, "output"
strided = conv.convolve(spread, w, padding="full")
assert np.array_equal(strided, conv.conv_transpose(error, w, (5, 5), **valid, stride=2))  # fmt: skip

# %% tags=["hide"]
figures.beside(
    Grid(spread, "errors", roles), "∗", kernel, "=", Grid(strided, "gradient"),
    caption="The way back at stride 2, for an input of 5 by 5: the four errors, with a row and a column of zeros between them, convolved with the kernel under full.",
    alt=f"Errors of 3 by 3, {spread.tolist()}, where the zeros of the middle row and column are dashed; the kernel 1 to 9; and the gradient of 5 by 5, {strided.astype(int).tolist()}.",
)  # fmt: skip

# %% [markdown]
# ??? question "And the gradient by the weights at a larger stride?"
#
#     Let the pixels of a window lie $d$ apart, the dilation.
#     At the output in row $i$ and column $j$, the weight $w_{u,v}$ meets the pixel in row $s\,i + d\,u$ and column $s\,j + d\,v$ of the padded input, so
#
#     $$ \frac{\partial L}{\partial w_{u,v}} = \sum_{i} \sum_{j} \delta_{i,j} \; x_{s i + d u,\; s j + d v} . $$
#
#     That is a correlation of the padded input with the error, in which **stride and dilation have changed places**:
#     at stride 2, the error becomes a kernel with gaps.
#     If the last windows stop short of the border, the correlation comes out too large: keep its first $k_h$ rows and $k_w$ columns.
#
# ## Can nine weights find Sobel's kernel?
#
# Let nine weights start at 0 and see nothing but a photograph of 75 by 64 pixels and what Sobel x makes of that photograph.
# (We subtract the photograph's mean, which Sobel x ignores.)

# %%
grey = conv.images.sample().mean(axis=2)[:450, 80:464]
image = grey.reshape(75, 6, 64, 6).mean(axis=(1, 3))
image = image - image.mean()
answer = conv.correlate(image, conv.kernels.sobel_x(), padding="valid")

# %% tags=["hide"]
bright = conv.im2col(image + grey.mean(), (3, 3), padding="valid")
bright = 2 / np.linalg.eigvalsh(bright.T @ bright / len(bright))[-1]
patches = conv.im2col(image, (3, 3), padding="valid")
limit = 2 / np.linalg.eigvalsh(patches.T @ patches / len(patches))[-1]
assert 3 * bright < limit

# %% tags=["hide"]
far = np.zeros(9)
sizes = [np.std(patches @ far - answer.ravel())]
for _ in range(60):
    far -= 5 * patches.T @ (patches @ far - answer.ravel()) / len(patches)
    sizes.append(np.std(patches @ far - answer.ravel()))
assert 4 < limit < 5
assert sizes[10] < sizes[0] < sizes[60]

# %% [markdown]
# In this section the loss is half the *mean* of the squared errors, and each step subtracts 4 times its gradient from the weights; 4 is the **learning rate**.
# The rate has to stay below {eval}`f"{limit:.1f}"` ({eval}`f"{bright:.1f}"` if the photograph keeps its mean), or the error grows in the end.
#
# ??? question "Where does this limit come from?"
#
#     Along an eigenvector of $P^{\top} P$ divided by the number of outputs, a step multiplies the error of the weights by 1 minus the rate times the eigenvalue.
#     The largest eigenvalue is {eval}`f"{2 / limit:.3f}"`, so the rate has to stay below 2 / {eval}`f"{2 / limit:.3f}"` = {eval}`f"{limit:.1f}"`.

# %%
weights, history = np.zeros((3, 3)), []
for _ in range(501):
    history.append(weights)
    wrong = conv.correlate(image, weights, padding="valid") - answer
    step = 4 * conv.correlate(image, wrong, padding="valid") / wrong.size
    weights = weights - step

# %% tags=["hide"]
off = np.array(history) - conv.kernels.sobel_x()
outputs = [np.std(conv.correlate(image, k, **valid)) for k in off]
left = {"outputs": outputs / outputs[0], "weights": abs(off).max((1, 2)) / 2}
assert left["weights"][0] == 1 > 200 * left["weights"][500]
assert 2 * left["outputs"][100] < left["weights"][100]
assert abs(off[100]).argmax() == 5
assert (np.sign(off[100, :, 2]) == [1, -1, 1]).all()

# %% tags=["hide"]
grids = {n: np.round(history[n], 1) + 0.0 for n in (1, 10, 100, 500)}
figures.beside(
    *(Grid(k, f"step {n}", "kernel") for n, k in grids.items()),
    caption=f"The weights on their way, rounded. After one step they already tell left from right; after 500 the worst is off by {abs(off[500]).max():.4f}.",
    alt="; ".join(f"after {n}: {k.tolist()}" for n, k in grids.items()),
)  # fmt: skip

# %% tags=["hide"]
figures.curves(
    range(1, 501), {name: share[1:] for name, share in left.items()},
    x_label="steps", y_label="share of the error that is left", scale="log", styles=["thick", "thin"],
    caption="The outputs are nearly right long before the weights are. Standard deviation of the outputs' errors, and the largest error of a weight; both axes are logarithmic.",
    alt=f"Two falling curves. After 100 steps that of the outputs is at {left['outputs'][100]:.3f}, that of the weights at {left['weights'][100]:.3f}.",
)  # fmt: skip

# %% [markdown]
# After 100 steps the outputs have {eval}`f"{100 * left['outputs'][100]:.1f}"` per cent of their error left, but the worst weight, in the right column, has {eval}`f"{100 * left['weights'][100]:.1f}"` per cent.
# That column is off by {eval}`", ".join(f"{v:+.2f}".replace("-", "−") for v in off[100, :, 2])`.
# Neighbouring pixels are nearly equal, so a weight that is too small is hidden by neighbours that are too large.
#
# ## Does a transposed convolution undo a convolution?
#
# Its old name, *deconvolution*, says so, but a transposed convolution gives back the shape of the input and not its values.
# Blur a face along its rows, as a moving camera does, and round the result to the levels of an image file.
# One transposed convolution only blurs the face again.
# But it computes a gradient, so follow that: guess a photograph, blur the guess, lay the error back, and correct the guess.
# (Any learning rate below 2 is safe here, as no eigenvalue of $T^{\top} T$ is above 1.)

# %%
face = conv.images.sample().mean(axis=2)[60:360, 122:422]
face = face.reshape(100, 3, 100, 3).mean(axis=(1, 3))
blur = np.full((1, 15), 1 / 15)
seen = conv.correlate(face, blur, padding="valid")
seen = np.rint(255 * seen) / 255
once = conv.conv_transpose(seen, blur, face.shape, padding="valid")

# %%
guess = once
for _ in range(1000):
    wrong = conv.correlate(guess, blur, padding="valid") - seen
    step = conv.conv_transpose(wrong, blur, face.shape, padding="valid")
    guess = guess - 1.9 * step

# %% tags=["hide"]
pairs = (seen, face[:, 7:-7]), (once, face), (guess, face)
rms = [np.sqrt(np.mean((a - b) ** 2)) for a, b in pairs]
assert rms[1] > rms[0] > 2 * rms[2]
row = conv.kernel_matrix(blur[0], (100,), padding="valid")
assert np.linalg.matrix_rank(row) == len(row)
assert np.linalg.norm(row, 2) <= 1

# %% tags=["hide"]
figures.pictures(
    {"seen": seen, "one product": once, "1,000 steps": guess},
    caption="What the camera saw; its transposed convolution, in the right shape but blurred twice and dark at the sides; and what 1,000 corrections by the same operation make of it. Black is 0, white 1.",
    alt="Three pictures. A face smeared along its rows, without features; the same, smeared more; and a sharp face with glasses, with faint vertical stripes.",
)  # fmt: skip

# %% [markdown]
# So the blur can be taken out ([Landweber, 1951](https://doi.org/10.2307/2372313)), though not completely:
# a row has 100 unknown pixels, but only {eval}`len(row)` numbers of it were seen, and these were rounded.
# The root mean square error is {eval}`f"{rms[0]:.2f}"` in the middle columns of what was seen, {eval}`f"{rms[1]:.2f}"` after one product and {eval}`f"{rms[2]:.2f}"` after 1,000 steps.
#
# ## Where do checkerboards come from?
#
# Many networks that draw pictures enlarge them by transposed convolutions of stride 2, and their pictures often show a fine checkerboard.
# If 2 does not divide the size of the kernel, some pixels lie in more windows than others:

# %% tags=["hide"]
options = {"padding": "valid", "stride": 2}
figures.beside(
    *(figures.scatter_grid(np.ones(4), np.ones(k), (6 + k,), f"kernel of {k}", **options) for k in (3, 4)),
    caption="Four ones, laid back at stride 2. Under a kernel of 3, the inner pixels lie in one and in two windows by turns; under a kernel of 4, all inner pixels lie in two.",
    alt="Two grids. The sums are 1 1 2 1 2 1 2 1 1 and 1 1 2 2 2 2 2 2 1 1.",
)  # fmt: skip

# %% tags=["hide"]
for k, s in product(range(1, 8), (1, 2, 3, 4)):
    ones, n = (np.ones(8), np.ones(k)), 7 * s + k
    laid = conv.conv_transpose(*ones, (n,), **valid, stride=s)
    inner = laid[k - 1 : n - k + 1]
    assert len(inner) < s or (len(set(inner)) == 1) == (k % s == 0)
plane = conv.conv_transpose(np.ones((6, 6)), np.ones((3, 3)), (13, 13), **options)  # fmt: skip
counts = np.unique(plane[2:-2, 2:-2]).astype(int)
even = conv.conv_transpose(np.ones((6, 6)), np.outer([1, 2, 1], [1, 2, 1]), (13, 13), **options)  # fmt: skip
assert len(np.unique(even[2:-2, 2:-2])) == 1

# %% [markdown]
# In two dimensions the counts multiply, up to {eval}`counts[-1]` under 3 by 3.
# One cure is a kernel whose size the stride divides; another is to repeat every pixel first and then convolve at stride 1, a **resize-convolution**:

# %%
tiny = face[26:58, 34:66]
three = conv.conv_transpose(tiny, np.ones((3, 3)) / 2.25, (64, 64), stride=2)
four = conv.conv_transpose(tiny, np.ones((4, 4)) / 4, (64, 64), stride=2)
twice = tiny.repeat(2, axis=0).repeat(2, axis=1)
resized = conv.correlate(twice, np.ones((3, 3)) / 9)

# %% tags=["hide"]
figures.pictures(
    {"kernel of 3": three, "kernel of 4": four, "resized first": resized},
    caption=f"A piece of the face, 32 by 32 pixels, enlarged in three ways by equal weights that keep the mean brightness, apart from the border. Black is 0; values above 1, {np.mean(three > 1):.0%} of the first picture, are drawn white, too.",
    alt="An eye behind glasses, three times: under a regular pattern of bright dots, and twice smooth.",
)  # fmt: skip


# %% [markdown]
# A kernel of 4 makes the counts even, but the weights decide.
# At stride 2, apart from the border, a flat picture stays flat exactly if the four groups of weights, in even or odd rows and in even or odd columns, have the same sum.
# The weights 1 2 1, 2 4 2, 1 2 1 meet that, though 2 does not divide 3.
# If every pixel is repeated first, a flat picture stays flat there, whatever the weights.
#
# ## What is `output_padding`, and are its values zeros?
#
# At stride $s$ up to $s$ sizes of input give one size of output:
# under a kernel of 3 at stride 2, with one zero on each side, 7 and 8 numbers give 4 outputs.
# [`conv.conv_transpose`][conv.conv_transpose] therefore asks for the `input_size`, and PyTorch's `conv_transpose2d` for `output_padding`, which is counted from the smallest of these sizes.
# The name suggests zeros, and [somebody reported as a bug](https://github.com/pytorch/pytorch/issues/8816) that the added numbers are others.
# Lay the kernel 1 2 3 back for both sizes:

# %% tags=["hide"]
sizes = [conv.Geometry.of((n,), (3,), padding=1, stride=2) for n in (7, 8)]
assert [size.output_size for size in sizes] == [(4,), (4,)]

# %% tags=["hide"]
y, options = [2, 1, 3, 1], {"padding": 1, "stride": 2}
seven, eight = (conv.conv_transpose(y, [1, 2, 3], (n,), **options).astype(int) for n in (7, 8))  # fmt: skip
assert [*seven, 3 * y[-1]] == eight.tolist()
figures.beside(
    *(figures.scatter_grid(y, [1, 2, 3], (n,), f"size {n}", **options) for n in (7, 8)),
    caption="In each row an output, and what it lays on its window; below, the sums. What falls on the padding, dashed, is dropped. The eighth number is no new zero: for size 7 it was dropped.",
    alt=f"Two grids of four rows; in each row three numbers, two places further right than in the row above. The sums are {seven.tolist()} and {eight.tolist()}, with a dropped number on each side.",
)  # fmt: skip

# %% [markdown]
# So `output_padding` *keeps* what would have been cut off with the padding:
# up to `padding` extra numbers are sums like all the others, and any further ones are zeros, plus the bias if there is one
# (at dilation 1, for a kernel larger than the padding).

# %% tags=["hide"]
for k, s, p, o in product(range(1, 6), range(1, 5), range(4), (1, 3)):
    least, ones = (o - 1) * s - 2 * p + k, (np.ones(o), np.ones(k))
    for n in range(least, least + s) if p < k and least > 0 else ():
        back = conv.conv_transpose(*ones, (n,), padding=p, stride=s)
        reached = np.arange(1, n - least + 1) <= p
        assert np.array_equal(back[least:] > 0, reached)

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: who gets no error?
#
# Some residual networks shrink an image by a convolution of 1 by 1 at stride 2.
# Of 9 by 9 pixels, how many get no error back, without padding?
# And how many under 3 by 3?

# %% tags=["answer"]
# 1 by 1 reads 5 rows and 5 columns, so 25 pixels get an error and 56 get none. Under
# 3 by 3 each gets one, but unevenly: gradients have the checkerboard, too.
options = {"padding": "valid", "stride": 2}
for k in (1, 3):
    o = conv.Geometry.of((9, 9), (k, k), **options).output_size
    ones = np.ones(o), np.ones((k, k))
    back = conv.conv_transpose(*ones, (9, 9), **options)
    print(f"{k} by {k}: {np.sum(back == 0)} of {back.size} get none")

# %% [markdown]
# ### Exercise 2: the wrong camera
#
# Take the blur out of `seen` with a kernel of 13 in place of 15, and begin with a grey guess of 100 by 98 pixels.
# Does its blur by 13 agree with what was seen, and what betrays the wrong kernel?

# %% tags=["answer"]
# The blur agrees to a fifth of a level of 255 on average (as a root mean square), and to about one
# level at worst, so a small loss does not say that a guess is right. But outlines are
# doubled, and some pixels are far below black, further than under the right kernel.
other, ghost = np.full((1, 13), 1 / 13), np.full((100, 98), 0.5)
for _ in range(1000):
    wrong = conv.correlate(ghost, other, padding="valid") - seen
    step = conv.conv_transpose(wrong, other, ghost.shape, padding="valid")
    ghost = ghost - 1.9 * step

# %% tags=["answer", "hide"]
assert 0.15 < 255 * np.sqrt(np.mean(wrong**2)) < 0.25
assert 0.9 < 255 * abs(wrong).max() < 1.2
assert ghost.min() < -0.5
figures.pictures(
    {"taken out with 13": ghost, "with 15": guess},
    caption=f"With the wrong kernel outlines come back doubled. The numbers go from {ghost.min():.2f} to {ghost.max():.2f}, and with the right one from {guess.min():.2f} to {guess.max():.2f}; black is 0, white 1.".replace("-", "−"),
    alt="A face that is crossed by doubled outlines and bright arcs, beside the sharp one.",
)  # fmt: skip

# %% [markdown]
# ## What you can do now
#
# You can pass an error back through a convolution by hand, fit a kernel or a picture to what was seen,
# and predict which transposed convolutions draw checkerboards.
#
# Next here: [A layer that learns](learning.py), where the gradient of a kernel trains a network.
#
# To read elsewhere:
#
# - [*Deconvolution and Checkerboard Artifacts*](https://distill.pub/2016/deconv-checkerboard/) by Augustus Odena, Vincent Dumoulin and Chris Olah
#   shows what resize-convolution does for real networks.
# - [*A guide to convolution arithmetic*](https://arxiv.org/abs/1603.07285) by Vincent Dumoulin and Francesco Visin, chapter 4,
#   draws transposed convolutions for all kinds of padding and stride.
