// <conv-slide>: a drawing in which something takes one position after another, in the reader's hands.
// All that it shows is drawn already (conv/figures/slide.py): here it is moved, shown and hidden.

import { ARROWS, button, element } from "../element.js";

const [GLIDE, DWELL] = [220, 300]; // milliseconds from place to place, as in slide.css, and at a place
const SETTLED = 600; // after the last change, until it is said
const SURE = 8; // pixels after which a finger does not scroll the page, but drags
const NARROW = matchMedia("(max-width: 44.98em)"); // as in slide.css
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export class ConvSlide extends HTMLElement {
  at = 0;
  chosen = 0; // the stage that a narrow page shows
  timer = 0;
  saying = 0;
  /** @type {HTMLElement[]} */ stages = [];
  leaving = new AbortController(); // from the page
  /** @type {{ player: HTMLElement, range: HTMLInputElement, status: HTMLElement, heard: HTMLElement, choices: HTMLElement[], segment: HTMLElement }} */
  ui = /** @type {any} */ (null);

  begin() {
    if (this.ui) return;
    this.stages = [...this.querySelectorAll(".cs-one")].map((one) => /** @type {HTMLElement} */ (one));
    this.at = Number(this.stages[0].dataset.at);
    const player = button("Play", () => this.play(), { class: "md-button cs-play" });
    const [back, next] = [
      ["‹", "Back", -1],
      ["›", "Next", 1],
    ].map(([text, label, by]) =>
      button(String(text), () => this.step(Number(by)), { class: "md-button", "aria-label": String(label) }),
    );
    const range = /** @type {HTMLInputElement} */ (
      element("input", { type: "range", min: "0", "aria-label": "Position" })
    );
    range.addEventListener("input", () => this.stop(Number(range.value)));
    const choices = this.stages.length > 1 ? this.stages.map((_, at) => this.choice(at)) : [];
    const segment = element("div", { role: "group", "aria-label": "Mode" }, ...choices);
    const status = element("span", { class: "cs-status" });
    const heard = element("p", { class: "cs-heard", role: "status" });
    this.ui = { player, range, status, heard, choices, segment };
    const bar = /** @type {HTMLElement} */ (this.querySelector(".cs-bar"));
    bar.addEventListener("keydown", (event) => this.key(event));
    bar.append(segment, player, back, next, status, range, heard);
    if (this.querySelector(".cs-signal")) this.drag(this.stages[0]);
    const { signal } = this.leaving;
    const before = this.stages.map((stage) => stage.innerHTML);
    matchMedia("print").addEventListener("change", ({ matches }) => matches && this.reset(before), { signal });
    NARROW.addEventListener("change", () => this.tell(), { signal });
    STILL.addEventListener("change", () => this.pause(), { signal });
    this.pause();
    this.choose(0);
    this.dataset.ready = "";
  }

  disconnectedCallback() {
    this.pause();
    clearTimeout(this.saying);
    this.leaving.abort();
  }

  /** The stages that are seen: all, or on a narrow page one. */
  get seen() {
    return NARROW.matches ? [this.stages[this.chosen]] : this.stages;
  }

  /** How many positions the longest of them has. */
  get count() {
    return Math.max(...this.seen.map((stage) => Number(stage.dataset.count)));
  }

  /** Go to a position; a stage that has fewer waits at its last. @param {number} at */
  go(at) {
    this.at = Math.max(0, Math.min(at, this.count - 1));
    this.dataset.moved = "";
    for (const stage of this.stages) {
      show(stage, this.at);
      /** @type {Element} */ (stage.querySelector(".cs-note")).textContent = told(stage, this.at);
    }
    this.tell();
    clearTimeout(this.saying);
    this.saying = setTimeout(() => {
      this.ui.heard.textContent = this.seen.map((stage) => heard(stage, this.at)).join("; ");
    }, SETTLED);
  }

  /** Write where it is into the bar. */
  tell() {
    const { count } = this;
    this.ui.segment.hidden = this.stages.length === 1 || !NARROW.matches;
    this.at = Math.min(this.at, count - 1);
    const text = this.stages.length > 1 ? `${this.at + 1} of ${count}` : place(this.stages[0], this.at);
    Object.assign(this.ui.range, { max: String(count - 1), value: String(this.at), ariaValueText: text });
    this.ui.status.textContent = text;
  }

  /** Stop playing, and go to a position. @param {number} at */
  stop(at) {
    this.pause();
    this.go(at);
  }

  /** @param {number} by */
  step(by) {
    this.stop(this.at + by);
  }

  /** Go on to the last position, or from it to the first; where motion is not wanted, by one. */
  play() {
    if (this.timer) {
      this.pause();
      return;
    }
    const begun = this.hasAttribute("data-moved");
    this.go(this.at === this.count - 1 ? 0 : this.at + Number(begun));
    if (STILL.matches) return;
    this.ui.player.textContent = "Pause";
    const on = () => {
      this.go(this.at + 1);
      if (this.at === this.count - 1) this.pause();
    };
    this.timer = window.setInterval(on, GLIDE + Number(this.stages[0].dataset.dwell ?? DWELL));
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    if (this.ui) this.ui.player.textContent = STILL.matches ? "Step" : "Play";
  }

  /** Show a stage where there is room for one. @param {number} chosen */
  choose(chosen) {
    this.pause();
    this.chosen = chosen;
    for (const [at, stage] of this.stages.entries()) stage.classList.toggle("cs-chosen", at === chosen);
    for (const [at, choice] of this.ui.choices.entries()) {
      choice.classList.toggle("md-button--primary", at === chosen);
      choice.ariaPressed = String(at === chosen);
    }
    this.tell();
  }

  /** @param {number} at */
  choice(at) {
    return button(this.stages[at].dataset.name ?? "", () => this.choose(at), { class: "md-button" });
  }

  /** Arrows move, and Space plays, wherever in the bar the focus is. @param {KeyboardEvent} event */
  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return; // these are the browser's
    if (event.key in ARROWS) this.step(["ArrowRight", "ArrowDown"].includes(event.key) ? 1 : -1);
    else if (event.key === " " && event.target === this.ui.range) this.play();
    else return;
    event.preventDefault();
  }

  /** Let a pointer take the drawing to the moment that it is above. @param {HTMLElement} stage */
  drag(stage) {
    const plot = /** @type {Element} */ (stage.querySelector(".cs-signal > line"));
    const follow = (/** @type {PointerEvent | MouseEvent} */ { clientX }) => {
      const { left, width } = plot.getBoundingClientRect();
      this.stop(Math.floor(((clientX - left) / width) * this.count));
    };
    let from = 0;
    stage.addEventListener("pointerdown", ({ pointerId, clientX }) => {
      stage.setPointerCapture(pointerId);
      from = clientX;
    });
    stage.addEventListener("pointermove", (event) => {
      if (stage.hasPointerCapture(event.pointerId) && Math.abs(event.clientX - from) > SURE) follow(event);
    });
    stage.addEventListener("click", follow); // and not pointerdown: with that a finger may scroll the page
  }

  /** Show the first frame again, as for paper. @param {string[]} before */
  reset(before) {
    this.pause();
    this.at = Number(this.stages[0].dataset.at);
    for (const [at, stage] of this.stages.entries()) stage.innerHTML = before[at];
    this.toggleAttribute("data-moved", this.stages.length === 1);
    this.tell();
  }
}

