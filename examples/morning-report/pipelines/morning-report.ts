import { datakitTask, definePipeline, functionTask } from 'towpath';
import { countRows, formatReport } from '../lib/report.ts';

const TABLES = ['dbo.Customer', 'dbo.Orders', 'dbo.Products'];

const loads = TABLES.map((table) =>
  datakitTask({
    id: `ingest-${table.toLowerCase().replaceAll('.', '-')}`,
    datakit: 'sqlserver-bronze',
    version: '0.1.0',
    command: `datakit-sqlserver ingest-table ${table}`,
    idempotent: true,
    retry: { limit: 2, delaySeconds: 1 },
    pool: 'source',
  }),
);

const report = functionTask({
  id: 'report',
  dependsOn: loads,
  inputs: loads,
  run: ({ inputs, parameters, run, log }) => {
    const rows = countRows(inputs);
    log(`Report for ${run.logicalDate}`);
    for (const line of formatReport(rows)) log(line);
    const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
    if (total < Number(parameters.minimumRows))
      throw new Error(`only ${total} rows landed; ${parameters.minimumRows} were expected`);
    return { day: run.logicalDate, total };
  },
});

// Only when something above did not succeed; otherwise it is skipped.
const alarm = functionTask({
  id: 'alarm',
  dependsOn: [...loads, report],
  triggerRule: 'one_failed',
  run: ({ run, log }) => {
    log(`${run.name} needs somebody`);
  },
});

// However the report ended.
const farewell = functionTask({
  id: 'farewell',
  dependsOn: [report],
  inputs: [report],
  triggerRule: 'all_done',
  run: ({ inputs, log }) => {
    log(inputs.report === null ? 'No report today.' : `${inputs.report?.total} rows, good morning.`);
  },
});

export default definePipeline({
  name: 'morning-report',
  description: 'Tables into bronze, then a report about them',
  parameters: {
    minimumRows: { type: 'integer', minimum: 0, default: 1, description: 'The report fails when fewer rows landed' },
  },
  tasks: [...loads, report, alarm, farewell],
});
