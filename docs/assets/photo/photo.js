// <conv-photo>: a photograph, nine numbers, and what they make of it, in the reader's hands.

import { element, write } from "../element.js";
import { KERNELS, SIGNED_LIMIT } from "../facts.js";
import { build, turn } from "./build.js";
import { correlate, paint, piece, read, rows } from "./picture.js";
import { about, noise, products, range } from "./words.js";

/** @typedef {import("./picture.js").Picture} Picture */

const AROUND = [5, 5]; // rows and columns in the inset
const CROP = [18, 16]; // and in the picture when it is enlarged

export class ConvPhoto extends HTMLElement {
  kernelName = "own";
  /** @type {number[]} as they are before a flip */ entries = [];
  divisor = 1;
  flipped = false;
  own = { entries: Array(9).fill(0), divisor: 1 }; // the reader's kernel, once there is one
  /** @type {boolean | null} the reader's choice of the scale, if there is one */ chosen = null;
  at = [0, 0];
  enlarged = false;
  corner = [0, 0]; // of what is seen of the input
  /** @type {Picture} */ portrait = { width: 0, height: 0, values: new Float64Array() };
  picture = this.portrait;
  result = this.portrait;
  schemes = new MutationObserver(() => this.paint());
  /** @type {ReturnType<typeof build>} */ ui = /** @type {any} */ (null);

  connectedCallback() {
    if (this.hasAttribute("hero")) this.begin();
  }

  disconnectedCallback() {
    this.schemes.disconnect();
  }

  async begin() {
    const image = /** @type {HTMLImageElement} */ (this.querySelector(".cp-input img"));
    if (!this.ui) await image.decode().catch(() => {});
    if (this.ui || !this.isConnected) return;
    try {
      this.portrait = this.picture = read(image);
    } catch {
      return; // a page that was opened as a file may not read its pictures: the figure stands still
    }
    this.ui = build(this);
    this.at = (this.getAttribute("at") ?? "0,0").split(",").map(Number);
    this.flipped = this.hasAttribute("flipped");
    const asked = this.hasAttribute("hero") && new URLSearchParams(location.search).get("kernel");
    if (asked) this.setAttribute("noise", ""); // who asks comes from the page that explains it
    this.choose(asked && Object.hasOwn(KERNELS, asked) ? asked : (this.getAttribute("kernel") ?? "identity"));
    this.schemes.observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
    this.dataset.ready = "";
  }

  /** Per cent, row by row. */
  get input() {
    return rows(this.picture);
  }

  /** The weights as they are applied. */
  get kernel() {
    const weights = this.applied.map((entry) => entry / this.divisor);
    return [0, 3, 6].map((at) => weights.slice(at, at + 3));
  }

  get output() {
    return rows(this.result);
  }

  get applied() {
    return this.flipped ? this.entries.toReversed() : this.entries;
  }

  /** The sum of the entries. */
  get total() {
    return this.entries.reduce((sum, entry) => sum + entry, 0);
  }

  /** Without a choice, a kernel whose entries cancel, or add up to less, has the scale of signs. */
  get signed() {
    return this.chosen ?? this.total < 1e-9;
  }

  /** Rows and columns of what is seen of the input. */
  get seen() {
    return this.enlarged ? CROP : [this.picture.height, this.picture.width];
  }

  /** Lay on a kernel by its name. @param {string} name */
  choose(name) {
    const { entries, divisor } = /** @type {Record<string, any>} */ ({ ...KERNELS, own: this.own })[name];
    Object.assign(this, { kernelName: name, entries: entries.flat(), divisor, chosen: null });
    this.say("");
    this.compute();
  }

  /** Change an entry as it is applied, or, as the tenth, the divisor. @param {number} at @param {number} value */
  enter(at, value) {
    this.kernelName = "own";
    if (at === 9) this.divisor = value;
    else this.entries = this.entries.with(this.flipped ? 8 - at : at, value);
    const same = (/** @type {{ entries: number[][], divisor: number }} */ one) =>
      String(one.entries) === String(this.entries) && one.divisor === this.divisor;
    if (!Object.values(KERNELS).some(same)) this.own = { entries: this.entries, divisor: this.divisor };
    this.compute();
  }

