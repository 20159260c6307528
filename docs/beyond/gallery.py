# %% [markdown]
# # Filter gallery: a dozen kernels, and what each does to noise
#
# Which kernel do you take, and what will it do to the noise in your picture?
#
# |You want to|Take|
# |---|---|
# |remove noise, or shrink|[Gaussian](#gaussian), or [box blur](#box-blur)|
# |make a clean picture crisper|[unsharp mask](#unsharp-mask), or the harsher [sharpen](#sharpen)|
# |find edges and their direction|[Sobel x](#sobel-x) and its transpose; on pictures with hardly any noise and slightly soft edges, [Scharr x](#scharr-x)|
# |find spots, or edges of any direction|[Laplacian of Gaussian (LoG)](#laplacian-of-gaussian)|
# |tell textures apart|several [Gabor](#gabor) filters|
# |find a piece again|that piece, as a [template](#template)|
# |imitate motion, or a relief|[motion blur](#motion-blur), [emboss](#emboss)|

# %%
import io
import itertools
import math

import numpy as np
from PIL import Image

import conv
from conv import figures, kernels

# %% tags=["hide"]
half = conv.images.sample().reshape(300, 2, 256, 2, 3).mean(axis=(1, 3, 4))
eye = half[88:103, 103:118]
k, pattern = kernels, eye - eye.mean()
bank = {
    "identity": k.identity(), "box blur": k.box(5), "Gaussian": k.gaussian(7, 1.5), "motion blur": k.motion_blur(7),
    "sharpen": k.sharpen(), "unsharp mask": k.unsharp(7, 1.5), "emboss": k.emboss(), "Sobel x": k.sobel_x(),
    "Scharr x": k.scharr_x(), "LoG": k.laplacian_of_gaussian(7, 1), "Gabor": k.gabor(15, 3, 6),
    "template": pattern / np.linalg.norm(pattern),
}  # fmt: skip


# %% tags=["hide"]
step, below = np.repeat([[0, 1]], 20, axis=1).repeat(40, axis=0), np.tri(40)
edge, rising, falling = (
    {n: np.ptp(conv.correlate(x, bank[n], padding="valid")) for n in bank}
    for x in (step, below[:, ::-1], below)
)
slope = np.hypot(*(conv.correlate(below, w) for w in (k.sobel_x(), k.sobel_y())))[1:-1, 1:-1].max()  # fmt: skip
gain = {name: np.sqrt(np.sum(w**2)) for name, w in bank.items()}
rng = np.random.default_rng(1)
face = half[37:197, 54:214].copy()
face[:, 80:] += rng.normal(0, 0.06, (160, 80))


# %% tags=["hide"]
lean = np.arange(-89.875, 90, 0.25)  # of edges, in degrees: \ is 45, | is 0


def reach(w):
    """Return the largest output minus the smallest, on an edge of each direction."""
    y, x = np.indices(w.shape)
    order = np.multiply.outer(np.exp(1j * np.radians(lean)), x + 1j * y).real
    sums = w.ravel()[order.reshape(len(lean), -1).argsort()].cumsum(axis=1)
    return np.ptp(np.pad(sums, ((0, 0), (1, 0))), axis=1)


# %% tags=["hide"]
all_round = {n: reach(w) / gain[n] for n, w in bank.items()}
crisp = ("unsharp mask", "sharpen")
assert all(all_round[n].max() < 1 for n in crisp)
assert np.isclose(reach(k.sharpen()).max(), rising["sharpen"])
falls = {n: w < 1 - 1e-9 for n, w in all_round.items() if w.min() < 1 - 1e-9}
upright = ("Sobel x", "Scharr x", "Gabor")
assert {*falls} == {*crisp, *upright, "emboss", "template"}
assert all(falls[n][abs(lean) >= 45].all() for n in upright)
assert abs(lean[falls["emboss"]] - 45).max() < 20
assert np.ptp(lean[falls["template"]]) < 20

