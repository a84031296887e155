// Where a rollback leads, for a terminal: before anybody asks for it.
import type { ReleaseView } from '@towpath/api';
import { compareReleases, type DbtImpact, findDbtImpact } from '@towpath/core';
import { formatTable } from '../rendering/table.ts';

/** What differs between both releases, and which dbt models that touches. */
export function formatWayBack(environment: string, from: ReleaseView, to: ReleaseView): string {
  const differences = compareReleases(from.bill, to.bill).filter(({ kind }) => kind !== 'model');
  const rows = differences.map((one) => [one.kind, one.name, one.before ?? '–', one.after ?? '–']);
  return [
    `${environment} would go back from ${from.version} to ${to.version}. Data stays as it is.\n`,
    rows.length > 0 ? formatTable(['WHAT', 'NAME', from.version, to.version], rows) : 'No difference but in models.\n',
    formatImpact(from, to),
  ].join('\n');
}

function formatImpact(from: ReleaseView, to: ReleaseView): string {
  if (from.bill.dbt === undefined || to.bill.dbt === undefined)
    return 'dbt: at least one of both releases names no models, so nothing is known of them.\n';
  const impact = findDbtImpact(from.bill, to.bill);
  if (impact.length === 0) return 'dbt: every model is the same.\n';
  return formatTable(['DBT MODEL', 'IS', 'BECAUSE OF'], impact.map(toRow));
}

function toRow({ name, how, because }: DbtImpact): readonly string[] {
  return [name, how, because.join(', ')];
}
