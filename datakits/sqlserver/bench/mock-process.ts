// The mock SQL Server in a process of its own, so that its work and memory are not counted as ours. Prints its port.
import { startMockSqlServer } from '@towpath/tds';

const mock = await startMockSqlServer({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${mock.port}\n`);
process.once('SIGTERM', () => void mock.close());
