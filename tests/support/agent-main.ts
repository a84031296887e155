// An agent as a process of its own, for tests that kill it. Its options come as JSON in the first argument.
import { type AgentOptions, startAgent } from '@towpath/agent';

const options: Omit<AgentOptions, 'log'> = JSON.parse(process.argv[2] ?? '{}');
const agent = await startAgent({ ...options, log: (line) => console.log(line) });
console.log('agent ready');
process.once('SIGTERM', () => void agent.close({ cancelRunning: false }));
