// A server as a process of its own, for tests that kill it: node server-main.ts <database URL>
import { startServer } from '../start-server.ts';

const [databaseUrl = ''] = process.argv.slice(2);
const server = await startServer({ databaseUrl, host: '127.0.0.1', port: 0, version: '1.2.3', logLevel: 'error' });
process.stdout.write(`listens on ${server.url}\n`);
