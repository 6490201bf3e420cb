// Randomness that a seed repeats: the same seed and the same questions give the same answers on every machine.

export interface Random {
  /** From 0 up to but not including 1. */
  fraction(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  /** Throws RangeError when there is nothing to choose from. */
  pick<T>(choices: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
  /** The text with each # replaced by a digit. */
  digits(template: string): string;
}

export function createRandom(seed: number | string): Random {
  // A 32-bit counter with an odd step visits every state once; mixing its bits makes neighbours unlike each other.
  let state = 0x9e3779b9;
  for (const character of String(seed)) {
    state = mixed(state ^ (character.codePointAt(0) ?? 0));
  }

  const fraction = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    return (mixed(state) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number): number => least + Math.floor(fraction() * (most - least + 1));

  return {
    fraction,
    between,
    chance: (probability) => fraction() < probability,
    pick(choices) {
      const [choice] = choices.slice(between(0, choices.length - 1));
      if (choice === undefined) {
        throw new RangeError("nothing to choose from");
      }
      return choice;
    },
    shuffled: (items) =>
      items
        .map((item) => ({ item, place: fraction() }))
        .sort((a, b) => a.place - b.place)
        .map(({ item }) => item),
    digits: (template) => template.replaceAll("#", () => String(between(0, 9))),
  };
}

/** A pack of cards that is shuffled again when it is dealt: in every round each card comes exactly once. */
export function createDeck<T>(random: Random, cards: readonly T[]): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) {
      left = random.shuffled(cards);
    }
    const card = left.pop();
    if (card === undefined) {
      throw new RangeError("a deck needs cards");
    }
    return card;
  };
}

function mixed(bits: number): number {
  let value = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b5);
  value = Math.imul(value ^ (value >>> 13), 0x2c1b3c6d);
  return value ^ (value >>> 16);
}
