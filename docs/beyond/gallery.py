# %% [markdown]
# # Filter gallery: a dozen kernels, and what each does to noise
#
# Which kernel do you want, and what will it do to the noise in your picture?
# Each view has a clean and a noisy half.

# %%
import numpy as np

import conv
from conv import figures, kernels

# %% tags=["hide"]
grey = conv.images.sample().mean(axis=2)
half = grey.reshape(300, 2, 256, 2).mean(axis=(1, 3))
eye = half[88:103, 103:118]
k, pattern = kernels, eye - eye.mean()
bank = {
    "identity": k.identity(), "blur": k.box(5), "Gaussian": k.gaussian(7, 1.5), "motion blur": k.motion_blur(7),
    "sharpen": k.sharpen(), "unsharp mask": k.unsharp(7, 1.5), "emboss": k.emboss(), "Sobel x": k.sobel_x(),
    "Scharr x": k.scharr_x(), "Laplacian of Gaussian": k.laplacian_of_gaussian(7, 1), "Gabor": k.gabor(15, 3, 6),
    "template": pattern / np.linalg.norm(pattern),
}  # fmt: skip

# %% tags=["hide"]
step = np.repeat([[0, 1]], 20, axis=1).repeat(40, axis=0)
edge = {n: np.ptp(conv.correlate(step, w, padding="valid")) for n, w in bank.items()}  # fmt: skip
gain = {name: np.sqrt(np.sum(w**2)) for name, w in bank.items()}
rng = np.random.default_rng(1)
face = half[37:197, 54:214].copy()
face[:, 80:] += rng.normal(0, 0.06, (160, 80))


# %% tags=["hide"]
def view(name, title, note=""):
    output = conv.correlate(face, bank[name])[8:-8, 8:-8]
    signed = bool(abs(bank[name].sum()) < 0.1)
    most = 3 if name == "template" else 0.4 * edge[name]
    limits = (-most, most) if signed else (0, 1)
    note = note or f"{limits[0]:.2g} to {limits[1]:.2g}".replace("-", "−")
    return figures.Picture(output, title, limits, signed, note)


# %% tags=["hide"]
places = {name: name.lower().replace(" ", "-") for name in bank} | {"identity": "noise"}  # fmt: skip
figures.gallery(
    {places[n]: view(n, n, f"noise × {gain[n]:.2g}") for n in bank},
    caption="Twelve kernels on one portrait, whose right half carries noise of 6 per cent of white; “identity” shows it as it is. The numbers say how many times as large the noise becomes, and each picture leads to its entry. In the last five, green is above 0 and violet below.",
    alt="Twelve small pictures of a face, clean at the left and noisy at the right. Blur and Gaussian remove the grain; sharpen turns it into a storm; the filters that find edges show outlines, with grain between them at the right.",
)

# %% [markdown]
# **The sum of the squares of a kernel's numbers says what it does to noise.**
# Sharpening with the usual nine numbers makes noise {eval}`f"{gain['sharpen']:.1f}"` times as large, and an edge only {eval}`f"{edge['sharpen']:.0f}"` times,
# so it hides in grain what it was meant to show. Kernels that average do not pay that price; what they pay with is fine detail.
#
# ## What a kernel does to noise: one sum { #noise }
#
# Let every pixel carry an error of its own, with the standard deviation $\sigma$, and let no error depend on another: **white noise**.
# An output adds up these errors, each times its weight, and the squares of independent errors [add up](../guide/smoothing.py#noise), so the output's error is
#
# $$\sigma \sqrt{\sum_{u,v} w_{u,v}^2}$$
#
# The root is the **noise gain** of the kernel. Check it by drawing noise with $\sigma = 1$:

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
# The formula holds at any stride, for even kernels, and over all channels of a filter.
# A gain can be high only because the kernel's numbers are, as Scharr's are, but then edges come out larger, too.
# So take an upright edge from 0 to 1, let "edge" be the largest output minus the smallest, and divide it by the gain:
# this **contrast-to-noise ratio** does not change if you multiply the kernel by a number.

