// When a purchase order may go to its supplier, and until when an answer is due. Pure, and read anew from the
// configuration each time: what is kept of a purchase order is only since when it waits for its turn.
import {
  addWorkingDays,
  addWorkingTime,
  countedFrom,
  lastTime,
  nextTime,
  nextWithin,
  workingDate,
  type Calendar,
  type Hours,
} from "./calendar.ts";
import { LONGEST_WAIT_MS } from "../delivery/retry.ts";

export interface Schedule {
  /** Null: there is no working time, and nothing here may need one. */
  readonly calendar: Calendar | null;
  /** immediately: at any time. times: on working days at these, minutes since midnight. windows: on working days within these. */
  readonly send:
    | { readonly kind: "immediately" }
    | { readonly kind: "times"; readonly times: readonly number[] }
    | { readonly kind: "windows"; readonly windows: readonly Hours[] };
  /** Minutes since midnight: what is sent later counts as sent on the next working day. It is sent all the same. */
  readonly cutOff: number | null;
}

export type Span =
  | { readonly kind: "time"; readonly ms: number }
  | { readonly kind: "working-time"; readonly ms: number }
  | { readonly kind: "working-days"; readonly days: number };

/** Purchase orders that wait since this time or an earlier one have their turn now. */
export function servedUntil({ calendar, send }: Schedule, now: number): number {
  if (send.kind === "immediately" || calendar === null) {
    return now;
  }
  if (send.kind === "windows") {
    return nextWithin(calendar, send.windows, now) === now ? now : -Infinity;
  }
  return lastTime(calendar, send.times, now) ?? -Infinity;
}

/** A wait that began later than this began by a clock that was wrong: its turn is now, or it would wait for years. */
export const latestWait = (now: number): number => now + LONGEST_WAIT_MS;

/** When one that waits since then has its turn: now, or later. Null: a person has it sent at once. */
export function turnOf(schedule: Schedule, waitsSince: number | null, now: number): number {
  const { calendar, send } = schedule;
  if (
    waitsSince === null ||
    waitsSince > latestWait(now) ||
    waitsSince <= servedUntil(schedule, now) ||
    send.kind === "immediately" ||
    calendar === null
  ) {
    return now;
  }
  return send.kind === "windows"
    ? nextWithin(calendar, send.windows, now)
    : nextTime(calendar, send.times, Math.max(waitsSince, now));
}

/** Throws RangeError for working time without a calendar: the configuration lets none pass. */
export function deadline({ calendar, cutOff }: Schedule, span: Span, from: number): number {
  if (span.kind === "time") {
    return from + span.ms;
  }
  const working = required(calendar);
  const counted = countedFrom(working, from, cutOff);
  return span.kind === "working-time" ? addWorkingTime(working, counted, span.ms) : addWorkingDays(working, counted, span.days);
}

/** The day, YYYY-MM-DD, so many working days after a purchase order is issued. Throws RangeError without a calendar. */
export function requestedDay({ calendar, cutOff }: Schedule, days: number, issuedAt: number): string {
  const working = required(calendar);
  return workingDate(working, countedFrom(working, issuedAt, cutOff), days);
}

function required(calendar: Calendar | null): Calendar {
  if (calendar === null) {
    throw new RangeError("working time needs schedule.calendar");
  }
  return calendar;
}
