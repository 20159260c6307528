// What the site's own elements have in common: making HTML, and writing numbers.

/**
 * Make an element.
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Write a whole number in full, another in so many digits, with a true minus sign. @param {number} value @param {number} [digits] */
export function write(value, digits = 6) {
  const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(digits));
  return String(rounded === 0 ? 0 : rounded).replace("-", "−");
}

/** Read a number that somebody wrote; NaN if it is none, or too far from 0. @param {string} text @param {number} most */
export function parse(text, most) {
  const plain = text.trim().replace("−", "-");
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
  return Math.abs(value) <= most ? value : Number.NaN;
}

/** @type {Record<string, [number, number]>} rows and columns that an arrow key moves by */
export const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** A button. @param {string} text @param {() => void} act @param {Record<string, string>} [attributes] */
export function button(text, act, attributes) {
  const made = element("button", { type: "button", class: "conv-control", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}

/** A list to choose from. @param {[string, string][]} options value and text @param {Record<string, string>} attributes @param {(value: string) => void} [act] */
export function list(options, attributes, act) {
  const all = options.map(([value, text]) => element("option", { value }, text));
  const made = /** @type {HTMLSelectElement} */ (element("select", { class: "conv-control", ...attributes }, ...all));
  if (act) made.addEventListener("change", () => act(made.value));
  return made;
}

/** Buttons that change the number in a field, as the keypads of phones have no minus. @param {() => HTMLInputElement | null} chosen */
export function stepper(chosen) {
  /** @type {[string, string, (value: number) => number][]} */
  const actions = [
    ["−", "One less", (value) => value - 1],
    ["+", "One more", (value) => value + 1],
    ["±", "Other sign", (value) => -value],
  ];
  const change = (/** @type {(value: number) => number} */ by) => {
    const field = chosen();
    if (field) step(field, by);
  };
  const buttons = actions.map(([text, label, by]) => button(text, () => change(by), { "aria-label": label }));
  return element("div", { class: "conv-stepper" }, ...buttons);
}

/** Change the number in a field as if it had been typed. @param {HTMLInputElement} field @param {(value: number) => number} by */
export function step(field, by) {
  field.value = write(by(parse(field.value, Number.MAX_VALUE) || 0));
  for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
}