# %% tags=["hide"]
turn = np.exp(1j * np.radians(np.arange(0.5, 45.1, 0.5)))[:, None, None, None]
y, x = np.mgrid[-3:4, -3:4]
past = (turn * (x + 1j * y)).real - np.linspace(-5, 5, 401)[:, None, None]
light = 0  # the mean over each pixel of an edge that crosses it
for sign, way in (1, 1 + 1j), (-1, 1 - 1j), (-1, -1 + 1j), (1, -1 - 1j):
    reached = past + (turn.real * way.real + turn.imag * way.imag) / 2
    light += sign * reached.clip(0) ** 2 / (2 * turn.real * turn.imag)
seven = zip(crisp, (k.unsharp(7, 1.5), np.pad(k.sharpen(), 2)), strict=True)
averaged = {n: np.ptp((light * w).sum((2, 3)), 1).max() / gain[n] for n, w in seven}  # fmt: skip


# %% tags=["hide"]
def view(name, title, note=""):
    output = conv.correlate(face, bank[name])[8:-8, 8:-8]
    signed = bool(abs(bank[name].sum()) < 0.1)
    most = 3 if name == "template" else 0.4 * edge[name]
    limits = (-most, most) if signed else (0, 1)
    beyond = np.mean(abs(output - sum(limits) / 2) > np.ptp(limits) / 2)
    scale = f"{limits[0]:.2g} to {limits[1]:.2g}" + (f"; {beyond:.0%} beyond" if beyond > 0.005 else "")  # fmt: skip
    return figures.Picture(output, title, limits, signed, note or scale.replace("-", "−"))  # fmt: skip


# %% tags=["hide"]
places = {name: name.lower().replace(" ", "-") for name in bank} | {"identity": "noise", "LoG": "laplacian-of-gaussian"}  # fmt: skip
short = {n: round(g, 2) for n, g in gain.items()}
notes = {n: f"noise {g:.2g}, edge {edge[n]:.2g}" for n, g in short.items()}
figures.gallery(
    {places[n]: view(n, n, notes[n]) for n in bank},
    caption="Twelve kernels on one portrait, whose right half carries noise of 6 per cent of white. The numbers say how many times as large noise and a sharp upright edge become, and each picture but the first leads to its entry. In the last five, green is above 0 and violet below, each on its own scale, so you see only how noise compares with edges.",
    alt="Twelve small pictures of a face, clean at the left and noisy at the right. Box blur and Gaussian remove the grain; sharpen turns it into a storm; the filters that find edges show outlines, with grain between them at the right.",
)

# %% [markdown]
# **Square a kernel's numbers, add them up and take the root: noise becomes that many times as large, if errors are independent.**
# Sharpening with 5 in the middle and −1 at its four neighbours makes noise {eval}`f"{gain['sharpen']:.1f}"` times as large, but an upright edge only {eval}`f"{edge['sharpen']:.0f}"` times and no straight edge more than {eval}`f"{rising['sharpen']:.0f}"` times,
# so it hides in grain what it was meant to show. Kernels that average do the opposite, and pay with fine detail.
#
# ## What a kernel does to noise: one sum { #noise }
#
# Let every pixel carry an error of its own, with the standard deviation $\sigma$, and let no error depend on another: **white noise**.
# An output adds up these errors, each times its weight, and squares of independent errors [add up](../guide/smoothing.py#noise), so the output's error is
#
# $$\sigma \sqrt{\sum_{u,v} w_{u,v}^2}$$
#
# The root is the kernel's **noise gain**. Check it by drawing noise with $\sigma = 1$:

# %%
w = kernels.sharpen()
noise = np.random.default_rng(0).normal(size=(1000, 1000))
output = conv.correlate(noise, w, padding="valid")
float(np.sqrt(np.sum(w**2))), float(output.std())