# %% tags=["hide"]
ratio = {name: edge[name] / gain[name] for name in bank}
ranked = sorted(bank, key=ratio.get, reverse=True)
columns = {"noise gain": gain, "measured": measured, "edge": edge, "edge ÷ noise gain": ratio}  # fmt: skip
columns = {n: [c[name] for name in ranked] for n, c in columns.items()}
laplacian = 2 / np.sqrt(np.sum(kernels.laplacian() ** 2))  # 1 and −1
assert ranked[-3:] == ["identity", "unsharp mask", "sharpen"]
figures.table({"kernel": [f"[{n}](#{places[n]})" for n in ranked], **columns})

# %% [markdown]
# The two kernels that sharpen are the only ones below 1, the ratio of doing nothing: they make an edge stand out *less* from the noise.
# Sharpening cannot bring out what noise has hidden; it is for pictures that have next to none.
#
# In many photographs the errors of neighbours are alike, because the camera or the JPEG file has mixed them.
# Then averaging gains less, and subtracting direct neighbours costs less:
# on noise that a mean of 2 by 2 pixels has smoothed, the gain of the blur is {eval}`f"{coarse['blur']:.2f}"` instead of {eval}`f"{gain['blur']:.2f}"`, and that of sharpen {eval}`f"{coarse['sharpen']:.1f}"` instead of {eval}`f"{gain['sharpen']:.1f}"`. Try it here, or choose "Your picture":
# { #try }

# %% tags=["hide"]
figures.photo(
    np.rint(100 * face[40:115, 48:112].clip(0, 1)), kernel="sharpen", at=(20, 36), small=True,
    caption="The kernels of 3 by 3, to be laid on the half clean and half noisy face. Begin with “sharpen”, then choose “blur”.",
    alt="A face, noisy at the right, the kernel 0 −1 0, −1 5 −1, 0 −1 0, and the sharpened face, whose right half is mostly grain.",
)  # fmt: skip

# %% [markdown]
# ## What a kernel does to detail: its frequency response { #response }
#
# Every picture is a sum of waves, that is, of soft stripes in all directions and widths, and a kernel treats each of them apart:
# at stride 1 and away from the border, a wave stays a wave of the same width and direction, and only its height and its place change.
# What the height is multiplied by is the kernel's **frequency response**, which `fft2`, NumPy's Fourier transform, computes for all waves at once.
# A frequency counts **cycles per pixel**: at 0.3 a stripe returns after {eval}`f"{1 / 0.3:.1f}"` pixels, and 1/2 is the finest that pixels can hold, black and white by turns.

# %%
w = kernels.box(5)
response = np.abs(np.fft.fft2(w, (100, 100)))  # in steps of 1/100
wave = np.tile(np.cos(2 * np.pi * 0.3 * np.arange(100)), (100, 1))
output = conv.correlate(wave, w, padding="valid")
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
# The height falls to a quarter, as the transform says, but with a minus: where the input was bright, the output is dark.
# So a mean of 5 by 5 removes stripes of 5 pixels, and brings back finer ones, down to {eval}`5 / 2` pixels, as their negative:

# %% tags=["hide"]
t = np.arange(100)
rows = np.tile(0.5 + 0.5 * np.cos(np.pi * (t / 10 + t**2 / 300)), (24, 1))
strips = [(n, [*rows[:6], *conv.correlate(rows, bank[n])[9:15]]) for n in ("blur", "Gaussian")]  # fmt: skip
figures.Figure(
    tuple(figures.Picture(both, n, note="below, under the input").html(6) for n, both in strips),
    caption="Stripes that grow finer to the right, and below them what each kernel makes of them. In the right half, black and white change places under the blur; under the Gaussian, which removes as much noise, the stripes just fade.",
    alt="Two strips of black and white stripes that grow finer to the right. Under the first, the stripes fade to grey, and return with black and white exchanged. Under the second they fade and stay grey.",
)  # fmt: skip

# %% [markdown]
# ## Kernels that average
#
# Each entry shows the kernel (green is positive, violet negative), its response (white is the largest; the middle is an even area, the corners are the finest checkerboards), and its output. In the explorer, fractions are scaled and rounded, so that the largest is 99.

# %% tags=["hide"]
cliff = np.repeat([[0] * 5 + [9] * 5], 9, axis=0)
whole = {n: w if (w == np.rint(w)).all() else np.rint(w * 99 / abs(w).max()) for n, w in bank.items()}  # fmt: skip
link = {n: figures.explorer(cliff, w, caption="Edge.", alt="Edge.").address for n, w in whole.items() if len(w) < 8}  # fmt: skip


