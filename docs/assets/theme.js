// What the theme leaves out for readers who do not use a mouse or a screen.

let waiting = false;

/** Tables and code that scroll, outside of closed details, are reached by the tab key. */
function reach() {
  waiting = false;
  const scrolling = ":is(.md-typeset__scrollwrap, pre > code):not([tabindex], details:not([open]) *)";
  const still = [...document.querySelectorAll(scrolling)];
  const wide = still.filter((one) => one.scrollWidth > one.clientWidth); // all read before one is written
  for (const one of wide) one.setAttribute("tabindex", "0");
}

/** Look for them once after the next frame, however much has changed: by then all is laid out. */
function soon() {
  if (!waiting) requestAnimationFrame(() => setTimeout(reach));
  waiting = true;
}

/** Buttons to copy code are no landmarks. */
function mend() {
  for (const nav of document.querySelectorAll(".md-code__nav:not([role])")) nav.setAttribute("role", "none");
  soon();
}

new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
addEventListener("resize", soon);
addEventListener("toggle", soon, { capture: true });
mend();
