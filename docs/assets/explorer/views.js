// What each table shows, from a state and its result. Pure: nothing here knows the page.

import { write } from "../element.js";
import { cells, inputBelow } from "./arithmetic.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Grid} Grid
 * @typedef {import("./arithmetic.js").Result} Result
 * @typedef {object} View what a table shows
 * @property {string} name
 * @property {string} title
 * @property {string} [detail] what stands below the title
 * @property {number} rows
 * @property {number} columns
 * @property {(row: number, column: number) => string} text
 * @property {(row: number, column: number) => string} [kind] classes of a cell
 * @property {(row: number, column: number) => number} [entry] of the kernel that a cell is or meets, or -1
 * @property {(row: number, column: number) => string} [input] label of an editable cell, or ""
 * @property {(column: number) => string} [head] what stands above a column
 * @property {(row: number) => string} [tail] what stands behind a row
 * @property {string[]} [sides] what stands before each row
 * @property {number[]} [origin] where their count begins
 * @property {number[]} [counted] numbered rows and columns
 * @property {number[]} [frame] rows and columns of a frame that does not change with the mode
 * @property {number[]} [offset] where the cells stand in it
 */

const MOST = 20; // columns of a frame

/** @param {State} state @param {Result} result @param {number} most columns of a frame @returns {View[]} */
export function views(state, result, most = MOST) {
  const { input, kernel, flip } = state;
  const { pads, padded, weights, output, outputSize, patches } = result;
  const size = [kernel.length, kernel[0].length];
  const [count, columns] = [size[0] * size[1], input[0].length];
  const own = (/** @type {number} */ entry) => (flip ? count - 1 - entry : entry);
  const below = (/** @type {number} */ row, /** @type {number} */ column) => inputBelow(result, input, [row, column]);
  const [[above, under], [left, right]] = pads;
  const around = `zeros: ${above} above, ${under} below, ${left} left, ${right} right`;
  const read = new Set(result.triples.map(({ met }) => met.join()));
  const which = entries(state, result);
  const flat = [input.flat(), weights.flat(), output.flat()];
  const tail = (/** @type {number} */ row) => write(flat[2][row]);
  const sides = cells(outputSize).map((place) => place.join(",\u00a0"));
  const padding = (/** @type {number} */ row, /** @type {number} */ column) =>
    !inputBelow(result, input, result.triples[row * count + column].met);
  const by = (/** @type {number[]} */ [rows, across]) => `${rows} by ${across}`;
  return [
    {
      ...{
        name: "input",
        title: `Input ${by([input.length, columns])}`,
        detail: above + under + left + right ? around : "",
      },
      ...{ rows: padded.length, columns: padded[0].length, ...frame(state, result, "input", most) },
      ...{ origin: [above, left], counted: [input.length, columns] },
      text: (row, column) => write(padded[row][column]),
      kind: (row, column) =>
        `${below(row, column) ? "cx-input" : "cx-padding"}${read.has(`${row},${column}`) ? "" : " cx-unread"}`,
      input: (row, column) => (below(row, column) ? `input row ${row - above}, column ${column - left}` : ""),
    },
    {
      ...{
        name: "kernel",
        title: `Kernel ${by(size)}`,
        detail: flip ? "flipped" : "",
        rows: size[0],
        columns: size[1],
      },
      text: (row, column) => write(weights[row][column]),
      entry: (row, column) => own(row * size[1] + column),
      input: (row, column) => `kernel row ${row}, column ${column}`,
    },
    {
      ...{ name: "output", title: patches.length ? `Output ${by(outputSize)}` : "No output" },
      ...{ rows: outputSize[0], columns: outputSize[1] },
      ...frame(state, result, "output", most),
      text: (row, column) => write(output[row][column]),
      kind: signs(output, "cx-output"),
    },
    {
      ...{
        name: "matrix",
        title: `Kernel matrix, ${by([which.length, flat[0].length])}`,
        detail: "a row for each output, below the flattened input",
      },
      ...{ rows: which.length, columns: flat[0].length, tail, sides },
      text: (row, column) => (which[row][column] < 0 ? "" : write(result.matrix[row][column])),
      entry: (row, column) => which[row][column],
      head: (column) => write(flat[0][column]),
    },
    {
      ...{ name: "im2col", title: `Patches (im2col), ${by([patches.length, count])}` },
      ...{ rows: patches.length, columns: count, tail, sides },
      detail: "a row for each output, below the flattened kernel",
      text: (row, column) => write(patches[row][column]),
      kind: (row, column) => (padding(row, column) ? "cx-padding" : ""),
      entry: (row, column) => (padding(row, column) ? -1 : own(column)),
      head: (column) => write(flat[1][column]),
    },
    {
      ...{
        name: "scatter",
        title: "The output in focus × each weight, on its input",
        detail: "all 0 where that output is 0",
      },
      ...{ rows: input.length, columns },
      // Asked for anew, as it changes from place to place.
      text: (row, column) => write(result.scatter[row][column]),
      kind: (row, column) => signs(result.scatter, "cx-input")(row, column),
    },
  ];
}

/** The entry of the kernel, as it stands in the state, in each cell of the matrix, or -1. @param {State} state @param {Result} result */
function entries({ input, kernel }, result) {
  const which = result.matrix.map((row) => row.map(() => -1));
  for (const { place, met, weight } of result.triples) {
    const at = inputBelow(result, input, met);
    const row = place[0] * result.outputSize[1] + place[1];
    if (at) which[row][at[0] * input[0].length + at[1]] = weight[0] * kernel[0].length + weight[1];
  }
  return which;
}

/** The frame that a grid has under `full`, in which it keeps its place whatever the mode is. @param {State} state @param {Result} result @param {"input" | "output"} name @param {number} most */
function frame({ input, kernel, stride, dilation }, { pads, outputSize }, name, most) {
  const reach = [dilation[0] * (kernel.length - 1), dilation[1] * (kernel[0].length - 1)];
  const before = reach.map((size, axis) => Math.max(size, pads[axis][0]));
  const after = reach.map((size, axis) => Math.max(size, pads[axis][1]));
  const whole = [input.length, input[0].length].map((size, axis) => before[axis] + size + after[axis]);
  if (whole[1] > most || whole[0] > most) return {};
  const offset = before.map((size, axis) => size - pads[axis][0]);
  if (name === "input") return { frame: whole, offset };
  const strided = stride.some((step) => step > 1);
  const room = whole.map((size, axis) => Math.max(outputSize[axis], size - reach[axis]));
  return { frame: room, offset: strided ? [0, 0] : offset };
}

/** Classes by sign and size, where numbers go below 0. @param {Grid} grid @param {string} otherwise */
function signs(grid, otherwise) {
  const all = grid.flat();
  if (!all.some((value) => value < 0)) return () => otherwise;
  const most = Math.max(...all.map(Math.abs));
  return (/** @type {number} */ row, /** @type {number} */ column) =>
    `conv-signed-${Math.round((2 * grid[row][column]) / most) + 2}`;
}
