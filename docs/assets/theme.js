// What the theme leaves out for readers who do not use a mouse or a screen.

/** Buttons to copy code are no landmarks; tables that scroll are reached by the tab key. */
function mend() {
  for (const nav of document.querySelectorAll(".md-code__nav:not([role])")) nav.setAttribute("role", "none");
  for (const table of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) {
    if (table.scrollWidth > table.clientWidth) table.setAttribute("tabindex", "0");
  }
}

new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
addEventListener("resize", mend);
mend();
