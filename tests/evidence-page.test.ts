// docs/reference/evidence.md, executed: each example of a policy is applied by the command line, its addresses led to stubs that
// behave like the services, and the gates it is for let a release through by what they say.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVIDENCE_RULES, GetPolicy, PlanPromotion, TestEvidenceSource } from '@towpath/api';
import { EVIDENCE_SERVICES, type GateName, SHIPPED_RULES } from '@towpath/core';
import { type ServiceStub, startServiceStub } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import { REFUSALS } from '../packages/evidence/src/evidence-source.ts';
import { buildChange, type EvidenceWorld, startEvidenceWorld } from '../packages/server/src/testing/evidence-world.ts';
import { deployToInt } from '../packages/server/src/testing/promotion-world.ts';
import { ageDeployment, recordRelease } from '../packages/server/src/testing/released.ts';

const PAGE = readFileSync(new URL('../docs/reference/evidence.md', import.meta.url), 'utf8');

const blocksOf = (kind: string) =>
  [...PAGE.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text);

const EXAMPLES = blocksOf('yaml').map((text) => {
  const services = [...text.matchAll(/service: (\w+)/g)].map(([, service = '']) => service);
  return [services.join(', '), services, text] as const;
});
const [FILE = ''] = blocksOf('yaml file');

const EVIDENCE_GATES: readonly GateName[] = ['change', 'incidents', 'performance', 'checks', 'confirmations'];

let e: EvidenceWorld;
let rota: ServiceStub;
let folder: string;
let releaseId: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-evidence-'));
  writeFileSync(join(folder, 'prod.yaml'), FILE);
  e = await startEvidenceWorld(folder);
  rota = await startServiceStub({
    answer: ({ url, headers: { authorization } }) => {
      if (url.pathname === '/api/release-manager') return { body: { isAvailable: true } };
      const isAsked = url.href.endsWith('/api/on-call?environment=prod') && authorization === 'Bearer rota-token';
      return isAsked ? { body: { onCall: [{ name: 'rita' }] } } : { status: 401, body: {} };
    },
  });
  const release = await recordRelease(e.w.engineer, 'v1.3.3');
  releaseId = release.id;
  await deployToInt(e.w, releaseId);
  await ageDeployment(e.w.databaseUrl, 'int', 2);
  fill(release.bill.gitSha);
});
afterAll(async () => {
  await e.close();
  await rota.close();
  rmSync(folder, { recursive: true });
});

/** What the services of the page hold when nothing speaks against the release. */
function fill(commit: string): void {
  e.serviceNow.instance.tables.change_request = [buildChange('CHG0030001')];
  e.dynatrace.environment.metrics['builtin:service.response.time:avg'] = [
    { atMs: Date.now() - 3 * 3600_000, value: 100 },
    { atMs: Date.now() - 3600_000, value: 120 },
  ];
  e.gitHub.repository.checkRuns[commit] = ['build', 'e2e'].map((name) => ({
    ...{ name, status: 'completed', conclusion: 'success' },
  }));
  e.gitHub.repository.releases.push({ tag_name: 'v1.3.3', draft: false });
}

/** Applies an example as it stands, but for its hosts. GitHub's need not be written. */
async function apply(text: string): Promise<void> {
  const led = text
    .replace('https://acme.service-now.com', e.serviceNow.url)
    .replace('https://abc12345.live.dynatrace.com', e.dynatrace.url)
    .replaceAll('https://rota.example', rota.url)
    .replace('service: github\n', `service: github\n    url: ${e.gitHub.url}\n`);
  writeFileSync(join(folder, 'policy.yaml'), led);
  const env = { TOWPATH_SERVER: e.w.server.url, TOWPATH_TOKEN: e.w.tokens.administrator };
  await runProgram(createTestContext({ env, cwd: folder }).context, ['policy', 'apply', 'policy.yaml']);
}

const SUBJECT = { environment: 'prod', changeRecord: 'CHG0030001' };

describe('A67 the page of evidence', () => {
  it('has an example of each service', () => {
    const services = EXAMPLES.flatMap(([, all]) => all);
    expect([...new Set(services)].sort()).toEqual(Object.keys(EVIDENCE_SERVICES).sort());
  });

  it.each(EXAMPLES)('lets a release through by %s', async (_, __, text) => {
    await apply(text);
    const { verdicts } = await e.w.rita.call(PlanPromotion, { body: { ...SUBJECT, releaseId } });
    const own = verdicts.filter(({ gate }) => EVIDENCE_GATES.includes(gate));
    expect(own.filter(({ decision }) => decision !== 'allow')).toEqual([]);
    const { policy } = await e.w.bo.call(GetPolicy);
    const wanted = Object.keys(policy.environments.prod ?? {});
    const asked = own.filter(({ code }) => /_(?:APPROVED|NONE|STABLE|PASSED|GIVEN)$/.test(code));
    expect(asked.map(({ gate }) => gate).sort()).toEqual(wanted.sort());
    for (const source of Object.keys(policy.evidence)) {
      const input = { params: { source }, body: { ...SUBJECT, releaseId } };
      const { evidence } = await e.w.administrator.call(TestEvidenceSource, input);
      expect(evidence.map(({ error }) => error)).toEqual(evidence.map(() => null));
    }
  });

  it('names every rule with its default, every gate, and every refusal that a service can cause', () => {
    for (const key of Object.keys(EVIDENCE_RULES)) expect(PAGE).toMatch(new RegExp(`\\n\\| \`${key}\\b`));
    for (const gate of EVIDENCE_GATES) expect(PAGE).toContain(`| \`${gate}\` |`);
    const { performance, evidenceMinutes } = SHIPPED_RULES.production;
    expect(PAGE).toContain(`the last \`runs\` (${performance?.runs})`);
    expect(PAGE).toContain(`before × \`tolerance\` (${performance?.tolerance})`);
    expect(PAGE).toContain(`\`graceSeconds\` (${performance?.graceSeconds})`);
    expect(PAGE).toContain(`default ${evidenceMinutes} |`);
    const ours = ['QUESTION_UNSUPPORTED', 'QUESTION_INVALID'];
    expect(Object.keys(REFUSALS).filter((code) => !ours.includes(code) && !PAGE.includes(code))).toEqual([]);
  });
});
