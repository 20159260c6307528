// What a photograph's figure gets to be taken hold of: fields, presets, switches, canvases.

import { button, element, list, parse, step, stepper } from "../element.js";
import { KERNELS } from "../facts.js";
import { drag, walk } from "./follow.js";

/** @typedef {import("./photo.js").ConvPhoto} Photo */

const [LEAST, MOST] = [0.001, 99]; // the smallest divisor, and the largest entry

/** Build all parts into the still figure; return those that change. @param {Photo} photo */
export function build(photo) {
  const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (photo.querySelector(name));
  const canvas = (/** @type {string} */ name) => /** @type {HTMLCanvasElement} */ (element("canvas", { class: name }));
  const stage = find(".cp-stage");
  stage.removeAttribute("role");
  stage.removeAttribute("aria-label");
  const [input, inset, output] = ["input", "inset", "output"].map(() => canvas("cp-shown"));
  output.role = "img";
  const attributes = { class: "conv-control cp-zoom", "aria-label": "Enlarge around the window" };
  const zoom = button("+", () => photo.enlarge(!photo.enlarged), attributes);
  const window = element("button", { type: "button", class: "cp-window" });
  find(".cp-window").replaceWith(window);
  window.before(input);
  window.after(element("span", { class: "cp-inset" }, inset), zoom);
  find(".cp-ring").before(output);
  walk(photo, window);
  for (const view of [find(".cp-input .cp-view"), find(".cp-output .cp-view")]) drag(photo, view);
  const ghost = Array.from({ length: 9 }, () => element("span"));
  const title = element("div", { class: "cp-ghost", "aria-hidden": "true" }, ...ghost);
  const grid = find(".cp-grid");
  const note = find(".cp-kernel > .cp-title > span");
  const fields = [...grid.querySelectorAll("span")].map((span, at) => field(photo, span, at));
  grid.before(title);
  let chosen = fields[4];
  chosen.classList.add("cp-chosen");
  for (const one of fields) {
    one.addEventListener("focus", () => {
      chosen.classList.remove("cp-chosen");
      chosen = one;
      chosen.classList.add("cp-chosen");
    });
  }
  grid.after(stepper(() => chosen));
  const flip = either("Operation", ["as it is ⋆", "flipped ∗"], (second) => photo.flip(second));
  const tone = either("Output", ["grey", "signed"], (second) => {
    photo.chosen = second;
    photo.paint();
  });
  const choose = () =>
    import("./own.js").then(
      (own) => own.choose(photo),
      () => photo.say("What reads pictures could not be loaded; try again."),
    );
  const own = button("Your picture", choose);
  const message = element("p", { class: "cp-message", role: "status" });
  const legend = element("p", { class: "cp-legend" });
  find(".cp-bar").append(flip.made, own, message, legend, tone.made);
  const products = [...find(".cp-products").children];
  const mark = presets(photo, find(".cp-presets"));
  const figure = find("figure");
  return {
    figure,
    window,
    input,
    inset,
    zoom,
    output,
    fields,
    ghost,
    note,
    mark,
    flip,
    tone,
    own,
    message,
    legend,
    products,
  };
}

/** Put a field in the place of a number of the kernel; the tenth is its divisor. @param {Photo} photo @param {Element} span @param {number} at */
function field(photo, span, at) {
  const label = at === 9 ? "Divisor" : `Kernel, row ${Math.floor(at / 3)}, column ${at % 3}`;
  const attributes = { inputmode: "text", enterkeyhint: "done", autocomplete: "off", "aria-label": label };
  const made = /** @type {HTMLInputElement} */ (element("input", { type: "text", ...attributes }));
  span.replaceWith(made);
  let before = "";
  made.addEventListener("focus", () => {
    before = made.value;
    made.select();
  });
  made.addEventListener("blur", () => photo.compute()); // what is no number gives way to the last one
  made.addEventListener("input", () => {
    const value = parse(made.value, MOST);
    const taken = value <= MOST && (at < 9 || value >= LEAST);
    made.ariaInvalid = String(!taken);
    const allowed = at < 9 ? `from −${MOST} to ${MOST}` : `from ${LEAST} to ${MOST}`;
    photo.enter(at, taken ? value : parse(before, MOST));
    const begun = /^[-−+.]*$/.test(made.value.trim()); // and not wrong yet
    photo.say(taken || begun ? "" : `“${made.value.slice(0, 12)}” is no number ${allowed}: ${before} stays.`);
  });
  made.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (by) step(made, (value) => value + by);
    if (by) event.preventDefault();
    if (event.key === "Enter") made.blur();
  });
  return made;
}

/** Kernels to choose from; returns what marks the one that is laid on. @param {Photo} photo @param {HTMLElement} place @returns {(name: string) => void} */
function presets(photo, place) {
  const names = [...Object.keys(KERNELS), "own"];
  if (photo.hasAttribute("small")) {
    const options = names.map((name) => /** @type {[string, string]} */ ([name, name]));
    const select = list(options, { "aria-label": "Kernel" }, (name) => photo.choose(name));
    place.append(select);
    return (name) => {
      select.value = name;
    };
  }
  const chips = names.map((name) => {
    const chip = button(name, () => photo.choose(name));
    return /** @type {HTMLButtonElement} */ (Object.assign(chip, { disabled: name === "own" }));
  });
  place.append(...chips);
  return (name) => {
    for (const chip of chips) chip.ariaPressed = String(chip.textContent === name);
    const own = chips[names.length - 1];
    own.disabled &&= name !== "own"; // lights up when an entry is changed
    const chosen = chips[names.indexOf(name)];
    const first = chosen.previousElementSibling ?? chosen; // on a phone they stand in one row
    place.scrollLeft = /** @type {HTMLElement} */ (first).offsetLeft - place.offsetLeft;
  };
}

/** A switch between two; returns it, and what sets it. @param {string} name @param {string[]} texts @param {(second: boolean) => void} take */
function either(name, texts, take) {
  const buttons = texts.map((text, at) => button(text, () => take(at === 1)));
  const set = (/** @type {boolean} */ second) => {
    for (const [at, one] of buttons.entries()) one.ariaPressed = String(second === (at === 1));
  };
  return { made: element("div", { class: "cp-either", role: "group", "aria-label": name }, ...buttons), set };
}

/** Turn the kernel by half a turn before the reader's eyes; its numbers stay upright. @param {HTMLInputElement[]} fields */
export function turn(fields) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const motion = (/** @type {number} */ from) => ({ rotate: [`${from}deg`, "0deg"] });
  const upright = [...fields.slice(0, 9), /** @type {HTMLElement} */ (fields[9].parentElement)];
  for (const one of upright) one.animate(motion(180), { duration: 250, easing: "ease" });
  fields[0].parentElement?.animate(motion(-180), { duration: 250, easing: "ease" });
}
