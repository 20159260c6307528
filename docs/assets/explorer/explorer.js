// <conv-explorer>: one convolution, every view of it, in the reader's hands.

import { element } from "../element.js";
import { decode, encode } from "./address.js";
import { belonging, compute, misfit, scatter } from "./arithmetic.js";
import { build, follow } from "./build.js";
import { explain, lines, lit, marked, pointed, reveal } from "./focus.js";
import { read, readCell, show } from "./form.js";
import { program } from "./programs.js";
import { normalise, START } from "./state.js";
import { canvas, cellAt, fill, PAINTED, paint, table } from "./tables.js";
import { views } from "./views.js";

/** @typedef {import("./state.js").State} State */

const PAUSE = 600; // milliseconds from one position to the next
const NARROW = matchMedia("(max-width: 60em)"); // as in explorer.css
const LEGEND = " Shade and dot tell an entry's place in the kernel; dashed zeros are padding.";
const MOST_CELLS = 2500; // of a table; larger matrices are painted

export class ConvExplorer extends HTMLElement {
  /** @type {State} */ current = START;
  result = compute(START);
  /** @type {import("./views.js").View[]} */ all = [];
  /** @type {Map<string, { made: HTMLElement, shape: string }>} */ shown = new Map();
  said = "";
  timer = 0;
  leaving = new AbortController(); // from the page
  /** @type {ReturnType<typeof build>} */ ui = /** @type {any} */ (null);

  connectedCallback() {
    if (this.hasAttribute("address")) this.begin(); // a small one waits for near.js
  }

  begin() {
    if (this.ui) return;
    const [{ top }, height] = [this.getBoundingClientRect(), document.documentElement.scrollHeight];
    const still = this.hasAttribute("address") ? this.children : this.querySelectorAll(".conv-panels");
    for (const one of still) /** @type {HTMLElement} */ (one).hidden = true;
    this.querySelector("figcaption")?.append(LEGEND);
    this.ui = build(this);
    for (const type of ["pointerover", "focusin", "click"]) this.ui.root.addEventListener(type, (e) => this.point(e));
    this.ui.root.addEventListener("pointerleave", () => this.look("output", ...this.current.at));
    this.ui.root.addEventListener("change", (event) => this.changed(/** @type {HTMLInputElement} */ (event.target)));
    this.address();
    const { signal } = this.leaving;
    NARROW.addEventListener("change", () => this.show(this.current), { signal });
    if (this.hasAttribute("address")) {
      addEventListener("popstate", () => this.address(), { signal });
      document.addEventListener("click", (event) => follow(this, event), { capture: true, signal });
    }
    this.dataset.ready = "";
    // Who reads on below it, as after a link to the next heading, stays there.
    if (top < 0) scrollBy({ top: document.documentElement.scrollHeight - height, behavior: "instant" });
  }

  disconnectedCallback() {
    this.pause();
    this.leaving.abort();
  }

  /** Show what the address says, or what the page begins with. */
  address() {
    const own = this.hasAttribute("address") && location.search;
    const { state, notes } = decode(own ? location.search.slice(1) : (this.getAttribute("state") ?? ""));
    this.pause();
    this.show(state, notes.join("; "));
  }

  get state() {
    return structuredClone(this.current);
  }

  set state(partial) {
    const { state, notes } = normalise({ ...this.current, ...partial });
    this.show(state, notes.join("; "));
  }

  /** Show a state: fields, slider, grids, sentence and program are one. @param {State} state @param {string} [message] */
  show(state, message = "") {
    this.current = state;
    this.result = compute(state);
    const { outputSize: size, pads } = this.result;
    this.ui.message.textContent = [message, misfit(state)].filter(Boolean).join(" ");
    this.ui.formula.style.setProperty("--lines", String(lines(state, NARROW.matches)));
    this.ui.range.max = String(Math.max(0, size[0] * size[1] - 1));
    show(this.ui.root, state, pads);
    this.render();
    this.write();
    const [row, column] = state.at.map((place, axis) => Math.min(place, Math.max(0, size[axis] - 1)));
    this.move(row * size[1] + column, false);
    if (size.includes(0)) this.look("input", 0, 0);
  }

