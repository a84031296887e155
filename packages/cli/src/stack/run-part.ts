// One container of the local stack, until it is told to end.
import type { CommandContext } from '../context.ts';
import type { PartConfig } from './part-config.ts';
import { startAgentPart } from './parts/agent-part.ts';
import { startMockPart } from './parts/mock-part.ts';
import type { Part } from './parts/part.ts';
import { startPostgresPart } from './parts/postgres-part.ts';
import { startRegistryPart } from './parts/registry-part.ts';
import { startServerPart } from './parts/server-part.ts';

/** Starts it, says so, and returns when it has ended. */
export async function runPart(context: CommandContext, config: PartConfig): Promise<void> {
  const part = await startPart(context, config);
  context.out(`${config.part} is ready\n`);
  if (!context.signal.aborted)
    await new Promise((done) => context.signal.addEventListener('abort', done, { once: true }));
  await part.close();
}

async function startPart(context: CommandContext, config: PartConfig): Promise<Part> {
  switch (config.part) {
    case 'postgres':
      return await startPostgresPart(config, (line) => context.out(`${line}\n`));
    case 'registry':
      return await startRegistryPart(config);
    case 'mock':
      return await startMockPart();
    case 'server':
      return await startServerPart(config);
    case 'agent':
      return await startAgentPart(context, config);
  }
}
