// How well texts and icons of a page's links and buttons can be told from what is behind
// them. A colour is [red, green, blue, opacity]; styles are an element's own and those of
// all that it stands in, the root's first.

const CONTROLS = "a[href], button, summary, label, select, input, textarea";
const CHOSEN = "[aria-selected=true], [aria-pressed=true], [aria-current], :checked, :has(> :checked)";
const WRITTEN = "select, textarea, input:not([type=range], [type=checkbox], [type=radio])";
const SHAPES = "path, circle, ellipse, line, polygon, polyline, rect";

/** Read a computed colour. */
function colour(text) {
  const [, notation, numbers] = text.match(/^(rgba?|color)\((?:srgb )?(.*)\)$/);
  const [red, green, blue, opacity = 1] = numbers.match(/[\d.e-]+/g).map(Number);
  const scale = notation === "color" ? 255 : 1;
  return [red * scale, green * scale, blue * scale, opacity];
}

const mix = (below, above, share) => below.map((value, i) => value + (above[i] - value) * share);
const over = (below, above) => mix(below, above, above[3]);

/** Paint backgrounds on what is below, each with its opacity, and at last what is on top, if anything is. */
function paint([styles, ...inner], top, below = [255, 255, 255]) {
  if (!styles) return top ? over(below, colour(top)) : below;
  const { backgroundColor, opacity } = styles;
  return mix(below, paint(inner, top, over(below, colour(backgroundColor))), Number(opacity));
}

function luminance(shade) {
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const [red, green, blue] = shade.map((value) => linear(value / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(...shades) {
  const [dark, light] = shades.map(luminance).sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function stylesOf(element) {
  return element ? [...stylesOf(element.parentElement), getComputedStyle(element)] : [];
}

/** List name, styles and colour of each visible part of a control, and the contrast that WCAG wants (AA). */
function parts(control) {
  const found = [];
  const icon = (name, styles, top) => found.push({ name, styles, top, least: 3 });
  const text = (name, styles) => {
    const { color, fontSize, fontWeight } = styles.at(-1);
    const large = parseFloat(fontSize) >= (fontWeight >= 700 ? 18.66 : 24);
    found.push({ name, styles, top: color, least: large ? 3 : 4.5 });
  };
  for (const element of [control, ...control.querySelectorAll("*")]) {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest("[aria-hidden=true]")) continue;
    const styles = stylesOf(element);
    const words = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const written = element.matches(WRITTEN) ? element.value : words.map((node) => node.data).join("").trim();
    if (written) text(`“${written.slice(0, 30)}”`, styles);
    if (element.matches(SHAPES) && styles.at(-1).fill !== "none") icon("icon", styles, styles.at(-1).fill);
    for (const pseudo of ["::before", "::after"]) {
      const own = getComputedStyle(element, pseudo);
      const { content, maskImage, opacity, backgroundColor } = own;
      const clear = { opacity, backgroundColor: "rgba(0, 0, 0, 0)" };
      if (content === "none") continue;
      if (maskImage !== "none") icon(`icon ${pseudo}`, [...styles, clear], backgroundColor);
      else if (/[^"\s]/.test(content)) text(`${content} ${pseudo}`, [...styles, own]);
    }
  }
  return found.filter(({ styles }) => styles.every(({ opacity }) => opacity !== "0"));
}

/** Mark one control of each kind, chosen or not: those whose elements, inside and around, have the same classes. Leave out what is known, and return all that is known then. */
function mark(known) {
  const kinds = new Map();
  const own = (element) => `${element.localName}.${element.getAttribute("class")}`;
  const around = (element) => (element ? own(element) + around(element.parentElement) : "");
  for (const control of document.querySelectorAll(CONTROLS)) {
    control.removeAttribute("data-kind");
    if (control.disabled || !control.checkVisibility({ visibilityProperty: true })) continue;
    const state = [control.type, control.matches(CHOSEN)];
    kinds.set([...state, ...[...control.querySelectorAll("*")].map(own), around(control)].join(), control);
  }
  for (const kind of known) kinds.delete(kind);
  for (const control of kinds.values()) control.setAttribute("data-kind", "");
  return [...known, ...kinds.keys()];
}

/**
 * Mark what is out of sight, or has the colours and sizes, inside and around, of what is known or stands before it.
 * Return all looks that are known then, each with the place of the one around it in this list.
 */
function markAlike(known) {
  const looks = new Map(known.map((look, place) => [look, place]));
  const walk = (element, around) => {
    element.removeAttribute("data-alike");
    if (!element.checkVisibility()) return true;
    const { color, backgroundColor, backgroundImage, fontSize, fontWeight, opacity } = getComputedStyle(element);
    const look = [around, color, backgroundColor, backgroundImage, fontSize, fontWeight, opacity].join();
    const seen = looks.has(look) && !element.closest("svg"); // whose texts lie on shapes beside them
    if (!looks.has(look)) looks.set(look, looks.size);
    const { children } = element;
    const alike = [...children].filter((child) => walk(child, looks.get(look)));
    if (seen && alike.length === children.length) return true;
    for (const child of alike) child.setAttribute("data-alike", "");
    return false;
  };
  walk(document.body, "");
  return [...looks.keys()];
}

/** Leave the page out of sight, or not: its styles are computed once, and not after each change. */
function pause(on) {
  const { offsetHeight, style } = document.body;
  style.containIntrinsicHeight = `${offsetHeight}px`; // what is scrolled stays so
  style.contentVisibility = on ? "hidden" : "";
}

/** Say what is too faint in the marked controls, in the states that they are in. */
function faint() {
  for (const animation of document.getAnimations()) animation.finish();
  const found = [];
  for (const control of document.querySelectorAll("[data-kind]")) {
    for (const { name, styles, top, least } of parts(control)) {
      const shades = [paint(styles, top), paint(styles)];
      const measured = contrast(...shades);
      if (measured >= least) continue;
      const place = `${control.localName}.${control.className} in .${control.parentElement.closest("[class]").className}`;
      const [above, below] = shades.map((shade) => `rgb(${shade.map(Math.round).join(" ")})`);
      found.push(`${measured.toFixed(2)} for ${least}: ${name} of ${place}, ${above} on ${below}`);
    }
  }
  return [...new Set(found)];
}
