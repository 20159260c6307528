// The parts of an explorer that stay: switches, settings, boxes for the grids, tabs.

import { button, element, list, stepper } from "../element.js";
import { decode, encode } from "./address.js";
import { form } from "./form.js";
import { LIBRARIES } from "./programs.js";
import { target } from "./tables.js";

/** @typedef {import("./explorer.js").ConvExplorer} Explorer */

/** @type {Record<string, string>} */
const PANELS = { matrix: "Kernel matrix", im2col: "im2col", scatter: "Laid back", program: "Program" };

/** Build all parts; return those that change. @param {Explorer} explorer */
export function build(explorer) {
  const large = explorer.hasAttribute("address");
  const { switches, kernel, settings } = form();
  const controls = (explorer.getAttribute("controls") ?? "").split(" ");
  const wanted = (/** @type {HTMLElement} */ one) => large || controls.includes(one.dataset.control ?? "");
  const player = button("Play", () => (explorer.timer ? explorer.pause() : explorer.play()));
  const range = /** @type {HTMLInputElement} */ (
    element("input", { type: "range", min: "0", "aria-label": "Position" })
  );
  range.addEventListener("input", () => explorer.move(Number(range.value)));
  const where = element("span", { class: "cx-where" });
  const formula = element("output", { class: "cx-formula", "aria-live": "polite", tabindex: "0" });
  const message = element("p", { class: "cx-message", role: "status" });
  const library = choose(explorer);
  const code = element("code");
  const copier = button("Copy as Python", () => copy(explorer, code.textContent ?? "", "The program"));
  const program = [
    bar(library, copier),
    element("pre", { tabindex: "0", "aria-label": "Source of the program" }, code),
  ];
  const sheet = element("div", { class: "cx-settings", id: "cx-settings", popover: "auto" });
  sheet.append(kernel, ...settings);
  sheet.append(button("Copy link", () => copy(explorer, link(explorer), "The link")));
  sheet.append(button("Reset", () => explorer.change(decode(explorer.getAttribute("state") ?? "").state)));
  const opener = { type: "button", class: "conv-control cx-opener", popovertarget: "cx-settings" };
  const first = bar(
    ...switches.filter(wanted),
    ...(large ? [element("button", opener, "Settings")] : [kernel].filter(wanted)),
  );
  const stage = element(
    "div",
    { class: "cx-stage" },
    first,
    bar(
      player,
      button("Step", () => explorer.step()),
      range,
      where,
    ),
  );
  stage.append(grids(), formula, message, tabs(explorer.getAttribute("view") ?? "", large, program));
  const others = element("div", { hidden: "" }, ...[...switches, kernel].filter((one) => !wanted(one)));
  if (!large) others.append(...settings); // a small explorer keeps what it does not show
  const root = element("div", { class: "cx" }, ...(large ? [sheet] : []), stage, others);
  explorer.prepend(root); // the caption of a small one stays below
  return { root, player, range, where, formula, message, library, code };
}

/** A link to a state of this page sets it, and leads up to it. @param {Explorer} explorer @param {MouseEvent} event */
export function follow(explorer, event) {
  const link = /** @type {Element} */ (event.target).closest("article a");
  if (!(link instanceof HTMLAnchorElement) || link.pathname !== location.pathname || !link.search) return;
  event.preventDefault();
  event.stopPropagation(); // instant navigation would read the page again
  explorer.change(decode(link.search.slice(1)).state);
  scrollTo({ top: 0 }); // where there is no “Back to top”
  const cell = explorer.querySelector('[data-view="output"] .focused');
  if (cell) target(cell).focus({ preventScroll: true });
}

/** An address that shows the state. @param {Explorer} explorer */
function link(explorer) {
  const own = explorer.hasAttribute("address");
  const page = own ? new URL(location.pathname, location.href) : new URL("../../../explorer/", import.meta.url);
  page.search = encode(explorer.current);
  return page.href;
}

/** @param {Explorer} explorer @param {string} text @param {string} name */
async function copy({ ui }, text, name) {
  try {
    await navigator.clipboard.writeText(text);
    ui.message.textContent = `${name} is in the clipboard.`;
  } catch {
    ui.message.textContent = `The browser does not let this page copy. ${name}: ${text}`;
  }
}

/** @param {HTMLElement[]} parts */
const bar = (...parts) => element("div", { class: "cx-bar" }, ...parts);

/** @param {Explorer} explorer */
function choose(explorer) {
  return list(Object.entries(LIBRARIES), { "aria-label": "Library" }, () => explorer.write());
}

/** Boxes for input, kernel and output, with what stands between them. */
function grids() {
  const [input, kernel, output] = ["input", "kernel", "output"].map((name) => {
    const title = element("p", { class: "cx-title", "data-title": name });
    const place = element("div", { class: "cx-scroll", "data-place": name });
    return element("div", { class: `cx-view cx-view-${name}` }, title, place);
  });
  const sign = (/** @type {string} */ text) => element("span", { class: "cx-sign", "aria-hidden": "true" }, text);
  const made = element("div", { class: "cx-grids" }, input, sign("⋆"), kernel, sign("="), output);
  let chosen = /** @type {HTMLInputElement | null} */ (null);
  made.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLInputElement) chosen = target;
  });
  const first = () => /** @type {HTMLInputElement | null} */ (kernel.querySelector("td input"));
  kernel.append(stepper(() => (chosen?.isConnected ? chosen : first())));
  return made;
}

/** Matrices and program, one at a time; a small explorer has the one that its page is about. @param {string} view @param {boolean} large @param {HTMLElement[]} program */
function tabs(view, large, program) {
  const parts = (large ? Object.keys(PANELS) : [view].filter((name) => name in PANELS)).map((name) => {
    const panel = element("div", { class: "cx-panel cx-scroll", "data-place": name, tabindex: "0" });
    if (name === "program") panel.append(...program);
    const tab = element("button", { type: "button", role: "tab", class: "conv-control" }, PANELS[name]);
    const whole = element("div", {}, element("p", { class: "cx-title", "data-title": name }), panel);
    if (large) Object.assign(whole, { role: "tabpanel", ariaLabel: PANELS[name] });
    return { name, tab, whole };
  });
  const open = (/** @type {number} */ chosen) => {
    for (const [at, { tab, whole }] of parts.entries()) {
      tab.ariaSelected = String(at === chosen);
      tab.tabIndex = at === chosen ? 0 : -1;
      whole.hidden = at !== chosen;
    }
  };
  for (const [at, { tab }] of parts.entries()) {
    tab.addEventListener("click", () => open(at));
    tab.addEventListener("keydown", ({ key }) => {
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: parts.length - 1 }[key];
      if (to === undefined) return;
      const next = (to + parts.length) % parts.length;
      open(next);
      parts[next].tab.focus();
    });
  }
  open(Math.max(0, parts.map(({ name }) => name).indexOf(view)));
  const list = element("div", { class: "cx-tabs", role: "tablist", "aria-label": "More views" });
  list.append(...parts.map(({ tab }) => tab));
  return element("div", {}, ...(large ? [list] : []), ...parts.map(({ whole }) => whole));
}
