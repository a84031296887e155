import { createClient, GetHealth, ListEnvironments, ListPipelines } from '@towpath/api';
import { findInstance, type InstanceRecord } from '../instance/instance-record.ts';
import type { Check, Finding } from './check.ts';
import { toErrorFinding } from './to-finding.ts';

/** When an instance runs: does its server answer, has the environment a live agent, is the code loaded? */
export const checkInstance: Check = async ({ stateFolder }) => {
  const instance = findInstance(stateFolder);
  if (!instance) return [{ subject: 'instance', status: 'ok', text: 'not running' }];
  try {
    return await inspect(instance);
  } catch (thrown) {
    const fix = 'End it with `npx towpath stop` and start it again.';
    return [{ ...toErrorFinding('server', thrown), fix }];
  }
};

async function inspect(instance: InstanceRecord): Promise<readonly Finding[]> {
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
    ...environments.map(({ name, agents }): Finding => {
      const isLive = agents.some((agent) => agent.isLive);
      if (isLive) return { subject: `agent of ${name}`, status: 'ok', text: 'live' };
      return {
        subject: `agent of ${name}`,
        status: 'problem',
        text: 'No agent is live, so nothing runs.',
        fix: 'Start Towpath again.',
        code: 'AGENT_SILENT',
      };
    }),
    ...codeLocations.flatMap(({ name, error }): Finding[] =>
      error === null
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