# %% tags=["hide"]
soft = conv.correlate(noise, kernels.box(2), padding="valid")
measured, coarse = (
    {n: conv.correlate(x, w, padding="valid").std() for n, w in bank.items()}
    for x in (noise, soft / soft.std())
)
assert all(abs(measured[n] / gain[n] - 1) < 0.01 for n in bank)
deep, w = rng.normal(size=(999, 1000, 3)), rng.normal(size=(2, 5, 3))
strided = conv.correlate(deep, w, padding="valid", stride=(2, 3))
assert abs(strided.std() / np.sqrt(np.sum(w**2)) - 1) < 0.02

# %% [markdown]
# The formula holds for every stride and size, if the kernel lies wholly on the picture, and with channels if the sum goes over them, too.
# A kernel of large numbers has a high gain, but makes edges larger, too.
# So take a sharp edge from 0 to 1, let "edge" be the largest output minus the smallest, and divide it by the gain.
# This **contrast-to-noise ratio** is the same for multiples of a kernel, but depends on the edge's direction, here upright and both diagonals:

# %% tags=["hide"]
ratio = {name: edge[name] / gain[name] for name in bank}
ranked = sorted(bank, key=ratio.get, reverse=True)
columns = {"noise gain": gain, "edge |": edge, "ratio |": ratio}
columns |= {f"ratio {sign}": {n: e[n] / gain[n] for n in bank} for sign, e in {"/": rising, "\\": falling}.items()}  # fmt: skip
columns = {n: [c[name] for name in ranked] for n, c in columns.items()}
laplacian = 2 / np.sqrt(np.sum(kernels.laplacian() ** 2))  # 1 and −1
assert ranked[-3:] == ["identity", "unsharp mask", "sharpen"]
figures.table({"kernel": [f"[{n}](#{places[n]})" for n in ranked], **columns})

# %% [markdown]
# Sharpen and unsharp mask stay below 1, the ratio of doing nothing, on straight, sharp edges of every direction: they reach {eval}`f"{all_round['sharpen'].max():.2f}"` and {eval}`f"{all_round['unsharp mask'].max():.3f}"`.
# If each pixel is the mean of the light on it, as in a camera, they reach only {eval}`f"{averaged['sharpen']:.2f}"` and {eval}`f"{averaged['unsharp mask']:.2f}"`. So they make edges stand out *less* from noise, and are for pictures with hardly any.
# On sharp edges Sobel x, Scharr x and Gabor also fall below 1, where the edge leans 45 degrees or more from upright, emboss near \\, and the template in a narrow range of directions.
# The ratio says how surely you see an edge, not how exactly where: the Gaussian comes first although it smears every edge.
#
# Try it:
# { #try }

# %% tags=["hide"]
figures.photo(
    np.rint(100 * face[40:115, 48:112].clip(0, 1)), kernel="sharpen", at=(20, 36), small=True,
    caption="Kernels of 3 by 3 on the face, whose right half is noisy. Begin with “sharpen”, then choose “blur”, here a box blur of 3 by 3. “Your picture” is first reduced to this size, which averages most noise of a large one away.",
    alt="A face, noisy at the right, the kernel 0 −1 0, −1 5 −1, 0 −1 0, and the sharpened face, whose right half is mostly grain.",
)  # fmt: skip

# %% [markdown]
# Where a camera or a JPEG file has mixed neighbours' errors, averaging gains less, and subtracting costs less:
# after a mean of 2 by 2, sharpen's gain is {eval}`f"{coarse['sharpen']:.1f}"` instead of {eval}`f"{gain['sharpen']:.1f}"`.
#
# ## What a kernel does to detail: its frequency response { #response }
#
# Every picture is a sum of waves, that is, of soft stripes in all directions and widths.
# At stride 1 and away from the border, a kernel only moves each wave and multiplies its height.
# These factors, one for each wave, are the magnitude of its **frequency response**, and NumPy's Fourier transform `fft2` computes all at once from the kernel, padded with zeros.
# A frequency counts **cycles per pixel**: at 0.3 a stripe returns after {eval}`f"{1 / 0.3:.1f}"` pixels, its **period**, and 1/2 is the finest, black and white by turns.

