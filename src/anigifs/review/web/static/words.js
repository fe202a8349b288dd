// What a vote says, in words.

/** @type {Record<string, string>} */
export const FAILS = { gif: "not a GIF", animated: "not animated", action: "not the action" };

/** @type {Record<string, string>} */
export const WHY = {
  conflict: "The votes differ.",
  escalated: "Somebody escalated it.",
};

/**
 * @param {{verdict: string, label: string, criterion: string, escalate?: boolean}} ballot
 * @returns {string} Such as "Accepted: juggling balls".
 */
export function said({ verdict, label, criterion, escalate = false }) {
  if (escalate) return "Escalated and hidden";
  if (verdict === "accept") return `Accepted: ${label}`;
  return verdict === "reject" ? `Rejected: ${FAILS[criterion] ?? criterion}` : "Skipped";
}

/** @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** A time as this person's clock has it. @param {number} ms @returns {string} */
export const clock = (ms) =>
  new Date(ms).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
