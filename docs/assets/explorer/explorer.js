// <conv-explorer>: one convolution, every view of it, in the reader's hands.

import { belonging, compute, inputBelow, scatter } from "./arithmetic.js";
import { decode, encode } from "./address.js";
import { LIBRARIES, snippet } from "./snippets.js";
import { LIMITS } from "../facts.js";
import { FILLS, KERNELS, MODES, normalise, START } from "./state.js";
import { ARROWS, cellAt, element, fill, overlay, paint, rove, table, write } from "./views.js";

const PAUSE = 600; // milliseconds from one position to the next
const LONGEST = 5000; // what moves by itself stops after this time
const MOST_CELLS = 2500; // of a table; larger matrices are drawn

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./views.js").View} View */
/** @typedef {import("./arithmetic.js").Result} Result */
/** @typedef {{ made: HTMLElement, shape: string, scheme?: string, view?: View, painted?: HTMLCanvasElement }} Held */

/** @param {string} text */
const button = (text) => element("button", { type: "button", class: "md-button" }, text);
/** @param {string} text @param {HTMLElement} control */
const labelled = (text, control) => element("label", {}, element("span", {}, text), control);

class ConvExplorer extends HTMLElement {
  /** @type {State} */
  current = START;
  /** @type {Result} */
  result = compute(START);
  /** @type {View[]} */
  all = [];
  /** @type {number[][]} the weight in each cell of the kernel matrix, or -1 */
  which = [];
  /** @type {Map<string, Held>} */
  tables = new Map();
  /** @type {Set<Element>} */
  marks = new Set();
  timer = 0;
  seed = 1;
  root = element("div", { class: "cx" });
  form = /** @type {HTMLFormElement} */ (element("form", { class: "cx-controls" }));
  player = button("Play");
  range = /** @type {HTMLInputElement} */ (element("input", { type: "range", min: "0", value: "0" }));
  library = /** @type {HTMLSelectElement} */ (
    element("select", {}, ...Object.entries(LIBRARIES).map(([value, text]) => element("option", { value }, text)))
  );
  code = element("code");
  message = element("p", { class: "message", role: "status" });
  grids = element("div", { class: "cx-grids" });
  formula = element("output", { class: "formula", "aria-live": "polite" });
  matrices = element("div", { class: "cx-matrices" });

  /** A small one waits for near.js. */
  connectedCallback() {
    if (this.hasAttribute("address")) this.begin();
  }

  begin() {
    if (this.root.isConnected) return;
    const { top } = this.getBoundingClientRect();
    const page = document.documentElement;
    const height = page.scrollHeight;
    for (const child of this.children) /** @type {HTMLElement} */ (child).hidden = true;
    this.build();
    const own = this.hasAttribute("address");
    const given = own && location.search ? location.search.slice(1) : (this.getAttribute("state") ?? "");
    const { state, notes } = decode(given);
    this.show(state, notes.join("; "));
    // Who reads on below it, as after a link to the next heading, stays there.
    if (top < 0) scrollBy({ top: page.scrollHeight - height, behavior: "instant" });
    if (own) addEventListener("popstate", this.popped);
    this.dataset.ready = "";
  }

  disconnectedCallback() {
    this.pause();
    removeEventListener("popstate", this.popped);
  }

  popped = () => {
    const { state, notes } = decode(location.search.slice(1));
    this.show(state, notes.join("; "));
  };

  get state() {
    return structuredClone(this.current);
  }

  set state(partial) {
    const { state, notes } = normalise({ ...this.current, ...partial });
    this.show(state, notes.join("; "));
  }

  // The parts that stay

