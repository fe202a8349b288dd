// The cards in hand: the one that is seen, and those after it.

/**
 * @template {{item: string}} T
 */
export class Deck {
  /** @type {T[]} */ cards = [];

  /** The card that is seen. @returns {T | null} */
  get current() {
    return this.cards[0] ?? null;
  }

  /** Lay the one that is seen away. */
  next() {
    this.cards.shift();
  }

  /** Put a card on top, wherever it was. @param {T} card */
  putOnTop(card) {
    this.remove(card.item);
    this.cards.unshift(card);
  }

  /** @param {string} item */
  remove(item) {
    this.cards = this.cards.filter((card) => card.item !== item);
  }

  /**
   * Take what the server has given in place of what is in hand; the card that is seen stays.
   * @param {T[]} given
   * @param {ReadonlySet<string>} voted Items whose votes are still on their way.
   * @param {ReadonlySet<string>} undone Items whose undos are: the server cannot give them yet.
   */
  take(given, voted, undone = new Set()) {
    const kept = this.cards.filter(({ item }, i) => i === 0 || undone.has(item));
    const here = new Set(kept.map(({ item }) => item));
    const others = given.filter(({ item }) => !voted.has(item) && !here.has(item));
    this.cards = [...kept, ...others];
  }
}