# %%
w = kernels.box(5)
response = np.abs(np.fft.fft2(w, (100, 100)))  # steps of 1/100
wave = np.tile(np.cos(2 * np.pi * 0.3 * np.arange(100)), (100, 1))
output = conv.correlate(wave, w, padding="valid")
# output 10 is the mean around input 12
float(response[0, 30]), float(output[10, 10] / wave[12, 12])

# %% tags=["hide"]
assert np.allclose(output, output[10, 10] / wave[12, 12] * wave[2:-2, 2:-2])
y, x = np.mgrid[:40, :50]
for w in [*bank.values(), rng.normal(size=(2, 5))]:
    response = np.abs(np.fft.fft2(w, (64, 64)))
    for row, column in rng.integers(0, 64, (5, 2)):
        phase = 2 * np.pi * (row * y + column * x) / 64
        waves = np.stack([np.cos(phase), np.sin(phase)])[..., None]
        both = conv.correlate(waves, w[..., None, None], padding="valid")
        assert np.allclose(np.hypot(*both), response[row, column])

# %% [markdown]
# The height falls to a quarter, with a minus that `np.abs` has dropped: where the input was bright, the output is dark.
# So a mean of 5 by 5 removes upright and level stripes with a period of 5 pixels, and brings back finer ones, down to a period of {eval}`5 / 2`, as their negative:

# %% tags=["hide"]
t = np.arange(-4, 104)  # shown without 4 at each end, where zeros darken
rows = np.tile(0.5 + 0.5 * np.cos(np.pi * (t / 10 + t**2 / 300)), (24, 1))
strips = [(n, np.r_[rows[:6], conv.correlate(rows, bank[n])[9:15]][:, 4:-4]) for n in ("box blur", "Gaussian")]  # fmt: skip
figures.Figure(
    tuple(figures.Picture(both, n, note="below, under the input").html(6) for n, both in strips),
    caption="Stripes that grow finer to the right, and below them what each kernel makes of them. At the right, black and white change places under the box blur; under the Gaussian, which removes as much noise, stripes just fade.",
    alt="Two strips of black and white stripes that grow finer to the right. Under the first, the stripes fade to grey, and return with black and white exchanged. Under the second they fade and stay grey.",
)  # fmt: skip

# %% [markdown]
# As a picture, a response is a map of waves: upright stripes lie left and right of the middle, level ones above and below, and the further out, the finer.
# Opposite points are the same wave, and the middle is an area without stripes. White passes most, black vanishes:

# %% tags=["hide"]
turns = np.multiply.outer(np.arange(-2, 3) / 5, np.arange(38) / 4)
waves = np.cos(2 * np.pi * np.add.outer(turns, turns).swapaxes(1, 2))
heights = np.fft.fftshift(abs(np.fft.fft2(k.sobel_x(), (5, 5)))) / 8
after = heights[..., None, None] * waves
white = [(0, 0), (0, 0), (1, 1), (1, 1)]  # between tiles
waves, after = (
    np.pad(0.5 + w / 2, white, constant_values=1).swapaxes(1, 2)
    for w in (waves, after)
)

# %% tags=["hide"]
waves = figures.Picture(waves.reshape(200, 200), "waves", note=" ")
after = figures.Picture(after.reshape(200, 200), "after Sobel x", note=" ")
panels = figures.filtered(k.sobel_x(), after, caption="x", alt="x").panels
figures.Figure(
    (waves.html(), panels[1], after.html()),
    caption="Waves, each at its place; the response of Sobel x; and the height that it leaves each wave, as a share of the largest. An upright black line through the middle means that level stripes vanish.",
    alt="A map of 5 by 5 striped tiles, upright stripes at the left and right, level ones above and below. In the response, the middle column is black, with a white spot at either side. After Sobel x, the tiles of the middle column are grey.",
)

