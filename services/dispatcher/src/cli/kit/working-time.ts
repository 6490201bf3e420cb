// When we send, and what working time is: what the supplier's schedule says, in English and French.
import type { HandlerConfig } from "../../config/load.ts";

type Schedule = HandlerConfig["suppliers"][number]["schedule"];
type Pair = readonly [string, string];

const DAYS: readonly Pair[] = [
  ["Monday", "lundi"],
  ["Tuesday", "mardi"],
  ["Wednesday", "mercredi"],
  ["Thursday", "jeudi"],
  ["Friday", "vendredi"],
  ["Saturday", "samedi"],
  ["Sunday", "dimanche"],
];

/** Nothing where the supplier has no calendar. */
export function workingTime({ calendar, send }: Schedule): Pair[] {
  if (calendar === null) {
    return [];
  }
  const days = calendar.days.flatMap((day) => DAYS.slice(day - 1, day));
  const [english, french] = [days.map(([en]) => en).join(", "), days.map(([, fr]) => fr).join(", ")];
  const hours = calendar.hours.map(span).join(", ");
  const holidays: Pair =
    calendar.holidays === null
      ? ["", ""]
      : [`, but public holidays (${calendar.holidays})`, `, sauf jours fériés (${calendar.holidays})`];
  const working: Pair = [
    `Working time is ${hours} (${calendar.timezone}), ${english}${holidays[0]}.`,
    `Heures ouvrées : ${hours} (${calendar.timezone}), ${french}${holidays[1]}.`,
  ];
  if (send.kind === "immediately") {
    return [working];
  }
  const times = (send.kind === "times" ? send.times.map(clock) : send.windows.map(span)).join(", ");
  return [[`We send on working days, ${times}.`, `Nous déposons les jours ouvrés, ${times}.`], working];
}

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

const span = ({ from, to }: { readonly from: number; readonly to: number }): string => `${clock(from)}–${clock(to)}`;
