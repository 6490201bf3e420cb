// Working time: which days and hours a supplier works, and how far ahead so much of it lies. Pure; a calendar is data and
// two functions of it, made from the configuration (../config/calendars.ts). Times are epoch milliseconds.
//
// The clock changes twice a year: a local time that a day does not have is the first that it has after it, and of one
// that it has twice the later counts.

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAY_MINUTES = 1_440;

/** Days in a row without work, after which there is taken to be none at all: the configuration does not let it come so far. */
const MOST_IDLE_DAYS = 1_000;

/** Minutes since local midnight; `to` is not in it. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

export interface Calendar {
  /** Milliseconds that local time is ahead of UTC at that instant. */
  readonly offsetAt: (at: number) => number;
  /** Of the week that are worked: 1 is Monday, 7 is Sunday. */
  readonly days: readonly number[];
  /** Of each working day, in order, none overlapping. */
  readonly hours: readonly Hours[];
  /** Whether a day, YYYY-MM-DD, is a public holiday. */
  readonly isHoliday: (day: string) => boolean;
  /** First and last day of each closure, YYYY-MM-DD. */
  readonly closed: readonly { readonly from: string; readonly to: string }[];
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** When that much working time from then has passed; with none, then itself, or when work begins next. */
export function addWorkingTime(calendar: Calendar, from: number, workingMs: number): number {
  let left = workingMs;
  for (const span of spansFrom(calendar, calendar.hours, from)) {
    const start = Math.max(span.from, from);
    if (left <= span.to - start) {
      return start + left;
    }
    left -= span.to - start;
  }
  throw new RangeError("working time without an end"); // The spans never end: each either comes or throws.
}

/** The same time of day, so many working days later; from outside working time, counted from when work begins next. */
export function addWorkingDays(calendar: Calendar, from: number, days: number): number {
  const start = addWorkingTime(calendar, from, 0);
  const local = start + calendar.offsetAt(start);
  const day = workingDayAfter(calendar, Math.floor(local / DAY_MS), days);
  return addWorkingTime(calendar, instantOf(calendar, day, (local - Math.floor(local / DAY_MS) * DAY_MS) / MINUTE_MS), 0);
}

/** The day, YYYY-MM-DD, so many working days after the one that it is then (or the next one that is worked). */
export function workingDate(calendar: Calendar, from: number, days: number): string {
  const start = addWorkingTime(calendar, from, 0);
  return dateOf(workingDayAfter(calendar, dayOf(calendar, start), days));
}

/** Since when it counts: what comes at or after the cut-off of a working day counts as if it came when the next one begins. */
export function countedFrom(calendar: Calendar, at: number, cutOff: number | null): number {
  const day = dayOf(calendar, at);
  if (cutOff === null || !isWorkingDay(calendar, day) || at < instantOf(calendar, day, cutOff)) {
    return at;
  }
  return addWorkingTime(calendar, instantOf(calendar, day + 1, 0), 0);
}

/** The first of these times of day, on a working day, that is not earlier. */
export function nextTime(calendar: Calendar, times: readonly number[], from: number): number {
  const day = dayOf(calendar, from);
  for (let ahead = 0; ahead <= MOST_IDLE_DAYS; ahead++) {
    const found = instantsOf(calendar, day + ahead, times).find((at) => at >= from);
    if (found !== undefined) {
      return found;
    }
  }
  throw neverWorks();
}

/** The last of these times of day, on a working day, that is not later; undefined when there was none for years. */
export function lastTime(calendar: Calendar, times: readonly number[], until: number): number | undefined {
  const day = dayOf(calendar, until);
  for (let back = 0; back <= MOST_IDLE_DAYS; back++) {
    const found = instantsOf(calendar, day - back, times).findLast((at) => at <= until);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** Then, if it is within these hours of a working day; else when they begin next. */
export const nextWithin = (calendar: Calendar, hours: readonly Hours[], from: number): number =>
  addWorkingTime({ ...calendar, hours }, from, 0);

function* spansFrom(calendar: Calendar, hours: readonly Hours[], from: number): Generator<Span, never> {
  let idle = 0;
  let end = from;
  for (let day = dayOf(calendar, from); ; day++) {
    idle++;
    for (const one of isWorkingDay(calendar, day) ? hours : []) {
      // Where the clock goes forward, hours may begin before the last ones end.
      const start = Math.max(instantOf(calendar, day, one.from), end);
      const to = instantOf(calendar, day, one.to);
      if (to > start) {
        yield { from: start, to };
        end = to;
        idle = 0;
      }
    }
    if (idle > MOST_IDLE_DAYS) {
      throw neverWorks();
    }
  }
}

function workingDayAfter(calendar: Calendar, from: number, days: number): number {
  let day = from;
  let idle = 0;
  for (let left = days; left > 0;) {
    day++;
    idle++;
    if (isWorkingDay(calendar, day)) {
      left--;
      idle = 0;
    } else if (idle > MOST_IDLE_DAYS) {
      throw neverWorks();
    }
  }
  return day;
}

function isWorkingDay(calendar: Calendar, day: number): boolean {
  // Day 0, 1 January 1970, was a Thursday.
  const weekday = ((((day + 3) % 7) + 7) % 7) + 1;
  const date = dateOf(day);
  return (
    calendar.days.includes(weekday) &&
    !calendar.closed.some((closure) => closure.from <= date && date <= closure.to) &&
    !calendar.isHoliday(date)
  );
}

const instantsOf = (calendar: Calendar, day: number, times: readonly number[]): number[] =>
  isWorkingDay(calendar, day) ? times.map((minute) => instantOf(calendar, day, minute)).toSorted((a, b) => a - b) : [];

/** Days since 1 January 1970, by local time. */
const dayOf = (calendar: Calendar, at: number): number => Math.floor((at + calendar.offsetAt(at)) / DAY_MS);

const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

function instantOf(calendar: Calendar, day: number, minute: number): number {
  const local = day * DAY_MS + minute * MINUTE_MS;
  const [before, after] = [local - calendar.offsetAt(local - DAY_MS), local - calendar.offsetAt(local + DAY_MS)];
  const exact = [after, before].find((at) => at + calendar.offsetAt(at) === local);
  return exact ?? firstAfterChange(calendar, Math.min(before, after), Math.max(before, after));
}

/** The instant within these in which the clock is changed. */
function firstAfterChange(calendar: Calendar, from: number, to: number): number {
  let [low, high] = [from, to];
  const offset = calendar.offsetAt(low);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    [low, high] = calendar.offsetAt(middle) === offset ? [middle, high] : [low, middle];
  }
  return high;
}

const neverWorks = (): RangeError => new RangeError(`a calendar without a working day in ${MOST_IDLE_DAYS} days`);

/** "HH:MM" → minutes since midnight; 24:00 is the end of the day. Undefined for what is no time of day. */
export function minuteOfDay(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d{2})$/.exec(text);
  const [hour, minute] = [Number(match?.[1]), Number(match?.[2])];
  const all = hour * 60 + minute;
  return match === null || minute > 59 || all > DAY_MINUTES ? undefined : all;
}
