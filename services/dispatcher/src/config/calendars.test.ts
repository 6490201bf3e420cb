import { assert, constantFrom, integer, nat, property, record, subarray } from "fast-check";
import { expect, test } from "vitest";
import { cases } from "../domain/test/cases.ts";
import {
  addWorkingDays,
  addWorkingTime,
  countedFrom,
  lastTime,
  nextTime,
  nextWithin,
  workingDate,
  type Calendar,
} from "../domain/schedule/calendar.ts";
import { knowsHolidays, openCalendar, type CalendarSettings } from "./calendars.ts";

const HOUR_MS = 3_600_000;
const settings: CalendarSettings = {
  timezone: "Europe/Paris",
  holidays: "FR",
  days: [1, 2, 3, 4, 5],
  hours: [{ from: 8 * 60, to: 18 * 60 }],
  closed: [{ from: "2026-12-24", to: "2027-01-03" }],
};
const calendar = openCalendar(settings);
const day = openCalendar({ ...settings, hours: [{ from: 0, to: 1_440 }], days: [1, 2, 3, 4, 5, 6, 7], holidays: null });
const at = (iso: string): number => Date.parse(iso);
const show = (time: number): string => new Date(time).toISOString();

test.each([
  ["within a day", "2027-01-11T09:00:00+01:00", 4, "2027-01-11T13:00:00+01:00"],
  ["to the end of a day", "2027-01-11T14:00:00+01:00", 4, "2027-01-11T18:00:00+01:00"],
  ["over a night", "2027-01-11T16:00:00+01:00", 4, "2027-01-12T10:00:00+01:00"],
  ["before work begins", "2027-01-11T03:00:00+01:00", 1, "2027-01-11T09:00:00+01:00"],
  ["over a weekend", "2027-01-15T17:00:00+01:00", 2, "2027-01-18T09:00:00+01:00"],
  ["from a Saturday", "2027-01-16T12:00:00+01:00", 1, "2027-01-18T09:00:00+01:00"],
  ["over Easter Monday", "2027-03-26T17:00:00+01:00", 2, "2027-03-30T09:00:00+02:00"],
  ["a holiday on a Saturday takes nothing away", "2027-04-30T17:00:00+02:00", 2, "2027-05-03T09:00:00+02:00"],
  ["over a closure at New Year", "2026-12-23T17:00:00+01:00", 2, "2027-01-04T09:00:00+01:00"],
  ["over the change to summer time", "2027-03-27T00:30:00+01:00", 1, "2027-03-30T09:00:00+02:00"],
])("working hours %s", (_, from, hours, until) => {
  expect(show(addWorkingTime(calendar, at(from), hours * HOUR_MS))).toBe(show(at(until)));
});

test("a day has 23 hours when summer time begins, and 25 when it ends", () => {
  expect(show(addWorkingTime(day, at("2027-03-28T00:00:00+01:00"), 23 * HOUR_MS))).toBe(show(at("2027-03-29T00:00:00+02:00")));
  expect(show(addWorkingTime(day, at("2027-10-31T00:00:00+02:00"), 25 * HOUR_MS))).toBe(show(at("2027-11-01T00:00:00+01:00")));
});

test("a local time that a day does not have is the first after it", () => {
  expect(show(nextTime(day, [150], at("2027-03-28T00:00:00+01:00")))).toBe(show(at("2027-03-28T03:00:00+02:00")));
});

test.each([
  ["2027-01-11T17:00:00+01:00", 1, "2027-01-12T17:00:00+01:00"],
  ["2027-01-15T17:00:00+01:00", 2, "2027-01-19T17:00:00+01:00"],
  ["2027-01-16T12:00:00+01:00", 1, "2027-01-19T08:00:00+01:00"],
  ["2027-03-26T10:00:00+01:00", 1, "2027-03-30T10:00:00+02:00"],
  ["2026-12-23T10:00:00+01:00", 1, "2027-01-04T10:00:00+01:00"],
])("from %s, %i working days later", (from, days, until) => {
  expect(show(addWorkingDays(calendar, at(from), days))).toBe(show(at(until)));
});

test("what comes after the cut-off counts from the next working day", () => {
  expect(show(countedFrom(calendar, at("2027-01-15T13:59:00+01:00"), 14 * 60))).toBe(show(at("2027-01-15T13:59:00+01:00")));
  expect(show(countedFrom(calendar, at("2027-01-15T14:00:00+01:00"), 14 * 60))).toBe(show(at("2027-01-18T08:00:00+01:00")));
  expect(workingDate(calendar, countedFrom(calendar, at("2027-01-15T13:00:00+01:00"), 14 * 60), 3)).toBe("2027-01-20");
  expect(workingDate(calendar, countedFrom(calendar, at("2027-01-15T15:00:00+01:00"), 14 * 60), 3)).toBe("2027-01-21");
});

