// How far somebody is, what is not saved yet, and whether the server is there.

import { make, need } from "./dom.js";
import { trouble } from "./says.js";
import { counted } from "./words.js";

/** @typedef {import("./queue.js").State} State */

/**
 * @param {number} done
 * @param {number} left
 * @param {string} when Such as "today": where or when they were done.
 */
export function showProgress(done, left, when) {
  need("done").max = Math.max(1, done + left);
  need("done").value = done;
  need("today").textContent = `${done} ${when}`;
  need("left").textContent = `${left} left`;
}

/** @type {Record<State, (count: string) => string>} */
const LINES = {
  saved: () => "All saved",
  sending: (count) => `Saving ${count}`,
  waiting: (count) => `${count} not saved yet`,
  out: (count) => `${count} not saved yet`,
  other: (count) => `${count} not saved yet`,
};

const UNREACHED =
  "The server cannot be reached. Go on: votes wait here and are sent when it is back.";

/** @param {State} state @param {number} unsaved */
export function showSaving(state, unsaved) {
  need("saving").textContent = LINES[state](counted(unsaved, "vote"));
  need("saving").dataset.state = state;
  if (state === "waiting") trouble(UNREACHED);
  else if (state === "out") showLoggedOut("You are logged out. Your votes wait here.");
  else if (state === "other") showLoggedOut("Somebody else is logged in now. Your votes wait here for you.");
  else if (state === "saved") trouble("");
}

/** @param {string} text */
export function showLoggedOut(text) {
  const link = make("a", { href: "/login", target: "_blank", rel: "noopener" }, "Log in again in a new tab");
  trouble(`${text} `, link);
}
