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
