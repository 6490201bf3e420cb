// A calendar of handler.yaml, made into one that can be computed with: public holidays and time zones come from
// libraries that are kept up to date, and everything else is the configuration's.
import { createRequire } from "node:module";
import type Holidays from "date-holidays";
import { IANAZone } from "luxon";
import type { Calendar, Hours } from "../domain/schedule/calendar.ts";

export interface CalendarSettings {
  /** IANA, such as Europe/Paris. */
  readonly timezone: string;
  /** ISO 3166-1 alpha-2, or with a subdivision of it: FR, DE-BY. Null: none. */
  readonly holidays: string | null;
  /** 1 is Monday, 7 is Sunday. */
  readonly days: readonly number[];
  readonly hours: readonly Hours[];
  readonly closed: Calendar["closed"];
}

/** Later ones are not computed: nobody works so far ahead but a clock that is wrong. */
const LAST_YEAR = 2200;
const MINUTE_MS = 60_000;

/** Loaded where a calendar asks for holidays: it takes 35 MB. */
const loadHolidays = (): typeof Holidays => createRequire(import.meta.url)("date-holidays");

const DAY_MS = 86_400_000;

export function openCalendar(settings: CalendarSettings): Calendar {
  const zone = IANAZone.create(settings.timezone);
  const holidays = settings.holidays === null ? undefined : holidaysOf(settings.holidays);
  const years = new Map<number, ReadonlySet<string>>();
  const ofYear = (year: number): ReadonlySet<string> => {
    const known = years.get(year);
    if (known !== undefined) {
      return known;
    }
    const made = new Set(
      (holidays?.getHolidays(year) ?? []).filter((one) => one.type === "public").flatMap((one) => daysOf(one)),
    );
    years.set(year, made);
    return made;
  };
  return {
    offsetAt: (at) => zone.offset(at) * MINUTE_MS,
    days: settings.days,
    hours: settings.hours,
    isHoliday: (day) => {
      const year = Number(day.slice(0, 4));
      return holidays !== undefined && year <= LAST_YEAR && ofYear(year).has(day);
    },
    closed: settings.closed,
  };
}

export const isTimezone = (name: string): boolean => IANAZone.isValidZone(name);

/** Whether the public holidays of a country, or of a subdivision of it, are known. */
export function knowsHolidays(place: string): boolean {
  const [country = "", state] = split(place);
  const all = new (loadHolidays())();
  return country in all.getCountries() && (state === undefined || state in (all.getStates(country) ?? {}));
}

function holidaysOf(place: string): Holidays {
  const [country = "", state] = split(place);
  return state === undefined ? new (loadHolidays())(country) : new (loadHolidays())(country, state);
}

/** The days of one that lasts several, and of half a day the whole. */
function daysOf(one: { readonly date: string; readonly start: Date; readonly end: Date }): string[] {
  const first = Date.parse(`${one.date.slice(0, 10)}T00:00:00Z`);
  const count = Math.max(1, Math.round((one.end.getTime() - one.start.getTime()) / DAY_MS));
  return Array.from({ length: count }, (_, day) => new Date(first + day * DAY_MS).toISOString().slice(0, 10));
}

const split = (place: string): readonly string[] => {
  const dash = place.indexOf("-");
  return dash < 0 ? [place] : [place.slice(0, dash), place.slice(dash + 1)];
};
