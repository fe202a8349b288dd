// A field to search classes with, and the list of what it finds (the combobox pattern of ARIA 1.2).

import { make } from "./dom.js";
import { search } from "./search.js";

/** @typedef {import("./search.js").Named & {note?: string}} Choice */

const MOST = 60; // of a list; more are found by typing

export class Picker {
  /** @type {readonly Choice[]} */ #choices = [];
  /** @type {Choice[]} */ #found = [];
  #at = 0;

  /**
   * @param {{input: HTMLInputElement, list: HTMLElement, more: HTMLElement}} parts
   * @param {(label: string) => void} picked
   * @param {boolean} eager Whether Enter takes the first one before anything is typed.
   */
  constructor(parts, picked, eager) {
    this.input = parts.input;
    this.list = parts.list;
    this.more = parts.more;
    this.picked = picked;
    this.eager = eager;
    this.input.addEventListener("input", () => this.#search());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps focus
    this.list.addEventListener("click", (event) => this.#clicked(event));
  }

  /** Begin anew. @param {readonly Choice[]} choices Those to be shown first stand first. */
  open(choices) {
    this.#choices = choices;
    this.input.value = "";
    this.#search();
  }

  #search() {
    const found = search(this.#choices, this.input.value);
    this.#found = found.slice(0, MOST);
    this.list.replaceChildren(...this.#found.map((choice, i) => this.#option(choice, i)));
    const left = found.length - this.#found.length;
    this.more.textContent =
      found.length === 0 ? "No class has these words." : left > 0 ? `${left} more: type to find them.` : "";
    this.#go(this.eager || this.input.value.trim() !== "" ? 0 : -1);
  }

  /** @param {Choice} choice @param {number} i */
  #option(choice, i) {
    const parts = [make("span", { class: "name" }, choice.label)];
    if (choice.note) parts.push(make("span", { class: "note" }, choice.note));
    if (choice.definition) parts.push(make("span", { class: "means" }, choice.definition));
    return make("li", { role: "option", id: `${this.list.id}-${i}`, "data-i": i }, ...parts);
  }

  /** @param {number} at Of the list; -1 for none. */
  #go(at) {
    this.#at = at;
    for (const [i, option] of [...this.list.children].entries()) {
      option.setAttribute("aria-selected", String(i === this.#at));
    }
    const now = this.list.children[this.#at];
    if (now === undefined) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", now.id);
    now?.scrollIntoView({ block: "nearest" });
  }

  /** Go some places down or up, round the end; from none, to the first or the last. @param {number} count */
  #step(count) {
    const all = this.#found.length;
    const from = this.#at < 0 && count < 0 ? 0 : this.#at;
    if (all > 0) this.#go((((from + count) % all) + all) % all);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 };
    if (Object.hasOwn(steps, event.key)) {
      event.preventDefault();
      this.#step(steps[/** @type {keyof typeof steps} */ (event.key)]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!event.repeat) this.#pick(this.#at);
    }
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (option instanceof HTMLElement) this.#pick(Number(option.dataset.i));
  }

  /** @param {number} i */
  #pick(i) {
    const choice = this.#found[i];
    if (choice !== undefined) this.picked(choice.label);
  }
}
