// Fixes that people gave to rows of a table, ready for the same rows to come again.
import { TowpathError } from '@towpath/core';
import type { Ingestion } from '../bronze/ingestion.ts';
import type { KeptFix } from '../bronze/settle-quarantine.ts';
import type { QuarantinedRow } from '../encode/describe-bad-row.ts';
import type { PlannedColumn } from '../encode/plan-columns.ts';

/** A bad row with its fix: texts by bronze column. */
export type FixedRow = ReadonlyMap<string, string | null>;

/** The fixes of one load; each is used once, since rows without a key may be alike. */
export class KeptFixes {
  /** Those that have been used, for `settleQuarantine`. */
  readonly applied: KeptFix[] = [];
  /** Rows to be loaded besides those that COPY BINARY takes. */
  readonly rows: FixedRow[] = [];
  readonly #byHash = new Map<string, KeptFix[]>();
  readonly #names: readonly string[];

  constructor(fixes: readonly KeptFix[], plan: readonly PlannedColumn[]) {
    this.#names = plan.flatMap(({ targets }) => targets.map(({ name }) => name));
    for (const fix of fixes) this.#byHash.set(fix.hash, [...(this.#byHash.get(fix.hash) ?? []), fix]);
  }

  /** Whether there are any at all: without, no row need be described before it is refused. */
  get isEmpty(): boolean {
    return this.#byHash.size === 0;
  }

  /** Takes the row when a fix of it mends all that is wrong with it. */
  take({ hash, record, bad }: QuarantinedRow): boolean {
    const [fix, ...others] = (hash ? this.#byHash.get(hash) : undefined) ?? [];
    if (!hash || !fix || !this.#fits(fix, bad)) return false;
    this.#byHash.set(hash, others);
    this.applied.push(fix);
    this.rows.push(new Map([...Object.entries(record), ...Object.entries(fix.values)]));
    return true;
  }

  #fits({ values }: KeptFix, bad: QuarantinedRow['bad']): boolean {
    const isWhole = bad.every(({ target }) => Object.hasOwn(values, target));
    return isWhole && Object.keys(values).every((name) => this.#names.includes(name));
  }
}

/** SQLSTATE class 22, data exception: what a text that is no value of its column gives. */
const DATA_EXCEPTION = /^22/;

/** Gives a fix that its column no longer takes a name; anything else passes through. */
export function translateFixError(error: unknown, { target }: Ingestion): unknown {
  const isUnfit = error instanceof Error && 'code' in error && DATA_EXCEPTION.test(String(error.code));
  if (!isUnfit) return error;
  return new TowpathError(
    {
      code: 'QUARANTINE_FIX_UNFIT',
      message: `A fixed row of ${target.name} can't be loaded.`,
      cause: error.message,
      fix: 'Correct it with `quarantine fix`, or leave it out with `quarantine ignore`. Nothing was published.',
      docs: 'reference/datakit-sqlserver.md',
    },
    { cause: error },
  );
}