def entry(name, message):
    alt = f"The kernel, its frequency response, and its output on the half noisy face. {message}"
    message += f" Noise gain {gain[name]:.2g}, edge {edge[name]:.2g}."
    return figures.filtered(bank[name], view(name, "output"), caption=message, alt=alt)  # fmt: skip


# %% [markdown]
# ### Blur
#
# `kernels.box(5)`: use it to remove noise cheaply. No other weights in its window that add up to 1 remove more, because their squares have the least sum when all are equal.
# It fails on fine texture, as above, and it turns a bright point into a square. [In the explorer](../explorer.py?{eval}`link["blur"]`)

# %% tags=["hide"]
assert all(np.fft.fft([1, 1, 1, 0, 0] + [0] * 93 + [1, 1])[21:40].real < 0)
entry("blur", "The mean of 25 pixels. The dark lines in its response are waves that vanish; in the output the grain is nearly gone, and with it the texture of skin and hair.")  # fmt: skip

# %% [markdown]
# ### Gaussian
#
# `kernels.gaussian(7, 1.5)`: use it before you shrink a picture or look for edges, because under it stripes only fade.
# (Cut off at 7 pixels, it still returns the finest, as their negative and at {eval}`f"{-bank['Gaussian'].sum(axis=0) @ (-1.0) ** np.arange(-3, 4):.1%}"` of their height.) It fails at edges, which it softens, too. [In the explorer](../explorer.py?{eval}`link["Gaussian"]`)

# %% tags=["hide"]
entry("Gaussian", "Near pixels count more. The response is a round spot without lines; the output is about as smooth as the blur's, and softer at edges.")  # fmt: skip

# %% [markdown]
# ### Motion blur
#
# `kernels.motion_blur(7)`: use it to imitate a camera that moved, or to say what a restoration has to undo.
# It fails to keep upright stripes of 7 pixels, or of a half or a third of that: they vanish, so nothing can restore them. [In the explorer](../explorer.py?{eval}`link["motion blur"]`)

# %% tags=["hide"]
assert np.allclose(np.fft.fft(np.ones(7), 42)[[6, 12, 18]], 0)
entry("motion blur", "The mean along a row. The response has upright bands, so level stripes stay whole and upright ones fade; the output is smeared sideways, with streaks of grain.")  # fmt: skip

# %% [markdown]
# ## Kernels that sharpen
#
# ### Sharpen
#
# `kernels.sharpen()`: use it on clean, slightly soft pictures. It fails on noise, because it multiplies the finest checkerboards, which pictures hardly have and noise has in full, by {eval}`int(np.abs(bank['sharpen']).sum())`. [In the explorer](../explorer.py?{eval}`link["sharpen"]`), or [in the photograph](#try)

# %% tags=["hide"]
entry("sharpen", "Five times the pixel, minus its four neighbours. The response grows from 1 in the middle to 9 in the corners; the output is crisp at the left, and a storm of grain at the right.")  # fmt: skip

# %% [markdown]
# ### Unsharp mask
#
# `kernels.unsharp(7, 1.5)`: the picture plus what a blur takes away from it, which photographers did in the darkroom.
# Use it where sharpen is too harsh; it fails at strong edges, where it leaves halos. [In the explorer](../explorer.py?{eval}`link["unsharp mask"]`)

# %% tags=["hide"]
entry("unsharp mask", "A strong centre, and weights around it that are barely below 0. The response is darker only around the middle; the output is sharper, with clearly more grain at the right.")  # fmt: skip

# %% [markdown]
# Are these two methods, or one? Take the mean of a pixel and its four neighbours for the blur, and 5 for the amount:

# %%
cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]]) / 5
detail = kernels.identity() - cross
bool(np.allclose(kernels.identity() + 5 * detail, kernels.sharpen()))

# %% [markdown]
# Sharpen *is* unsharp masking, with a tiny blur and a large amount; so a wider blur and a smaller amount tame it.
#
# ### Emboss
#
# `kernels.emboss()`: use it to look at shallow relief, such as paper, coins or scans.
# It fails on edges that run from the top left to the bottom right, along the light: they throw no shadow. [In the explorer](../explorer.py?{eval}`link["emboss"]`), or [in the photograph](#try)

