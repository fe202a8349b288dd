// The quiz: what is being done, among all classes?

import { hasMouse, need, pageData, uuid } from "./dom.js";
import { listen } from "./keys.js";
import { load } from "./loading.js";
import { Picker } from "./picker.js";
import { Pictures } from "./pictures.js";
import { Queue } from "./queue.js";
import { notTaken, say } from "./says.js";
import { Stage } from "./stage.js";
import { Stopwatch } from "./stopwatch.js";
import { showSaving } from "./tally.js";

/** @typedef {import("./pictures.js").Card} Card */

const ANSWERS = "/api/answers";
const { labels } = pageData();
const watch = new Stopwatch();
const pictures = new Pictures();
const stage = new Stage(pictures, () => watch.start());
const parts = { input: need("class-search"), list: need("class-list"), more: need("class-more") };
const picker = new Picker(parts, answer, false);
const queue = new Queue({ changed: tell, saved: look, refused });
/** @type {Card | null} */
let card = null;
let done = 0;
let known = false;

/** @param {string} label */
function answer(label) {
  if (card === null) return;
  if (!stage.ready) return say("The picture is not there yet");
  queue.add(ANSWERS, { id: uuid(), item: card.item, label, took_ms: watch.tookMs });
  done += 1;
  say(`Noted: ${label}`);
  show(null);
}

/** @param {import("./queue.js").Entry} entry @param {import("./server.js").Problem} problem */
function refused(entry, problem) {
  notTaken(problem.message);
  look();
}

/** Ask what comes next, once all is saved. */
function look() {
  if (queue.entries.length === 0) load("/api/quiz", take);
}

/** @param {{item: Card | null, done: number}} next */
function take(next) {
  known = true;
  done = next.done;
  show(next.item);
}

/** @param {Card | null} next */
function show(next) {
  card = next;
  pictures.want(card === null ? [] : [card]);
  stage.show(card);
  if (card !== null) picker.open(labels);
  need("desk").dataset.item = card?.item ?? "";
  tell(queue.state, queue.entries.length);
  // On a phone, the keys would cover the picture.
  if (card !== null && hasMouse()) parts.input.focus({ preventScroll: true });
}

/** @param {import("./queue.js").State} state @param {number} unsaved */
function tell(state, unsaved) {
  showSaving(state, unsaved);
  need("today").textContent = `${done} answered`;
  need("done").value = known && card === null ? 1 : 0;
  const over = known && card === null && unsaved === 0;
  need("desk").hidden = card === null;
  need("empty").hidden = !over;
  need("wait").hidden = card !== null || over;
  if (over && done > 0) {
    need("empty-head").textContent = "That was all";
    need("empty-words").textContent = "Thank you. More may come when more items are accepted.";
  }
}

listen(stage.actions);
queue.send();
look();
