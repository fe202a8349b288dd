// The page on which an adjudicator decides what annotators do not agree on.

import { Deck } from "./deck.js";
import { helpDialog } from "./dialogs.js";
import { hasMouse, make, need, pageData, showDesk } from "./dom.js";
import { listen } from "./keys.js";
import { load } from "./loading.js";
import { Panel } from "./panel.js";
import { Pictures } from "./pictures.js";
import { Queue } from "./queue.js";
import { notTaken, refuse, say } from "./says.js";
import { Problem, account, get } from "./server.js";
import { Stage } from "./stage.js";
import { showProgress, showSaving } from "./tally.js";
import { WHY, clock, said } from "./words.js";

/**
 * @typedef {import("./panel.js").Ballot} Ballot
 * @typedef {import("./pictures.js").Card} Card
 *
 * @typedef {Ballot & {annotator: string, role: string, at_ms: number}} Said
 * @typedef {{item: string, card: Card, why: string, votes: Said[]}} Dispute
 */

const DECISIONS = "/api/decisions";
const AHEAD = 10;
const AGAIN = hasMouse() ? "U opens it again" : "It can be opened again";

const pictures = new Pictures();
const stage = new Stage(pictures, () => panel.watch.start());
/** @type {Deck<Dispute>} */
const deck = new Deck();
/** @type {Dispute[]} Decided on this page, the last one last. */
const decided = [];
/** @type {Set<string>} Those whose picture was asked for. */
const unveiled = new Set();
/** @type {Set<string>} Items that were decided on this page, opened again since or not. */
const counted = new Set();
let left = 0;
let known = false;
/** @type {string | null} */
let seen = null;

const panel = new Panel(pageData(), decide);
const queue = new Queue({ changed: tell, saved, refused });

/** @param {any} given @returns {Dispute} */
const named = (given) => ({ ...given, item: given.card.item });

/** @param {Ballot} ballot */
function decide(ballot) {
  const dispute = deck.current;
  if (dispute === null) return;
  const skips = ballot.verdict === "skip";
  if (!stage.ready && !skips) return say("Look at the picture first: Show it, or S skips it");
  deck.next();
  if (skips && (dispute.why === "" || dispute.votes.some(isMine))) {
    // What this person has decided stands, and a skip is no decision.
    say("Left as it was decided");
    return render();
  }
  if (!skips) {
    decided.push(dispute);
    counted.add(dispute.item);
  }
  queue.add(DECISIONS, ballot);
  say(skips ? "Skipped: it comes back last" : `Decided. ${said(ballot)}. ${AGAIN}`);
  render();
}

/** Open the last decision again; it stands until there is another one. */
function reopen() {
  const last = decided.pop();
  if (last === undefined) return say("There is nothing to open again");
  deck.putOnTop({ ...last, why: "" });
  say("Open again: what you decided stands until you decide anew");
  render();
}

/** @param {import("./queue.js").Entry} entry @param {any} answer */
function saved(entry, answer) {
  if (entry.path !== DECISIONS) return look(); // left from another page
  take(answer);
}

/** @param {import("./queue.js").Entry} entry @param {Problem} problem */
function refused(entry, problem) {
  const at = decided.findIndex(({ item }) => item === entry.body.item);
  if (at >= 0) decided.splice(at, 1);
  counted.delete(entry.body.item);
  notTaken(problem.message);
  if (queue.entries.length === 0) look();
}

/** @param {{items: any[], left: number}} answer */
function take(answer) {
  known = true;
  left = answer.left;
  deck.take(answer.items.map(named), new Set(queue.entries.map(({ body }) => body.item)));
  render();
}

/** Ask what there is to decide. */
const look = () => load(`/api/disputes?count=${AHEAD}`, take);

/** Whether it is what this adjudicator decided. @param {Said} vote */
const isMine = ({ annotator, role, verdict }) =>
  role === "adjudicator" && annotator === account() && verdict !== "skip";

/** @param {SubmitEvent} event */
async function reconsider(event) {
  event.preventDefault();
  const hash = need("sha256").value.trim().toLowerCase();
  try {
    deck.putOnTop(named(await get(`/api/disputes/${hash}`)));
    need("reconsider").reset();
    need("refused").hidden = true;
    need("stage").focus();
    render();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refuse(error.status === 404 ? "No item of this hash is disputed or decided." : error.message);
  }
}

/** Show the dispute on top. */
function render() {
  const dispute = deck.current;
  pictures.want(deck.cards.map(({ card }) => card));
  if (dispute === null || dispute.item !== seen) {
    seen = dispute?.item ?? null;
    if (dispute === null) panel.clear();
    else panel.show(dispute.card);
    stage.show(dispute?.card ?? null, dispute !== null && isVeiled(dispute));
    need("desk").dataset.item = seen ?? "";
    need("why").textContent = WHY[dispute?.why ?? ""] ?? "It is decided, and looked at again.";
    need("votes").replaceChildren(...(dispute?.votes ?? []).map(voteCard));
  }
  tell(queue.state, queue.entries.length);
}

/** @param {Dispute} dispute */
const isVeiled = ({ item, votes }) => votes.some(({ escalate }) => escalate) && !unveiled.has(item);

/** @param {Said} vote */
function voteCard(vote) {
  const { verdict, annotator, role, at_ms: atMs, style, comment, escalate } = vote;
  const who = role === "adjudicator" ? `${annotator}, adjudicator` : annotator;
  const time = make("time", { datetime: new Date(atMs).toISOString() }, clock(atMs));
  const parts = [
    make("p", { class: "who" }, make("span", {}, who), time),
    make("p", { class: "said" }, said({ ...vote, escalate: false })),
  ];
  if (escalate) parts.push(make("p", {}, "Asked for an adjudicator"));
  if (style) parts.push(make("p", {}, `Style: ${style}`));
  if (comment) parts.push(make("blockquote", {}, comment));
  return make("li", { "data-verdict": verdict }, ...parts);
}

/** @param {import("./queue.js").State} state @param {number} unsaved */
function tell(state, unsaved) {
  showSaving(state, unsaved);
  showProgress(counted.size, Math.max(0, left - unsaved), "decided here");
  const none = deck.current === null;
  showDesk(!none, none && known && unsaved === 0);
  need("wait").hidden = !none || (known && unsaved === 0);
}

listen({
  ...stage.actions,
  ...panel.actions,
  skip: () => deck.current && decide(panel.ballot({ verdict: "skip" })),
  undo: reopen,
  help: helpDialog("adjudicate"),
});
need("look").addEventListener("click", look);
need("unveil").addEventListener("click", () => seen !== null && unveiled.add(seen));
need("reconsider").addEventListener("submit", reconsider);
queue.send();
look();
