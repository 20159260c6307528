// What belongs to the cell in focus, and what it says in words.

import { element, write } from "../element.js";
import { inputBelow } from "./arithmetic.js";
import { rove } from "./tables.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./arithmetic.js").Result} Result
 * @typedef {import("./arithmetic.js").Focus} Focus
 * @typedef {import("./arithmetic.js").Triple} Triple
 */

/** Cells of each view that belong to a focus, as "row,column". @param {State} state @param {Result} result @param {Triple[]} triples */
export function lit({ input, kernel }, result, triples) {
  /** @type {Record<string, Set<string>>} */
  const sets = {};
  for (const name of ["input", "kernel", "output", "matrix", "im2col", "scatter"]) sets[name] = new Set();
  for (const { place, met, entry } of triples) {
    const number = place[0] * result.outputSize[1] + place[1];
    const at = inputBelow(result, input, met);
    sets.input.add(met.join());
    sets.kernel.add(entry.join());
    sets.output.add(place.join());
    sets.im2col.add(`${number},${entry[0] * kernel[0].length + entry[1]}`);
    if (at) sets.matrix.add(`${number},${at[0] * input[0].length + at[1]}`);
    if (at) sets.scatter.add(at.join());
  }
  return sets;
}

/** Scroll boxes, and not the page, to what is lit up in them. @param {Element} root */
export function reveal(root) {
  for (const box of root.querySelectorAll(".cx-scroll")) {
    const frame = box.getBoundingClientRect();
    const named = box.querySelector("tbody th")?.getBoundingClientRect().width ?? 0; // stays in sight
    const all = [...box.querySelectorAll(".lit")];
    for (const one of [all.at(-1), all[0]]) {
      if (!one) continue;
      const { top, right, bottom, left } = one.getBoundingClientRect();
      const across = Math.max(0, right - frame.right) + Math.min(0, left - frame.left - named);
      const down = Math.max(0, bottom - frame.bottom) + Math.min(0, top - frame.top);
      box.scrollBy(across, down);
    }
  }
}

const ZERO = "0\u0332"; // of the padding

/** A text, with zeros of the padding marked. @param {string} text */
export const marked = (text) => text.split(ZERO).flatMap((part, at) => (at ? [element("u", {}, "0"), part] : [part]));

/** Lines that are kept for a sum. @param {State} state @param {boolean} narrow */
export const lines = ({ kernel }, narrow) => Math.max(3, kernel.length * (narrow && kernel[0].length > 5 ? 2 : 1));

/** A factor in a product: brackets around what is below 0. @param {number} value */
const factor = (value) => (value < 0 ? `(${write(value)})` : write(value));

/** Say what a cell in focus has to do with the others, in lines. @param {State} state @param {Result} result @param {Focus} focus @param {Triple[]} triples @returns {string[]} */
export function explain({ input, kernel }, result, { kind, row, column }, triples) {
  const { padded, weights, output } = result;
  const pad = (/** @type {Triple} */ { met }) => !inputBelow(result, input, met);
  if (kind === "output" && output[row]?.[column] !== undefined) {
    const lines = kernel.map((_, line) =>
      triples
        .filter(({ entry }) => entry[0] === line)
        .map((one) => {
          const value = pad(one) ? ZERO : factor(padded[one.met[0]][one.met[1]]);
          return `${factor(weights[one.entry[0]][one.entry[1]])}·${value}`;
        })
        .join(" + "),
    );
    lines[0] = `y[${row}, ${column}] = ${lines[0]}`;
    lines[lines.length - 1] += ` = ${write(output[row][column])}`;
    return lines.map((line, at) => (at ? `+ ${line}` : line));
  }
  if (kind === "input") {
    const inside = inputBelow(result, input, [row, column]);
    const uses = triples.map(({ place, entry }) => `kernel [${entry.join(", ")}] for output [${place.join(", ")}]`);
    const what = inside ? `Input [${inside.join(", ")}]` : "This zero of the padding";
    if (!uses.length) return [`${what} is read by no window.`];
    return [`${what} is used ${times(uses.length)}: with ${uses.join("; with ")}.`];
  }
  if (kind === "kernel") return [`Kernel [${row}, ${column}] is used ${times(triples.length)}, once for each output.`];
  if (!triples.length)
    return kind === "matrix" ? ["A zero: this input is not under the kernel for this output."] : [""];
  const [{ place, met, entry }] = triples;
  const at = inputBelow(result, input, met);
  const what = at ? `input [${at.join(", ")}] = ${write(input[at[0]][at[1]])}` : "a zero of the padding";
  const weight = `kernel [${entry.join(", ")}] = ${write(weights[entry[0]][entry[1]])}`;
  return [`In y[${place.join(", ")}], ${weight} meets ${what}.`];
}

/** The cell that an event is about, and, where it moves the window, the number of its output. @param {Event} event @param {Result} result @returns {(Focus & { number?: number }) | null} */
export function pointed({ type, target: on }, { outputSize, pads }) {
  const cell = /** @type {HTMLElement} */ (on).closest("td[data-row]");
  const made = cell?.closest("table");
  if (!(cell instanceof HTMLElement) || !made) return null;
  const [row, column, kind] = [Number(cell.dataset.row), Number(cell.dataset.column), String(made.dataset.view)];
  if (type !== "pointerover") rove(made, cell);
  if (type === "focusin" && on instanceof HTMLInputElement) on.select();
  if (kind === "scatter") return { kind: "input", row: row + pads[0][0], column: column + pads[1][0] };
  const moves = kind === "output" && type !== "pointerover";
  return { kind, row, column, ...(moves && { number: row * outputSize[1] + column }) };
}

/** @param {number} count */
function times(count) {
  return ["never", "once", "twice"][count] ?? `${count} times`;
}
