// Tables of numbers that the reader can walk through by keyboard, and a picture for the largest.

/**
 * @typedef {object} View what a table shows
 * @property {string} name
 * @property {string} title
 * @property {number} rows
 * @property {number} columns
 * @property {(row: number, column: number) => string} text
 * @property {(row: number, column: number) => string} [kind] classes of a cell
 * @property {(row: number, column: number) => string} [input] label of an editable cell, or ""
 * @property {(column: number) => string} [head] what stands above a column
 * @property {(row: number) => string} [tail] what stands behind a row
 */

/** Write a whole number in full, another in six digits. @param {number} value */
export function write(value) {
  const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(6));
  return String(rounded === 0 ? 0 : rounded).replace("-", "−");
}

/** @param {string} tag @param {Record<string, string>} [attributes] @param {(Node | string)[]} children */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** @param {View} view @returns {HTMLElement} */
export function table(view) {
  const indices = (/** @type {number} */ n) => Array.from({ length: n }, (_, at) => at);
  const head = element("tr", {}, element("td", { class: "cx-corner" }));
  for (const column of indices(view.columns)) {
    head.append(element("th", { scope: "col" }, view.head?.(column) ?? String(column)));
  }
  if (view.tail) head.append(element("th", { scope: "col" }, "output"));
  const body = element("tbody");
  for (const row of indices(view.rows)) {
    const line = element("tr", {}, element("th", { scope: "row" }, String(row)));
    for (const column of indices(view.columns)) {
      const cell = element("td", { "data-row": String(row), "data-column": String(column) });
      const label = view.input?.(row, column);
      if (label) cell.append(element("input", { "aria-label": label, inputmode: "numeric", tabindex: "-1", autocomplete: "off" }));
      else cell.tabIndex = -1;
      line.append(cell);
    }
    if (view.tail) line.append(element("td", { class: "cx-tail" }));
    body.append(line);
  }
  // By its class the theme's script knows that it is not to put the table into a box.
  const named = { class: "cx-table", "data-view": view.name, role: "grid", "aria-label": view.title };
  const made = element("table", named, element("thead", {}, head), body);
  const first = made.querySelector("td[data-row]");
  if (first) target(first).tabIndex = 0;
  made.addEventListener("keydown", (event) => walk(made, event));
  return made;
}

/** What takes the keyboard's focus in a cell. @param {Element} cell @returns {HTMLElement} */
export function target(cell) {
  return cell.querySelector("input") ?? /** @type {HTMLElement} */ (cell);
}

/** The cell at a place. @param {ParentNode} made @param {number} row @param {number} column */
export function cellAt(made, row, column) {
  return made.querySelector(`td[data-row="${row}"][data-column="${column}"]`);
}

/** @type {Record<string, [number, number]>} */
export const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** @param {HTMLElement} made @param {KeyboardEvent} event */
function walk(made, event) {
  const cell = /** @type {HTMLElement} */ (event.target).closest("td");
  const step = ARROWS[event.key];
  if (!cell || !step) return;
  const next = cellAt(made, Number(cell.dataset.row) + step[0], Number(cell.dataset.column) + step[1]);
  if (!next) return;
  event.preventDefault();
  rove(made, next);
  target(next).focus();
}

/** Make a cell the one that the tab key reaches. @param {HTMLElement} made @param {Element} cell */
export function rove(made, cell) {
  for (const other of made.querySelectorAll('[tabindex="0"]')) /** @type {HTMLElement} */ (other).tabIndex = -1;
  target(cell).tabIndex = 0;
}

/** Write the numbers of a view into its table. @param {HTMLElement} made @param {View} view */
export function fill(made, view) {
  made.setAttribute("aria-label", view.title);
  for (const cell of /** @type {NodeListOf<HTMLElement>} */ (made.querySelectorAll("td[data-row]"))) {
    const [row, column] = [Number(cell.dataset.row), Number(cell.dataset.column)];
    const text = view.text(row, column);
    const field = cell.querySelector("input");
    if (!field) cell.textContent = text;
    else if (field !== document.activeElement) field.value = text;
    cell.className = view.kind?.(row, column) ?? "";
  }
  if (view.head) made.querySelectorAll("thead th").forEach((th, at) => at < view.columns && (th.textContent = view.head?.(at) ?? ""));
  if (view.tail) made.querySelectorAll(".cx-tail").forEach((td, at) => (td.textContent = view.tail?.(at) ?? ""));
}

/** Paint a matrix that is too large for a table: a pixel for each cell, coloured by its weight. @param {View} view @param {(row: number, column: number) => number} weight @param {CSSStyleDeclaration} style */
export function paint(view, weight, style) {
  const made = /** @type {HTMLCanvasElement} */ (element("canvas", { width: String(view.columns), height: String(view.rows) }));
  const context = /** @type {CanvasRenderingContext2D} */ (made.getContext("2d", { willReadFrequently: true }));
  for (let n = 0; n < 9; n++) {
    context.fillStyle = style.getPropertyValue(`--conv-entry-${n}`);
    context.fillRect(n, 0, 1, 1);
  }
  const tints = new Uint32Array(context.getImageData(0, 0, 9, 1).data.buffer);
  const image = context.createImageData(view.columns, view.rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let at = 0; at < pixels.length; at++) {
    const number = weight(Math.floor(at / view.columns), at % view.columns);
    if (number >= 0) pixels[at] = tints[number % 9];
  }
  context.putImageData(image, 0, 0);
  return made;
}

/** Show a painted matrix, with the cells in focus on it. @param {HTMLCanvasElement} canvas @param {HTMLCanvasElement} painted @param {View} view @param {Set<string>} lit */
export function overlay(canvas, painted, view, lit) {
  const side = Math.max(3, Math.floor(640 / view.columns));
  Object.assign(canvas, { width: side * view.columns, height: side * view.rows });
  const context = canvas.getContext("2d");
  if (!context) return;
  context.imageSmoothingEnabled = false;
  context.drawImage(painted, 0, 0, canvas.width, canvas.height);
  context.fillStyle = getComputedStyle(canvas).getPropertyValue("--conv-focus");
  for (const key of lit) {
    const [row, column] = key.split(",").map(Number);
    context.fillRect(column * side, row * side, side, side);
  }
}