  build() {
    const number = (/** @type {string} */ name, /** @type {string} */ text, /** @type {number} */ least, /** @type {number} */ most) =>
      labelled(text, element("input", { type: "number", name, min: String(least), max: String(most), required: "" }));
    const choice = (/** @type {string} */ name, /** @type {string} */ text, /** @type {[string, string][]} */ options) =>
      labelled(text, element("select", { name }, ...options.map(([value, shown]) => element("option", { value }, shown))));
    const group = (/** @type {string} */ name, /** @type {HTMLElement[]} */ ...parts) =>
      element("fieldset", {}, element("legend", {}, name), ...parts);
    const same = (/** @type {string[]} */ names) => names.map((name) => /** @type {[string, string]} */ ([name, name]));
    this.form.append(
      group("Input", number("inputRows", "rows", 1, LIMITS.input), number("inputColumns", "columns", 1, LIMITS.input),
        choice("fill", "values", [["", "as they are"], ...same(Object.keys(FILLS))])),
      group("Kernel", number("kernelRows", "rows", 1, LIMITS.kernel), number("kernelColumns", "columns", 1, LIMITS.kernel),
        choice("named", "values", [["", "as they are"], ...same(Object.keys(KERNELS))])),
      group("Padding", choice("padding", "mode", [...same(MODES), ["numbers", "numbers"]]),
        number("top", "top", 0, LIMITS.pad), number("bottom", "bottom", 0, LIMITS.pad),
        number("left", "left", 0, LIMITS.pad), number("right", "right", 0, LIMITS.pad)),
      group("Stride", number("strideDown", "down", 1, LIMITS.stride), number("strideRight", "right", 1, LIMITS.stride)),
      group("Dilation", number("dilationDown", "down", 1, LIMITS.dilation), number("dilationRight", "right", 1, LIMITS.dilation)),
      group("Operation", choice("flip", "name", [["no", "cross-correlation"], ["yes", "convolution"]])),
    );
    this.form.addEventListener("change", (event) => this.changed(/** @type {HTMLInputElement} */ (event.target).name));
    this.form.addEventListener("submit", (event) => event.preventDefault());

    const step = button("Step");
    const reset = button("Reset");
    const link = button("Copy link");
    const copy = button("Copy as Python");
    this.player.addEventListener("click", () => (this.timer ? this.pause() : this.play()));
    step.addEventListener("click", () => this.step());
    reset.addEventListener("click", () => this.change(decode(this.getAttribute("state") ?? "").state));
    link.addEventListener("click", () => this.copy(this.link(), "The link"));
    copy.addEventListener("click", () => this.copy(this.code.textContent ?? "", "The program"));
    this.library.addEventListener("change", () => this.program());
    this.range.addEventListener("input", () => this.move(Number(this.range.value)));
    this.root.append(
      element("details", this.hasAttribute("small") ? {} : { open: "" }, element("summary", {}, "Settings"), this.form),
      element("div", { class: "cx-bar" }, this.player, step, labelled("Position", this.range), reset),
      this.message,
      this.grids,
      this.formula,
      this.matrices,
      element("details", {}, element("summary", {}, "As a program, as a link"),
        element("div", { class: "cx-bar" }, labelled("Library", this.library), copy, link),
        element("pre", { tabindex: "0", "aria-label": "Program" }, this.code)),
    );
    this.root.addEventListener("pointerover", (event) => this.point(event));
    this.root.addEventListener("focusin", (event) => this.point(event));
    this.root.addEventListener("click", (event) => this.point(event));
    this.grids.addEventListener("change", (event) => this.edited(/** @type {HTMLInputElement} */ (event.target)));
    this.append(this.root);
  }

  // From the state to the page

  /** @param {State} state @param {string} [message] */
  show(state, message = "") {
    this.current = state;
    this.result = compute(state);
    const [rows, columns] = this.result.outputSize;
    const empty = rows * columns === 0;
    state.at = [Math.min(state.at[0], Math.max(0, rows - 1)), Math.min(state.at[1], Math.max(0, columns - 1))];
    const fits = empty ? `The kernel fits nowhere: the padded input has ${this.result.paddedSize.join(" by ")} values.` : "";
    this.message.textContent = [message, fits].filter(Boolean).join(" ");
    this.range.max = String(Math.max(0, rows * columns - 1));
    this.controls();
    this.render();
    this.program();
    this.focusOn(empty ? "input" : "output", ...state.at);
  }