# %% [markdown]
# ### Why sharpening favours noise { #parseval }
#
# In white noise all waves are equally high, on average.
# So the noise gain is also the root mean square of the response over all waves, which is **Parseval's theorem**:

# %%
response = np.abs(np.fft.fft2(kernels.sharpen(), (100, 100)))
float(np.sqrt(np.mean(response**2)))

# %% tags=["hide"]
sharp = conv.correlate(half, bank["sharpen"], padding="valid")
assert np.mean(response > 5 - 1e-9) >= 0.5
spectra = {n: np.fft.fft2(w, (100, 100)) for n, w in bank.items()}
assert np.allclose([np.mean(abs(s) ** 2) ** 0.5 for s in spectra.values()], [*gain.values()])  # fmt: skip

# %% [markdown]
# Sharpen multiplies half of all waves by 5 or more, but photographs consist mostly of wide waves, which it hardly changes:
# the standard deviation of ours, in grey at half size, becomes only {eval}`f"{sharp.std() / half.std():.1f}"` times as large.
#
# ## Kernels that average
#
# Each entry shows the kernel (green is positive, violet negative), its response as a map of waves, and its output.
# In its code, the first number is the side in pixels, and `sigma` is a Gaussian's standard deviation, not that of noise.

# %% tags=["hide"]
cliff = np.repeat([[0] * 5 + [9] * 5], 9, axis=0)
whole = {n: w / w[w > 0].min() if n in ("box blur", "motion blur") else w for n, w in bank.items()}  # fmt: skip
whole = {n: w for n, w in whole.items() if np.array_equal(w, np.rint(w))}
link = {n: figures.explorer(cliff, w, caption="Edge.", alt="Edge.").address for n, w in whole.items()}  # fmt: skip


def entry(name, message, limit=None):
    alt = f"The kernel, its frequency response, and its output on the half noisy face. {message}"
    times = 25 if name == "box blur" else 1
    return figures.filtered(bank[name], view(name, "output"), times=times, limit=limit, caption=message, alt=alt)  # fmt: skip


# %% [markdown]
# ### Box blur
#
# `kernels.box(5)`: no other weights that add up to 1 in its window remove more noise, because equal ones have the least sum of squares.
# But it turns some fine stripes into their negative and a bright point into a square. [In the explorer, times {eval}`bank["box blur"].size`](../explorer.py?{eval}`link["box blur"]`)

# %% tags=["hide"]
assert all(np.fft.fft([1, 1, 1, 0, 0] + [0] * 93 + [1, 1])[21:40].real < 0)
entry("box blur", "The mean of 5 by 5 pixels. The dark lines in its response are waves that vanish; in the output the grain is nearly gone, and with it the texture of skin and hair.")  # fmt: skip

# %% [markdown]
# ### Gaussian
#
# `kernels.gaussian(7, sigma=1.5)`: use it before you shrink a picture or look for edges, because under it nearly all stripes just fade.

# %% tags=["hide"]
entry("Gaussian", "Near pixels count more. The response is a round spot without visible lines; the output is about as smooth as the box blur's.")  # fmt: skip

# %% [markdown]
# ### Motion blur
#
# `kernels.motion_blur(7)`: use it to imitate a camera that moved, or to test how to undo that.
# Upright stripes with a period of 7 pixels, or of a half or a third of that, are beyond repair, because they vanish. [In the explorer, times {eval}`len(bank["motion blur"])`](../explorer.py?{eval}`link["motion blur"]`)

# %% tags=["hide"]
assert np.allclose(np.fft.fft(np.ones(7), 42)[[6, 12, 18]], 0)
entry("motion blur", "The mean of 7 pixels along a row. The response has upright bands, so level stripes stay whole and upright ones fade; the output is smeared sideways, with streaks of grain.")  # fmt: skip

