// What the theme leaves out for readers who do not use a mouse or a screen.

let waiting = false;

/** Buttons to copy code are no landmarks; tables that scroll are reached by the tab key. */
function mend() {
  waiting = false;
  for (const nav of document.querySelectorAll(".md-code__nav:not([role])")) nav.setAttribute("role", "none");
  for (const table of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) {
    if (table.scrollWidth > table.clientWidth) table.setAttribute("tabindex", "0");
  }
}

/** Mend once before the next frame, however much has changed. */
function soon() {
  if (!waiting) requestAnimationFrame(mend);
  waiting = true;
}

new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
addEventListener("resize", soon);
soon();
