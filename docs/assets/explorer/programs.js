// The state as a program for each library; each prints what the explorer shows.

import { geometry, misfit } from "./arithmetic.js";

/** @typedef {import("./state.js").State} State */

export const LIBRARIES = {
  conv: "conv",
  scipy: "NumPy and SciPy",
  torch: "PyTorch",
  tensorflow: "TensorFlow and Keras",
  jax: "JAX",
};

/** What a state is to every library. @param {State} state */
function facts(state) {
  const { stride, dilation, flip, padding } = state;
  const { pads } = geometry(state);
  const unflipped = geometry({ ...state, flip: false }).pads;
  const [[top, bottom], [left, right]] = pads;
  const name = typeof padding === "string" ? padding : "";
  return {
    ...{ flip, name, stride, dilation },
    large: state.kernel.length > state.input.length || state.kernel[0].length > state.input[0].length,
    plain: Math.max(...stride) === 1,
    spread: Math.max(...dilation) > 1,
    ordinary: String(pads) === String(unflipped), // the flip moves no zero to another side
    pads: `((${top}, ${bottom}), (${left}, ${right}))`,
    last: `(${left}, ${right}, ${top}, ${bottom})`, // the last axis first
    steps: `(${stride.join(", ")})`,
    gaps: `(${dilation.join(", ")})`,
    turn: flip ? "w = w[::-1, ::-1].copy()  # convolution flips the kernel\n" : "",
  };
}

/** Say why zeros are added by hand. @param {string} library @param {string} name */
const byHand = (library, name) =>
  name === "same" ? `  # here ${library}'s own "same" differs, or is not allowed` : "";

/** @type {Record<string, (is: ReturnType<typeof facts>) => [string, string]>} imports, and what computes y */
const PROGRAMS = {
  conv: (is) => {
    const options = `padding=${is.name ? `"${is.name}"` : is.pads}, stride=${is.steps}, dilation=${is.gaps}`;
    return ["import conv", `y = conv.${is.flip ? "convolve" : "correlate"}(x, w, ${options})\nprint(y)`];
  },
  scipy: (is) => {
    const call = is.flip ? "convolve2d" : "correlate2d";
    const [down, across] = is.dilation;
    const size = `(${down} * (w.shape[0] - 1) + 1, ${across} * (w.shape[1] - 1) + 1)`;
    const zeros = `spread = np.zeros(${size})\nspread[::${down}, ::${across}] = w  # SciPy knows no dilation\n`;
    const own =
      is.name === "valid" || is.name === "full" || (is.name === "same" && is.plain && !is.spread && !is.large);
    const padded = own ? "" : `x = np.pad(x, ${is.pads})${byHand("SciPy", is.name)}\n`;
    const strided = is.plain ? "" : `[::${is.stride[0]}, ::${is.stride[1]}]  # nor a stride`;
    const kernel = is.spread ? "spread" : "w";
    const mode = own ? is.name : "valid";
    return [
      `from scipy.signal import ${call}`,
      `${is.spread ? zeros : ""}${padded}y = ${call}(x, ${kernel}, mode="${mode}")${strided}\nprint(y)`,
    ];
  },
  torch: (is) => {
    const own = is.name === "valid" || (is.name === "same" && is.plain && is.ordinary);
    const padded = own ? "" : `x = F.pad(x, ${is.last})${byHand("PyTorch", is.name) || "  # the last axis first"}\n`;
    const options = `stride=${is.steps}, padding=${own ? `"${is.name}"` : 0}, dilation=${is.gaps}`;
    return [
      "import torch\nfrom torch.nn import functional as F",
      `${is.turn}x, w = torch.from_numpy(x)[None, None], torch.from_numpy(w)[None, None]\n${padded}` +
        `y = F.conv2d(x, w, ${options})[0, 0].numpy()\nprint(y)`,
    ];
  },
  tensorflow: (is) => {
    const both = !is.plain && is.spread;
    const own = is.name === "valid" || (is.name === "same" && is.ordinary && !both);
    const padded = own ? "" : `x = np.pad(x, ${is.pads})${byHand("TensorFlow", is.name)}\n`;
    const options = `strides=${both ? 1 : is.steps}, padding="${own ? is.name.toUpperCase() : "VALID"}", dilations=${is.gaps}`;
    const strided = both ? `[::${is.stride[0]}, ::${is.stride[1]}]  # no stride together with a dilation` : "";
    return [
      "import tensorflow as tf",
      `${is.turn}${padded}y = tf.nn.convolution(x[None, ..., None], w[..., None, None], ${options})\n` +
        `y = y.numpy()[0, :, :, 0]${strided}\nprint(y)`,
    ];
  },
  jax: (is) => {
    const own = is.name === "valid" || (is.name === "same" && is.ordinary);
    const options = `${is.steps}, ${own ? `"${is.name.toUpperCase()}"` : is.pads}, rhs_dilation=${is.gaps}`;
    const call = `y = lax.conv_general_dilated(x[None, None], w[None, None], ${options})`;
    const note = "  # single precision, unless jax_enable_x64 is set";
    return [
      "from jax import lax",
      `${is.turn}${call}${byHand(own ? "" : "JAX", own ? "" : is.name)}\ny = np.asarray(y[0, 0])${note}\nprint(y)`,
    ];
  },
};

/** @param {number[][]} rows */
const array = (rows) => `np.array([${rows.map((row) => `[${row.join(", ")}]`).join(", ")}], dtype=float)`;

/** @param {State} state @param {string} library @returns {string} */
export function program(state, library) {
  if (misfit(state)) return `print("${misfit(state)}")\n`;
  const [imports, computes] = PROGRAMS[library](facts(state));
  return `import numpy as np\n${imports}\n\nx = ${array(state.input)}\nw = ${array(state.kernel)}\n${computes}\n`;
}
