// Spoiling bytes without knowing what they mean.
import type { Random } from "../orders/random.ts";
import { pickNamed, type Mutated } from "./mutation.ts";

type SpoilBytes = (random: Random, bytes: Buffer) => Buffer;

/** Values at the edges of what encodings and separators treat alike. */
const EDGES = [0x00, 0x0a, 0x0d, 0x1b, 0x22, 0x26, 0x27, 0x2b, 0x3a, 0x3c, 0x3e, 0x7f, 0x80, 0xc0, 0xed, 0xef, 0xf5, 0xfe, 0xff];

const at = (random: Random, bytes: Buffer): number => random.between(0, Math.max(0, bytes.length - 1));

const piece = (random: Random, bytes: Buffer): Buffer => {
  const from = at(random, bytes);
  return bytes.subarray(from, from + random.between(1, 200));
};

const spoils: Readonly<Record<string, SpoilBytes>> = {
  "bits flipped": (random, bytes) => {
    const spoilt = Buffer.from(bytes);
    for (let times = random.between(1, 8); times > 0 && spoilt.length > 0; times--) {
      const where = at(random, spoilt);
      spoilt[where] = (spoilt[where] ?? 0) ^ (1 << random.between(0, 7));
    }
    return spoilt;
  },
  "bytes replaced": (random, bytes) => {
    const spoilt = Buffer.from(bytes);
    for (let times = random.between(1, 8); times > 0 && spoilt.length > 0; times--) {
      spoilt[at(random, spoilt)] = random.chance(0.5) ? random.pick(EDGES) : random.between(0, 255);
    }
    return spoilt;
  },
  truncated: (random, bytes) => bytes.subarray(0, at(random, bytes)),
  beheaded: (random, bytes) => bytes.subarray(at(random, bytes)),
  "a piece taken out": (random, bytes) => {
    const from = at(random, bytes);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random.between(1, 80))]);
  },
  "a piece put elsewhere": (random, bytes) => {
    const to = at(random, bytes);
    return Buffer.concat([bytes.subarray(0, to), piece(random, bytes), bytes.subarray(to)]);
  },
  "a piece repeated": (random, bytes) => {
    const to = at(random, bytes);
    const times = random.chance(0.01) ? random.between(500, 2_000) : random.between(2, 30);
    return Buffer.concat([bytes.subarray(0, to), ...Array<Buffer>(times).fill(piece(random, bytes)), bytes.subarray(to)]);
  },
  "all of it twice": (_random, bytes) => Buffer.concat([bytes, bytes]),
  "noise put in": (random, bytes) => {
    const to = at(random, bytes);
    const noise = Buffer.from(Array.from({ length: random.between(1, 64) }, () => random.between(0, 255)));
    return Buffer.concat([bytes.subarray(0, to), noise, bytes.subarray(to)]);
  },
  "nothing but noise": (random) => Buffer.from(Array.from({ length: random.between(0, 400) }, () => random.between(0, 255))),
  empty: () => Buffer.alloc(0),
};

export function spoilBytes(random: Random, bytes: Buffer): Mutated {
  const [how, spoil] = pickNamed(random, spoils);
  return { bytes: spoil(random, bytes), how };
}
