// What was accepted as the class, to compare with.

import { isWide, make, need, wantsStillness } from "./dom.js";
import { smallPicture } from "./pictures.js";
import { Player } from "./player.js";
import { get } from "./server.js";

const MOST = 3;
const WIDTH = 200; // pixels of a cell
const KEPT = "anigifs examples";

export class Examples {
  /** @type {string | null} */ #label = null;
  /** @type {string | null} */ #shown = null;
  /** @type {Player[]} */ #players = [];

  constructor() {
    this.box = need("examples");
    this.box.open = kept() ?? isWide();
    this.box.addEventListener("toggle", () => {
      keep(this.box.open);
      this.#fill();
    });
  }

  /** @param {string | null} label */
  show(label) {
    this.#label = label;
    this.#fill();
  }

  /** Fetch them, if somebody looks. */
  async #fill() {
    const label = this.#label;
    if (!this.box.open || label === null || label === this.#shown) return;
    this.#shown = label;
    this.#empty("");
    try {
      const { examples } = await get(`/api/classes/${encodeURIComponent(label)}`);
      const cards = examples.slice(0, MOST);
      if (this.#shown !== label) return;
      if (cards.length === 0) this.#empty("None yet.");
      for (const card of cards) this.#add(card, label).catch(() => {}); // one fewer
    } catch {
      if (this.#shown === label) this.#shown = null; // tried again with the next card
    }
  }

  /** @param {string} text */
  #empty(text) {
    for (const player of this.#players) {
      player.pause();
      player.picture?.sheet.close();
    }
    this.#players = [];
    need("example-list").replaceChildren();
    need("no-examples").textContent = text;
  }

  /** @param {import("./pictures.js").Card} card @param {string} label */
  async #add(card, label) {
    const picture = await smallPicture(card, WIDTH);
    if (this.#shown !== label) return picture.sheet.close();
    const canvas = make("canvas", { role: "img", "aria-label": `Accepted as ${label}` });
    const player = new Player(canvas);
    this.#players.push(player);
    need("example-list").append(make("li", {}, canvas));
    player.show(picture, !wantsStillness());
  }
}

/** @returns {boolean | null} Whether somebody left it open or closed. */
function kept() {
  try {
    const was = localStorage.getItem(KEPT);
    return was === null ? null : was === "open";
  } catch {
    return null;
  }
}

/** @param {boolean} open */
function keep(open) {
  try {
    localStorage.setItem(KEPT, open ? "open" : "closed");
  } catch {
    // Then it is as it was at the next visit.
  }
}
