// The state as a program, for each library that can express it.

import { geometry } from "./arithmetic.js";

/** @typedef {import("./state.js").State} State */

export const LIBRARIES = {
  conv: "conv",
  scipy: "NumPy and SciPy",
  torch: "PyTorch",
  tensorflow: "TensorFlow and Keras",
  jax: "JAX",
};

/** @param {number[][]} rows */
function array(rows) {
  return `np.array([${rows.map((row) => `[${row.join(", ")}]`).join(", ")}], dtype=float)`;
}

/** @param {State} state @param {string} library @returns {string} */
export function snippet(state, library) {
  const { stride, dilation, flip, padding } = state;
  const [[top, bottom], [left, right]] = geometry(state).pads;
  const pads = `((${top}, ${bottom}), (${left}, ${right}))`;
  const steps = `(${stride.join(", ")})`;
  const dilations = `(${dilation.join(", ")})`;
  const data = `x = ${array(state.input)}\nw = ${array(state.kernel)}\n`;
  const turn = flip ? "w = w[::-1, ::-1].copy()  # convolution flips the kernel\n" : "";
  const start = `import numpy as np\n`;
  if (library === "conv") {
    const mode = typeof padding === "string" ? `"${padding}"` : pads;
    const call = flip ? "convolve" : "correlate";
    return `${start}\nimport conv\n\n${data}y = conv.${call}(x, w, padding=${mode}, stride=${steps}, dilation=${dilations})\nprint(y)\n`;
  }
  if (library === "scipy") {
    const spread =
      Math.max(...dilation) > 1
        ? `spread = np.zeros((${dilation[0]} * (w.shape[0] - 1) + 1, ${dilation[1]} * (w.shape[1] - 1) + 1))\nspread[::${dilation[0]}, ::${dilation[1]}] = w  # SciPy knows no dilation\n`
        : "";
    const strided = Math.max(...stride) > 1 ? `[::${stride[0]}, ::${stride[1]}]  # nor a stride` : "";
    const call = flip ? "convolve2d" : "correlate2d";
    return `${start}from scipy.signal import ${call}\n\n${data}${spread}x = np.pad(x, ${pads})\ny = ${call}(x, ${spread ? "spread" : "w"}, mode="valid")${strided}\nprint(y)\n`;
  }
  if (library === "torch") {
    return (
      `${start}import torch\nfrom torch.nn import functional as F\n\n${data}${turn}` +
      `x = F.pad(torch.from_numpy(x)[None, None], (${left}, ${right}, ${top}, ${bottom}))  # last axis first\n` +
      `y = F.conv2d(x, torch.from_numpy(w)[None, None], stride=${steps}, dilation=${dilations})\nprint(y[0, 0].numpy())\n`
    );
  }
  if (library === "tensorflow") {
    const both = Math.max(...stride) > 1 && Math.max(...dilation) > 1;
    const note = both ? `  # it takes no stride together with a dilation: leave outputs out` : "";
    const strides = both ? "1" : steps;
    const rest = both ? `[::${stride[0]}, ::${stride[1]}]` : "";
    return (
      `${start}import tensorflow as tf\n\n${data}${turn}x = np.pad(x, ${pads})[None, :, :, None]\n` +
      `y = tf.nn.convolution(x, w[:, :, None, None], strides=${strides}, padding="VALID", dilations=${dilations})${note}\n` +
      `print(y.numpy()[0, :, :, 0]${rest})\n`
    );
  }
  return (
    `${start}from jax import lax\n\n${data}${turn}` +
    `y = lax.conv_general_dilated(\n    x[None, None], w[None, None], window_strides=${steps}, padding=${pads}, rhs_dilation=${dilations}\n)\n` +
    `print(np.asarray(y[0, 0]))  # single precision, unless jax_enable_x64 is set\n`
  );
}
