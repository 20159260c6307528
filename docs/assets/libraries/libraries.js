// <conv-libraries>: two functions that a reader chooses, what each answers, and what parts them.
// All answers and words are in the page (conv/figures/comparison.py): here two of them are set side by side.

import { element, list } from "../element.js";

/**
 * A function: its name, and what is shown of its answers. Lines: all there are, and their numbers for A and B.
 * @typedef {{ name: string, shown: string[] }} Answers
 * @typedef {{ lines: string[], pairs: number[][][] }} Lines
 */

export class ConvLibraries extends HTMLElement {
  /** @type {Answers[]} */ functions = [];
  /** @type {Lines} */ steps = { lines: [], pairs: [] };
  /** @type {Lines} */ code = { lines: [], pairs: [] };
  /** @type {string[]} */ alike = []; // two answers that mean the same
  /** @type {HTMLSelectElement[]} */ selects = [];

  begin() {
    if (this.selects.length) return;
    const { chosen, ...facts } = JSON.parse(this.querySelector("script")?.textContent ?? "");
    Object.assign(this, facts);
    for (const [side, label] of this.querySelectorAll("label").entries()) {
      const options = this.functions.map(({ name }, at) => /** @type {[string, string]} */ ([String(at), name]));
      const select = list(options, {}, () => this.show());
      select.value = String(chosen[side]);
      label.lastElementChild?.replaceWith(select);
      this.selects.push(select);
    }
    this.dataset.ready = "";
  }

  /** Write the answers of the two that are chosen, and the steps from one to the other. */
  show() {
    const chosen = this.selects.map(({ value }) => Number(value));
    const two = chosen.map((at) => this.functions[at]);
    for (const [asked, row] of this.querySelectorAll("tbody tr").entries()) {
      const answers = two.map(({ shown }) => shown[asked]);
      for (const [side, cell] of row.querySelectorAll("td").entries()) cell.textContent = answers[side];
      row.classList.toggle("cl-differs", this.differ(answers));
    }
    const [steps, code] = [this.steps, this.code].map(({ lines, pairs }) =>
      pairs[chosen[0]][chosen[1]].map((line) => lines[line]),
    );
    this.querySelector("[role=status] ul")?.replaceChildren(...steps.map((step) => element("li", {}, step)));
    this.querySelector("pre code")?.replaceChildren(code.join("\n"));
  }

  /** Tell whether two answers part, as topics.py does. @param {string[]} two */
  differ(two) {
    return two[0] !== two[1] && !this.alike.every((answer) => two.includes(answer));
  }
}

customElements.define("conv-libraries", ConvLibraries);