# %% [markdown]
# ## Kernels that sharpen, or show relief
#
# ### Sharpen
#
# `kernels.sharpen()`: use it on clean, slightly soft pictures, because it [favours noise](#parseval). [In the explorer](../explorer.py?{eval}`link["sharpen"]`) · [In the photograph](../index.py?kernel=sharpen)

# %% tags=["hide"]
entry("sharpen", "Five times the pixel, minus its four neighbours. The response grows from 1 in the middle to 9 in the corners; the output is crisp at the left, and a storm of grain at the right.")  # fmt: skip

# %% [markdown]
# ### Unsharp mask
#
# `kernels.unsharp(7, sigma=1.5)`: the picture plus what that Gaussian takes away from it, as photographers did in the darkroom.
# Its weights add up to 1, like sharpen's, so even areas stay. Use it where sharpen is too harsh, and expect halos at strong edges.

# %% tags=["hide"]
entry("unsharp mask", f"A strong centre, {bank['unsharp mask'].max():.2f}, which lies beyond the scale, and a Gaussian below 0 around it. The response is darker only around the middle; the output is sharper, with clearly more grain at the right.", limit=0.06)  # fmt: skip

# %% [markdown]
# Is sharpen another method? Blur by the mean of a pixel and its four neighbours, and add 5 times the detail that is lost:

# %%
cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]]) / 5
detail = kernels.identity() - cross
bool(np.allclose(kernels.identity() + 5 * detail, kernels.sharpen()))

# %% [markdown]
# Sharpen *is* unsharp masking, with a tiny blur and much of the detail.
#
# ### Emboss
#
# `kernels.emboss()`: use it to make a picture look like a relief, whose height is the brightness. An edge along \\ stays as it is, because emboss compares pixels in that direction. [In the explorer](../explorer.py?{eval}`link["emboss"]`) · [In the photograph](../index.py?kernel=emboss)

# %% tags=["hide"]
slant = np.subtract.outer(np.arange(9), np.arange(9)) ** 3
assert np.array_equal(conv.correlate(slant, bank["emboss"])[1:-1, 1:-1], slant[1:-1, 1:-1])  # fmt: skip
entry("emboss", "The pixel plus the slope towards the bottom right. In the response, the dark diagonal / holds the stripes that run like \\, which keep their height; the output is a relief lit from the top left, with rough grain at the right.")  # fmt: skip

# %% [markdown]
# ## Kernels that find edges
#
# ### Sobel x
#
# `kernels.sobel_x()`: use it, and its transpose, for edges and their direction, the arrows of [A first filter](../guide/first.py#the-edges-of-the-whole-photograph).
# On a diagonal edge Sobel x alone has the ratio {eval}`f"{rising['Sobel x'] / gain['Sobel x']:.2f}"`. The arrow of both outputs is $\sqrt 2$ times as long, and weak noise changes its length no more than one output, because only errors along the arrow count: its ratio is {eval}`f"{slope / gain['Sobel x']:.2f}"`. So use the pair.
# Upright stripes with a period of 2 pixels escape Sobel x, because their left and right neighbours are equal. [In the explorer](../explorer.py?{eval}`link["Sobel x"]`) · [In the photograph](../index.py?kernel=Sobel%20x)

# %% tags=["hide"]
assert np.sum(k.sobel_x() * k.sobel_y()) == 0  # their errors are uncorrelated
entry("Sobel x", "A difference along the row, averaged down the column. The response has two spots beside a black upright line; the output shows upright edges, green where it gets brighter to the right.")  # fmt: skip

# %% tags=["hide"]
turn = np.exp(1j * np.linspace(0, np.pi / 2, 361))[:, None, None, None]
shifts = np.linspace(-0.5, 0.5, 21)[:, None, None]  # of edges, in pixels
along = np.add.outer(1j * np.arange(-1, 2), np.arange(-1, 2)) / turn
along = along.real - shifts
blurred = np.vectorize(math.erf)(along / 2**0.5)  # by a Gaussian, sigma = 1
wrong = []
for window, w in itertools.product((blurred, along > 0), (k.sobel_x(), k.scharr_x())):  # fmt: skip
    arrow = np.sum(window * (w + 1j * w.T), axis=(2, 3)) / turn[..., 0, 0]
    wrong.append(np.degrees(np.mean(np.angle(arrow) ** 2) ** 0.5))