# %% tags=["hide"]
slant = np.subtract.outer(np.arange(9), np.arange(9)) ** 3
assert np.array_equal(conv.correlate(slant, bank["emboss"])[1:-1, 1:-1], slant[1:-1, 1:-1])  # fmt: skip
entry("emboss", "The pixel plus the slope towards the bottom right. The response is weak along one diagonal; the output is a relief lit from the top left, with rough grain at the right.")  # fmt: skip

# %% [markdown]
# ## Kernels that find edges
#
# ### Sobel x
#
# `kernels.sobel_x()`: use it, and its transpose, for edges and their direction; [A first filter](../guide/first.py) builds it. It fails on stripes of 2 pixels, whose left and right neighbours are equal. [In the explorer](../explorer.py?{eval}`link["Sobel x"]`), or [in the photograph](#try)

# %% tags=["hide"]
entry("Sobel x", "A difference along the row, averaged down the column. The response has two spots beside a black upright line; the output shows upright edges, green where it gets brighter.")  # fmt: skip

# %% [markdown]
# ### Scharr x
#
# `kernels.scharr_x()`: use it where the *direction* of edges counts, because its column of 3, 10, 3 was chosen for that.
# It fails where noise is the larger error. [In the explorer](../explorer.py?{eval}`link["Scharr x"]`)

# %% tags=["hide"]
entry("Scharr x", "To the eye, response and output equal those of Sobel x. The numbers are about four times as large.")  # fmt: skip

# %% [markdown]
# How much better? Lay both kernels, as they are and transposed, on waves in 9,001 directions, and take the root mean square of the error in degrees:

# %%
angles = np.linspace(0, np.pi / 2, 9001)
places = np.add.outer(1j * np.arange(-1, 2), np.arange(-1, 2))
along = np.multiply.outer(np.exp(-1j * angles), places).real


# %%
def direction_error(w, wavelength, sigma):
    waves = 0.5 * np.sin(2 * np.pi * along / wavelength)
    waves += np.random.default_rng(2).normal(0, sigma, waves.shape)
    pair = np.stack([w, w.T], axis=-1)[:, :, None]  # two filters
    y = conv.correlate(waves[..., None], pair, padding="valid")[:, 0, 0]
    turned = np.exp(1j * (np.arctan2(y[:, 1], y[:, 0]) - angles))
    return np.degrees(np.sqrt(np.mean(np.angle(turned) ** 2)))


# %% tags=["hide"]
widths = np.arange(4, 13)
errors = {n + note: np.array([direction_error(bank[f"{n} x"], size, sigma) for size in widths])
          for sigma, note in ((0, ""), (0.02, ", noise of 2 %")) for n in ("Sobel", "Scharr")}  # fmt: skip
first, second, third, fourth = errors.values()
assert np.array_equal(third < fourth, widths >= 8)
figures.curves(
    widths, errors, x_label="pixels from crest to crest", y_label="error in degrees", styles=["", "", "thick", "thin"],
    caption="How far the direction of a wave from black to white is missed. Scharr's kernel is far more exact, but noise of 2 per cent of white takes its lead away from 8 pixels on.",
    alt=f"Four curves over 4 to 12 pixels. Without noise, Sobel falls from {first[0]:.1f} degrees to {first[-1]:.1f}, and Scharr stays below {second.max():.2f}. With noise, Scharr rises from {fourth[0]:.1f} to {fourth[-1]:.1f} and crosses Sobel before 8 pixels.",
)  # fmt: skip

# %% [markdown]
# Without noise Sobel's error is at least {eval}`int((first / second).min())` times Scharr's.
# But for the same edge Scharr's kernel lets {eval}`f"{ratio['Sobel x'] / ratio['Scharr x'] - 1:.0%}"` more noise through, because it leans on the middle row:
# with noise of 2 per cent it is the better one for fine waves only, and from 8 pixels on the worse one.
#
# ### Laplacian of Gaussian
#
# `kernels.laplacian_of_gaussian(7, 1)`: use it to find edges of any direction, where it changes its sign, or spots: it answers most to those with a radius of about $\sigma\sqrt{2}$ pixels.
# On noise it beats the plain Laplacian, whose contrast-to-noise ratio is {eval}`f"{laplacian:.2f}"`, because it averages first. It fails to say in which direction an edge runs, and draws two lines for each. [In the explorer](../explorer.py?{eval}`link["Laplacian of Gaussian"]`)

