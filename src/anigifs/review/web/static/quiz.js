// The quiz: what is being done, among all classes?

import { hasMouse, need, pageData, uuid } from "./dom.js";
import { listen } from "./keys.js";
import { Picker } from "./picker.js";
import { Pictures } from "./pictures.js";
import { Queue } from "./queue.js";
import { notTaken, say, trouble } from "./says.js";
import { Problem, get } from "./server.js";
import { Stage } from "./stage.js";
import { Stopwatch } from "./stopwatch.js";
import { showLoggedOut, showSaving } from "./tally.js";

/** @typedef {import("./pictures.js").Card} Card */

const ANSWERS = "/api/answers";
const AGAIN_MS = 3000;
const { labels } = pageData();
const watch = new Stopwatch();
const pictures = new Pictures();
const stage = new Stage(pictures, () => watch.start());
const parts = { input: need("class-search"), list: need("class-list"), more: need("class-more") };
const picker = new Picker(parts, answer, false);
const queue = new Queue({ changed: tell, saved: load, refused });
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

/** @param {import("./queue.js").Entry} entry @param {Problem} problem */
function refused(entry, problem) {
  notTaken(problem.message);
  load();
}

/** Ask what comes next, once all is saved. */
async function load() {
  if (queue.entries.length > 0) return;
  try {
    const next = await get("/api/quiz");
    known = true;
    done = next.done;
    show(next.item);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) return showLoggedOut("You are logged out.");
    trouble(`${error.message}; trying again`);
    setTimeout(load, AGAIN_MS);
  }
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
load();