# %% [markdown]
# ### Scharr x
#
# `kernels.scharr_x()`: use it where the *direction* of slightly soft edges counts and noise hardly does, as its 3, 10, 3 was chosen for that.
# At pixels within half a pixel of an edge that is blurred by a Gaussian of 1 pixel, Sobel's direction is wrong by {eval}`f"{wrong[0]:.2f}"` degrees, Scharr's by {eval}`f"{wrong[1]:.2f}"`, as a root mean square.
# On hard edges Scharr is no better ({eval}`f"{wrong[3]:.0f}"` degrees to {eval}`f"{wrong[2]:.0f}"`), and for the same upright edge it lets {eval}`f"{ratio['Sobel x'] / ratio['Scharr x'] - 1:.0%}"` more noise through. [In the explorer](../explorer.py?{eval}`link["Scharr x"]`)

# %% tags=["hide"]
spectrum = np.abs(np.fft.fft2(bank["Scharr x"], (64, 64)))
share = spectrum[32].max() / spectrum.max()
entry("Scharr x", f"Numbers three to five times those of Sobel x, and nearly the same output. In the response, the spots reach the top and the bottom with {share:.0%} of the largest, where Sobel's end at 0.")  # fmt: skip

# %% [markdown]
# ### Laplacian of Gaussian (LoG) { #laplacian-of-gaussian }
#
# `kernels.laplacian_of_gaussian(7, sigma=1)`: use it to find edges of any direction, where it changes its sign, or round spots, above all those about 3 pixels across.
# The LoG averages first, so it beats the plain Laplacian, whose ratio on an upright edge is {eval}`f"{laplacian:.2f}"`. But it draws two lines for each edge, and leaves out the edge's direction.

# %% tags=["hide"]
spectrum = np.abs(np.fft.fft2(bank["LoG"], (64, 64)))
share = spectrum[0, 32] / spectrum.max()
fine = np.kron(bank["LoG"], np.ones((10, 10)))
far = np.hypot(*np.mgrid[-34.5:35, -34.5:35]) / 10  # in pixels
spots = {size: abs(fine[far < size / 2].sum()) for size in range(1, 8)}
assert max(spots, key=spots.get) == 3
entry("LoG", f"Curvature at one scale. The response is a ring: slow shading hardly counts, and the finest upright stripes keep {share:.0%} of the largest response; the output has a green and a violet line at each edge.")  # fmt: skip

# %% [markdown]
# ## Kernels that find a pattern
#
# ### Gabor
#
# `kernels.gabor(15, sigma=3, wavelength=6)`: an upright wave that fades out under a Gaussian. Use several widths and directions to tell textures apart.

# %% tags=["hide"]
entry("Gabor", "Upright stripes with a period of 6 pixels that fade out. The response has two spots; the output ripples at upright edges, and has little grain.")  # fmt: skip

# %% [markdown]
# ### Template
#
# Cut an eye out of the photograph in grey, at half its size. As a kernel, does it find its place again, even if the picture's left half, eye included, lies in shadow?
# Dividing by the norm sets the noise gain to 1, and moves no maximum:

# %%
half = conv.images.sample().reshape(300, 2, 256, 2, 3).mean(axis=(1, 3, 4))
eye = half[88:103, 103:118]
pattern = eye - eye.mean()
pattern /= np.linalg.norm(pattern)
shaded = half.copy()
shaded[:, :128] *= 0.7
for image, w in ((half, eye), (half, pattern), (shaded, pattern)):
    y = conv.correlate(image, w, padding="valid")
    print(*np.unravel_index(y.argmax(), y.shape))

