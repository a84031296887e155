import { openAdmin } from '@towpath/server';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';
import { getOperatorName } from '../instance/operator-name.ts';

/** What the agent of `local`, this machine's commands and its browser log in with. */
export interface LocalCredentials {
  readonly agentToken: string;
  readonly token: string;
  /** Opens the console once. */
  readonly link: string;
}

/** Makes the environment where it is missing, and new credentials. */
export async function issueLocalCredentials(stateUrl: string): Promise<LocalCredentials> {
  const admin = await openAdmin(stateUrl, getOperatorName());
  try {
    await admin.ensureEnvironment({ name: LOCAL_ENVIRONMENT, kind: 'local', position: 0 });
    return {
      agentToken: await admin.issueAgentCredential({ environment: LOCAL_ENVIRONMENT, agent: 'local' }),
      token: await admin.issueAccessToken({ name: 'local', role: 'administrator' }),
      link: await admin.issueConsoleLink({ name: 'local', role: 'administrator' }),
    };
  } finally {
    await admin.close();
  }
}
