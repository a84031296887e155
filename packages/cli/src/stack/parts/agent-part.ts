import { join } from 'node:path';
import { getProject } from '@towpath/config';
import type { CommandContext } from '../../context.ts';
import { listBroughtVariables } from '../../dev/brought-variables.ts';
import { describeLocalExecutor } from '../../dev/local-environment.ts';
import { startLocalAgent } from '../../dev/start-local-agent.ts';
import { LOCAL_ENVIRONMENT } from '../../instance/local-name.ts';
import { PROJECT_FOLDER } from '../../platform/build-platform-images.ts';
import { describeSizing } from '../../project/describe-sizing.ts';
import { forwardRegistry } from '../forward-registry.ts';
import { type ConfigOf, DATA_FOLDER, PORTS } from '../part-config.ts';
import type { Part } from './part.ts';

/** Runs the attempts of `local` as containers beside itself, in the stack's network. */
export async function startAgentPart({ env, out, signal }: CommandContext, config: ConfigOf<'agent'>): Promise<Part> {
  const { serverUrl, token, processVariables, registry, network, isAgainstShared } = config;
  const forwarded = await forwardRegistry(registry);
  const project = getProject(PROJECT_FOLDER);
  const warehouse = { host: 'postgres', port: PORTS.postgres, database: 'bronze', user: 'bronze_user' } as const;
  const agent = await startLocalAgent(
    {
      project,
      stateFolder: join(DATA_FOLDER, 'agent'),
      processVariables,
      sizing: describeSizing(project.declaration.environments.get(LOCAL_ENVIRONMENT)?.sizing, {
        maxAttempts: config.maxAttempts,
        env: processVariables,
      }),
      executor: describeLocalExecutor(project, { flag: 'docker', env, network, registry }),
      isAgainstShared,
      notify: (line) => out(`${line}\n`),
      signal,
    },
    { serverUrl, token, warehouse, variables: listBroughtVariables({ host: 'mock', port: PORTS.mock }, warehouse) },
  );
  return {
    close: async () => {
      await agent.close({ cancelRunning: false });
      await forwarded.close();
    },
  };
}
