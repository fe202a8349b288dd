"use strict";
// Without this script everything is there, and each player works; with it, clips can be filtered.
document.documentElement.classList.add("scripted");

for (const button of document.querySelectorAll("button[data-all]")) {
  button.addEventListener("click", () => {
    for (const player of document.querySelectorAll(`#${button.dataset.all} .player`)) {
      const shown = player.closest(".out") === null;
      player.open = button.dataset.to === "play" && shown;
    }
  });
}

const form = document.querySelector("#clips form");
if (form) {
  const cards = [...document.querySelectorAll("#clips .clip")];
  const has = (numbers, model) => (model === "" ? numbers !== "" : numbers.split(" ").includes(model));
  const fits = (card, asked) =>
    (asked.label === "" || card.dataset.label === asked.label) &&
    (asked.set === "" || card.dataset.set === asked.set) &&
    (asked.verdict === ""
      ? asked.model === "" || has(`${card.dataset.right} ${card.dataset.wrong}`, asked.model)
      : has(card.dataset[asked.verdict], asked.model));
  const show = () => {
    const asked = Object.fromEntries(new FormData(form));
    let shown = 0;
    for (const card of cards) {
      const out = !fits(card, asked);
      card.classList.toggle("out", out);
      shown += out ? 0 : 1;
      if (out) for (const player of card.querySelectorAll(".player")) player.open = false;
      for (const name of card.querySelectorAll(".by")) {
        name.classList.toggle("asked", name.dataset.model === asked.model);
      }
    }
    form.querySelector("output").textContent = `${shown} of ${cards.length} clips`;
  };
  form.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show));
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
}
