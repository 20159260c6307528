// What the explorer shows, computed from its state. The same rules as conv.Geometry, which the tests hold it to.

import { grid } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Pair} Pair
 * @typedef {import("./state.js").Grid} Grid
 * @typedef {object} Geometry
 * @property {Pair[]} pads
 * @property {number[]} paddedSize
 * @property {number[]} outputSize
 * @typedef {Geometry & Computed} Result
 * @typedef {object} Computed
 * @property {Grid} padded
 * @property {Grid} weights the kernel as it is laid on the input
 * @property {Grid} output
 * @property {Grid} matrix a row for each output, a column for each input
 * @property {Grid} patches a row for each output, a column for each weight
 * @property {Triple[]} triples every multiplication
 * @property {Grid} scatter the output in focus, times the weights, laid back on its inputs
 */

/** @param {State} state @returns {Geometry} */
export function geometry({ input, kernel, padding, stride, dilation, flip }) {
  const axes = [
    [input.length, kernel.length],
    [input[0].length, kernel[0].length],
  ].map(([n, k], axis) => {
    const extent = dilation[axis] * (k - 1) + 1;
    const [before, after] = pads(n, extent, stride[axis], axis, padding, flip);
    const padded = n + before + after;
    return {
      pads: /** @type {Pair} */ ([before, after]),
      padded,
      output: Math.max(0, Math.floor((padded - extent) / stride[axis]) + 1),
    };
  });
  return {
    pads: axes.map((axis) => axis.pads),
    paddedSize: axes.map((axis) => axis.padded),
    outputSize: axes.map((axis) => axis.output),
  };
}

/**
 * @param {number} n @param {number} extent @param {number} stride @param {number} axis
 * @param {State["padding"]} padding @param {boolean} flip
 * @returns {Pair}
 */
function pads(n, extent, stride, axis, padding, flip) {
  if (padding === "valid") return [0, 0];
  if (padding === "full") return [extent - 1, extent - 1];
  if (padding !== "same") return padding[axis];
  const total = Math.max(0, (Math.ceil(n / stride) - 1) * stride + extent - n);
  const less = total >> 1;
  return flip ? [total - less, less] : [less, total - less]; // a convolution mirrors it
}

/** Say that the kernel fits nowhere, if that is so. @param {State} state */
export function misfit(state) {
  const { outputSize, paddedSize } = geometry(state);
  const size = `the padded input has ${paddedSize.join(" by ")} values`;
  return outputSize.includes(0) ? `The kernel fits nowhere: ${size}, and conv raises a ShapeError.` : "";
}

/** Where a weight meets the padded input for an output. @param {State} state @param {number[]} output @param {number[]} weight */
export function meets({ stride, dilation }, output, weight) {
  return [0, 1].map((axis) => output[axis] * stride[axis] + weight[axis] * dilation[axis]);
}

/** @param {State} state @returns {Result} */
export function compute(state) {
  const { input, kernel, flip } = state;
  const found = geometry(state);
  const [[top], [left]] = found.pads;
  const columns = input[0].length;
  const padded = grid(
    found.paddedSize[0],
    found.paddedSize[1],
    (row, column) => input[row - top]?.[column - left] ?? 0,
  );
  const weights = flip ? kernel.map((row) => row.toReversed()).toReversed() : kernel;
  const triples = multiplications(state, found);
  const count = found.outputSize[0] * found.outputSize[1];
  const matrix = grid(count, input.length * columns, () => 0);
  const patches = grid(count, kernel.length * kernel[0].length, () => 0);
  const output = grid(found.outputSize[0], found.outputSize[1], () => 0);
  for (const { place, met, entry } of triples) {
    const row = place[0] * found.outputSize[1] + place[1];
    const x = padded[met[0]][met[1]];
    const w = weights[entry[0]][entry[1]];
    const at = inputBelow(found, input, met);
    if (at) matrix[row][at[0] * columns + at[1]] = w;
    patches[row][entry[0] * kernel[0].length + entry[1]] = x;
    output[place[0]][place[1]] += x * w;
  }
  const result = { ...found, padded, weights, output, matrix, patches, triples, scatter: input };
  return { ...result, scatter: scatter(state, result) };
}

/** @param {State} state @param {Result} result @returns {Grid} */
export function scatter({ input, at }, { pads, output, weights, triples }) {
  const back = grid(input.length, input[0].length, () => 0);
  for (const { place, met, entry } of triples) {
    if (place[0] !== at[0] || place[1] !== at[1]) continue;
    const [row, column] = [met[0] - pads[0][0], met[1] - pads[1][0]];
    if (back[row]?.[column] === undefined) continue;
    back[row][column] += output[at[0]][at[1]] * weights[entry[0]][entry[1]];
  }
  return back;
}

/** Row and column in the input of a place in the padded input, or null if it is padding. @param {Geometry} found @param {Grid} input @param {number[]} place */
export function inputBelow(found, input, place) {
  const at = place.map((value, axis) => value - found.pads[axis][0]);
  const inside = input[at[0]]?.[at[1]] !== undefined;
  return inside ? at : null;
}

/** All rows and columns of a size, in order. @param {number[]} size */
export function cells([rows, columns]) {
  return Array.from({ length: rows * columns }, (_, n) => [Math.floor(n / columns), n % columns]);
}

/**
 * @typedef {object} Triple one multiplication
 * @property {number[]} place the output that it belongs to
 * @property {number[]} met the place in the padded input
 * @property {number[]} entry the weight, as the kernel is laid on the input
 * @property {number[]} weight the weight, as the kernel stands in the state
 * @typedef {{ kind: string, row: number, column: number }} Focus
 */

/** List all multiplications of a state. @param {State} state @param {Geometry} found @returns {Triple[]} */
export function multiplications(state, found) {
  const size = [state.kernel.length, state.kernel[0].length];
  const entries = cells(size);
  return cells(found.outputSize).flatMap((place) =>
    entries.map((entry) => ({
      place,
      entry,
      met: meets(state, place, entry),
      weight: state.flip ? [size[0] - 1 - entry[0], size[1] - 1 - entry[1]] : entry,
    })),
  );
}

/** Pick the multiplications that a cell in focus takes part in. @param {State} state @param {Result} result @param {Focus} focus @returns {Triple[]} */
export function belonging(state, result, { kind, row, column }) {
  const number = (/** @type {number[]} */ [r, c], /** @type {number} */ columns) => r * columns + c;
  /** @type {Record<string, (triple: Triple) => boolean>} */
  const takesPart = {
    output: ({ place }) => place[0] === row && place[1] === column,
    input: ({ met }) => met[0] === row && met[1] === column,
    kernel: ({ entry }) => entry[0] === row && entry[1] === column,
    matrix: ({ place, met }) => {
      const at = inputBelow(result, state.input, met);
      return at !== null && number(place, result.outputSize[1]) === row && number(at, state.input[0].length) === column;
    },
    im2col: ({ place, entry }) =>
      number(place, result.outputSize[1]) === row && number(entry, state.kernel[0].length) === column,
  };
  return result.triples.filter(takesPart[kind]);
}
