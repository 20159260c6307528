// Reads the explorer, the photograph or a figure that moves, and begins with it, when a reader comes near.
// Until then its figure stands there; and if it cannot be read, as in a page opened as a file, it stays.

/** @type {Record<string, () => Promise<unknown>>} */
const SCRIPTS = {
  "conv-explorer": () => import("./explorer/explorer.js"),
  "conv-libraries": () => import("./libraries/libraries.js"),
  "conv-photo": () => import("./photo/photo.js"),
  "conv-slide": () => import("./slide/slide.js"),
};

const near = new IntersectionObserver(
  (seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      SCRIPTS[target.localName]().then(
        () => begin(target),
        () => {},
      );
    }
  },
  { rootMargin: "1000px" },
);

function begin(/** @type {any} */ one) {
  // A reader may have gone on to another page meanwhile; what has left the page is not defined.
  if (one.isConnected) one.begin();
}

function watch() {
  for (const one of document.querySelectorAll(Object.keys(SCRIPTS).join())) near.observe(one);
}

/** Lay the kernel that a link names on the page's photograph, and go there. @param {MouseEvent} event */
async function lay(event) {
  const link = /** @type {Element} */ (event.target).closest("a");
  /** @type {any} */ const photo = document.querySelector("conv-photo");
  if (!link?.dataset.kernel || !photo || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation(); // instant navigation might load this page again, and replace the photograph
  photo.scrollIntoView();
  history.pushState(null, "", link.hash);
  await SCRIPTS["conv-photo"]().catch(() => {});
  await photo.begin?.();
  if (!photo.ui) return; // it stands still
  photo.choose(link.dataset.kernel);
  photo.querySelector("select").focus({ preventScroll: true });
}

document.addEventListener("click", lay, { capture: true });
watch();
// Material's instant navigation replaces the page without loading it anew.
/** @type {any} */ (window).document$?.subscribe(watch);
