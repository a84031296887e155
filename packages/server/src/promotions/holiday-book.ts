// Bank holidays by date-holidays, which knows some 200 countries and their regions. Its data takes a tenth of a second to load, so
// that happens when a calendar first asks for it. What it does not know is said, never taken for a year without holidays.
import type { Fact, FreezeCalendar, HolidayRegion, NamedDay } from '@towpath/core';
import type Holidays from 'date-holidays';

/** Looks holidays up. */
export interface HolidayBook {
  /** Makes it ready; to be called before a transaction, which must not wait. */
  load(): Promise<void>;
  /** Public and bank holidays of the calendar's regions in the years around an instant; of no calendar there are none. */
  find(calendar: FreezeCalendar | null, aroundMs: number): Fact<readonly NamedDay[]>;
  /** Regions that it knows nothing of. */
  listUnknown(calendar: FreezeCalendar): readonly HolidayRegion[];
}

/** As far ahead as the next open window is looked for, and a year back for the month end of January. */
const YEARS_BACK = 1;
const YEARS_AHEAD = 3;

/** What is known of other years is guessed. */
const FIRST_YEAR = 1990;
const LAST_YEAR = 2100;

/** Creates the book; nothing is loaded yet. */
export function createHolidayBook(): HolidayBook {
  let library: typeof Holidays | undefined;
  const years = new Map<string, readonly NamedDay[]>();
  const requireLibrary = (): typeof Holidays => {
    if (!library) throw new Error('holidays were asked for before they were loaded');
    return library;
  };
  const listYear = (region: HolidayRegion, year: number): readonly NamedDay[] => {
    const key = `${region.country} ${region.region ?? ''} ${year}`;
    const found = years.get(key) ?? readYear(requireLibrary(), region, year);
    years.set(key, found);
    return found;
  };
  const listUnknown: HolidayBook['listUnknown'] = ({ holidays }) =>
    holidays.filter((region) => !isKnown(requireLibrary(), region));
  return {
    load: async () => {
      library ??= (await import('date-holidays')).default;
    },
    listUnknown,
    find: (calendar, aroundMs) => {
      if (calendar === null || calendar.holidays.length === 0) return { isKnown: true, value: [] };
      const [unknown] = listUnknown(calendar);
      if (unknown) return { isKnown: false, why: `No bank holidays are known of ${formatRegion(unknown)}.` };
      const thisYear = new Date(aroundMs).getUTCFullYear();
      if (thisYear < FIRST_YEAR || thisYear > LAST_YEAR)
        return { isKnown: false, why: `No bank holidays are known of the year ${thisYear}.` };
      const wanted = Array.from({ length: YEARS_BACK + 1 + YEARS_AHEAD }, (_, at) => thisYear - YEARS_BACK + at);
      return {
        isKnown: true,
        value: calendar.holidays.flatMap((region) => wanted.flatMap((year) => listYear(region, year))),
      };
    },
  };
}

/** `GB-ENG`, or `DE`. */
export function formatRegion({ country, region }: HolidayRegion): string {
  return region === undefined ? country : `${country}-${region}`;
}

function isKnown(library: typeof Holidays, { country, region }: HolidayRegion): boolean {
  const all = new library();
  if (!Object.hasOwn(all.getCountries(), country)) return false;
  return region === undefined || Object.hasOwn(all.getStates(country) ?? {}, region);
}

// A holiday of several days (`P2D`) has its end after them; its days are those of the country.
function readYear(library: typeof Holidays, { country, region }: HolidayRegion, year: number): readonly NamedDay[] {
  const own = region === undefined ? new library(country) : new library(country, region);
  const found = own.getHolidays(year, 'en').filter(({ type }) => type === 'public' || type === 'bank');
  return found.flatMap(({ name, date, start, end }) =>
    listDays(date.slice(0, 10), Math.ceil((end.getTime() - start.getTime()) / DAY_MS)).map((on) => ({ on, name })),
  );
}

const DAY_MS = 24 * 3600 * 1000;

function listDays(first: string, count: number): readonly string[] {
  const firstMs = Date.parse(`${first}T00:00:00Z`);
  return Array.from({ length: Math.max(count, 1) }, (_, at) =>
    new Date(firstMs + at * DAY_MS).toISOString().slice(0, 10),
  );
}
