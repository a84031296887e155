/** Lines that each `steps` task of the mixed pipeline prints: about two seconds of work. */
const STEPS = 600;

/** Loads and slow tasks side by side, with a fan-in: whatever is killed, something is in the middle of something. */
export const MIXED_PIPELINE = `import { datakitTask, definePipeline } from 'towpath';
const retry = { limit: 8, delaySeconds: 0.5 };
const steps = (id: string, dependsOn: string[] = []) =>
  datakitTask({ id, datakit: 'steps', version: '1.0.0', command: 'steps ${STEPS}', idempotent: true, retry, dependsOn });
const ingest = (table: string) =>
  datakitTask({
    id: 'ingest-' + table.toLowerCase(), datakit: 'sqlserver-bronze', version: '0.1.0', idempotent: true, retry,
    command: 'datakit-sqlserver ingest-table dbo.' + table,
  });
export default definePipeline({
  name: 'mixed',
  tasks: [steps('a'), steps('b'), ingest('Customer'), ingest('Orders'), ingest('Products'), steps('c', ['a', 'b'])],
});
`;
