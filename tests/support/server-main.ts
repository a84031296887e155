// A server as a process of its own, for tests that kill it. Its options come as JSON in the first argument.
import { type ServerOptions, startServer } from '@towpath/server';

const options: Omit<ServerOptions, 'host' | 'version'> = JSON.parse(process.argv[2] ?? '{}');
const server = await startServer({ ...options, host: '127.0.0.1', version: '0.0.0-test' });
console.log(`server listens on ${server.url}`);
process.once('SIGTERM', () => void server.close());
