// Plays the cells of a sheet on a canvas, each as long as a browser shows its frame.

/** @typedef {import("./pictures.js").Picture} Picture */

export const SPEEDS = [0.25, 0.5, 1, 2, 4];

/**
 * Draw one cell on a canvas that has any size.
 * @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 * @param {number} cell
 */
export function drawCell(canvas, picture, cell) {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const { width, height, columns } = picture;
  const left = (cell % columns) * width;
  const top = Math.floor(cell / columns) * height;
  context.drawImage(picture.sheet, left, top, width, height, 0, 0, canvas.width, canvas.height);
}

export class Player {
  /** @type {Picture | null} */ picture = null;
  cell = 0;
  playing = false;
  speed = 1;
  #dueMs = 0;
  #beforeMs = 0;
  #frame = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} changed Called whenever a frame, the speed or the playing changes.
   */
  constructor(canvas, changed = () => {}) {
    this.canvas = canvas;
    this.changed = changed;
  }

  /** @param {Picture} picture @param {boolean} playing */
  show(picture, playing) {
    this.picture = picture;
    this.canvas.width = picture.width;
    this.canvas.height = picture.height;
    this.seek(0);
    if (playing) this.play();
    else this.pause();
  }

  /** Show nothing. */
  clear() {
    this.pause();
    this.picture = null;
    this.canvas.getContext("2d")?.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  play() {
    if (this.picture === null || this.picture.cells < 2) return this.pause();
    cancelAnimationFrame(this.#frame);
    this.playing = true;
    this.#beforeMs = performance.now();
    this.#frame = requestAnimationFrame((nowMs) => this.#tick(nowMs));
    this.changed();
  }

  pause() {
    cancelAnimationFrame(this.#frame);
    this.playing = false;
    this.changed();
  }

  /** @param {number} cell Counted round, so that -1 is the last. */
  seek(cell) {
    if (this.picture === null) return;
    const { cells, delaysMs } = this.picture;
    this.cell = ((cell % cells) + cells) % cells;
    this.#dueMs = delaysMs[this.cell];
    drawCell(this.canvas, this.picture, this.cell);
    this.changed();
  }

  /** Pause, and go some frames on or back. @param {number} count */
  step(count) {
    this.pause();
    this.seek(this.cell + count);
  }

  /** @param {number} count Steps of speed up or down. */
  faster(count) {
    const at = SPEEDS.indexOf(this.speed) + count;
    this.speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at))];
    this.changed();
  }

  /** @param {number} nowMs */
  #tick(nowMs) {
    if (!this.playing || this.picture === null) return;
    const { cells, delaysMs } = this.picture;
    const roundMs = delaysMs.reduce((sum, ms) => sum + ms, 0);
    this.#dueMs -= (Math.max(0, nowMs - this.#beforeMs) * this.speed) % roundMs;
    this.#beforeMs = nowMs;
    let cell = this.cell;
    while (this.#dueMs <= 0) {
      cell = (cell + 1) % cells;
      this.#dueMs += delaysMs[cell];
    }
    if (cell !== this.cell) {
      this.cell = cell;
      drawCell(this.canvas, this.picture, cell);
      this.changed();
    }
    this.#frame = requestAnimationFrame((next) => this.#tick(next));
  }
}
