// The keys: one table, from which the page listens, /help and the "?" dialog are made.

import { make, need } from "./dom.js";

/**
 * @typedef {object} Key
 * @property {string} does Name of what it does.
 * @property {string[]} keys As KeyboardEvent.key has them, in lower case.
 * @property {string} shown How people call them.
 * @property {string} says What it does, in words.
 * @property {string[]} pages Where it works.
 * @property {boolean} [again] Whether holding it down does it again and again.
 */

const ALL = ["judge", "adjudicate", "quiz"];
const BOTH = ["judge", "adjudicate"];

/** @type {readonly Key[]} */
export const KEYS = [
  { does: "accept", keys: ["enter", "a"], shown: "Enter or A", says: "Accept: exactly this action", pages: BOTH },
  { does: "gif", keys: ["1"], shown: "1", says: "Reject: not a GIF, it does not move", pages: BOTH },
  { does: "animated", keys: ["2"], shown: "2", says: "Reject: not animated", pages: BOTH },
  { does: "action", keys: ["3"], shown: "3", says: "Reject: not the action", pages: BOTH },
  { does: "class", keys: ["c"], shown: "C", says: "Accept it as another class", pages: BOTH },
  { does: "style", keys: ["y"], shown: "Y", says: "Say in which style it is drawn", pages: BOTH },
  { does: "comment", keys: ["m"], shown: "M", says: "Write a comment", pages: BOTH },
  { does: "skip", keys: ["s"], shown: "S", says: "Skip", pages: ALL },
  { does: "undo", keys: ["u"], shown: "U", says: "Take the last card back", pages: BOTH },
  { does: "escalate", keys: ["e"], shown: "E", says: "Escalate, and hide it from the others", pages: ["judge"] },
  { does: "play", keys: ["p"], shown: "P", says: "Pause or play", pages: ALL },
  { does: "back", keys: [","], shown: ",", says: "One frame back", pages: ALL, again: true },
  { does: "on", keys: ["."], shown: ".", says: "One frame on", pages: ALL, again: true },
  { does: "slower", keys: ["-", "_"], shown: "-", says: "Slower", pages: ALL, again: true },
  { does: "faster", keys: ["+", "="], shown: "+", says: "Faster", pages: ALL, again: true },
  { does: "help", keys: ["?"], shown: "?", says: "These keys", pages: ALL },
];

/** @type {Map<string, Key>} */
const BY_KEY = new Map(KEYS.flatMap((one) => one.keys.map((key) => [key, one])));

/**
 * The row of the table that a key press means.
 *
 * Keyboards of other scripts and those whose digits need Shift are read by the place of the key.
 * @param {KeyboardEvent} event
 * @returns {Key | undefined}
 */
export function keyOf(event) {
  const named = BY_KEY.get(event.key.toLowerCase());
  if (named !== undefined || event.shiftKey) return named;
  const place = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code);
  const latin = /^[a-z0-9]$/i.test(event.key);
  return place === null || latin ? undefined : BY_KEY.get(place[1].toLowerCase());
}

/**
 * Whether a key press belongs to the page rather than to a field, a dialog or the browser.
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
export function isOurs(event) {
  if (event.defaultPrevented || event.isComposing) return false;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (document.querySelector("dialog[open]") !== null) return false;
  const at = event.target instanceof Element ? event.target : document.body;
  if (at.closest("textarea, select, [contenteditable], input:not([type=range])")) return false;
  return event.key !== "Enter" || at.closest("a, button, summary, input, [role=option]") === null;
}

/**
 * Listen for the keys of a page, and for the buttons that do the same (data-does).
 * @param {Record<string, () => void>} actions By the name of what they do.
 */
export function listen(actions) {
  document.addEventListener("keydown", (event) => {
    const key = isOurs(event) ? keyOf(event) : undefined;
    if (key === undefined || !Object.hasOwn(actions, key.does)) return;
    event.preventDefault(); // neither the quick find of a browser, nor a letter in a field that opens
    if (!event.repeat || key.again) actions[key.does]();
  });
  for (const button of document.querySelectorAll("button[data-does]")) {
    button.addEventListener("click", (event) => {
      // Where Enter accepts, it must not press the button once more that the mouse has pressed.
      if (event instanceof MouseEvent && event.detail > 0) need("stage").focus({ preventScroll: true });
      actions[button.getAttribute("data-does") ?? ""]?.();
    });
  }
}

/**
 * A table of the keys of a page, or of all.
 * @param {string} [page]
 * @returns {HTMLTableElement}
 */
export function keyTable(page) {
  const rows = KEYS.filter((key) => page === undefined || key.pages.includes(page));
  const body = make("tbody");
  for (const key of rows) {
    const caps = key.shown.split(" or ").flatMap((cap, i) => [...(i ? [" or "] : []), make("kbd", {}, cap)]);
    body.append(make("tr", {}, make("th", { scope: "row" }, ...caps), make("td", {}, key.says)));
  }
  return make("table", { class: "keys" }, body);
}