  render() {
    const form = NARROW.matches ? "narrow" : this.hasAttribute("address") ? "large" : "small";
    this.all = views(this.current, this.result, form === "narrow" ? 9 : 20);
    for (const view of this.all) {
      const place = this.querySelector(`[data-place="${view.name}"]`);
      if (!place) continue;
      const large = view.rows * view.columns > MOST_CELLS;
      const shape = JSON.stringify([form, large, view]);
      if (this.shown.get(view.name)?.shape !== shape) {
        const made = large ? canvas(view, (...at) => this.look(view.name, ...at)) : table(view, form);
        place.replaceChildren(made);
        this.shown.set(view.name, { made, shape });
      }
      const detail = element("small", {}, (large ? PAINTED : view.detail) ?? "");
      this.querySelector(`[data-title="${view.name}"]`)?.replaceChildren(view.title, detail);
      this.fill(view);
    }
  }

  /** @param {import("./views.js").View} view */
  fill(view) {
    const made = this.shown.get(view.name)?.made;
    if (made && !(made instanceof HTMLCanvasElement)) fill(made, view, this.current.kernel);
  }

  write() {
    this.ui.code.textContent = program(this.current, this.ui.library.value);
  }

  /** Light up what belongs to a cell, and say it. @param {string} kind @param {number} row @param {number} column */
  look(kind, row, column) {
    for (const cell of this.querySelectorAll(".lit, .focused")) cell.classList.remove("lit", "focused");
    const triples = belonging(this.current, this.result, { kind, row, column });
    const sets = lit(this.current, this.result, triples);
    for (const view of this.all) {
      const made = this.shown.get(view.name)?.made;
      if (made instanceof HTMLCanvasElement) paint(made, view, this.current.kernel.flat().length, sets[view.name]);
      else if (made) for (const key of sets[view.name]) cellAt(made, ...key.split(","))?.classList.add("lit");
      if (made && view.name === kind) cellAt(made, row, column)?.classList.add("focused");
    }
    const text = explain(this.current, this.result, { kind, row, column }, triples).join("\n");
    if (this.said !== text) this.ui.formula.replaceChildren(...marked(text));
    this.said = text;
  }

  /** @param {Event} event */
  point(event) {
    const at = pointed(event, this.result);
    if (at?.number !== undefined) this.move(at.number);
    else if (at) this.look(at.kind, at.row, at.column);
  }

  /** Go to an output by its number. @param {number} number @param {boolean} [told] whether the address says so */
  move(number, told = true) {
    const columns = this.result.outputSize[1] || 1;
    const [row, column] = [Math.floor(number / columns), number % columns];
    this.current.at = [row, column];
    Object.assign(this.ui.range, { value: String(number), ariaValueText: `output row ${row}, column ${column}` });
    this.ui.where.textContent = `row ${row}, column ${column}`;
    this.result.scatter = scatter(this.current, this.result);
    this.fill(this.all[this.all.length - 1]); // the only view that depends on the place
    this.look("output", row, column);
    reveal(this);
    if (told && this.hasAttribute("address")) history.replaceState(history.state, "", `?${encode(this.current)}`);
  }

  /** @param {HTMLInputElement} field */
  changed(field) {
    const cell = field.closest("td");
    if (!cell && !field.name) return;
    const [state, { pads }] = [this.current, this.result];
    const next = cell ? readCell(field, cell, state, pads) : read(this.ui.root, field, state);
    if (typeof next === "string") this.show(state, next);
    else this.change(next, field.value === "own" ? "Type the zeros of each side in the settings." : "");
  }

  /** @param {State} state @param {string} [message] */
  change(state, message) {
    this.pause();
    this.show(state, message);
    if (this.hasAttribute("address")) history.pushState(history.state, "", `?${encode(this.current)}`);
  }

  /** Go to the next output, or from the last to the first; say whether more follow. */
  step() {
    if (this.result.outputSize.includes(0)) return false;
    const [now, last] = [Number(this.ui.range.value), Number(this.ui.range.max)];
    this.move(now < last ? now + 1 : 0);
    return Number(this.ui.range.value) < last;
  }

  /** Go on to the last output; where motion is not wanted, to the next one. */
  play() {
    if (!this.step() || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.ui.player.textContent = "Pause";
    this.timer = window.setInterval(() => this.step() || this.pause(), PAUSE);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    if (this.ui) this.ui.player.textContent = "Play";
  }
}

customElements.define("conv-explorer", ConvExplorer);
