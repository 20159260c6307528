// The state of the explorer: one plain object, checked in one place.

import { LIMITS, KERNELS as PRESETS } from "../facts.js";

/**
 * @typedef {[number, number]} Pair rows and columns, or before and after
 * @typedef {number[][]} Grid rows of numbers
 * @typedef {"full" | "same" | "valid" | [Pair, Pair]} Padding
 * @typedef {object} State
 * @property {Grid} input
 * @property {Grid} kernel
 * @property {Padding} padding
 * @property {Pair} stride
 * @property {Pair} dilation
 * @property {boolean} flip convolution, not cross-correlation
 * @property {Pair} at the output in focus
 */

export const MODES = ["full", "same", "valid"];

/** @type {State} */
export const START = {
  input: [
    [1, 0, 2, 1, 0],
    [0, 3, 1, 0, 2],
    [2, 1, 0, 1, 1],
    [0, 1, 2, 0, 3],
    [1, 0, 1, 2, 0],
  ],
  kernel: [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ],
  padding: "valid",
  stride: [1, 1],
  dilation: [1, 1],
  flip: false,
  at: [0, 0],
};

/**
 * @param {number} rows
 * @param {number} columns
 * @param {(row: number, column: number) => number} value
 * @returns {Grid}
 */
export function grid(rows, columns, value) {
  return Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => value(row, column)));
}

/** Ways to fill an input, by name. @type {Record<string, (r: number, c: number) => Grid>} */
export const FILLS = {
  ramp: (rows, columns) => grid(rows, columns, (row, column) => row * columns + column),
  impulse: (rows, columns) =>
    grid(rows, columns, (row, column) => Number(row === rows >> 1 && column === columns >> 1)),
  checkerboard: (rows, columns) => grid(rows, columns, (row, column) => (row + column) % 2),
  random: (rows, columns) => grid(rows, columns, () => Math.floor(10 * Math.random())),
};

const { blur, ...others } = PRESETS;

/** Kernels by name, for cross-correlation, in whole numbers. @type {Record<string, Grid>} */
export const KERNELS = {
  "1 to 9": START.kernel,
  ones: blur.entries, // without its divisor
  ...Object.fromEntries(Object.entries(others).map(([name, { entries }]) => [name, entries])),
  "even, 2 by 2": [
    [1, 2],
    [3, 4],
  ],
};

/**
 * Complete and check a state; what is wrong is replaced by what the start has, and named.
 * @param {Partial<Record<keyof State, unknown>>} partial
 * @returns {{ state: State, notes: string[] }}
 */
export function normalise(partial) {
  /** @type {string[]} */
  const notes = [];
  /** @type {any} */
  const state = structuredClone(START);
  for (const [name, check] of Object.entries(CHECKS)) {
    const value = /** @type {any} */ (partial)[name];
    if (value === undefined) continue;
    if (check(value)) state[name] = structuredClone(value);
    else notes.push(`${name} is not what it should be: the example's is here`);
  }
  return { state, notes };
}

/** @param {unknown} value @param {number} least @param {number} most */
function whole(value, least, most) {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

/** @param {any} value @param {number} least @param {number} most */
function pair(value, least, most) {
  return Array.isArray(value) && value.length === 2 && value.every((v) => whole(v, least, most));
}

/** @param {any} value @param {number} most */
function numbers(value, most) {
  return (
    Array.isArray(value) &&
    whole(value.length, 1, most) &&
    value.every(
      (row) =>
        Array.isArray(row) &&
        row.length === value[0].length &&
        whole(row.length, 1, most) &&
        row.every((v) => typeof v === "number" && Math.abs(v) <= LIMITS.value),
    )
  );
}

/** @type {Record<keyof State, (value: any) => boolean>} */
const CHECKS = {
  input: (value) => numbers(value, LIMITS.input),
  kernel: (value) => numbers(value, LIMITS.kernel),
  padding: (value) =>
    MODES.includes(value) || (Array.isArray(value) && value.length === 2 && value.every((p) => pair(p, 0, LIMITS.pad))),
  stride: (value) => pair(value, 1, LIMITS.stride),
  dilation: (value) => pair(value, 1, LIMITS.dilation),
  flip: (value) => typeof value === "boolean",
  at: (value) => pair(value, 0, 1000),
};
