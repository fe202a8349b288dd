// How long somebody looks at a card; the time in which the page is out of sight does not count.

export class Stopwatch {
  #sumMs = 0;
  /** @type {number | null} */ #sinceMs = null;
  #running = false;

  constructor() {
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#stop() : this.#go()));
  }

  start() {
    this.#sumMs = 0;
    this.#sinceMs = null;
    this.#running = true;
    if (!document.hidden) this.#go();
  }

  /** @returns {number} Whole milliseconds. */
  get tookMs() {
    const open = this.#sinceMs === null ? 0 : performance.now() - this.#sinceMs;
    return Math.round(this.#sumMs + open);
  }

  #go() {
    if (this.#running) this.#sinceMs ??= performance.now();
  }

  #stop() {
    this.#sumMs = this.tookMs;
    this.#sinceMs = null;
  }
}