/** The position that a stage shows. @param {HTMLElement} stage @param {number} at */
function own(stage, at) {
  return Math.min(at, Number(stage.dataset.count) - 1);
}

/** Move, show and hide what a stage holds. @param {HTMLElement} stage @param {number} at */
function show(stage, at) {
  const { columns, step, at: first } = stage.dataset;
  const [now, then] = [own(stage, at), Number(first)].map((n) => [
    n % Number(columns),
    Math.floor(n / Number(columns)),
  ]);
  const [across, down] = [0, 1].map((axis) => `calc(${now[axis] - then[axis]} * ${step})`);
  for (const one of stage.querySelectorAll(".cs-move")) {
    /** @type {SVGElement} */ (one).style.transform = `translate(${across}, ${down})`;
  }
  for (const one of stage.querySelectorAll("[data-from], [data-at]")) {
    const { style, dataset } = /** @type {SVGElement} */ (one);
    const seen = dataset.at === undefined ? Number(dataset.from) <= own(stage, at) : Number(dataset.at) === at;
    style.visibility = seen ? "visible" : "hidden";
  }
}

/** Where a stage is, in words. @param {HTMLElement} stage @param {number} at */
function place(stage, at) {
  const { count, columns, name, symbol, places } = stage.dataset;
  const n = own(stage, at);
  if (places) return `${n + 1} of ${count}: ${places.split(" ")[n]}`;
  const where = name ? `row ${Math.floor(n / Number(columns))}, column ${n % Number(columns)}` : `${symbol} = ${n}`;
  return `${n + 1} of ${count}: ${where}`;
}

/** What stands below a stage. @param {HTMLElement} stage @param {number} at */
function told(stage, at) {
  const moment = stage.querySelector(`[data-at="${at}"][data-say]`);
  return moment?.getAttribute("data-say") ?? place(stage, at);
}

/** What a stage shows, for those who do not see it. @param {HTMLElement} stage @param {number} at */
function heard(stage, at) {
  const value = stage.querySelector(`[data-from="${own(stage, at)}"]`)?.textContent;
  const { name } = stage.dataset;
  return name && value ? `${name} ${place(stage, at)}, output ${value}` : `${name} ${told(stage, at)}`.trim();
}

customElements.define("conv-slide", ConvSlide);
