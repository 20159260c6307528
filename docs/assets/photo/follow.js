// The window follows pointers and keys.

import { ARROWS, write } from "../element.js";

/** @typedef {import("./photo.js").ConvPhoto} Photo */

const PAUSE = 300; // milliseconds after the last key until the sum is said
const SURE = 8; // pixels after which a finger does not scroll the page, but drags

/** Move the window to where a pointer is pressed or dragged; a finger that goes up or down scrolls the page. @param {Photo} photo @param {HTMLElement} view of the input or the output */
export function drag(photo, view) {
  const input = view.closest(".cp-input") !== null;
  const place = (/** @type {PointerEvent} */ { clientX, clientY }) => {
    const box = view.getBoundingClientRect();
    const [height, width] = input ? photo.seen : [photo.picture.height, photo.picture.width];
    const [top, left] = input ? photo.corner : [0, 0];
    const inside = (/** @type {number} */ share, /** @type {number} */ size) =>
      Math.min(size - 1, Math.max(0, Math.floor(share * size)));
    const row = inside((clientY - box.top) / box.height, height);
    return [top + row, left + inside((clientX - box.left) / box.width, width)];
  };
  /** @type {PointerEvent | null} */ let tap = null; // a finger that has not decided yet
  const follow = (/** @type {PointerEvent} */ event) => {
    photo.ui.window.focus({ preventScroll: true });
    photo.say("");
    const to = place(event).map((at) => at - 1);
    const [corner, seen] = [photo.corner, photo.seen]; // enlarged, the window stays in what is seen
    photo.move(
      ...to.map((at, axis) => (input ? Math.min(corner[axis] + seen[axis] - 3, Math.max(corner[axis], at)) : at)),
    );
  };
  view.addEventListener("pointerdown", (event) => {
    if (event.button || /** @type {Element} */ (event.target).closest(".cp-zoom")) return;
    view.setPointerCapture(event.pointerId);
    const grasped = /** @type {Element} */ (event.target).closest(".cp-window");
    if (event.pointerType === "touch" && !grasped) tap = event;
    else follow(event);
    event.preventDefault();
  });
  view.addEventListener("pointerup", (event) => {
    if (tap && Math.abs(event.clientY - tap.clientY) < SURE) follow(event);
    tap = null;
  });
  view.addEventListener("pointercancel", () => {
    tap = null;
  });
  view.addEventListener("pointermove", (event) => {
    const across = Math.abs(event.clientX - (tap?.clientX ?? 0));
    if (tap && (across < SURE || across < Math.abs(event.clientY - tap.clientY))) return;
    tap = null;
    if (view.hasPointerCapture(event.pointerId)) follow(event);
    else if (input && photo.enlarged) {
      const [row, column] = place(event);
      photo.say(
        `Input, row ${row}, column ${column}: ${write(photo.picture.values[row * photo.picture.width + column])}`,
      );
    }
  });
}

/** Move the window by keys, and say the sum when they rest. @param {Photo} photo @param {HTMLElement} window */
export function walk(photo, window) {
  let timer = 0;
  window.addEventListener("focus", () => {
    photo.dataset.touched = ""; // it pulses once
  });
  window.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return; // these are the browser's
    const [row, column] = photo.at;
    const by = event.shiftKey ? 10 : 1;
    const [down, across] = ARROWS[event.key] ?? [0, 0];
    if (event.key === "Escape" && photo.enlarged) photo.enlarge(false);
    else if (event.key === "Home") photo.move(row, 0);
    else if (event.key === "End") photo.move(row, photo.result.width);
    else if (event.key in ARROWS) photo.move(row + by * down, column + by * across);
    else return;
    event.preventDefault();
    photo.say("");
    clearTimeout(timer);
    timer = setTimeout(() => photo.say(`Output, row ${photo.at[0]}, column ${photo.at[1]}: ${photo.sum}`), PAUSE);
  });
}
