// Reads the explorer and begins with it when a reader comes near; until then its figure stands there.

const near = new IntersectionObserver(
  (seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      // If it cannot be read, as in a page opened as a file, the figure stays.
      import("./explorer.js").then(() => begin(target), () => {});
    }
  },
  { rootMargin: "1000px" },
);

function begin(/** @type {any} */ explorer) {
  // A reader may have gone on to another page meanwhile; what has left the page is not defined.
  if (explorer.isConnected) explorer.begin();
}

function watch() {
  for (const explorer of document.querySelectorAll("conv-explorer")) near.observe(explorer);
}

watch();
// Material's instant navigation replaces the page without loading it anew.
/** @type {any} */ (window).document$?.subscribe(watch);