# %% tags=["hide"]
entry("Laplacian of Gaussian", "Curvature at one scale. The response is a ring, so neither slow shading nor the finest grain counts; the output has a green and a violet line at each edge.")  # fmt: skip

# %% [markdown]
# ## Kernels that find a pattern
#
# ### Gabor
#
# `kernels.gabor(15, 3, 6)`: a wave under a Gaussian. Use a set of them, in several directions and widths, to tell textures apart; trained networks have [filters like these in their first layer](https://distill.pub/2020/circuits/early-vision/).
# A single one fails on every other width and direction, and its 15 by 15 weights do not add up to exactly 0: {eval}`f"{bank['Gabor'].sum():.3f}"` of an even area comes through.

# %% tags=["hide"]
entry("Gabor", "Upright stripes of 6 pixels that fade out. The response has two spots; the output ripples at upright edges, and has little grain.")  # fmt: skip

# %% [markdown]
# ### Template
#
# Cut a piece out of a picture, here an eye at row 88 and column 103 of `half`, which is the photograph in grey and at half its size. Used as a kernel, does it find its place again, even in a shadow?

# %%
eye = half[88:103, 103:118]
pattern = eye - eye.mean()
shaded = half.copy()
shaded[:, :128] *= 0.7
for image, w in ((half, eye), (half, pattern), (shaded, pattern)):
    y = conv.correlate(image, w, padding="valid")
    print(*np.unravel_index(y.argmax(), y.shape))

# %% [markdown]
# As it is, the piece finds the white collar, because bright pixels make large sums.
# With its mean subtracted it finds the eye, but fails in the shadow: there the edge of the collar wins, because its contrast is larger.
# The cure is to divide by the contrast under the kernel, which is no longer a convolution: `likeness` on [Convolution or cross-correlation?](../guide/flip.py#what-is-each-of-them-for).

# %% tags=["hide"]
entry("template", "The eye without its mean. The response is bright for coarse detail in several directions; the output answers to eyes, and to every strong contrast of that size.")  # fmt: skip

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: how noisy is your own picture?
#
# The kernel `np.outer([1, -2, 1], [1, -2, 1])` answers with 0 to every ramp, and to every upright or level edge, so that on a smooth picture only noise is left.
# How do you get from its output to $\sigma$?
# Test it on the photograph with noise of your choice, then on your own, loaded with `conv.images.load(path, mode="grey")`.

# %% tags=["answer"]
# The squares add up to 36, so the gain is 6: divide by it. The median of the absolute
# output ignores the few strong answers at corners; for normal errors it is 0.6745
# standard deviations. Texture counts as noise: the estimate for 0.06 is too high.
w = np.outer([1, -2, 1], [1, -2, 1])
mine = conv.images.sample().mean(axis=2)
mine += np.random.default_rng(3).normal(0, 0.06, mine.shape)
output = conv.correlate(mine, w, padding="valid")
float(np.median(abs(output)) / 0.6745 / 6)

# %% [markdown]
# ### Exercise 2: blur first, then sharpen
#
# You smooth with `kernels.gaussian(7, 1.5)`, then apply `kernels.sharpen()`. Is the noise gain of both the product of their gains, more, or less?

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
# You can say before you run a kernel what it does to noise and to stripes of each width,
# choose between kernels by their contrast-to-noise ratio, and measure the noise of your own pictures.
#
# Take these kernels apart in the [explorer](../explorer.py), which holds up to 7 by 7, or see what [your library computes](libraries.py) with them. To read elsewhere:
#
# - [*HIPR2*](https://homepages.inf.ed.ac.uk/rbf/HIPR2/) by Robert Fisher and others: a page for each filter, with guidelines for its use.
# - [*An overview of early vision in InceptionV1*](https://distill.pub/2020/circuits/early-vision/) by Chris Olah and others: which of these kernels a network found by itself.
#
# Sources: [Scharr](https://doi.org/10.11588/heidok.00000962) (2000), [Marr and Hildreth](https://doi.org/10.1098/rspb.1980.0020) (1980) for the Laplacian of Gaussian,
# [Daugman](https://doi.org/10.1364/JOSAA.2.001160) (1985) for Gabor's kernel, and [Immerkær](https://doi.org/10.1006/cviu.1996.0060) (1996) for exercise 1.
