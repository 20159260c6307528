// <conv-libraries>: two functions that a reader chooses, what each answers, and what parts them.
// All answers and words are in the page (conv/figures/comparison.py): here two of them are set side by side.

import { list } from "../element.js";

/**
 * What was asked: what is shown of each answer, if it is, and the steps from one answer to another.
 * @typedef {{ shown: string[], steps: string[][] }} Topic
 * A function, with the number of its answer to each topic.
 * @typedef {{ name: string, call: string, at: number[] }} Answers
 */

export class ConvLibraries extends HTMLElement {
  /** @type {Topic[]} */ topics = [];
  /** @type {Answers[]} */ functions = [];
  /** @type {HTMLSelectElement[]} */ selects = [];
  agree = "";
  nothing = "";

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

  /** Write the answers of the two that are chosen, and the sentence about them. */
  show() {
    const two = this.selects.map(({ value }) => this.functions[Number(value)]);
    const rows = this.querySelectorAll("tbody tr");
    const lines = this.querySelectorAll("pre code");
    const shown = [...this.topics.entries()].filter(([, topic]) => topic.shown.length);
    for (const [side, { at, call }] of two.entries()) {
      for (const [row, [asked, topic]] of shown.entries()) {
        rows[row].querySelectorAll("td")[side].textContent = topic.shown[at[asked]];
      }
      lines[side].textContent = call;
    }
    for (const [row, [asked]] of shown.entries()) {
      rows[row].classList.toggle("cl-differs", two[0].at[asked] !== two[1].at[asked]);
    }
    /** @type {Element} */ (this.querySelector("[role=status]")).textContent = this.sentence(two[0], two[1]);
  }

  /** Say how to make the second compute what the first does. @param {Answers} a @param {Answers} b */
  sentence(a, b) {
    if (a.at.join() === b.at.join()) return this.agree;
    const steps = this.topics.map((topic, asked) => topic.steps[a.at[asked]][b.at[asked]]).filter(Boolean);
    return `From ${a.name} under same to ${b.name}: ${steps.join("; ") || this.nothing}.`;
  }
}

customElements.define("conv-libraries", ConvLibraries);
