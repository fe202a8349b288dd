// Requests to the server, in JSON.

/** What kept a request from being answered as hoped. Status 0: the server was not reached. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {number} [waitS] Seconds after which the server wants to be asked again.
   */
  constructor(status, message, waitS = 0) {
    super(message);
    this.status = status;
    this.waitS = waitS;
  }
}

const LONGEST_MS = 20_000; // then a request counts as lost; its id lets it be sent again
let token = document.querySelector("meta[name=csrf]")?.getAttribute("content") ?? "";

/**
 * @param {string} path
 * @returns {Promise<any>}
 * @throws {Problem}
 */
export const get = (path) => ask(path, { method: "GET" });

/**
 * @param {string} path
 * @param {object} body
 * @returns {Promise<any>}
 * @throws {Problem}
 */
export function post(path, body) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(body),
    keepalive: true, // a vote that is under way outlives its page
  });
}

/**
 * Take the token of the session that this browser has now, after somebody logged in again.
 * @returns {Promise<string>} Whose session it is; empty if there is none.
 * @throws {Problem}
 */
export async function renew() {
  const response = await reach(location.pathname, { method: "GET" });
  if (response.status >= 500) throw new Problem(response.status, "the server is not well");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const account = page.body.dataset.account ?? "";
  token = page.querySelector("meta[name=csrf]")?.getAttribute("content") ?? token;
  return account;
}

/** Whose page this is. */
export const account = () => document.body.dataset.account ?? "";

/** A name for what is kept of this person's work in this review. @param {string} what */
export const shelfName = (what) => `anigifs ${what} ${document.body.dataset.review} ${account()}`;

/** @param {string} path @param {RequestInit} options @returns {Promise<any>} */
async function ask(path, options) {
  const response = await reach(path, options);
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  const waitS = Number(response.headers.get("Retry-After")) || 0;
  if (typeof body?.error === "string") throw new Problem(response.status, body.error, waitS);
  // What does not speak as the server does is something before it: nothing is known of the request.
  const status = [401, 403].includes(response.status) ? response.status : 0;
  throw new Problem(status, `the server answered ${response.status}`, waitS);
}

/** @param {string} path @param {RequestInit} options @returns {Promise<Response>} */
async function reach(path, options) {
  const signal = AbortSignal.timeout(LONGEST_MS);
  try {
    return await fetch(path, { credentials: "same-origin", cache: "no-store", signal, ...options });
  } catch {
    throw new Problem(0, "the server was not reached");
  }
}
