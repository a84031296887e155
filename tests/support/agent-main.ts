// An agent as a process of its own, for tests that kill it. Its options come as JSON in the first argument.

import { type AgentEnvironment, type AgentOptions, startAgent } from '@towpath/agent';
import { getProject } from '@towpath/config';

interface Options extends Omit<AgentOptions, 'log' | 'readEnvironment' | 'readInputs'> {
  readonly environment?: AgentEnvironment;
}

const { environment, ...options }: Options = JSON.parse(process.argv[2] ?? '{}');
const agent = await startAgent({
  ...options,
  ...(environment && { readEnvironment: () => environment }),
  readInputs: (name) => {
    const project = getProject(options.projectFolder);
    const declared = project.declaration.environments.get(name);
    return declared && { project, environment: declared, processVariables: process.env };
  },
  log: (line) => console.log(line),
});
console.log('agent ready');
process.once('SIGTERM', () => void agent.close({ cancelRunning: false }));
