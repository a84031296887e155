// When nothing is promoted: days of a calendar in one time zone, and freezes that somebody declared.

/** Days of each year on which an edge is closed, first and last included; `12-20` to `01-05` runs across the year end. */
export interface YearlyRange {
  readonly name: string;
  /** `MM-DD`. */
  readonly from: string;
  readonly until: string;
}

/** A day with a name. */
export interface NamedDay {
  /** `YYYY-MM-DD`. */
  readonly on: string;
  readonly name: string;
}

/** Whose bank holidays count: a country (ISO 3166-1), and a region of it (ISO 3166-2, without the country). */
export interface HolidayRegion {
  readonly country: string;
  readonly region?: string | undefined;
}

/** The calendar of an environment. Days begin and end in its time zone. */
export interface FreezeCalendar {
  readonly timeZone: string;
  /** From the first of the last so many business days of a month until that month's end; 0: not at all. */
  readonly monthEndBusinessDays: number;
  readonly yearly: readonly YearlyRange[];
  readonly filingDates: readonly NamedDay[];
  readonly holidays: readonly HolidayRegion[];
}

/** A freeze that somebody declared: from an instant to another, or until it is lifted. */
export interface DeclaredFreeze {
  readonly reason: string;
  readonly startsAtMs: number;
  /** Null: until it is lifted. The instant itself is open. */
  readonly endsAtMs: number | null;
}

/** Why it is closed at an instant; `window`: none of its weekly windows is open. */
export interface Closure {
  readonly kind: 'month-end' | 'yearly' | 'filing-date' | 'holiday' | 'declared' | 'window';
  readonly name: string;
}
