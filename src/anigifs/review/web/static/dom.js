// Elements, found and made. Text goes in as text only: nothing here reads markup.

/**
 * The element of this id, which the page must have.
 * @param {string} id
 * @returns {any} It is what its page's template says.
 */
export function need(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * Make an element.
 * @param {string} tag
 * @param {Record<string, string | number | boolean | null | undefined>} attributes Those that are
 *   null, undefined or false are left out.
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/**
 * Show the desk, or that there is nothing to lay on it; whose focus the desk had is led there.
 * @param {boolean} desk
 * @param {boolean} empty
 */
export function showDesk(desk, empty) {
  const at = document.activeElement;
  const lost = at === document.body || need("desk").contains(at);
  const comes = empty && need("empty").hidden;
  need("desk").hidden = !desk;
  need("empty").hidden = !empty;
  if (comes && lost) need("empty").focus({ preventScroll: true });
}

/**
 * What the server wrote into the page for its script.
 * @returns {any}
 */
export function pageData() {
  return JSON.parse(need("data").textContent);
}

/**
 * A random UUID (version 4); unlike crypto.randomUUID, pages without TLS have it too.
 * @returns {string}
 */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([a, b]) => hex.slice(a, b)).join("-");
}

/** @param {string} query @returns {boolean} */
const matches = (query) => window.matchMedia(query).matches;

/** Whether this person asks for less movement. */
export const wantsStillness = () => matches("(prefers-reduced-motion: reduce)");

/** Whether there is a mouse, and with it as a rule a keyboard. */
export const hasMouse = () => matches("(hover: hover)");

/** Whether there is room beside the picture. */
export const isWide = () => matches("(min-width: 72rem)");
