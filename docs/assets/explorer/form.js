// The settings as fields: made once, filled from a state, and read back into one.

import { element, list, parse, write } from "../element.js";
import { LIMITS } from "../facts.js";
import { FILLS, grid, KERNELS } from "./state.js";

/** @typedef {import("./state.js").State} State */

/** @type {Record<string, [string, number, number]>} what a field counts, from, and to */
const NUMBERS = {
  kernelRows: ["kernel rows", 1, LIMITS.kernel],
  kernelColumns: ["kernel columns", 1, LIMITS.kernel],
  inputRows: ["input rows", 1, LIMITS.input],
  inputColumns: ["input columns", 1, LIMITS.input],
  strideDown: ["stride down", 1, LIMITS.stride],
  strideRight: ["stride right", 1, LIMITS.stride],
  dilationDown: ["dilation down", 1, LIMITS.dilation],
  dilationRight: ["dilation right", 1, LIMITS.dilation],
  top: ["zeros above", 0, LIMITS.pad],
  bottom: ["zeros below", 0, LIMITS.pad],
  left: ["zeros on the left", 0, LIMITS.pad],
  right: ["zeros on the right", 0, LIMITS.pad],
};

const SIDES = ["top", "bottom", "left", "right"];
const TYPED = "typed"; // what has no name

/** @param {string} name */
function number(name) {
  const [label, min, max] = NUMBERS[name];
  const range = { min: String(min), max: String(max), required: "" };
  return element("input", { class: "conv-control", type: "number", name, ...range, "aria-label": label });
}

/** @param {string} name @param {string} label @param {string[]} values */
function choice(name, label, values) {
  const options = values.map((value) => /** @type {[string, string]} */ ([value, value]));
  return list(options, { name, "aria-label": label });
}

/** Radio buttons in a row. @param {string} name @param {string} label @param {Record<string, string>} texts */
function segments(name, label, texts) {
  const group = crypto.randomUUID(); // several explorers stand on one page
  const all = Object.entries(texts).map(([value, text]) =>
    element(
      "label",
      { class: "conv-control" },
      element("input", { type: "radio", name: `${name}-${group}`, value, "data-name": name }),
      text,
    ),
  );
  return element(
    "div",
    { class: "cx-segments", role: "radiogroup", "aria-label": label, "data-control": name },
    ...all,
  );
}

/** @param {string} title @param {HTMLElement[]} fields */
const group = (title, ...fields) => element("div", { class: "cx-group" }, element("b", {}, title), ...fields);

/** Make the switches that stand above the grids, and the settings beside them. */
export function form() {
  const modes = { valid: "valid", same: "same", full: "full", own: "own" };
  const kernel = group(
    "Kernel",
    choice("named", "kernel", [...Object.keys(KERNELS), TYPED]),
    number("kernelRows"),
    number("kernelColumns"),
  );
  kernel.dataset.control = "kernel";
  return {
    switches: [
      segments("padding", "Padding", modes),
      segments("operation", "Operation", { no: "as it is ⋆", yes: "flipped ∗" }),
    ],
    kernel,
    settings: [
      group(
        "Input",
        choice("fill", "input", [TYPED, ...Object.keys(FILLS)]),
        number("inputRows"),
        number("inputColumns"),
      ),
      group("Stride down, right", number("strideDown"), number("strideRight")),
      group("Dilation down, right", number("dilationDown"), number("dilationRight")),
      group("Own padding: above, below, left, right", ...SIDES.map(number)),
    ],
  };
}

/** Show a state in the fields. @param {HTMLElement} root @param {State} state @param {import("./arithmetic.js").Pair[]} pads */
export function show(root, { input, kernel, padding, stride, dilation, flip }, pads) {
  const mode = typeof padding === "string" ? padding : "own";
  const named = Object.entries(KERNELS).find(([, one]) => JSON.stringify(one) === JSON.stringify(kernel));
  const sizes = [kernel.length, kernel[0].length, input.length, input[0].length];
  const values = [...sizes, ...stride, ...dilation, ...pads.flat()];
  for (const [at, name] of Object.keys(NUMBERS).entries()) {
    find(root, name).value = String(values[at]);
  }
  find(root, "named").value = named?.[0] ?? (kernel.flat().every((value) => value === 1) ? "ones" : TYPED);
  find(root, "fill").value = TYPED;
  for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll("[data-name]"))) {
    radio.checked = radio.value === (radio.dataset.name === "operation" ? (flip ? "yes" : "no") : mode);
  }
}

/** The state after a field was changed, or what is wrong with it. @param {HTMLElement} root @param {HTMLInputElement} field @param {State} state @returns {State | string} */
export function read(root, field, state) {
  const next = structuredClone(state);
  const count = (/** @type {string} */ name) => Number(find(root, name).value);
  const [top, bottom, left, right] = SIDES.map((side) => Math.min(count(side), LIMITS.pad));
  const [label, least, most] = NUMBERS[field.name] ?? ["", 0, 0];
  const value = Number(field.value);
  if (label && !(field.value !== "" && Number.isInteger(value) && value >= least && value <= most)) {
    return `${label} must be a whole number from ${least} to ${most}, not “${field.value || "nothing"}”.`;
  }
  next.input = resized(next.input, count("inputRows"), count("inputColumns"));
  next.kernel = resized(next.kernel, count("kernelRows"), count("kernelColumns"));
  next.stride = [count("strideDown"), count("strideRight")];
  next.dilation = [count("dilationDown"), count("dilationRight")];
  if (SIDES.includes(field.name) || field.value === "own") {
    next.padding = [
      [top, bottom],
      [left, right],
    ];
  } else if (field.dataset.name === "padding") next.padding = /** @type {State["padding"]} */ (field.value);
  if (field.name === "named" && field.value in KERNELS) next.kernel = structuredClone(KERNELS[field.value]);
  if (field.name === "fill" && field.value in FILLS)
    next.input = FILLS[field.value](next.input.length, next.input[0].length);
  if (field.dataset.name === "operation") next.flip = field.value === "yes";
  return next;
}

/** The state with a cell's new number, or what is wrong with that. @param {HTMLInputElement} field @param {HTMLTableCellElement} cell @param {State} state @param {import("./arithmetic.js").Pair[]} pads @returns {State | string} */
export function readCell(field, cell, state, [[top], [left]]) {
  const value = parse(field.value, LIMITS.value);
  if (Number.isNaN(value)) {
    return `A value is a number of at most ${write(LIMITS.value)}, not “${field.value}”: the last one stays.`;
  }
  const [next, row, column] = [structuredClone(state), Number(cell.dataset.row), Number(cell.dataset.column)];
  const { input, kernel, flip } = next;
  if (cell.closest("table")?.dataset.view === "input") input[row - top][column - left] = value;
  else if (!flip) kernel[row][column] = value;
  else kernel[kernel.length - 1 - row][kernel[0].length - 1 - column] = value; // it is shown as it is applied
  return next;
}

/** @param {HTMLElement} root @param {string} name @returns {HTMLInputElement} */
const find = (root, name) => /** @type {HTMLInputElement} */ (root.querySelector(`[name="${name}"]`));

/** Change a size; where all numbers are one it goes on, else zeros follow. @param {number[][]} old @param {number} rows @param {number} columns */
function resized(old, rows, columns) {
  const rest = old.flat().every((value) => value === old[0][0]) ? old[0][0] : 0;
  return grid(rows, columns, (row, column) => old[row]?.[column] ?? rest);
}
