// Lines that tell what was done, which fades; what was refused; and what the trouble is.

import { need } from "./dom.js";

const SAID_MS = 6000;
const REFUSED_MS = 20_000;
/** @type {Map<string, number>} */
const timers = new Map();

/** @param {string} text */
export const say = (text) => show("says", text, SAID_MS);

/** @param {string} text */
export const refuse = (text) => show("refused", text, REFUSED_MS);

/** @param {string} message Of the server, which may begin with the hash of the item. */
export const notTaken = (message) => refuse(`Not taken: ${message.replace(/^[0-9a-f]{64}: /, "")}`);

/**
 * Show one line of trouble until something better is known; an empty one takes it away.
 * @param {string} text
 * @param {Node[]} more
 */
export function trouble(text, ...more) {
  const line = need("trouble");
  line.hidden = text === "";
  line.replaceChildren(text, ...more);
}

/** @param {string} id @param {string} text @param {number} forMs */
function show(id, text, forMs) {
  const line = need(id);
  clearTimeout(timers.get(id));
  // Both are turned over, so that the same words are said and fade anew.
  line.replaceChildren();
  line.hidden = false;
  line.classList.toggle("odd", !line.classList.contains("odd"));
  line.append(text);
  timers.set(id, setTimeout(() => clear(line), forMs));
}

/** @param {HTMLElement} line */
function clear(line) {
  line.replaceChildren();
  if (line.id === "refused") line.hidden = true;
}
