// Turns the frames of a figure into steps: one at a time, moved by buttons, a slider or keys.
// Without this script all frames stand below each other, as they do on paper.

/** @param {HTMLElement} figure */
function enhance(figure) {
  const frames = [...figure.querySelectorAll(":scope > .conv-frame")];
  const bar = document.createElement("div");
  bar.className = "conv-bar";
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: "1", max: String(frames.length), value: "1" });
  slider.setAttribute("aria-label", "Step");
  const status = document.createElement("output");
  const [back, next] = ["Back", "Next"].map((name) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: name, className: "md-button" });
    return button;
  });
  bar.append(back, slider, next, status);

  const show = (/** @type {number} */ number) => {
    slider.value = String(number);
    for (const [index, frame] of frames.entries()) frame.classList.toggle("conv-hidden", index !== number - 1);
    status.textContent = `${number} of ${frames.length}`;
    slider.setAttribute("aria-valuetext", `step ${number} of ${frames.length}`);
    back.disabled = number === 1;
    next.disabled = number === frames.length;
  };
  slider.addEventListener("input", () => show(Number(slider.value)));
  back.addEventListener("click", () => show(Number(slider.value) - 1));
  next.addEventListener("click", () => show(Number(slider.value) + 1));
  frames.at(-1)?.after(bar);
  figure.classList.add("conv-stepping");
  show(1);
}

function enhanceAll() {
  for (const figure of document.querySelectorAll(".conv-steps:not(.conv-stepping)")) {
    enhance(/** @type {HTMLElement} */ (figure));
  }
}

enhanceAll();
// Material's instant navigation replaces the page without loading it anew.
/** @type {any} */ (window).document$?.subscribe(enhanceAll);
