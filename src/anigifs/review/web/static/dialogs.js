// Windows over the page. The browser keeps focus inside of them, and gives it back when they close.

import { make, need } from "./dom.js";
import { keyTable } from "./keys.js";
import { Picker } from "./picker.js";

/** @typedef {import("./picker.js").Choice} Choice */

/** @param {HTMLDialogElement} dialog */
function open(dialog) {
  dialog.returnValue = ""; // so that Escape says nothing
  dialog.showModal();
}

/** A press beside a dialog closes it; closed, it keeps no keys. @param {HTMLDialogElement} dialog */
function closes(dialog) {
  dialog.addEventListener("close", () => {
    const at = document.activeElement; // where nothing had focus before, browsers may leave it inside
    if (at instanceof HTMLElement && dialog.contains(at)) at.blur();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}

/** The "?" window. @param {string} page @returns {() => void} */
export function helpDialog(page) {
  const dialog = need("help");
  need("help-keys").append(keyTable(page));
  closes(dialog);
  return () => open(dialog);
}

/**
 * The window in which a class is searched.
 * @param {(label: string) => void} picked
 * @returns {(choices: readonly Choice[]) => void} Opens it.
 */
export function classDialog(picked) {
  const dialog = need("classes");
  const parts = { input: need("class-search"), list: need("class-list"), more: need("class-more") };
  const picker = new Picker(parts, (label) => {
    dialog.close();
    picked(label);
  }, true);
  closes(dialog);
  return (choices) => {
    open(dialog);
    picker.open(choices);
    parts.input.focus();
  };
}

/**
 * The menu of styles.
 * @param {readonly string[]} styles
 * @param {(style: string) => void} picked Empty for none.
 * @returns {(now: string) => void} Opens it.
 */
export function styleDialog(styles, picked) {
  const dialog = need("styles");
  const pick = (/** @type {string} */ style) => {
    dialog.close();
    picked(style);
  };
  const buttons = ["", ...styles].map((style, i) => {
    const words = style === "" ? "no style" : style;
    const button = make("button", { type: "button" }, make("kbd", {}, styleKey(i)), ` ${words}`);
    button.addEventListener("click", () => pick(style));
    return button;
  });
  need("style-list").append(...buttons);
  /** @type {Record<string, number>} */
  const moves = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  dialog.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = buttons.findIndex((_, i) => styleKey(i) === event.key.toLowerCase());
    const move = moves[event.key];
    if (at >= 0) buttons[at].click();
    else if (move !== undefined) focusNext(buttons, move);
    else return;
    event.preventDefault();
  });
  closes(dialog);
  return (now) => {
    open(dialog);
    const at = ["", ...styles].indexOf(now);
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === at)));
    buttons[Math.max(0, at)].focus();
  };
}

/** The key of the i-th style: digits, then letters. @param {number} i @returns {string} */
const styleKey = (i) => i.toString(36);

/** @param {HTMLButtonElement[]} buttons @param {number} move */
function focusNext(buttons, move) {
  const at = buttons.findIndex((button) => button === document.activeElement);
  buttons[(at + move + buttons.length) % buttons.length].focus();
}

/**
 * The window for a comment.
 * @param {(text: string) => void} written
 * @returns {(now: string) => void} Opens it.
 */
export function commentDialog(written) {
  const dialog = need("comments");
  const text = need("comment-text");
  text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) dialog.close("keep");
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "keep") written(text.value.trim());
  });
  closes(dialog);
  return (now) => {
    text.value = now;
    open(dialog);
    text.focus();
  };
}
