import { createClient, type EnvironmentView, GetHealth, ListEnvironments, ListPipelines } from '@towpath/api';
import { findInstance, type InstanceRecord } from '../instance/instance-record.ts';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';
import { describeAgentStart } from '../rendering/agent-command.ts';
import type { Check, Finding } from './check.ts';
import { toErrorFinding } from './to-finding.ts';

/** When an instance runs: does its server answer, has the environment a live agent, is the code loaded? One that is named counts alone. */
export const checkInstance: Check = async ({ stateFolder, namedEnvironment }) => {
  const instance = findInstance(stateFolder);
  if (!instance) return [{ subject: 'instance', status: 'ok', text: 'not running' }];
  try {
    return await inspect(instance, namedEnvironment);
  } catch (thrown) {
    const fix = 'End it with `npx towpath stop` and start it again.';
    return [{ ...toErrorFinding('server', thrown), fix }];
  }
};

async function inspect(instance: InstanceRecord, named: string | undefined): Promise<readonly Finding[]> {
  const client = createClient({
    baseUrl: instance.url,
    headers: () => ({ authorization: `Bearer ${instance.token}` }),
  });
  const { version } = await client.call(GetHealth);
  const [{ environments }, { codeLocations }] = await Promise.all([
    client.call(ListEnvironments),
    client.call(ListPipelines),
  ]);
  return [
    { subject: 'server', status: 'ok', text: `version ${version} at ${instance.url}` },
    ...environments.filter(({ name }) => isMeant(name, named)).map(judgeAgents),
    ...codeLocations.flatMap(({ name, environment, error }): Finding[] =>
      error === null || !isMeant(environment, named)
        ? []
        : [
            {
              subject: `code ${name}`,
              status: 'problem',
              text: `${error.message} ${error.cause ?? ''}`.trim(),
              fix: 'Correct the file and save it.',
              code: error.code,
            },
          ],
    ),
  ];
}

function isMeant(name: string, named: string | undefined): boolean {
  return named === undefined || name === named;
}

/** Without a session there was no agent, or it ended in order: only one that fell silent is a problem, and the instance's own. */
function judgeAgents({ name, kind, agents }: EnvironmentView): Finding {
  const subject = `agent of ${name}`;
  if (agents.some(({ isLive }) => isLive)) return { subject, status: 'ok', text: 'live' };
  const text = agents.length > 0 ? 'No agent is live, so nothing runs.' : 'No agent is connected, so nothing runs.';
  if (name === LOCAL_ENVIRONMENT) {
    return { subject, status: 'problem', text, fix: 'Start Towpath again.', code: 'AGENT_SILENT' };
  }
  const fix = describeAgentStart({ name, kind });
  return agents.length > 0
    ? { subject, status: 'problem', text, fix, code: 'AGENT_SILENT' }
    : { subject, status: 'note', text, fix, code: 'AGENT_MISSING' };
}