  /** @param {boolean} flipped */
  flip(flipped) {
    if (flipped !== this.flipped) turn(this.ui.fields);
    this.flipped = flipped;
    this.say("");
    this.compute();
  }

  /** Take another picture of the same size, or the portrait again. @param {Picture} [picture] */
  show(picture = this.portrait) {
    this.picture = picture;
    const portrait = picture === this.portrait;
    this.ui.own.textContent = portrait ? "Your picture" : "The portrait";
    this.say(portrait ? "" : "Your picture, in grey, scaled and cut to this size. It stays in your browser.");
    this.compute();
  }

  /** @param {boolean} enlarged */
  enlarge(enlarged) {
    this.enlarged = enlarged;
    this.say("");
    this.corner = this.seen.map((size, axis) => this.at[axis] + 1 - Math.floor(size / 2));
    this.ui.zoom.textContent = enlarged ? "−" : "+";
    this.ui.zoom.ariaLabel = enlarged ? "The whole picture" : "Enlarge around the window";
    this.toggleAttribute("data-enlarged", enlarged);
    this.move(...this.at);
  }

  compute() {
    const { fields, note, mark, flip, ghost } = this.ui;
    for (const [at, value] of [...this.applied, this.divisor].entries()) {
      if (this.kernelName === "own" && fields[at] === document.activeElement) continue;
      fields[at].value = write(value);
      fields[at].ariaInvalid = "false";
    }
    for (const [at, value] of this.entries.entries()) ghost[at].textContent = write(value, 3);
    if (this.hasAttribute("noise")) note.textContent = noise(this);
    mark(this.kernelName);
    flip.set(this.flipped);
    this.toggleAttribute("data-flipped", this.flipped);
    this.result = correlate(this.picture, this.applied, this.divisor);
    this.paint();
    this.move(...this.at);
  }

  paint() {
    const { output, tone, legend } = this.ui;
    paint(output, this.result, this.signed);
    output.ariaLabel = `Output of the kernel ${this.kernelName}${this.flipped ? ", flipped" : ""}`;
    tone.set(this.signed);
    const [least, most] = this.signed ? [`−${SIGNED_LIMIT}`, `+${SIGNED_LIMIT}`] : ["0", "100"];
    const bar = element("span", { class: this.signed ? "cp-scale cp-signed" : "cp-scale" }, this.signed ? "0" : "");
    legend.replaceChildren(least, bar, most, element("small", {}, range(this)));
  }

  /** Look at another place of the output, or at the nearest that there is. @param {number[]} to */
  move(...to) {
    const sizes = [this.result.height, this.result.width];
    this.at = sizes.map((size, axis) => Math.min(size - 1, Math.max(0, Math.round(to[axis]))));
    const [row, column] = this.at;
    // What is seen goes along only as far as the window would leave it.
    this.corner = this.seen.map((size, axis) => {
      const within = Math.min(this.at[axis], Math.max(this.at[axis] + 3 - size, this.corner[axis]));
      return Math.max(0, Math.min(sizes[axis] + 2 - size, within));
    });
    const [top, left] = this.corner;
    for (const [name, value] of Object.entries({ row, column, top, left })) {
      this.ui.figure.style.setProperty(`--${name}`, String(value));
    }
    this.toggleAttribute("data-low", row > sizes[0] / 2 && column < sizes[1] / 2); // the inset makes room
    this.ui.window.ariaLabel = `Window from row ${row}, column ${column} on. Arrow keys move it`;
    paint(this.ui.input, piece(this.picture, this.corner, this.seen), false);
    paint(this.ui.inset, piece(this.picture, [row - 1, column - 1], AROUND), false);
    products(this);
  }

  get sum() {
    return write(this.result.values[this.at[0] * this.result.width + this.at[1]], 3);
  }

  /** Say something in the line that is kept for it, and otherwise what the kernel does. @param {string} text */
  say(text) {
    this.ui.message.textContent = text || about(this);
  }
}

customElements.define("conv-photo", ConvPhoto);
