// What is to be sent, in order: each with its id again and again until the server has acknowledged it.

import { Problem, account, post, renew, shelfName } from "./server.js";

/**
 * @typedef {object} Entry
 * @property {string} path
 * @property {{id: string, [field: string]: any}} body
 *
 * @typedef {"saved" | "sending" | "waiting" | "out" | "other"} State
 *   Waiting: not reached, and tried again. Out: nobody is logged in. Other: somebody else is.
 *
 * @typedef {object} Listener
 * @property {(state: State, unsaved: number) => void} changed
 * @property {(entry: Entry, answer: any) => void} saved
 * @property {(entry: Entry, problem: Problem) => void} refused The server will never take it.
 */

const SHORTEST_MS = 500;
const LONGEST_MS = 15_000;
const OUT = [401, 403]; // logged out, or a token of a session that is over
const LATER = [408, 425, 429]; // refused only for now

export class Queue {
  /** @type {Entry[]} */ #entries = [];
  /** @type {State} */ #state = "saved";
  /** @type {number | undefined} */ #timer;
  #failures = 0;
  #busy = false;

  /** @param {Listener} listener */
  constructor(listener) {
    this.listener = listener;
    this.#entries = this.#kept();
    window.addEventListener("online", () => this.send());
    window.addEventListener("focus", () => this.send());
    window.addEventListener("beforeunload", (event) => {
      if (this.#entries.length > 0) event.preventDefault();
    });
  }

  /** What is not yet acknowledged, oldest first. @returns {readonly Entry[]} */
  get entries() {
    return this.#entries;
  }

  /** @returns {State} */
  get state() {
    return this.#state;
  }

  /** @param {string} path @param {Entry["body"]} body */
  add(path, body) {
    this.#entries.push({ path, body });
    this.#keep();
    this.send();
  }

  /** Send what is there, unless it is being sent. */
  async send() {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.#timer);
    try {
      while (this.#entries.length > 0 && (await this.#one()));
    } finally {
      this.#busy = false;
    }
    if (this.#entries.length === 0) this.#become("saved");
  }

  /** Send the first one. @returns {Promise<boolean>} Whether to go on. */
  async #one() {
    const entry = this.#entries[0];
    if (this.#state === "saved") this.#become("sending");
    else this.listener.changed(this.#state, this.#entries.length);
    try {
      if (["out", "other"].includes(this.#state) && !(await this.#back())) return false;
      const answer = await post(entry.path, entry.body);
      this.#failures = 0;
      this.#done();
      this.listener.saved(entry, answer);
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return this.#failed(entry, error);
    }
  }

  /** Whether this person has a session again. @returns {Promise<boolean>} */
  async #back() {
    const who = await renew();
    if (who === account()) return true;
    this.#later(who === "" ? "out" : "other");
    return false;
  }

  /** @param {Entry} entry @param {Problem} problem @returns {boolean} Whether to go on. */
  #failed(entry, problem) {
    const { status, waitS } = problem;
    const later = status < 400 || status >= 500 || LATER.includes(status);
    if (OUT.includes(status)) this.#later("out");
    else if (later) this.#later("waiting", waitS);
    else {
      this.#done();
      this.listener.refused(entry, problem);
      return true;
    }
    return false;
  }

  /** Try again after a while, which grows. @param {State} state @param {number} [leastS] */
  #later(state, leastS = 0) {
    const waitMs = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** this.#failures++);
    this.#timer = setTimeout(() => this.send(), Math.max(waitMs, leastS * 1000));
    this.#become(state);
  }

  #done() {
    this.#entries.shift();
    this.#keep();
    this.#become(this.#entries.length > 0 ? "sending" : "saved");
  }

  /** @param {State} state */
  #become(state) {
    this.#state = state;
    this.listener.changed(state, this.#entries.length);
  }

  /** Keep it where a reload finds it; without such a place, the warning at leaving must do. */
  #keep() {
    try {
      sessionStorage.setItem(shelfName("queue"), JSON.stringify(this.#entries));
    } catch {
      // No storage, or a full one.
    }
  }

  /** @returns {Entry[]} */
  #kept() {
    try {
      return JSON.parse(sessionStorage.getItem(shelfName("queue")) ?? "[]");
    } catch {
      return [];
    }
  }
}