test("times of day fall on working days alone", () => {
  const times = [16 * 60, 11 * 60];
  expect(show(nextTime(calendar, times, at("2027-01-15T11:00:00+01:00")))).toBe(show(at("2027-01-15T11:00:00+01:00")));
  expect(show(nextTime(calendar, times, at("2027-01-15T11:00:01+01:00")))).toBe(show(at("2027-01-15T16:00:00+01:00")));
  expect(show(nextTime(calendar, times, at("2027-01-15T17:00:00+01:00")))).toBe(show(at("2027-01-18T11:00:00+01:00")));
  expect(lastTime(calendar, times, at("2027-01-03T12:00:00+01:00"))).toBe(at("2026-12-23T16:00:00+01:00"));
  expect(show(nextWithin(calendar, [{ from: 480, to: 720 }], at("2027-01-15T12:00:00+01:00")))).toBe(
    show(at("2027-01-18T08:00:00+01:00")),
  );
});

test("holidays of a country and of a part of it are known, others are not", () => {
  expect(["FR", "DE-BY", "FR-57"].map(knowsHolidays)).toEqual([true, true, true]);
  expect(["XX", "DE-XX", "fr"].map(knowsHolidays)).toEqual([false, false, false]);
  const alsace = openCalendar({ ...settings, holidays: "FR-67" });
  expect([calendar, alsace].map((one) => one.isHoliday("2027-12-26"))).toEqual([false, true]);
});

const calendars = record({
  timezone: constantFrom("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "America/Santiago"),
  holidays: constantFrom("FR", "US", null),
  days: subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
  hours: constantFrom(
    [{ from: 0, to: 1_440 }],
    [{ from: 480, to: 1_080 }],
    [
      { from: 100, to: 150 },
      { from: 165, to: 200 },
      { from: 780, to: 781 },
    ],
  ),
  closed: constantFrom([], [{ from: "2026-12-24", to: "2027-01-03" }], [{ from: "2027-03-01", to: "2028-02-28" }]),
}).map((one): [CalendarSettings, Calendar] => [one, openCalendar(one)]);
const instants = integer({ min: at("2026-11-01T00:00:00Z"), max: at("2028-12-31T00:00:00Z") });

test("for any calendar: working time is added monotonely, ends within working time, and never comes before its start", () => {
  assert(
    property(
      calendars,
      instants,
      nat({ max: 3 * 24 * HOUR_MS }),
      nat({ max: 10 * 24 * HOUR_MS }),
      nat({ max: 40 * HOUR_MS }),
      ([, one], from, later, more, ms) => {
        const end = addWorkingTime(one, from, ms);
        expect(end).toBeGreaterThanOrEqual(from + ms);
        expect(addWorkingTime(one, from + later, ms)).toBeGreaterThanOrEqual(end);
        expect(addWorkingTime(one, from, ms + (more % HOUR_MS))).toBeGreaterThanOrEqual(end);
        // Within working time, its end included: a millisecond before it is worked, or it itself is.
        expect([end - 1, end].some((time) => addWorkingTime(one, time, 0) === time)).toBe(true);
        // In two steps it is the same.
        expect(addWorkingTime(one, addWorkingTime(one, from, ms), HOUR_MS)).toBe(addWorkingTime(one, from, ms + HOUR_MS));
      },
    ),
    { numRuns: cases(500) },
  );
});

test("for any calendar: working days later is later, on a working day, and as many days as were asked for", () => {
  assert(
    property(calendars, instants, integer({ min: 0, max: 20 }), ([, one], from, days) => {
      const date = workingDate(one, from, days);
      const next = workingDate(one, from, days + 1);
      expect(next > date).toBe(true);
      const end = addWorkingDays(one, from, days);
      expect(end).toBeGreaterThanOrEqual(from);
      expect(addWorkingTime(one, end, 0)).toBe(end);
    }),
    { numRuns: cases(300) },
  );
});

test("for any calendar: the last time of day and the next meet, and nothing lies between", () => {
  assert(
    property(calendars, instants, ([, one], from) => {
      const times = [660, 960];
      const next = nextTime(one, times, from);
      expect(lastTime(one, times, next)).toBe(next);
      expect(lastTime(one, times, next - 1) ?? -Infinity).toBeLessThan(next);
      expect((lastTime(one, times, next - 1) ?? -Infinity) < from).toBe(true);
    }),
    { numRuns: cases(300) },
  );
});

test("a calendar that never works ends with an error instead of never", () => {
  const never: Calendar = { ...calendar, isHoliday: () => true };
  expect(() => addWorkingTime(never, at("2027-01-11T09:00:00Z"), 1)).toThrow(RangeError);
  expect(() => workingDate({ ...calendar, days: [] }, at("2027-01-11T09:00:00Z"), 1)).toThrow(RangeError);
  expect(lastTime(never, [660], at("2027-01-11T09:00:00Z"))).toBeUndefined();
});
