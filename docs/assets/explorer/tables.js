// Tables of numbers that the reader can walk through by keyboard, and a picture for the largest.

import { ARROWS, element } from "../element.js";

/** @typedef {import("./views.js").View} View */

/** @param {number} count */
const indices = (count) => Array.from({ length: count }, (_, at) => at);

/** The colour of a kernel's entry: a step of its ramp. @param {number} entry @param {number} count */
export const step = (entry, count) => (count > 1 ? Math.round((8 * entry) / (count - 1)) : 4);

/** Pixels for a grid's cells, as explorer.css has them: on a page of its own, in the guide, and on a phone. */
const ROOM = {
  large: { input: 306, kernel: 172, output: 276 },
  small: { input: 234, kernel: 108, output: 210 },
  narrow: { input: 216, kernel: 118, output: 216 },
};
const LARGEST = { input: 40, kernel: 44, output: 40 };
export const PAINTED = "too large for numbers: point at a square; empty is 0";
const TALLEST = 8000; // pixels of a painted matrix
const SMALLEST = 16;
const TOUCHED = 24; // the least size of what a finger is to meet
const INDEXED = 17; // of a cell with numbers beside it
const DOTTED = 25; // and that has a dot

/** @param {View} view @param {keyof typeof ROOM} form @returns {HTMLElement} */
export function table(view, form) {
  const [rows, columns] = view.frame ?? [view.rows, view.columns];
  const [down, across] = view.offset ?? [0, 0];
  const [[top, left], counted] = [view.origin ?? [0, 0], view.counted ?? [view.rows, view.columns]];
  const matrix = view.head !== undefined;
  const head = element("tr", {}, element("td", { class: "cx-corner" }));
  for (const at of indices(columns)) head.append(named("col", matrix ? "?" : index(at - across - left, counted[1])));
  if (view.tail) head.append(element("th", { scope: "col" }, "output"));
  const body = element("tbody");
  for (const place of indices(rows)) {
    const row = place - down;
    const line = element("tr", {}, named("row", view.sides?.[row] ?? index(row - top, counted[0])));
    for (const at of indices(columns)) line.append(cell(view, row, at - across));
    if (view.tail) line.append(element("td", { class: "cx-tail" }));
    body.append(line);
  }
  // By its class the theme's script knows that it is not to put the table into a box.
  const attributes = { class: "cx-table", "data-view": view.name, role: "grid", "aria-label": view.title };
  const made = element("table", attributes, element("thead", {}, head), body);
  if (view.name in LARGEST) {
    const name = /** @type {keyof typeof LARGEST} */ (view.name);
    const fits = Math.floor(ROOM[form][name] / Math.max(rows, columns));
    const size = Math.max(form === "narrow" ? TOUCHED : SMALLEST, Math.min(LARGEST[name], fits));
    made.style.setProperty("--cell", `${size}px`);
    made.classList.toggle("cx-bare", size < INDEXED || form === "narrow");
    made.classList.toggle("cx-fine", size < DOTTED);
  }
  const first = made.querySelector("td[data-row]");
  if (first) target(first).tabIndex = 0;
  made.addEventListener("keydown", (event) => walk(made, event));
  return made;
}

/** @param {number} at @param {number} size */
const index = (at, size) => (at >= 0 && at < size ? String(at) : "");

/** A heading, or nothing beside cells that are only a frame's. @param {string} scope @param {string} text */
const named = (scope, text) => (text ? element("th", { scope }, text) : element("td", { class: "cx-corner" }));

/** @param {View} view @param {number} row @param {number} column */
function cell(view, row, column) {
  if (!index(row, view.rows) || !index(column, view.columns)) return element("td", { class: "cx-ghost" });
  const made = element("td", { "data-row": String(row), "data-column": String(column) });
  const label = view.input?.(row, column);
  const field = {
    "aria-label": String(label),
    inputmode: "text",
    enterkeyhint: "done",
    tabindex: "-1",
    autocomplete: "off",
  };
  if (label) made.append(element("input", field));
  else made.tabIndex = -1;
  return made;
}

/** What takes the keyboard's focus in a cell. @param {Element} one @returns {HTMLElement} */
export function target(one) {
  return one.querySelector("input") ?? /** @type {HTMLElement} */ (one);
}

/** The cell at a place. @param {ParentNode} made @param {(number | string)[]} place */
export function cellAt(made, ...[row, column]) {
  return made.querySelector(`td[data-row="${row}"][data-column="${column}"]`);
}

