// Asking the server for what there is to do, until it says so.

import { trouble } from "./says.js";
import { Problem, get } from "./server.js";
import { showLoggedOut } from "./tally.js";

const AGAIN_MS = 3000;
/** @type {number | undefined} */
let again;

/**
 * @param {string} path
 * @param {(answer: any) => void} take
 */
export async function load(path, take) {
  clearTimeout(again);
  try {
    take(await get(path));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) return showLoggedOut("You are logged out.");
    trouble(`${error.message}; trying again`);
    again = setTimeout(() => load(path, take), AGAIN_MS);
  }
}