# %% [markdown]
# As it is, the eye finds the white collar, because bright pixels make large sums.
# With its mean subtracted it finds itself, but in the half shadow the edge of the collar wins, because most of it stays lit and has the larger contrast.
# The cure is to divide each output by the contrast of the pixels under the kernel. No single convolution does that, but the function `likeness` does, with three, on the page [Convolution or cross-correlation?](../guide/flip.py#what-is-each-of-them-for).

# %% tags=["hide"]
entry("template", "The eye without its mean, divided by its norm. The response is bright for coarse detail in several directions; the output answers to eyes, and to every strong contrast of that size.")  # fmt: skip

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: how noisy is your own picture?
#
# The kernel `np.outer([1, -2, 1], [1, -2, 1])` answers with 0 to every ramp and every upright or level edge, so on a smooth picture only noise is left.
# How do you get from its output to the $\sigma$ of white noise?
# Test it on the photograph with white noise of your choice, then on your own, loaded with `conv.images.load(path, mode="grey")`.
# Save the noisy photograph as a JPEG and measure again: what happened?

# %% tags=["answer"]
# The squares add up to 36, so the gain is 6: divide by it. The median of the absolute
# output ignores the few strong answers at corners; for normal errors it is 0.6745
# standard deviations. Texture counts as noise: the estimate for 0.06 is too high.
w = np.outer([1, -2, 1], [1, -2, 1])
mine = conv.images.sample().mean(axis=2)
mine += np.random.default_rng(3).normal(0, 0.06, mine.shape)
output = conv.correlate(mine, w, padding="valid")
float(np.median(abs(output)) / 0.6745 / 6)

# %% tags=["answer"]
# JPEG drops the finest waves first, which are what this kernel measures: it finds the
# first number, but the file's error is the second. So the 6 is for white noise only.
file = io.BytesIO()
in_bytes = np.rint(255 * mine.clip(0, 1)).astype(np.uint8)
Image.fromarray(in_bytes).save(file, "JPEG", quality=50)
saved = np.asarray(Image.open(file)) / 255
output = conv.correlate(saved, w, padding="valid")
found = np.median(abs(output)) / 0.6745 / 6
error = np.std(saved - conv.images.sample().mean(axis=2))
round(float(found), 3), round(float(error), 3)

# %% [markdown]
# ### Exercise 2: blur first, then sharpen
#
# You smooth with `kernels.gaussian(7, sigma=1.5)`, then apply `kernels.sharpen()`. Is the noise gain of both the product of their gains, more, or less?

# %% tags=["answer"]
# Much less. After the Gaussian the errors of neighbours are alike, and the sharpening
# kernel subtracts neighbours. The gain belongs to the kernel of both, their convolution.
first, second = kernels.gaussian(7, 1.5), kernels.sharpen()
together = conv.convolve(first, second, padding="full")
product = np.sqrt(np.sum(first**2) * np.sum(second**2))
float(np.sqrt(np.sum(together**2))), float(product)

# %% [markdown]
# ## What you can do now
#
# You can predict what a kernel does to noise and to stripes, and measure white noise in your own pictures.
# Go on with [pictures larger than memory](large.py), or read elsewhere:
#
# - [*HIPR2*](https://homepages.inf.ed.ac.uk/rbf/HIPR2/) by Robert Fisher and others: a page for each filter, with guidelines for its use.
# - [*An overview of early vision in InceptionV1*](https://distill.pub/2020/circuits/early-vision/) by Chris Olah and others: which of these kernels a network found by itself.
#
# Sources: [Scharr](https://doi.org/10.11588/heidok.00000962) (2000), [Marr and Hildreth](https://doi.org/10.1098/rspb.1980.0020) (1980) for the Laplacian of Gaussian,
# [Daugman](https://doi.org/10.1364/JOSAA.2.001160) (1985) for Gabor's kernel, and [Immerkær](https://doi.org/10.1006/cviu.1996.0060) (1996) for exercise 1.
