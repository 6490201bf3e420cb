// The sections of handler.yaml that say when: calendars, a supplier's schedule, and time that is counted in working time.
import { z } from "zod";
import { minuteOfDay, type Hours } from "../../domain/schedule/calendar.ts";
import type { Schedule, Span } from "../../domain/schedule/schedule.ts";
import { isTimezone, knowsHolidays, type CalendarSettings } from "../calendars.ts";
import { duration, oneOrMore, wholeNumber } from "./scalars.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Longer closures are mistakes, and would leave nothing to wait for. */
const LONGEST_CLOSURE_DAYS = 366;

/** A file is made and kept as a whole. */
const MOST_IN_FILE = 500;

const MOST_WORKING_UNITS = 100;

const timeOfDay = () =>
  z.string().transform((text, context) => {
    const minute = minuteOfDay(text.trim());
    if (minute === undefined || minute === 1_440) {
      context.addIssue({ code: "custom", message: 'expected a time of day in quotes, such as "14:00"' });
      return z.NEVER;
    }
    return minute;
  });

/** One text or a list of them, each read by `read`; the message says what was expected where one cannot be. */
const each = <T>(read: (text: string) => T | undefined, expected: string) =>
  oneOrMore(z.string()).transform((texts, context): T[] => {
    const values = texts.map(read).filter((one) => one !== undefined);
    if (values.length < texts.length) {
      context.addIssue({ code: "custom", message: expected });
      return z.NEVER;
    }
    return values;
  });

/** "08:00-12:00" */
function readHours(text: string): Hours | undefined {
  const [from, to, ...rest] = text.split("-").map((one) => minuteOfDay(one.trim()));
  return from === undefined || to === undefined || rest.length > 0 || from >= to ? undefined : { from, to };
}

const hours = () =>
  each(readHours, 'expected hours of one day, such as "08:00-18:00"')
    .transform((all) => all.toSorted((a, b) => a.from - b.from))
    .refine(
      (all) => all.every((one, index) => index === 0 || one.from >= (all[index - 1]?.to ?? 0)),
      "expected hours that do not overlap",
    );

const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** "mon-fri", "sat" → 1 for Monday to 7 for Sunday. */
function readDays(text: string): number[] | undefined {
  const [first = 0, last = first, ...rest] = text
    .toLowerCase()
    .split("-")
    .map((one) => weekdays.findIndex((day) => day === one.trim()) + 1);
  return first === 0 || last < first || rest.length > 0
    ? undefined
    : Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const isDate = (text: string): boolean => {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};

/** "2026-12-24/2027-01-03", or one day. */
const closure = () =>
  z.string().transform((text, context) => {
    const [from = "", to = from, ...rest] = text.split("/").map((one) => one.trim());
    if (!isDate(from) || !isDate(to) || to < from || rest.length > 0) {
      context.addIssue({ code: "custom", message: "expected a day or two, such as 2027-05-07 or 2026-12-24/2027-01-03" });
      return z.NEVER;
    }
    return { from, to };
  });

/** Closures that meet or overlap, as one. */
function joined(closed: CalendarSettings["closed"]): CalendarSettings["closed"] {
  const all: { from: string; to: string }[] = [];
  for (const one of closed.toSorted((a, b) => a.from.localeCompare(b.from))) {
    const last = all.at(-1);
    if (last !== undefined && Date.parse(one.from) <= Date.parse(last.to) + DAY_MS) {
      last.to = one.to > last.to ? one.to : last.to;
    } else {
      all.push({ ...one });
    }
  }
  return all;
}

const calendar = z
  .strictObject({
    timezone: z
      .string()
      .refine(isTimezone, "expected a time zone, such as Europe/Paris")
      .describe("IANA name of the time zone that days and hours are meant in."),
    holidays: z
      .string()
      .refine(knowsHolidays, "expected a country, such as FR, or a part of one, such as DE-BY")
      .optional()
      .describe("Whose public holidays are no working days. Without it, none are known."),
    days: each(readDays, `expected days such as mon-fri, or a list of ${weekdays.join(", ")}`)
      .transform((all) => [...new Set(all.flat())].toSorted((a, b) => a - b))
      .prefault("mon-fri")
      .describe("The days that are worked: mon-fri (default), or a list."),
    hours: hours().prefault("08:00-18:00").describe("The hours that are worked, in one or several parts. Default 08:00-18:00."),
    closed: z
      .array(closure())
      .default([])
      .transform(joined)
      .refine(
        (all) => all.every((one) => Date.parse(one.to) - Date.parse(one.from) < LONGEST_CLOSURE_DAYS * DAY_MS),
        "expected closures of at most a year: a calendar needs working days",
      )
      .describe("Days, or first and last days, on which nobody works besides."),
  })
  .transform((one): CalendarSettings => ({ ...one, holidays: one.holidays ?? null }));

export const calendarsSchema = z
  .record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, "expected a short lower-case name, such as fr"), calendar)
  .default({})
  .describe("Working days and hours, by a name that suppliers' schedules refer to.");

