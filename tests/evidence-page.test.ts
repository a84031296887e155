// docs/reference/evidence.md, executed: each example of a policy is applied to a real server, its addresses led to stubs that behave
// like the services, and a release goes through by what they say, and not by their silence.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplyPolicy, EVIDENCE_RULES, PlanPromotion, PromotionPolicySchema, TestEvidenceSource } from '@towpath/api';
import { EVIDENCE_SERVICES, type GateName, SHIPPED_RULES } from '@towpath/core';
import { type ServiceStub, startServiceStub } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import { REFUSALS } from '../packages/evidence/src/evidence-source.ts';
import {
  buildChange,
  type EvidenceWorld,
  NOTHING,
  startEvidenceWorld,
} from '../packages/server/src/testing/evidence-world.ts';
import { deployToInt } from '../packages/server/src/testing/promotion-world.ts';
import { ageDeployment, recordRelease } from '../packages/server/src/testing/released.ts';

const PAGE = readFileSync(new URL('../docs/reference/evidence.md', import.meta.url), 'utf8');

const blocksOf = (kind: string) =>
  [...PAGE.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text);

const EXAMPLES = blocksOf('yaml').map((text) => PromotionPolicySchema.parse(parse(text)));
const [FILE = ''] = blocksOf('yaml file');

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

type Policy = z.output<typeof PromotionPolicySchema>;

/** The example, but for the addresses, and for what prod wants besides. */
function leadToStubs({ evidence, environments, ...policy }: Policy): Policy {
  const urls = { servicenow: e.serviceNow.url, dynatrace: e.dynatrace.url, github: e.gitHub.url, http: rota.url };
  const sources = Object.entries(evidence).map(([name, source]) => {
    if (source.service === 'file') return [name, source];
    return [name, { ...source, url: source.url.replace(/^https:\/\/[^/]+/, urls[source.service]) }];
  });
  const prod = { ...NOTHING, ...environments.prod };
  return PromotionPolicySchema.parse({ ...policy, evidence: Object.fromEntries(sources), environments: { prod } });
}

const plan = () => {
  const body = { releaseId, environment: 'prod', changeRecord: 'CHG0030001' };
  return e.w.bo.call(PlanPromotion, { body });
};

describe('A67 the page of evidence', () => {
  it('has an example of each service', () => {
    const services = EXAMPLES.flatMap(({ evidence }) => Object.values(evidence).map(({ service }) => service));
    expect([...new Set(services)].sort()).toEqual(Object.keys(EVIDENCE_SERVICES).sort());
  });

  it.each(EXAMPLES.map((example) => [Object.keys(example.evidence).join(', '), example] as const))(
    'lets a release through by %s, and by nothing else',
    async (_, example) => {
      const policy = leadToStubs(example);
      await e.w.administrator.call(ApplyPolicy, { body: { policy } });
      const { decision, verdicts } = await plan();
      expect(verdicts.filter((one) => one.decision !== 'allow')).toEqual([]);
      expect(decision).toBe('allow');
      const asked = verdicts.filter(({ code }) => /_(?:APPROVED|NONE|STABLE|PASSED|GIVEN)$/.test(code));
      const wanted = Object.entries(policy.environments.prod ?? {}).filter(
        ([key, value]) => key in EVIDENCE_RULES && value !== null && typeof value === 'object',
      );
      expect(asked.map(({ gate }) => gate).sort()).toEqual(wanted.map(([key]) => key).sort());
      for (const source of Object.keys(policy.evidence)) {
        const input = { params: { source }, body: { releaseId, environment: 'prod', changeRecord: 'CHG0030001' } };
        const { evidence } = await e.w.administrator.call(TestEvidenceSource, input);
        expect(evidence.map(({ error }) => error)).toEqual(evidence.map(() => null));
      }
    },
  );

  it('names every rule with its default, every gate, and every refusal that a service can cause', () => {
    for (const key of Object.keys(EVIDENCE_RULES)) expect(PAGE).toMatch(new RegExp(`\\n\\| \`${key}\\b`));
    const gates: readonly GateName[] = ['change', 'incidents', 'performance', 'checks', 'confirmations'];
    for (const gate of gates) expect(PAGE).toContain(`| \`${gate}\` |`);
    const { performance, evidenceMinutes } = SHIPPED_RULES.production;
    expect(PAGE).toContain(`the last \`runs\` (${performance?.runs})`);
    expect(PAGE).toContain(`before × \`tolerance\` (${performance?.tolerance})`);
    expect(PAGE).toContain(`\`graceSeconds\` (${performance?.graceSeconds})`);
    expect(PAGE).toContain(`default ${evidenceMinutes} |`);
    const ours = ['QUESTION_UNSUPPORTED', 'QUESTION_INVALID'];
    expect(Object.keys(REFUSALS).filter((code) => !ours.includes(code) && !PAGE.includes(code))).toEqual([]);
  });
});
