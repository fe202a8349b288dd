// The question and its answers: the class of a card, and what can be said of it.

import { commentDialog, classDialog, styleDialog } from "./dialogs.js";
import { need, uuid } from "./dom.js";
import { Stopwatch } from "./stopwatch.js";

/**
 * @typedef {import("./pictures.js").Card} Card
 *
 * @typedef {object} Ballot
 * @property {string} id
 * @property {string} item
 * @property {string} verdict
 * @property {string} label
 * @property {string} criterion
 * @property {string} style
 * @property {string} comment
 * @property {boolean} escalate
 * @property {number} took_ms
 *
 * @typedef {{style: string, comment: string}} Draft What goes with a vote that is not yet cast.
 */

const MOST_MS = 86_400_000; // a day; the server takes no more
const REJECTS = ["gif", "animated", "action"];

export class Panel {
  /** @type {Card | null} */ card = null;
  /** @type {Draft} */ #draft = { style: "", comment: "" };

  /**
   * @param {{labels: {label: string, definition: string}[], styles: string[]}} data
   * @param {(ballot: Ballot) => void} cast
   */
  constructor(data, cast) {
    this.data = data;
    this.cast = cast;
    this.watch = new Stopwatch();
    this.definitions = new Map(data.labels.map(({ label, definition }) => [label, definition]));
    this.openClasses = classDialog((label) => this.#accept(label));
    this.openStyles = styleDialog(data.styles, (style) => this.#keep({ style }));
    this.openComments = commentDialog((comment) => this.#keep({ comment }));
  }

  /** What its keys and buttons do. @returns {Record<string, () => void>} */
  get actions() {
    /** @type {Record<string, () => void>} */
    const actions = {
      accept: () => this.#accept(this.card?.label ?? ""),
      class: () => this.card && this.openClasses(this.#choices()),
      style: () => this.card && this.openStyles(this.#draft.style),
      comment: () => this.card && this.openComments(this.#draft.comment),
    };
    for (const criterion of REJECTS) {
      actions[criterion] = () => this.#cast({ verdict: "reject", criterion });
    }
    return actions;
  }

  /** @param {Card} card @param {Partial<Draft>} [draft] What was said of it before it was undone. */
  show(card, { style = "", comment = "" } = {}) {
    this.card = card;
    const definition = this.definitions.get(card.label) ?? "";
    need("class").textContent = card.label;
    need("definition").textContent = definition;
    this.#keep({ style, comment });
    this.watch.start();
  }

  clear() {
    this.card = null;
  }

  /**
   * A vote on the card that is seen.
   * @param {Partial<Ballot>} said
   * @returns {Ballot}
   */
  ballot(said) {
    const { item, label } = /** @type {Card} */ (this.card);
    const { comment } = this.#draft;
    const nothing = { criterion: "", style: "", escalate: false, verdict: "skip" };
    return { id: uuid(), item, label, comment, took_ms: Math.min(this.watch.tookMs, MOST_MS), ...nothing, ...said };
  }

  /** @param {string} label */
  #accept(label) {
    this.#cast({ verdict: "accept", label, style: this.#draft.style });
  }

  /** @param {Partial<Ballot>} said */
  #cast(said) {
    if (this.card !== null) this.cast(this.ballot(said));
  }

  /** The classes, those first that the card was found under as well. */
  #choices() {
    const { label, labels } = /** @type {Card} */ (this.card);
    const also = labels.filter((one) => one !== label);
    const named = (/** @type {string} */ one) => ({
      label: one, definition: this.definitions.get(one) ?? "", note: "also found under this",
    });
    const here = new Set([label, ...also]);
    return [...also.map(named), ...this.data.labels.filter((one) => !here.has(one.label))];
  }

  /** @param {Partial<Draft>} said */
  #keep(said) {
    Object.assign(this.#draft, said);
    need("style-now").textContent = this.#draft.style === "" ? "" : `: ${this.#draft.style}`;
    need("comment-now").textContent = this.#draft.comment === "" ? "" : ": written";
  }
}
