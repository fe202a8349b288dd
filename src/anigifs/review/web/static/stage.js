// The picture with all that belongs to it: player, scrubber, eight frames, and what is said if there is none.

import { make, need, wantsStillness } from "./dom.js";
import { Player, SPEEDS, drawCell } from "./player.js";

/** @typedef {import("./pictures.js").Card} Card @typedef {import("./pictures.js").Picture} Picture */

const EIGHT = 8;
const SMALL = 160; // pixels on the longer side of a small frame

/**
 * Which cells stand for the whole: as many as eight, evenly apart, the first among them.
 * @param {number} cells
 * @returns {number[]}
 */
export function eightOf(cells) {
  const count = Math.min(EIGHT, cells);
  return Array.from({ length: count }, (_, i) => Math.floor((i * cells) / count));
}

export class Stage {
  /** @type {Card | null} */ card = null;
  /** @type {number[]} */ #eight = [];
  /** @type {HTMLButtonElement[]} */ #frames = [];

  /**
   * @param {import("./pictures.js").Pictures} pictures
   * @param {() => void} shown Called when a picture is to be seen.
   */
  constructor(pictures, shown = () => {}) {
    this.pictures = pictures;
    this.shown = shown;
    this.player = new Player(need("picture"), () => this.#tell());
    this.#controls();
  }

  /** Whether the picture of the card is to be seen. */
  get ready() {
    return this.card !== null && this.player.picture !== null && need("veil").hidden;
  }

  /** What the keys of the player do. @returns {Record<string, () => void>} */
  get actions() {
    const { player } = this;
    return {
      play: () => (player.playing ? player.pause() : player.play()),
      back: () => player.step(-1),
      on: () => player.step(1),
      slower: () => player.faster(-1),
      faster: () => player.faster(1),
    };
  }

  /**
   * Show a card's picture, or nothing.
   * @param {Card | null} card
   * @param {boolean} veiled Whether it waits to be asked for.
   */
  async show(card, veiled = false) {
    this.card = card;
    this.player.clear();
    this.#contact(null);
    need("broken").hidden = true;
    need("veil").hidden = !veiled;
    need("stage").classList.toggle("veiled", veiled);
    need("loading").hidden = card === null;
    if (card === null) return;
    need("original").href = card.file;
    try {
      const picture = await this.pictures.of(card);
      if (this.card === card) this.#present(picture);
    } catch {
      if (this.card === card) this.#fail();
    }
  }

  /** Lift the veil. */
  unveil() {
    need("veil").hidden = true;
    need("stage").classList.remove("veiled");
    if (!wantsStillness()) this.player.play();
    if (this.ready) this.shown();
  }

  /** @param {Picture} picture */
  #present(picture) {
    need("loading").hidden = true;
    this.#contact(picture);
    this.player.show(picture, !wantsStillness() && need("veil").hidden);
    if (this.ready) this.shown();
  }

  #fail() {
    need("loading").hidden = true;
    need("broken").hidden = false;
    this.#tell();
  }

  #controls() {
    const { actions, player } = this;
    for (const name of ["play", "back", "on"]) need(name).addEventListener("click", actions[name]);
    need("scrub").addEventListener("input", () => {
      const cell = Number(need("scrub").value); // pausing sets it to where the player stands
      player.pause();
      player.seek(cell);
    });
    need("speed").addEventListener("click", () => {
      const last = player.speed === SPEEDS[SPEEDS.length - 1];
      player.faster(last ? -SPEEDS.length : 1);
    });
    // Both buttons vanish: a key that came before the browser let go of them would be lost.
    for (const [name, does] of Object.entries({ again: () => this.#again(), unveil: () => this.unveil() })) {
      need(name).addEventListener("click", () => {
        need("stage").focus({ preventScroll: true });
        does();
      });
    }
    window.addEventListener("online", () => this.retry());
  }

  /** Load the picture again, if it could not be loaded. */
  retry() {
    if (!need("broken").hidden) this.#again();
  }

  #again() {
    if (this.card === null) return;
    this.pictures.forget(this.card);
    this.show(this.card, !need("veil").hidden);
  }

  /** @param {Picture | null} picture */
  #contact(picture) {
    this.#eight = picture === null ? [] : eightOf(picture.cells);
    this.#frames = this.#eight.map((cell) => this.#frame(/** @type {Picture} */ (picture), cell));
    need("contact").replaceChildren(...this.#frames.map((frame) => make("li", {}, frame)));
  }

  /** @param {Picture} picture @param {number} cell @returns {HTMLButtonElement} */
  #frame(picture, cell) {
    const share = Math.min(1, SMALL / Math.max(picture.width, picture.height));
    const canvas = make("canvas", {
      width: Math.max(1, Math.round(picture.width * share)),
      height: Math.max(1, Math.round(picture.height * share)),
    });
    drawCell(canvas, picture, cell);
    const button = make("button", { type: "button", "aria-label": `Go to frame ${cell + 1}` }, canvas);
    button.addEventListener("click", () => this.player.step(cell - this.player.cell));
    return button;
  }

  /** Show where the player stands. */
  #tell() {
    const { picture, cell, playing, speed } = this.player;
    const cells = picture?.cells ?? 0;
    const scrub = need("scrub");
    scrub.max = String(Math.max(0, cells - 1));
    scrub.value = String(cell);
    scrub.setAttribute("aria-valuetext", `frame ${cell + 1} of ${cells}`);
    for (const name of ["scrub", "play", "back", "on"]) need(name).disabled = cells < 2;
    need("frame").textContent = cells === 0 ? "" : `${cell + 1} / ${cells}`;
    need("some").textContent =
      picture !== null && picture.frames > cells ? `${cells} of ${picture.frames} frames are shown` : "";
    need("play").dataset.playing = String(playing);
    need("play").setAttribute("aria-label", playing ? "Pause" : "Play");
    need("speed").textContent = `${speed}\u00d7`;
    const at = this.#eight.findLastIndex((one) => one <= cell);
    this.#frames.forEach((frame, i) => frame.toggleAttribute("data-at", i === at));
  }
}
