// The state in the address of the page: readable, versioned, and never trusted.

import { LIMITS, VERSION } from "../facts.js";
import { MODES, normalise } from "./state.js";

/** @typedef {import("./state.js").State} State */

const OPERATIONS = ["correlate", "convolve"];

/** @param {State} state @returns {string} */
export function encode(state) {
  const padding = typeof state.padding === "string" ? state.padding : state.padding.flat().join(",");
  return [
    `v=${VERSION}`,
    `input=${write(state.input)}`,
    `kernel=${write(state.kernel)}`,
    `padding=${padding}`,
    `stride=${state.stride.join(",")}`,
    `dilation=${state.dilation.join(",")}`,
    `op=${OPERATIONS[Number(state.flip)]}`,
    `at=${state.at.join(",")}`,
  ].join("&");
}

/** @param {number[][]} rows */
function write(rows) {
  return `${rows.length}x${rows[0].length}:${rows.flat().join(",")}`;
}

/**
 * Read an address's parameters; what is not understood is left out and named.
 * @param {string} text
 * @returns {{ state: State, notes: string[] }}
 */
export function decode(text) {
  const parameters = new URLSearchParams(text.slice(0, 8000));
  /** @type {string[]} */
  const notes = text.length > 8000 ? ["the address is too long, and was cut"] : [];
  /** @type {any} */
  const partial = {};
  const version = parameters.get("v");
  if (version !== null && version !== VERSION) {
    return { ...normalise({}), notes: [`version ${shorten(version)} is not known; this is version ${VERSION}`] };
  }
  for (const name of new Set(parameters.keys())) {
    const value = String(parameters.get(name));
    const read = READERS[name];
    if (name === "v") continue;
    if (!read) {
      notes.push(`${shorten(name)} is not known`);
      continue;
    }
    const found = read(value);
    if (found === undefined) notes.push(`${name} cannot be read from ${shorten(value)}: the example's is here`);
    else partial[name === "op" ? "flip" : name] = found;
  }
  const checked = normalise(partial);
  return { state: checked.state, notes: [...notes, ...checked.notes] };
}

/** @param {string} text */
function shorten(text) {
  return `“${text.length > 20 ? `${text.slice(0, 20)}…` : text}”`;
}

/** @param {string} text @returns {number[] | undefined} */
function list(text) {
  const numbers = text.split(",").map((part) => (/^-?\d+(\.\d+)?(e-?\d+)?$/.test(part) ? Number(part) : NaN));
  return numbers.every(Number.isFinite) ? numbers : undefined;
}

/** @param {string} text @param {number} most */
function table(text, most) {
  const [, rows, columns, rest] = /^(\d{1,2})x(\d{1,2}):(.*)$/.exec(text) ?? [];
  const numbers = rest === undefined ? undefined : list(rest);
  const [r, c] = [Number(rows), Number(columns)];
  if (!numbers || r < 1 || c < 1 || r > most || c > most || numbers.length !== r * c) return undefined;
  return Array.from({ length: r }, (_, row) => numbers.slice(row * c, (row + 1) * c));
}

/** @type {Record<string, (text: string) => unknown>} */
const READERS = Object.assign(Object.create(null), {
  input: (/** @type {string} */ text) => table(text, LIMITS.input),
  kernel: (/** @type {string} */ text) => table(text, LIMITS.kernel),
  padding: (/** @type {string} */ text) => {
    if (MODES.includes(text)) return text;
    const numbers = list(text);
    return numbers?.length === 4 ? [numbers.slice(0, 2), numbers.slice(2)] : undefined;
  },
  stride: list,
  dilation: list,
  at: list,
  op: (/** @type {string} */ text) => (OPERATIONS.includes(text) ? text === OPERATIONS[1] : undefined),
});
