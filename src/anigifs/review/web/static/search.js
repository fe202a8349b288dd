// Searching classes: any words in any order, accents and case ignored.

/** @typedef {{label: string, definition: string}} Named */

/**
 * Text as it is compared.
 * @param {string} text
 * @returns {string}
 */
export const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * The classes in which all words occur: first where they begin the name, then where they are in
 * the name, then where the definition has them too.
 * @template {Named} T
 * @param {readonly T[]} classes
 * @param {string} query
 * @returns {T[]}
 */
export function search(classes, query) {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...classes];
  const ranked = classes.map((one) => ({ one, rank: rankOf(one, words) }));
  return [0, 1, 2].flatMap((rank) => ranked.filter((found) => found.rank === rank).map(({ one }) => one));
}

/** @param {Named} one @param {string[]} words @returns {number} 3 if they do not occur. */
function rankOf(one, words) {
  const label = folded(one.label);
  const has = (/** @type {string} */ text) => words.every((word) => text.includes(word));
  if (has(label)) return label.startsWith(words[0]) ? 0 : 1;
  return has(`${label} ${folded(one.definition ?? "")}`) ? 2 : 3;
}
