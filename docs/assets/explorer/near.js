// Reads the explorer when a reader comes near one; until then its figure stands there.

const near = new IntersectionObserver(
  (seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    near.disconnect();
    import("./explorer.js").catch(() => {}); // without it, as in a file, the figure stays
  },
  { rootMargin: "1000px" },
);

function watch() {
  for (const explorer of document.querySelectorAll("conv-explorer:not(:defined)")) near.observe(explorer);
}

watch();
// Material's instant navigation replaces the page without loading it anew.
/** @type {any} */ (window).document$?.subscribe(watch);
