// What a photograph's figure says of its kernel and of its output.

import { element, parse, write } from "../element.js";
import { ABOUT } from "../facts.js";
import { beyond, piece } from "./picture.js";

/** @typedef {import("./photo.js").ConvPhoto} Photo */

const TURNED = "Half a turn: ∗, convolution in mathematics. Networks leave it out (⋆).";
const TURNED_SAME = "Half a turn does not change this kernel.";

const AROUND = ["upper left", "upper", "upper right", "left", "", "right", "lower left", "lower", "lower right"];
const WAYS = ["down and right", "down", "down and left", "right", "", "left", "up and right", "up", "up and left"];

/** What the kernel does. @param {Photo} photo */
export function about(photo) {
  const at = photo.applied.findIndex(Boolean);
  if (AROUND[at] && String(photo.applied) === String(Array(9).fill(0).with(at, photo.divisor)))
    return `Every pixel now shows its ${AROUND[at]} neighbour: the picture has moved ${WAYS[at]}.`;
  if (photo.flipped) return String(photo.entries) === String(photo.applied) ? TURNED_SAME : TURNED;
  const known = /** @type {Record<string, string>} */ (ABOUT)[photo.kernelName];
  if (known) return known;
  const sum = write(photo.total / photo.divisor, 3);
  const scale = photo.signed ? "signed" : "grey";
  const flat = sum === "1" ? "keep their brightness" : `are multiplied by it, so the output is ${scale}`;
  return `The kernel's sum is ${sum}: flat areas ${flat}.`;
}

/** The range of the output, and the share that lies beyond its scale. @param {Photo} photo */
export function range({ result, signed }) {
  const { values } = result;
  const [low, high] = [Math.min, Math.max].map((one) => values.reduce((a, b) => one(a, b)));
  const share = beyond(result, signed);
  return `from ${write(low, 3)} to ${write(high, 3)}${share ? `; ${write(100 * share, 2)} % of pixels beyond the scale` : ""}`;
}

/** By what the kernel multiplies white noise, and the height of an upright edge. @param {Photo} photo */
export function noise({ applied, divisor }) {
  const gain = Math.hypot(...applied) / divisor;
  const columns = [0, 1, 2].map((at) => applied[at] + applied[at + 3] + applied[at + 6]);
  const heights = [0, 1, 2, 3].map((end) => columns.slice(0, end).reduce((sum, column) => sum + column, 0));
  const edge = (Math.max(...heights) - Math.min(...heights)) / divisor;
  return `noise ${write(gain, 2)}, edge ${write(edge, 2)}`;
}

/** Write the nine products of the window, and their sum. @param {Photo} photo */
export function products(photo) {
  const { applied, divisor, ui } = photo;
  const window = piece(photo.picture, photo.at, [3, 3]).values;
  const [spans, last] = [ui.products.slice(0, 9), ui.products[9]];
  for (const [at, span] of spans.entries()) {
    span.replaceChildren(element("i", {}, write(applied[at], 3)), "·", element("u", {}, write(window[at])));
  }
  const sum = applied.reduce((total, entry, at) => total + entry * window[at], 0);
  const exact = Math.abs(parse(photo.sum, Number.MAX_VALUE) - sum / divisor) < 1e-9;
  const division = divisor === 1 ? "" : `${write(sum, 4)} ÷ ${write(divisor, 3)} ${exact ? "=" : "≈"} `;
  last.classList.toggle("cp-negative", sum / divisor < 0);
  last.replaceChildren(`= ${division}`, element("b", {}, photo.sum));
}