/** What waits for working days needs a calendar that knows them. */
export const schedule = z
  .strictObject({
    calendar: z.string().min(1).optional().describe("The name of one of the calendars: the supplier's working days and hours."),
    send: z
      .union([
        z.literal("immediately").transform((): Schedule["send"] => ({ kind: "immediately" })),
        z
          .array(timeOfDay())
          .min(1)
          .transform((times): Schedule["send"] => ({ kind: "times", times })),
      ])
      .prefault("immediately")
      .describe(
        "immediately (default): at any time. A list of times of day: purchase orders wait for the next one, on working days.",
      ),
    windows: hours().optional().describe("Hours of working days in which alone something is sent."),
    batch: wholeNumber(2, MOST_IN_FILE)
      .optional()
      .describe(
        "The most purchase orders in one file: what is ready at the same time goes together, in formats of which a file may hold several (docs/formats/README.md). Without it, each has a file of its own.",
      ),
    cut_off: timeOfDay()
      .optional()
      .describe("What is sent later on a working day counts as sent when the next one begins. It is sent all the same."),
  })
  .refine((one) => one.windows === undefined || one.send.kind === "immediately", {
    path: ["windows"],
    message: "expected either times in `send`, or windows",
  })
  .refine(
    (one) =>
      one.calendar !== undefined || (one.send.kind === "immediately" && one.windows === undefined && one.cut_off === undefined),
    {
      path: ["calendar"],
      message: "expected the name of a calendar, which says what a working day is",
    },
  )
  .transform(({ calendar: name, send, windows, cut_off: cutOff, batch }) => ({
    calendar: name ?? null,
    send: windows === undefined ? send : ({ kind: "windows", windows } as const),
    cutOff: cutOff ?? null,
    batch: batch ?? null,
  }))
  .prefault({})
  .describe("When purchase orders go to this supplier, and in whose working time its deadlines are counted.");

/** "4h", "4 working hours", "2 working days". */
export const deadline = () =>
  z.string().transform((text, context): Span => {
    const working = /^(\d+) working (hour|day)s?$/.exec(text);
    if (working === null) {
      const plain = duration().safeParse(text);
      if (plain.success) {
        return { kind: "time", ms: plain.data };
      }
      const [problem] = plain.error.issues;
      context.addIssue({ code: "custom", message: `${problem?.message}, or "4 working hours", or "2 working days"` });
      return z.NEVER;
    }
    const count = Number(working[1]);
    if (count < 1 || count > MOST_WORKING_UNITS) {
      context.addIssue({ code: "custom", message: `expected from 1 to ${MOST_WORKING_UNITS} working hours or days` });
      return z.NEVER;
    }
    return working[2] === "hour" ? { kind: "working-time", ms: count * HOUR_MS } : { kind: "working-days", days: count };
  });

/** "+3 working days" → 3. */
export const workingDaysAhead = () =>
  z
    .string()
    .regex(/^\+([1-9]|[1-9]\d) working days?$/, 'expected working days ahead, such as "+3 working days"')
    .transform((text) => Number.parseInt(text, 10));
