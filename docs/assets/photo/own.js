// A picture of the reader's own. It is read in the browser, and goes nowhere.

import { canvas } from "./picture.js";

/** @typedef {import("./photo.js").ConvPhoto} Photo */

/** Let the reader choose a file and show it, or go back to the portrait. @param {Photo} photo */
export function choose(photo) {
  if (photo.picture !== photo.portrait) {
    photo.show();
    return;
  }
  const chooser = Object.assign(document.createElement("input"), { type: "file", accept: "image/*" });
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files ?? [];
    if (!file) return;
    try {
      photo.show(await reduced(file, photo.portrait.width, photo.portrait.height));
    } catch {
      photo.say(`${file.name} is no picture that this browser can read.`);
    }
  });
  chooser.click();
}

/** Read a file in grey, upright, cut to a ratio: each value is the mean of what it covers. @param {Blob} file @param {number} width @param {number} height */
async function reduced(file, width, height) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const fits = Math.min(bitmap.width / width, bitmap.height / height); // pixels for each value
  const side = Math.max(1, Math.min(8, Math.floor(fits))); // most of it is left to the means below
  const context = canvas(width * side, height * side);
  context.imageSmoothingQuality = "high";
  context.fillStyle = "white"; // below what is transparent
  context.fillRect(0, 0, width * side, height * side);
  const [left, top] = [(bitmap.width - fits * width) / 2, (bitmap.height - fits * height) / 2];
  context.drawImage(bitmap, left, top, fits * width, fits * height, 0, 0, width * side, height * side);
  const { data } = context.getImageData(0, 0, width * side, height * side);
  const values = new Float64Array(width * height);
  for (let at = 0; at < data.length; at += 4) {
    const [row, column] = [Math.floor(at / 4 / (width * side)), (at / 4) % (width * side)];
    const grey = (data[at] + data[at + 1] + data[at + 2]) / 3;
    values[Math.floor(row / side) * width + Math.floor(column / side)] += grey / side ** 2 / 2.55;
  }
  return { width, height, values: values.map(Math.round) };
}
