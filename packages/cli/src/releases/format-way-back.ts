// Where a rollback leads, for a terminal: before anybody asks for it.
import type { PlanRollback, ReleaseView } from '@towpath/api';
import { type DbtImpact, findDbtImpact, judgeModelRows, MODEL_ROWS, type ReleasedDbtModel } from '@towpath/core';
import type { z } from 'zod';
import { formatTable } from '../rendering/table.ts';
import { formatDifferences } from './format-differences.ts';
import type { ToldDifferences } from './list-differences.ts';

type WayBack = Pick<z.output<(typeof PlanRollback)['reply']>, 'refresh' | 'refreshPipelines'>;

/** Both releases, what differs between them, and what would be made anew. */
export interface WayBackFacts {
  readonly from: ReleaseView;
  readonly to: ReleaseView;
  readonly told: ToldDifferences;
  readonly way: WayBack;
}

/** What differs between both releases, which dbt models that touches, and what would be made anew. */
export function formatWayBack(environment: string, { from, to, told, way }: WayBackFacts): string {
  const differences = told.differences.filter(({ kind }) => kind !== 'model');
  return [
    `${environment} would go back from ${from.version} to ${to.version}. Data stays as it is${way.refresh ? ', but for what is made anew' : ''}.\n`,
    formatDifferences(from.version, to.version, { ...told, differences }) || 'No difference but in models.\n',
    formatImpact(from, to),
    formatRefresh(way),
  ].join('\n');
}

function formatImpact(from: ReleaseView, to: ReleaseView): string {
  if (from.bill.dbt === undefined || to.bill.dbt === undefined)
    return 'dbt: at least one of both releases names no models, so nothing is known of them.\n';
  const impact = findDbtImpact(from.bill, to.bill);
  if (impact.length === 0) return 'dbt: every model is the same.\n';
  const models = new Map(to.bill.dbt.models.map((model) => [model.name, model]));
  return formatTable(
    ['DBT MODEL', 'IS', 'ITS ROWS', 'BECAUSE OF'],
    impact.map((one) => toRow(one, models.get(one.name))),
  );
}

/** Of one that is removed, dbt leaves the table behind. */
function toRow({ name, how, because }: DbtImpact, model: ReleasedDbtModel | undefined): readonly string[] {
  const rows = model ? MODEL_ROWS[judgeModelRows(model)] : 'stay; nothing builds it any more';
  return [name, how, rows, because.join(', ')];
}

function formatRefresh({ refresh, refreshPipelines }: WayBack): string {
  if (refresh === null) return describePipelines(refreshPipelines);
  const { pipeline, models, between, downstream } = refresh;
  const rows = [
    ...models.map((name) => [name, 'made anew']),
    ...between.map((name) => [name, 'made anew, since it lies between']),
    ...downstream.map((name) => [name, 'built as always, since it reads one']),
  ];
  return `Once the release is loaded, a run of ${pipeline} makes models anew:\n\n${formatTable(['DBT MODEL', 'IS'], rows)}`;
}

function describePipelines(pipelines: readonly string[]): string {
  if (pipelines.length === 0) return 'No pipeline of that release makes models anew on demand.\n';
  return `--full-refresh <models> makes some anew, by a run of ${pipelines.join(' or ')}.\n`;
}
