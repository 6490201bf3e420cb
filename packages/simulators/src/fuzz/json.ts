// Spoiling a JSON document by its structure. It stays JSON, with what JSON.stringify would never write: numbers beyond
// every range, one name twice, lone surrogates.
import type { Random } from "../orders/random.ts";
import { HOSTILE_NUMBERS, hostileText } from "./hostile-values.ts";
import { pickNamed } from "./mutation.ts";

/** JSON text that is written as it is. */
class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Parent = Record<string, unknown> | unknown[];

interface Place {
  readonly parent: Parent;
  readonly key: string | number;
  readonly value: unknown;
}

const NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "toJSON", "then", "length", "", "$ref"];

/** Bounded, or one case would take as long as a thousand. */
const LONGEST_ARRAY = 2_000;
const LONG_TEXT = 1_000_000;
const MOST_PLACES = 20_000;

const odd = (random: Random): unknown =>
  random.pick([
    () => null,
    () => true,
    () => false,
    () => [],
    () => ({}),
    () => [[]],
    () => ({ __proto__: null, amount: "1" }),
    () => hostileText(random),
    () => hostileText(random),
    () => hostileText(random),
    () =>
      new Raw(
        random.pick(["1e400", "-1e400", "-0", "1.5", "9007199254740993", "1".repeat(400), "1e-400", "-1", "0", "2147483648"]),
      ),
    () => random.pick(HOSTILE_NUMBERS),
    () => new Raw(nested(random.pick([10, 100, 2_000]))),
  ])();

const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

const DATES = [
  "9999-12-31T23:59:59Z",
  "+275760-09-13T00:00:00Z",
  "+275760-09-13T00:00:00.001Z",
  "-271821-04-20T00:00:00Z",
  "-000001-01-01T00:00:00Z",
  "0000-01-01T00:00:00Z",
  "0001-01-01T00:00:00Z",
  "10000-01-01",
  "2027-02-30T00:00:00Z",
  "2027-13-01",
  "Sat",
  "1",
  "1e9",
  "2027",
  "",
  "2027-01-10T09:00:00+99:99",
];

const changes: Readonly<Record<string, (random: Random, places: readonly Place[]) => void>> = {
  "a value of another type": (random, places) => set(random.pick(places), odd(random)),
  "a value left out": (random, places) => {
    const { parent, key } = random.pick(places);
    if (Array.isArray(parent)) {
      parent.splice(Number(key), 1);
    } else {
      delete parent[key];
    }
  },
  "a value null": (random, places) => set(random.pick(places), null),
  "a text hostile": (random, places) => {
    const texts = places.filter((place) => typeof place.value === "string");
    if (texts.length > 0) {
      set(random.pick(texts), hostileText(random));
    }
  },
  "every text hostile": (random, places) =>
    places
      .filter((place) => typeof place.value === "string" && !/_at$|gid:/.test(`${place.key}${place.value}`))
      .forEach((place) => set(place, hostileText(random))),
  "a number as text, or a text as number": (random, places) => {
    const place = random.pick(places);
    set(place, typeof place.value === "number" ? String(place.value) : new Raw(random.pick(["1", "1e400", "-1", "0.1"])));
  },
  "a number hostile": (random, places) => {
    const numbers = places.filter((place) => typeof place.value === "number");
    if (numbers.length > 0) {
      set(
        random.pick(numbers),
        random.chance(0.5) ? odd(random) : new Raw(random.pick(["1e400", "-1", "1.5", "4294967296", "9007199254740993"])),
      );
    }
  },
  "a date out of range": (random, places) => {
    const dates = places.filter((place) => String(place.key).endsWith("_at"));
    if (dates.length > 0) {
      set(random.pick(dates), random.pick(DATES));
    }
  },
  "a list longer": (random, places) => {
    const { value: list } = random.pick(
      places.filter((place) => Array.isArray(place.value) && place.value.length > 0).concat(places),
    );
    if (Array.isArray(list) && list.length > 0 && places.length < MOST_PLACES) {
      const times = random.chance(0.004) ? LONGEST_ARRAY : random.between(2, 12);
      const first: unknown = list[0];
      while (list.length < times) {
        list.push(random.chance(0.2) ? first : withOtherId(first, list.length));
      }
    }
  },
  "two values exchanged": (random, places) => {
    const [a, b] = [random.pick(places), random.pick(places)];
    // As text: one may hold the other.
    const [first, second] = [written(a.value), written(b.value)];
    set(a, new Raw(second));
    set(b, new Raw(first));
  },
  "a name that objects have": (random, places) => {
    const { parent } = random.pick(places);
    if (!Array.isArray(parent)) {
      // Defined, or __proto__ would be set instead of written.
      Object.defineProperty(parent, random.pick(NAMES), {
        value: odd(random),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
  },
  "a very long text": (random, places) => {
    const texts = places.filter((place) => typeof place.value === "string");
    if (texts.length > 0) {
      const length = random.chance(0.02) ? LONG_TEXT : random.between(1_000, 20_000);
      set(random.pick(texts), random.pick(["x", "é\n", "<&>", "\u202E", "]]>", "\u0000"]).repeat(length / 3));
    }
  },
};

function withOtherId(value: unknown, n: number): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "id" in value
    ? { ...value, id: 77_000_000 + n, admin_graphql_api_id: `gid://shopify/LineItem/${77_000_000 + n}` }
    : value;
}

const set = ({ parent, key }: Place, value: unknown): void => void Reflect.set(parent, key, value);

function placesOf(value: unknown): Place[] {
  if (value instanceof Raw || typeof value !== "object" || value === null) {
    return [];
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object of a JSON document
  const parent = value as Parent;
  return Object.entries(parent).flatMap(([key, own]) => [{ parent, key, value: own }, ...placesOf(own)]);
}

/** `text` must be JSON. Numbers of the original lose what is beyond 2^53. */
export function spoilJson(random: Random, text: string): { readonly text: string; readonly how: string } {
  const root: { value: unknown } = { value: JSON.parse(text) };
  const done: string[] = [];
  for (let times = random.pick([1, 1, 1, 2, 2, 3, 6]); times > 0; times--) {
    const places = placesOf(root.value);
    if (places.length === 0) {
      break;
    }
    const [how, change] = pickNamed(random, changes);
    change(random, places);
    done.push(how);
  }
  return { text: written(root.value), how: done.join(", ") };
}

function written(value: unknown): string {
  if (value instanceof Raw) {
    return value.text;
  }
  if (typeof value !== "object" || value === null) {
    return JSON.stringify(value) ?? "null";
  }
  return Array.isArray(value)
    ? `[${value.map(written).join(",")}]`
    : `{${Object.entries(value)
        .map(([name, one]) => `${JSON.stringify(name)}:${written(one)}`)
        .join(",")}}`;
}
