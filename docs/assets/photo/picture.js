// Pictures as arrays of per cent: read, cross-correlated, and painted.

import { SIGNED_LIMIT } from "../facts.js";

/** @typedef {{ width: number, height: number, values: Float64Array }} Picture */

/** Read what an image shows, in whole per cent of white. @param {HTMLImageElement} image @returns {Picture} */
export function read(image) {
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = canvas(width, height);
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const values = Float64Array.from({ length: width * height }, (_, at) => Math.round(data[4 * at] / 2.55));
  return { width, height, values };
}

/** @param {number} width @param {number} height */
export function canvas(width, height) {
  const made = Object.assign(document.createElement("canvas"), { width, height });
  return /** @type {CanvasRenderingContext2D} */ (made.getContext("2d", { willReadFrequently: true }));
}

/** Cross-correlate a picture with nine weights, where they lie wholly on it. @param {Picture} picture @param {number[]} weights @param {number} divisor @returns {Picture} */
export function correlate({ width, height, values }, weights, divisor) {
  const [rows, columns] = [height - 2, width - 2];
  const output = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let entry = 0; entry < 9; entry++) {
        const [down, across] = [Math.floor(entry / 3), entry % 3];
        sum += weights[entry] * values[(row + down) * width + column + across];
      }
      output[row * columns + column] = sum / divisor;
    }
  }
  return { width: columns, height: rows, values: output };
}

/** A piece of a picture; beyond its edges, black. @param {Picture} picture @param {number[]} corner @param {number[]} size @returns {Picture} */
export function piece(picture, [top, left], [height, width]) {
  const values = new Float64Array(height * width);
  for (let at = 0; at < values.length; at++) {
    const [row, column] = [top + Math.floor(at / width), left + (at % width)];
    const inside = row >= 0 && column >= 0 && row < picture.height && column < picture.width;
    if (inside) values[at] = picture.values[row * picture.width + column];
  }
  return { width, height, values };
}

/** The values of a picture, row by row. @param {Picture} picture @returns {number[][]} */
export function rows({ width, height, values }) {
  return Array.from({ length: height }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
}

/** The share of a picture's values that lie beyond what is shown. @param {Picture} picture @param {boolean} signed */
export function beyond({ values }, signed) {
  const [least, most] = signed ? [-SIGNED_LIMIT, SIGNED_LIMIT] : [0, 100];
  return values.reduce((sum, value) => sum + Number(value < least || value > most), 0) / values.length;
}

/** The colours of a scale, black to white or by sign, as the page's scheme has them. @param {boolean} signed @returns {number[][]} */
export function scale(signed) {
  if (!signed) return [0, 255].map((shade) => [shade, shade, shade]);
  const style = getComputedStyle(document.body);
  return [0, 1, 2, 3, 4].map((stop) => {
    const colour = style.getPropertyValue(`--conv-signed-${stop}`).trim();
    return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  });
}

/** Paint a picture on a canvas, a pixel for each value. @param {HTMLCanvasElement} target @param {Picture} picture @param {boolean} signed */
export function paint(target, { width, height, values }, signed) {
  const [stops, least, most] = [scale(signed), signed ? -SIGNED_LIMIT : 0, signed ? SIGNED_LIMIT : 100];
  const image = new ImageData(width, height);
  for (const [at, value] of values.entries()) {
    const share = Math.min(1, Math.max(0, (value - least) / (most - least))) * (stops.length - 1);
    const stop = Math.min(stops.length - 2, Math.floor(share));
    for (let channel = 0; channel < 3; channel++) {
      const [from, to] = [stops[stop][channel], stops[stop + 1][channel]];
      image.data[4 * at + channel] = from + (share - stop) * (to - from);
    }
    image.data[4 * at + 3] = 255;
  }
  Object.assign(target, { width, height });
  target.getContext("2d")?.putImageData(image, 0, 0);
}
