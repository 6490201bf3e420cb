// Files as a hostile or broken supplier would leave them in its folder of answers.
import type { Random } from "../orders/random.ts";
import { spoilBytes } from "./bytes.ts";
import { reencode } from "./encodings.ts";
import { hostileName } from "./names.ts";
import type { Mutated } from "./mutation.ts";
import { bloatText, spoilText } from "./plain-text.ts";
import { bloatXml, spoilXml } from "./xml.ts";

export interface HostileFile extends Mutated {
  readonly name: string;
  /** What the listing says; servers err, and lie. */
  readonly listedSize: number;
}

/** Bytes. Around what a reader may take as too large, and far above it. */
const LARGE = { usual: [20_000, 120_000], seldom: [600_000, 1_400_000], never: 20_000_000 } as const;

/** `match`: the pattern that file names must match to be looked at, with `*` for anything. `sample`: one that is in order. */
export function hostileFile(random: Random, input: { readonly sample: string; readonly match: string }): HostileFile {
  const { bytes, how } = hostileContent(random, input.sample);
  const listedSize = random.chance(0.98) ? bytes.length : random.pick([0, -1, 1, bytes.length + 1, 2 ** 31, Number.NaN]);
  return { name: hostileName(random, input.match), bytes, how, listedSize };
}

function hostileContent(random: Random, sample: string): Mutated {
  const isXml = sample.trimStart().startsWith("<");
  const [spoil, bloat] = isXml ? [spoilXml, bloatXml] : [spoilText, bloatText];
  const dice = random.fraction();
  if (dice < 0.06) {
    return { bytes: Buffer.from(sample), how: "in order" };
  }
  if (dice < 0.08) {
    const { text, how } = bloat(random, sample, random.between(...LARGE.usual));
    return { bytes: Buffer.from(text), how: `large: ${how}` };
  }
  if (dice < 0.0815) {
    const { text, how } = bloat(random, sample, random.between(...LARGE.seldom));
    return { bytes: Buffer.from(text), how: `huge: ${how}` };
  }
  if (dice < 0.0816) {
    return { bytes: Buffer.alloc(LARGE.never, sample), how: "larger than anything" };
  }
  if (dice < 0.25) {
    return spoilBytes(random, Buffer.from(sample));
  }
  if (dice < 0.4) {
    return reencode(random, sample);
  }
  let text = sample;
  const done: string[] = [];
  for (let times = random.pick([1, 1, 1, 2, 2, 3, 5]); times > 0; times--) {
    const spoilt = spoil(random, text);
    text = spoilt.text;
    done.push(spoilt.how);
  }
  if (random.chance(0.08)) {
    const spoilt = spoilBytes(random, Buffer.from(text));
    return { bytes: spoilt.bytes, how: [...done, spoilt.how].join(", ") };
  }
  return { bytes: Buffer.from(text), how: done.join(", ") };
}