  controls() {
    const { input, kernel, padding, stride, dilation, flip } = this.current;
    const [[top, bottom], [left, right]] = this.result.pads;
    const values = {
      inputRows: input.length, inputColumns: input[0].length, kernelRows: kernel.length, kernelColumns: kernel[0].length,
      fill: "", named: "", padding: typeof padding === "string" ? padding : "numbers", top, bottom, left, right,
      strideDown: stride[0], strideRight: stride[1], dilationDown: dilation[0], dilationRight: dilation[1], flip: flip ? "yes" : "no",
    };
    for (const [name, value] of Object.entries(values)) this.field(name).value = String(value);
    for (const name of ["top", "bottom", "left", "right"]) this.field(name).disabled = typeof padding === "string";
  }

  /** @param {string} name @returns {HTMLInputElement} */
  field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }

  /** @returns {View[]} */
  views() {
    const { input, kernel } = this.current;
    const { padded, output, matrix, patches, weights, outputSize } = this.result;
    const flat = weights.flat();
    const tint = (/** @type {number} */ n) => `cx-tint-${n % 9}`;
    const turned = (/** @type {number} */ n) => (this.current.flip ? flat.length - 1 - n : n);
    const below = (/** @type {number} */ row, /** @type {number} */ column) => inputBelow(this.result, input, [row, column]);
    const [[above, under], [left, right]] = this.result.pads;
    const padding = above + under + left + right
      ? `, in its padding ${padded.length} by ${padded[0].length}: ${above} above, ${under} below, ${left} left, ${right} right`
      : "";
    this.which = matrix.map((line) => line.map(() => -1)); // the weight in each cell of the matrix
    for (const { place, met, weight } of this.result.triples) {
      const at = below(met[0], met[1]);
      if (at) this.which[place[0] * outputSize[1] + place[1]][at[0] * input[0].length + at[1]] = weight[0] * kernel[0].length + weight[1];
    }
    const behind = (/** @type {number} */ row) => write(output.flat()[row]);
    return [
      { name: "input", title: `Input, ${input.length} by ${input[0].length}${padding}`, rows: padded.length, columns: padded[0].length,
        text: (row, column) => (below(row, column) ? String(padded[row][column]) : "0"),
        kind: (row, column) => (below(row, column) ? "cx-input" : "cx-padding"),
        input: (row, column) => (below(row, column) ? `input row ${row}, column ${column}` : "") },
      { name: "kernel", title: `Kernel, ${kernel.length} by ${kernel[0].length}`, rows: kernel.length, columns: kernel[0].length,
        text: (row, column) => String(kernel[row][column]),
        kind: (row, column) => tint(row * kernel[0].length + column),
        input: (row, column) => `kernel row ${row}, column ${column}` },
      { name: "output", title: `Output, ${outputSize[0]} by ${outputSize[1]}`, rows: outputSize[0], columns: outputSize[1],
        text: (row, column) => write(output[row][column]), kind: () => "cx-output" },
      { name: "matrix", title: `Kernel matrix, ${matrix.length} by ${input.flat().length}, with the flattened input above it`, rows: matrix.length, columns: input.flat().length,
        text: (row, column) => (this.which[row][column] < 0 ? "" : write(matrix[row][column])),
        kind: (row, column) => (this.which[row][column] < 0 ? "" : tint(this.which[row][column])),
        head: (column) => write(input.flat()[column]), tail: behind },
      { name: "im2col", title: `im2col, ${patches.length} by ${flat.length}, with the flattened kernel above it`, rows: patches.length, columns: flat.length,
        text: (row, column) => write(patches[row][column]), kind: (_, column) => tint(turned(column)),
        head: (column) => write(flat[column]), tail: behind },
      { name: "scatter", title: "The transposed matrix: the output in focus, laid back on its inputs", rows: input.length, columns: input[0].length,
        text: (row, column) => write(this.result.scatter[row][column]), kind: () => "cx-input" },
    ];
  }

  render() {
    this.all = this.views();
    for (const view of this.all) {
      const large = view.rows * view.columns > MOST_CELLS;
      const shape = `${large} ${view.rows} ${view.columns} ${view.name === "input" ? this.result.pads.join() : ""}`;
      let held = this.tables.get(view.name);
      if (held?.shape !== shape) {
        const made = large ? this.canvas(view) : table(view);
        if (held) held.made.replaceWith(made);
        else this.place(view, made);
        held = { shape, made };
        this.tables.set(view.name, held);
      }
      if (!large) fill(held.made, view);
      const title = this.root.querySelector(`[data-title="${view.name}"]`);
      if (title) title.textContent = view.title;
    }
  }

  /** @param {string} name */
  held(name) {
    return /** @type {Held} */ (this.tables.get(name));
  }

  /** @param {View} view @param {HTMLElement} made */
  place({ name, title }, made) {
    const frame = element("div", { class: "cx-scroll" }, made);
    if (["input", "kernel", "output"].includes(name)) {
      this.grids.append(element("div", { class: "cx-view" }, element("p", { class: "cx-title", "data-title": name }, title), frame));
      return;
    }
    const open = this.getAttribute("view") === name || !this.hasAttribute("small");
    this.matrices.append(element("details", open ? { open: "" } : {}, element("summary", { "data-title": name }, title), frame));
  }

  /** A picture in place of a table that would be too large; the same cells are in reach. @param {View} view */
  canvas({ name, title, rows, columns }) {
    const made = element("canvas", { "data-view": name, role: "img", tabindex: "0", "aria-label": title });
    const at = [0, 0];
    const go = (/** @type {number} */ row, /** @type {number} */ column) => {
      at[0] = Math.max(0, Math.min(rows - 1, row));
      at[1] = Math.max(0, Math.min(columns - 1, column));
      this.focusOn(name, at[0], at[1]);
    };
    made.addEventListener("pointermove", (event) => {
      const box = made.getBoundingClientRect();
      go(Math.floor(((event.clientY - box.top) / box.height) * rows), Math.floor(((event.clientX - box.left) / box.width) * columns));
    });
    made.addEventListener("keydown", (event) => {
      const step = ARROWS[event.key];
      if (!step) return;
      event.preventDefault();
      go(at[0] + step[0], at[1] + step[1]);
    });
    return made;
  }

  program() {
    this.code.textContent = snippet(this.current, this.library.value);
  }

  // What belongs together

  /** @param {string} kind @param {number} row @param {number} column */
  focusOn(kind, row, column) {
    for (const cell of this.marks) cell.classList.remove("lit", "focused");
    this.marks.clear();
    const triples = belonging(this.current, this.result, { kind, row, column });
    /** @type {Record<string, Set<string>>} */
    const lit = { input: new Set(), kernel: new Set(), output: new Set(), matrix: new Set(), im2col: new Set(), scatter: new Set() };
    for (const { place, met, entry, weight } of triples) {
      const number = place[0] * this.result.outputSize[1] + place[1];
      const at = inputBelow(this.result, this.current.input, met);
      lit.input.add(met.join());
      lit.kernel.add(weight.join());
      lit.output.add(place.join());
      lit.im2col.add(`${number},${entry[0] * this.current.kernel[0].length + entry[1]}`);
      if (at) lit.matrix.add(`${number},${at[0] * this.current.input[0].length + at[1]}`);
      if (at) lit.scatter.add(at.join());
    }
    const own = { weight: "kernel" }[kind] ?? kind;
    for (const view of this.all) {
      const held = this.held(view.name);
      const { made } = held;
      if (made instanceof HTMLCanvasElement) {
        const scheme = `${document.body.dataset.mdColorScheme}`;
        if (!held.painted || held.scheme !== scheme || held.view !== view) {
          const weight = (/** @type {number} */ r, /** @type {number} */ c) => (view.name === "matrix" ? this.which[r][c] : c);
          held.painted = paint(view, weight, getComputedStyle(made));
          Object.assign(held, { scheme, view });
        }
        overlay(made, held.painted, view, lit[view.name]);
        continue;
      }
      for (const key of lit[view.name]) this.mark(made, key, "lit");
      if (view.name === own) this.mark(made, `${row},${column}`, "focused");
    }
    this.explain(kind, row, column, triples);
  }

  /** @param {HTMLElement} made @param {string} key @param {string} name */
  mark(made, key, name) {
    const cell = cellAt(made, ...(/** @type {[number, number]} */ (key.split(",").map(Number))));
    if (!cell) return;
    cell.classList.add(name);
    this.marks.add(cell);
  }

  /** @param {string} kind @param {number} row @param {number} column @param {import("./arithmetic.js").Triple[]} triples */
  explain(kind, row, column, triples) {
    const { padded, weights, output } = this.result;
    const uses = triples.map(({ place, weight }) => `weight [${weight.join(", ")}] for output [${place.join(", ")}]`);
    let text = "";
    if (kind === "output" && output[row]) {
      const terms = triples.map(({ met, entry }) => `${write(weights[entry[0]][entry[1]])}·${write(padded[met[0]][met[1]])}`);
      text = `y[${row}, ${column}] = ${terms.join(" + ")} = ${write(output[row][column])}`;
    } else if (kind === "input") {
      const inside = inputBelow(this.result, this.current.input, [row, column]);
      text = `${inside ? `Input [${inside.join(", ")}]` : "This zero of the padding"} is used ${times(triples.length)}${uses.length ? `: with ${uses.join("; with ")}` : ""}.`;
    } else if (kind === "weight") {
      text = `Weight [${row}, ${column}] is used ${times(triples.length)}, once for each output.`;
    } else if (triples.length) {
      const [{ place, met, entry }] = triples;
      text = `In y[${place.join(", ")}] the weight ${write(weights[entry[0]][entry[1]])} meets ${write(padded[met[0]][met[1]])}.`;
    } else if (kind === "matrix") text = "A zero: this input is not under the kernel for this output.";
    if (this.formula.textContent !== text) this.formula.textContent = text;
  }

  /** @param {Event} event */
  point(event) {
    const on = /** @type {HTMLElement} */ (event.target);
    const cell = /** @type {HTMLElement | null} */ (on.closest("td[data-row]"));
    const held = cell?.closest("table");
    if (!cell || !held) return;
    const [row, column] = [Number(cell.dataset.row), Number(cell.dataset.column)];
    if (event.type !== "pointerover") rove(held, cell);
    if (event.type === "focusin" && on instanceof HTMLInputElement) on.select();
    const view = String(held.dataset.view);
    if (view === "output" && event.type !== "pointerover") this.move(row * this.result.outputSize[1] + column);
    else if (view === "scatter") this.focusOn("input", row + this.result.pads[0][0], column + this.result.pads[1][0]);
    else this.focusOn(view === "kernel" ? "weight" : view, row, column);
  }

  // From the reader to the state

  /** @param {string} name */
  changed(name) {
    if (!this.form.checkValidity()) {
      this.form.reportValidity();
      return;
    }
    const number = (/** @type {string} */ field) => Number(this.field(field).value);
    const next = this.state;
    const resized = (/** @type {number[][]} */ grid, /** @type {number} */ rows, /** @type {number} */ columns) =>
      Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => grid[r]?.[c] ?? 0));
    next.input = resized(next.input, number("inputRows"), number("inputColumns"));
    next.kernel = resized(next.kernel, number("kernelRows"), number("kernelColumns"));
    if (name === "fill" && this.field("fill").value) {
      next.input = FILLS[this.field("fill").value](next.input.length, next.input[0].length, this.seed++);
    }
    if (name === "named" && this.field("named").value) next.kernel = structuredClone(KERNELS[this.field("named").value]);
    const mode = this.field("padding").value;
    next.padding = mode === "numbers" ? [[number("top"), number("bottom")], [number("left"), number("right")]] : /** @type {any} */ (mode);
    if (mode === "numbers" && name === "padding") next.padding = /** @type {any} */ (this.result.pads.map((pads) => pads.map((p) => Math.min(p, LIMITS.pad))));
    next.stride = [number("strideDown"), number("strideRight")];
    next.dilation = [number("dilationDown"), number("dilationRight")];
    next.flip = this.field("flip").value === "yes";
    this.change(next);
  }

  /** @param {HTMLInputElement} field */
  edited(field) {
    const cell = /** @type {HTMLElement} */ (field.closest("td"));
    const held = cell.closest("table");
    const value = Number(field.value.replace("−", "-").replace(",", "."));
    const name = held?.dataset.view === "kernel" ? "kernel" : "input";
    const [top, left] = name === "input" ? this.result.pads.map((pads) => pads[0]) : [0, 0];
    const next = this.state;
    const valid = field.value.trim() !== "" && Number.isFinite(value) && Math.abs(value) <= LIMITS.value;
    if (valid) next[name][Number(cell.dataset.row) - top][Number(cell.dataset.column) - left] = value;
    this.change(next, valid ? "" : "A value is a number of at most a million.");
    field.value = String(next[name][Number(cell.dataset.row) - top][Number(cell.dataset.column) - left]);
  }

  /** @param {State} state @param {string} [message] */
  change(state, message = "") {
    this.pause();
    this.show(state, message);
    if (this.hasAttribute("address")) history.pushState(history.state, "", `?${encode(this.current)}`);
  }

  /** @param {number} number */
  move(number) {
    const columns = this.result.outputSize[1] || 1;
    this.current.at = [Math.floor(number / columns), number % columns];
    this.range.value = String(number);
    this.range.setAttribute("aria-valuetext", `output row ${this.current.at[0]}, column ${this.current.at[1]}`);
    this.result.scatter = scatter(this.current, this.result);
    fill(this.held("scatter").made, /** @type {View} */ (this.all.find(({ name }) => name === "scatter")));
    this.focusOn("output", ...this.current.at);
    if (this.hasAttribute("address")) history.replaceState(history.state, "", `?${encode(this.current)}`);
  }

  step() {
    const count = Number(this.range.max) + 1;
    this.move((Number(this.range.value) + 1) % count);
  }

  play() {
    this.player.textContent = "Pause";
    const started = performance.now();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.step();
    if (still) {
      this.pause();
      return;
    }
    this.timer = window.setInterval(() => {
      if (performance.now() - started > LONGEST - PAUSE) this.pause();
      else this.step();
    }, PAUSE);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    if (this.player) this.player.textContent = "Play";
  }

  link() {
    const page = this.hasAttribute("address") ? new URL(location.pathname, location.href) : new URL("../../../explorer/", import.meta.url);
    page.search = encode(this.current);
    return page.href;
  }

  /** @param {string} text @param {string} name */
  async copy(text, name) {
    try {
      await navigator.clipboard.writeText(text);
      this.message.textContent = `${name} is in the clipboard.`;
    } catch {
      this.message.textContent = `The browser does not let this page copy. ${name}: ${text}`;
    }
  }
}

/** @param {number} count */
function times(count) {
  return ["never", "once", "twice"][count] ?? `${count} times`;
}

customElements.define("conv-explorer", ConvExplorer);
