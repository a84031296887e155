// The one screen that a start ends with: where to click, what landed, which line answers, how to stop.
import type { RunDetail } from '@towpath/api';
import { MOCK_DATABASE, MOCK_LOGINS } from '@towpath/tds/mock-defaults';
import type { InstanceRecord } from '../instance/instance-record.ts';
import { formatDuration } from '../rendering/duration.ts';
import { listLoadResults } from '../rendering/run-progress.ts';

/** What the message tells. */
export interface ReadyFacts {
  readonly record: InstanceRecord;
  readonly consoleLink: string;
  readonly busyPorts: readonly string[];
  /** How long the start took; absent for an instance that runs already. */
  readonly elapsedMs: number | undefined;
  readonly run: RunDetail | undefined;
  /** Why there is no run to show, in words. */
  readonly problem: string | undefined;
  readonly stopHint: string;
}

/** Formats the message; every printed line follows the ports that are really used. */
export function formatReadyMessage(facts: ReadyFacts): string {
  const lines = [
    '',
    ...(facts.elapsedMs === undefined ? [] : [`Towpath is ready (started in ${formatDuration(facts.elapsedMs)}).`, '']),
    `  Console  ${facts.consoleLink}`,
    '           (opens once, within ten minutes; `npx towpath console` prints a new link)',
    ...formatRun(facts.run),
    ...(facts.problem === undefined ? [] : [`  Problem  ${facts.problem.replaceAll('\n', '\n           ')}`]),
    `  Query    ${formatPsqlLine(facts.record, facts.run)}`,
    `           (without psql: npx towpath sql bronze "${formatStatement(facts.run)}")`,
    ...facts.record.warehouses.map(formatWarehouse),
    `  Source   ${formatSource(facts.record)}`,
    ...formatContainers(facts.record),
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

function formatWarehouse({ environment, database, user }: InstanceRecord['warehouses'][number]): string {
  return `  Also     ${environment}: database ${database}, user ${user}, no password (npx towpath sql ${database} "…")`;
}

function formatContainers(record: InstanceRecord): readonly string[] {
  if (record.mode !== 'containers') return [];
  return [
    `  Images   registry ${record.registry}`,
    `  Docker   docker ps --filter network=towpath-${record.stack}   (attempts: docker logs datakit-<name>)`,
  ];
}

/** The mock's login is no secret: another environment's agent on this machine is given it, too. */
function formatSource({ mock }: InstanceRecord): string {
  const { username, password } = MOCK_LOGINS.readOnly;
  return `mock SQL Server ${mock.host}:${mock.port}, database ${MOCK_DATABASE}, login ${username} / ${password} (reads)`;
}

function formatStatement(run: RunDetail | undefined): string {
  const targets = run ? listLoadResults(run).map(({ target }) => target) : [];
  const target = targets.find((name) => name === 'bronze.dbo_products') ?? targets[0];
  return target === undefined
    ? "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'bronze'"
    : `SELECT COUNT(*) FROM ${target}`;
}
