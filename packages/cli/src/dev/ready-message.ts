// The one screen that a start ends with: where to click, what landed, which line answers, how to stop.
import type { RunDetail } from '@towpath/api';
import type { InstanceRecord } from '../instance/instance-record.ts';
import { formatDuration } from '../rendering/duration.ts';
import { listLoadResults } from '../rendering/run-progress.ts';

/** What the message tells. */
export interface ReadyFacts {
  readonly record: InstanceRecord;
  readonly consoleLink: string;
  readonly busyPorts: readonly string[];
  readonly elapsedMs: number;
  readonly run: RunDetail | undefined;
  /** Why there is no run to show, in words. */
  readonly problem: string | undefined;
  readonly stopHint: string;
}

/** Formats the message; every printed line follows the ports that are really used. */
export function formatReadyMessage(facts: ReadyFacts): string {
  const lines = [
    '',
    `Towpath is ready (${formatDuration(facts.elapsedMs)}).`,
    '',
    `  Console  ${facts.consoleLink}`,
    '           (opens once; `towpath console` prints a new link)',
    ...formatRun(facts.run),
    ...(facts.problem === undefined ? [] : [`  Problem  ${facts.problem.replaceAll('\n', '\n           ')}`]),
    `  Query    ${formatPsqlLine(facts.record, facts.run)}`,
    `           (without psql: towpath sql bronze "${formatStatement(facts.run)}")`,
    ...facts.busyPorts.map((line) => `  Note     ${line}`),
    `  Stop     ${facts.stopHint}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function formatRun(run: RunDetail | undefined): readonly string[] {
  if (!run) return [];
  const loads = listLoadResults(run);
  const rows = loads.reduce((sum, { rowsLoaded }) => sum + rowsLoaded, 0);
  const tables = loads.map(({ target, rowsLoaded }) => `${target} ${rowsLoaded}`).join(' · ');
  return [
    `  Rows     ${run.name} ${run.state}: ${rows} rows landed`,
    ...(tables === '' ? [] : [`           ${tables}`]),
  ];
}

function formatPsqlLine({ warehouse }: InstanceRecord, run: RunDetail | undefined): string {
  const port = warehouse.port === 5432 ? '' : ` -p ${warehouse.port}`;
  return `psql -h localhost${port} -U ${warehouse.user} -d ${warehouse.database} -c "${formatStatement(run)};"`;
}

function formatStatement(run: RunDetail | undefined): string {
  const targets = run ? listLoadResults(run).map(({ target }) => target) : [];
  const target = targets.find((name) => name === 'bronze.dbo_products') ?? targets[0];
  return target === undefined ? 'SELECT now()' : `SELECT COUNT(*) FROM ${target}`;
}
