// The page on which somebody judges one card after the other.

import { Deck } from "./deck.js";
import { helpDialog } from "./dialogs.js";
import { hasMouse, need, pageData, showDesk, uuid } from "./dom.js";
import { Examples } from "./examples.js";
import { listen } from "./keys.js";
import { load } from "./loading.js";
import { Panel } from "./panel.js";
import { Pictures } from "./pictures.js";
import { Queue } from "./queue.js";
import { notTaken, say } from "./says.js";
import { Stage } from "./stage.js";
import { showProgress, showSaving } from "./tally.js";
import { said } from "./words.js";

/** @typedef {import("./panel.js").Ballot} Ballot @typedef {import("./pictures.js").Card} Card */

const VOTES = "/api/votes";
const UNDO = "/api/undo";
const AHEAD = 10;

const pictures = new Pictures();
const stage = new Stage(pictures, () => panel.watch.start());
const examples = new Examples();
/** @type {Deck<Card>} */
const deck = new Deck();
/** @type {{card: Card, ballot: Ballot}[]} Votes that this page has cast, the last one last. */
const cast = [];
/** @type {Map<string, {card: Card, ballot: Ballot}>} What is back already, by the id of its undo. */
const back = new Map();
let progress = { today: 0, left: 0 };
let known = false; // whether the server has said what there is
/** @type {string | null} */
let seen = null;

const panel = new Panel(pageData(), vote);
const queue = new Queue({ changed: tell, saved, refused });

/** @param {Ballot} ballot */
function vote(ballot) {
  const card = deck.current;
  if (card === null) return;
  if (!stage.ready && ballot.verdict !== "skip") return say("The picture is not there yet. S skips it.");
  cast.push({ card, ballot });
  deck.next();
  queue.add(VOTES, ballot);
  say(`${said(ballot)}. ${hasMouse() ? "U undoes it" : "Undo takes it back"}`);
  render();
}

function undo() {
  const last = cast.pop();
  const id = uuid();
  if (last !== undefined) {
    back.set(id, last);
    deck.putOnTop(last.card);
    render(last.ballot);
    say(`Undone: ${said(last.ballot)}`);
  }
  queue.add(UNDO, { id });
}

/** Items whose votes are still on their way. */
const underway = () => new Set(entries(VOTES).map((entry) => entry.body.item));

/** @param {string} path */
const entries = (path) => queue.entries.filter((entry) => entry.path === path);

/** @param {import("./queue.js").Entry} entry @param {any} answer */
function saved(entry, answer) {
  if (![VOTES, UNDO].includes(entry.path)) return look(); // an answer of the quiz, left from its page
  const draft = entry.path === UNDO ? undone(entry.body.id, answer.undone) : undefined;
  take(answer, draft);
  if (entry.path === UNDO) stage.retry(); // what was escalated is shown again
}

/**
 * Lay the card on top whose vote the server took back, if it is not the one that was expected.
 * @param {string} id
 * @param {{card: Card, ballot: Ballot} | null} answer
 * @returns {Ballot | undefined}
 */
function undone(id, answer) {
  const expected = back.get(id)?.card.item;
  back.delete(id);
  if (expected !== undefined && expected !== answer?.card.item) deck.remove(expected);
  if (answer === null) say("There is nothing to undo");
  if (answer === null || answer.card.item === expected) return undefined;
  deck.putOnTop(answer.card);
  say(`Undone: ${said(answer.ballot)}`);
  return answer.ballot;
}

/** @param {import("./queue.js").Entry} entry @param {import("./server.js").Problem} problem */
function refused(entry, problem) {
  const at = cast.findIndex(({ ballot }) => ballot.id === entry.body.id);
  if (at >= 0) cast.splice(at, 1);
  const expected = back.get(entry.body.id); // of an undo that came too late
  if (expected !== undefined) deck.remove(expected.card.item);
  back.delete(entry.body.id);
  notTaken(problem.message);
  render();
  if (queue.entries.length === 0) look();
}

/** @param {{items: Card[], progress: typeof progress}} answer @param {Ballot} [draft] */
function take(answer, draft) {
  known = true;
  progress = answer.progress;
  deck.take(answer.items, underway(), new Set([...back.values()].map((one) => one.card.item)));
  render(draft);
}

/** Ask what there is to judge. */
const look = () => load(`/api/work?count=${AHEAD}`, take);

/** @param {import("./queue.js").State} state @param {number} unsaved */
function tell(state, unsaved) {
  showSaving(state, unsaved);
  const votes = entries(VOTES).map((entry) => entry.body);
  const undone = entries(UNDO).flatMap((entry) => back.get(entry.body.id)?.ballot ?? []);
  const more = votes.length - undone.length; // as if all were saved
  const judged = [votes, undone].map((all) => all.filter(({ verdict }) => verdict !== "skip").length);
  const today = progress.today + judged[0] - judged[1];
  showProgress(Math.max(0, today), Math.max(0, progress.left - more), "today");
  const none = deck.current === null;
  showDesk(!none, none && known && unsaved === 0);
  need("wait").hidden = !none || (known && unsaved === 0);
}

/** Show the card on top. @param {Partial<Ballot>} [draft] */
function render(draft = {}) {
  const card = deck.current;
  const last = cast.slice(-1).map((one) => one.card);
  pictures.want([...deck.cards, ...last]);
  if (card === null || card.item !== seen) {
    seen = card?.item ?? null;
    if (card === null) panel.clear();
    else panel.show(card, draft);
    stage.show(card);
    need("desk").dataset.item = seen ?? "";
    examples.show(card?.label ?? null);
  }
  tell(queue.state, queue.entries.length);
}

/** @param {boolean} escalate */
const pass = (escalate) => deck.current && vote(panel.ballot({ verdict: "skip", escalate }));

listen({
  ...stage.actions,
  ...panel.actions,
  skip: () => pass(false),
  escalate: () => pass(true),
  undo,
  help: helpDialog("judge"),
});
need("look").addEventListener("click", look);
queue.send();
look();
