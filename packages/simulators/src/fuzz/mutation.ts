// What every mutator gives, and the randomness of one case: a case can be made again alone, from the seed and its number.
import { createRandom, type Random } from "../orders/random.ts";

export interface Mutated {
  readonly bytes: Buffer;
  /** What was done to it, for the report. */
  readonly how: string;
}

/** One way to spoil a text. */
export type Spoil = (random: Random, text: string) => string;

export const caseRandom = (seed: string, part: string, index: number): Random => createRandom(`${seed} ${part} ${index}`);

/** One of the entries of a table, with its name. */
export function pickNamed<T>(random: Random, table: Readonly<Record<string, T>>): readonly [name: string, value: T] {
  return random.pick(Object.entries(table));
}
