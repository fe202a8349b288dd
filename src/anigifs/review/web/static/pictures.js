// Frames of pictures: fetched ahead, unpacked when they are about to be seen, let go when they are gone.

/**
 * @typedef {object} Card
 * @property {string} item
 * @property {string} label
 * @property {string[]} labels
 * @property {string} sheet
 * @property {string} timing
 * @property {string} file
 *
 * @typedef {object} Picture
 * @property {ImageBitmap} sheet All cells, in rows.
 * @property {number} cells
 * @property {number} columns
 * @property {number} width Of a cell.
 * @property {number} height
 * @property {number} frames In the file, of which the cells may be some.
 * @property {number[]} delaysMs Of each cell, at least 1.
 *
 * @typedef {object} Fetched
 * @property {Blob} blob
 * @property {any} timing
 */

const AT_ONCE = 3; // so that a vote need not wait behind ten pictures
const LONGEST_MS = 60_000;
const UNPACKED = 3; // the one that is seen and the next two: unpacked, a sheet has up to 60 MB

export class Pictures {
  /** @type {Map<string, Promise<Fetched>>} */ #fetched = new Map();
  /** @type {Map<string, Promise<Picture>>} */ #unpacked = new Map();
  /** @type {Card[]} */ #wanted = [];
  #running = 0;

  /**
   * Say which pictures are wanted, the next one first; all others are let go.
   * @param {Card[]} cards
   */
  want(cards) {
    this.#wanted = cards;
    const near = cards.slice(0, UNPACKED).map((card) => card.item);
    for (const item of this.#unpacked.keys()) if (!near.includes(item)) this.#drop(item);
    const all = cards.map((card) => card.item);
    for (const item of this.#fetched.keys()) if (!all.includes(item)) this.#fetched.delete(item);
    this.#ahead();
  }

  /**
   * The picture of a card, at once if it was wanted before.
   * @param {Card} card
   * @returns {Promise<Picture>}
   */
  of(card) {
    const before = this.#unpacked.get(card.item);
    if (before !== undefined) return before;
    const made = this.#fetch(card).then(unpack);
    this.#unpacked.set(card.item, made);
    made.catch(() => this.forget(card));
    return made;
  }

  /** Forget a picture that could not be had, so that it is tried anew. @param {Card} card */
  forget(card) {
    this.#fetched.delete(card.item);
    this.#drop(card.item);
  }

  /** @param {Card} card @returns {Promise<Fetched>} */
  #fetch(card) {
    const before = this.#fetched.get(card.item);
    if (before !== undefined) return before;
    this.#running += 1;
    const made = fetchPicture(card).finally(() => {
      this.#running -= 1;
      this.#ahead();
    });
    this.#fetched.set(card.item, made);
    return made;
  }

  /** Fetch the next that is wanted, and unpack those that come next. */
  #ahead() {
    for (const card of this.#wanted.slice(0, UNPACKED)) {
      if (this.#fetched.has(card.item)) this.of(card).catch(() => {});
    }
    while (this.#running < AT_ONCE) {
      const next = this.#wanted.find((card) => !this.#fetched.has(card.item));
      if (next === undefined) return;
      this.#fetch(next).catch(() => {}); // who looks at it is told
    }
  }

  /** @param {string} item */
  #drop(item) {
    this.#unpacked.get(item)?.then((picture) => picture.sheet.close(), () => {});
    this.#unpacked.delete(item);
  }
}

/**
 * A picture of its own, made small; whoever asked for it closes its sheet.
 * @param {Card} card
 * @param {number} width Of a cell, at most, in pixels.
 * @returns {Promise<Picture>}
 */
export async function smallPicture(card, width) {
  return unpack(await fetchPicture(card), width);
}

/** @param {Card} card @returns {Promise<Fetched>} */
async function fetchPicture(card) {
  const [sheet, timing] = await Promise.all([card.sheet, card.timing].map(fetched));
  return { blob: await sheet.blob(), timing: await timing.json() };
}

/** @param {string} path @returns {Promise<Response>} */
async function fetched(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(LONGEST_MS) });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response;
}

/** @param {Fetched} fetched @param {number} [most] @returns {Promise<Picture>} */
async function unpack({ blob, timing }, most = timing.width) {
  const { cells, columns, frames, width, height } = timing;
  const delaysMs = timing.delays_ms.map((/** @type {number} */ ms) => Math.max(1, ms));
  const share = Math.min(1, most / width);
  const scaled = (/** @type {number} */ side) => Math.max(1, Math.round(side * share));
  const cell = { width: scaled(width), height: scaled(height) };
  const rows = Math.ceil(cells / columns);
  const size = { resizeWidth: cell.width * columns, resizeHeight: cell.height * rows };
  const sheet = await createImageBitmap(blob, share < 1 ? size : {});
  return { sheet, cells, columns, frames, delaysMs, ...cell };
}
