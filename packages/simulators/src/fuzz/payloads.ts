// Bodies of signed webhooks with what a customer, an app or a broken sender put into them.
import type { Random } from "../orders/random.ts";
import { spoilBytes } from "./bytes.ts";
import { reencode } from "./encodings.ts";
import { spoilJson } from "./json.ts";
import type { Mutated } from "./mutation.ts";

export function hostilePayload(random: Random, body: string): Mutated {
  const dice = random.fraction();
  if (dice < 0.05) {
    return { bytes: Buffer.from(body), how: "in order" };
  }
  if (dice < 0.1) {
    return spoilBytes(random, Buffer.from(body));
  }
  if (dice < 0.12) {
    return reencode(random, body);
  }
  if (dice < 0.13) {
    const levels = random.pick([100, 1_000, 100_000]);
    return { bytes: Buffer.from('{"line_items":'.repeat(levels)), how: "nested deeply" };
  }
  const { text, how } = spoilJson(random, body);
  return { bytes: Buffer.from(text), how };
}
