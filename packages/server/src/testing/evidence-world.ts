// Services that stand for ServiceNow, Dynatrace, GitHub and an on-call rota, and the policy that asks them about prod.
import { ApplyPolicy, type DeclaredSourcesSchema } from '@towpath/api';
import {
  type DynatraceStub,
  type GitHubStub,
  type ServiceNowStub,
  type ServiceStub,
  startDynatraceStub,
  startGitHubStub,
  startServiceNowStub,
  startServiceStub,
} from '@towpath/testkit';
import type { z } from 'zod';
import { withConnection } from '../db/database.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import { startWorld, type World } from './promotion-world.ts';

/** A world, and the services around it. */
export interface EvidenceWorld {
  readonly w: World;
  readonly serviceNow: ServiceNowStub;
  readonly dynatrace: DynatraceStub;
  readonly gitHub: GitHubStub;
  readonly onCall: ServiceStub & { person: string | null };
  close(): Promise<void>;
}

/** What the server is given: the credentials of all services. */
const VARIABLES: Readonly<Record<string, string>> = {
  TOWPATH_EVIDENCE_SERVICENOW_PASSWORD: 'pass:word',
  TOWPATH_EVIDENCE_DYNATRACE_TOKEN: 'dt0c01.token',
  TOWPATH_EVIDENCE_GITHUB_TOKEN: 'ghp_token',
  TOWPATH_EVIDENCE_ONCALL_TOKEN: 'rota-token',
};

/** Starts all; prod wants nothing but evidence. */
export async function startEvidenceWorld(folder?: string): Promise<EvidenceWorld> {
  const onCall = { person: 'rita' as string | null };
  const [serviceNow, dynatrace, gitHub, rota] = await Promise.all([
    startServiceNowStub(),
    startDynatraceStub(),
    startGitHubStub(),
    startServiceStub({ answer: () => ({ body: { onCall: onCall.person } }) }),
  ]);
  const w = await startWorld({
    evidence: { readVariable: (name) => VARIABLES[name], folder, limitMs: 2_000 },
  });
  return {
    ...{ w, serviceNow, dynatrace, gitHub },
    onCall: Object.assign(onCall, rota),
    close: async () => {
      await w.close();
      await Promise.all([serviceNow, dynatrace, gitHub, rota].map((one) => one.close()));
    },
  };
}

/** Sources of this world. */
export function declareSources({ serviceNow, dynatrace, gitHub, onCall }: EvidenceWorld) {
  return {
    servicenow: {
      ...{ service: 'servicenow' as const, url: serviceNow.url, user: 'towpath' },
      secretFrom: 'TOWPATH_EVIDENCE_SERVICENOW_PASSWORD',
    },
    dynatrace: { service: 'dynatrace' as const, url: dynatrace.url, secretFrom: 'TOWPATH_EVIDENCE_DYNATRACE_TOKEN' },
    github: {
      ...{ service: 'github' as const, url: gitHub.url, repository: 'acme/markets' },
      secretFrom: 'TOWPATH_EVIDENCE_GITHUB_TOKEN',
    },
    'on-call': { service: 'http' as const, url: `${onCall.url}/{environment}`, pointer: '/onCall', equals: 'rita' },
  };
}

/** Rules of an environment that wants nothing but what is added. */
export const NOTHING = {
  ...{ soakHours: 0, cycles: 0, signOffs: {}, needsRollbackPlan: false, freeze: null, performance: null },
};

type Evidence = z.input<typeof DeclaredSourcesSchema>;

/** Puts a policy in force in which prod wants these things only. */
export const wantOfProd = (e: EvidenceWorld, rules: object, evidence: Evidence = declareSources(e)) =>
  e.w.administrator.call(ApplyPolicy, {
    body: { policy: { schemaVersion: 1, environments: { prod: { ...NOTHING, ...rules } }, evidence } },
  });

/** Lets all evidence have been asked for so many minutes earlier, and wakes the servers. */
export function ageEvidence(databaseUrl: string, minutes: number): Promise<void> {
  return withConnection(databaseUrl, async (client) => {
    await client.query(
      `update evidence set asked_at = asked_at - make_interval(mins => $1), claimed_until = claimed_until - make_interval(mins => $1),
         retry_at = retry_at - make_interval(mins => $1)`,
      [minutes],
    );
    await client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'promotions']);
  });
}

/** A change record of ServiceNow that is approved, in a window around now. */
export function buildChange(number: string, more: object = {}) {
  return {
    ...{ number, short_description: 'A release', sys_id: number },
    ...{ state: ['-1', 'Implement'] as const, approval: 'approved' },
    ...{ start_date: toServiceNowDate(-60), end_date: toServiceNowDate(60) },
    ...more,
  };
}

/** So many minutes from now, as ServiceNow writes it. */
export function toServiceNowDate(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}
