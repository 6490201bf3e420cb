// A child that does what the seed says at case 3: for the tests of the watch.
import { serveCases } from "../serve-cases.ts";

await serveCases(({ seed }, watch) => {
  const ways: Readonly<Record<string, () => void>> = {
    well: () => {},
    hang: () => {
      for (;;) {
        Math.random();
      }
    },
    throw: () => {
      throw new TypeError("not like this");
    },
    exhaust: () => {
      const held: number[][] = [];
      for (;;) {
        held.push(Array.from({ length: 100_000 }, Math.random));
      }
    },
    violate: () => watch.violation({ index: 3, how: "broken", what: "half of it" }),
  };
  return Promise.resolve({
    async run(index) {
      watch.begin(index, "broken");
      if (index === 3) {
        ways[seed]?.();
      }
      watch.outcome("done");
    },
    settle: () => Promise.resolve(),
    bytesOf: (index) => Buffer.from(`case ${index}`),
    close: () => Promise.resolve(),
  });
});