/** Arrow keys go to the next cell, but for those that move the caret in a text. @param {HTMLElement} made @param {KeyboardEvent} event */
function walk(made, event) {
  const from = /** @type {HTMLElement} */ (event.target).closest("td");
  const by = ARROWS[event.key];
  const field = from?.querySelector("input");
  if (event.key === "Enter" && field) {
    field.blur(); // which takes what stands in it, or puts the last number back
    field.focus();
  }
  if (!from || !by) return;
  if (field && by[1] && !leaves(field, by[1])) return;
  const next = cellAt(made, Number(from.dataset.row) + by[0], Number(from.dataset.column) + by[1]);
  if (!next) return;
  event.preventDefault();
  rove(made, next);
  target(next).focus();
}

/** Say whether an arrow leads out of a text: all of it is selected, or the caret is at that end. @param {HTMLInputElement} field @param {number} by */
function leaves({ value, selectionStart: start, selectionEnd: end }, by) {
  return (start === 0 && end === value.length) || (start === end && start === (by < 0 ? 0 : value.length));
}

/** Make a cell the one that the tab key reaches. @param {HTMLElement} made @param {Element} one */
export function rove(made, one) {
  for (const other of made.querySelectorAll('[tabindex="0"]')) /** @type {HTMLElement} */ (other).tabIndex = -1;
  target(one).tabIndex = 0;
}

/** Write a view into its table. @param {HTMLElement} made @param {View} view @param {number[][]} kernel */
export function fill(made, view, kernel) {
  const size = [kernel.length, kernel[0].length];
  made.setAttribute("aria-label", view.title);
  for (const one of /** @type {NodeListOf<HTMLElement>} */ (made.querySelectorAll("td[data-row]"))) {
    const [row, column] = [Number(one.dataset.row), Number(one.dataset.column)];
    const text = view.text(row, column);
    const field = one.querySelector("input");
    if (!field) one.textContent = text;
    else if (field !== document.activeElement) field.value = text;
    one.className = view.kind?.(row, column) ?? "";
    one.classList.toggle("cx-long", text.length > 3 && !field);
    const entry = view.entry?.(row, column) ?? -1;
    if (entry < 0) continue;
    one.className = `cx-entry conv-entry-${step(entry, size[0] * size[1])}`;
    const place = [
      Math.floor(entry / size[1]) / Math.max(1, size[0] - 1),
      (entry % size[1]) / Math.max(1, size[1] - 1),
    ];
    one.style.setProperty("--down", String(place[0]));
    one.style.setProperty("--across", String(place[1]));
  }
  if (view.head)
    made
      .querySelectorAll("thead th")
      .forEach((th, at) => void (at < view.columns && th.replaceChildren(view.head?.(at) ?? "")));
  if (view.tail) made.querySelectorAll(".cx-tail").forEach((td, at) => void td.replaceChildren(view.tail?.(at) ?? ""));
}

/** A picture in place of a table that would be too large, in which the same cells are in reach. @param {View} view @param {(row: number, column: number) => void} look */
export function canvas({ name, title, rows, columns }, look) {
  const made = element("canvas", { "data-view": name, role: "img", tabindex: "0", "aria-label": title });
  let [row, column] = [0, 0];
  const go = (/** @type {number[]} */ ...to) => {
    [row, column] = [rows, columns].map((size, axis) => Math.max(0, Math.min(size - 1, to[axis])));
    look(row, column);
  };
  made.addEventListener("pointermove", ({ clientX, clientY }) => {
    const box = made.getBoundingClientRect();
    go(Math.floor(((clientY - box.top) / box.height) * rows), Math.floor(((clientX - box.left) / box.width) * columns));
  });
  made.addEventListener("keydown", (event) => {
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    go(row + by[0], column + by[1]);
  });
  return made;
}

/** Paint a matrix, a square for each cell, with those in focus. @param {HTMLCanvasElement} made @param {View} view @param {number} count @param {Set<string>} lit */
export function paint(made, view, count, lit) {
  const side = Math.max(3, Math.floor(640 / view.columns));
  const high = Math.min(side, TALLEST / view.rows); // browsers paint no canvas that is much taller
  Object.assign(made, { width: side * view.columns, height: Math.ceil(high * view.rows) });
  const context = /** @type {CanvasRenderingContext2D} */ (made.getContext("2d"));
  const style = getComputedStyle(made);
  for (const row of indices(view.rows)) {
    for (const column of indices(view.columns)) {
      const entry = view.entry?.(row, column) ?? -1;
      const colour = lit.has(`${row},${column}`) ? "focus" : `entry-${step(entry, count)}`;
      if (entry < 0 && colour !== "focus") continue;
      context.fillStyle = style.getPropertyValue(`--conv-${colour}`);
      context.fillRect(column * side, row * high, side, Math.max(1, high));
    }
  }
}
