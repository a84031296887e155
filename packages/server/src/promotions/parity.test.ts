// The gate `parity`: what a release declares, beside what is declared of an environment on the server and what its agents have values for.
import {
  ApplyEnvironments,
  ApplyPolicy,
  CreateRelease,
  GetPromotion,
  PlanPromotion,
  type PromotionView,
  type ReleaseView,
  ReportConfiguration,
} from '@towpath/api';
import type { ReleasedDeclaration, ReleasedEnvironment } from '@towpath/core';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askForProd, deployToInt, listRed, startWorld, type World } from '../testing/promotion-world.ts';
import { buildRelease, loadDesired, waitForPromotion } from '../testing/released.ts';
import type { SimulatedAgent } from '../testing/simulated-agent.ts';

let w: World;
beforeAll(async () => {
  w = await startWorld();
  await w.administrator.call(ApplyPolicy, {
    body: {
      policy: {
        schemaVersion: 1,
        environments: {
          prod: { freeze: null, soakHours: 0, cycles: 0, signOffs: {}, quarantine: null, performance: null },
        },
      },
    },
  });
});
afterAll(() => w.close());

const variable = (name: string) => ({ name, type: 'string', isSecret: false, isRequired: true });

function buildDeclared(names: readonly string[], prod: Partial<ReleasedEnvironment> = {}): ReleasedDeclaration {
  const plain = { executor: 'process', targets: {}, zones: [], set: [], differences: [], areValuesCompared: false };
  return {
    variables: names.map((name) => ({ ...variable(name), isProvided: false })),
    environments: [
      { ...plain, name: 'int', kind: 'shared', before: null },
      { ...plain, name: 'prod', kind: 'production', before: 'int', ...prod },
    ],
  };
}

const record = async (version: string, declaration?: ReleasedDeclaration): Promise<ReleaseView> => {
  const body = { ...buildRelease(version), ...(declaration && { declaration: structuredClone(declaration) }) };
  // The contract's lists are mutable, those of core are not.
  const { release } = await w.engineer.call(CreateRelease, { body: body as ReturnType<typeof buildRelease> });
  await deployToInt(w, release.id);
  return release;
};

const applyEnvironments = (...names: readonly string[]) =>
  w.administrator.call(ApplyEnvironments, {
    body: {
      project: 'markets',
      isWhole: true,
      environments: (['int', 'prod'] as const).map((name) => ({
        ...{ name, kind: name === 'int' ? ('shared' as const) : ('production' as const) },
        variables: names.map((one) => ({ ...variable(one), description: '' })),
      })),
    },
  });

const tell = ({ sessionId }: SimulatedAgent, ...names: readonly string[]) =>
  w.prodAgentClient.call(ReportConfiguration, {
    params: { sessionId },
    body: {
      ...{ hash: 'h', problems: [], targets: [], channels: [] },
      values: names.map((name) => ({
        ...{ name, text: 'x', mask: null, source: 'envFile', place: null, type: 'string', rules: [] },
      })),
    },
  });

const findGate = ({ verdicts }: Pick<PromotionView, 'verdicts'>) => verdicts.find(({ gate }) => gate === 'parity');

describe('A81 parity', () => {
  test('a promotion waits until its environment declares what the release does, and its agents have values', async () => {
    await applyEnvironments('REGION');
    const release = await record('v1.0.0', buildDeclared(['REGION', 'NEW_KEY']));
    const opened = await askForProd(w, release.id);
    expect(listRed(opened)).toEqual(['parity PARITY_LACKING']);
    expect(findGate(opened)?.evidence).toMatchObject({
      lacking: ['variables.NEW_KEY'],
      unset: ['variables.REGION', 'variables.NEW_KEY'],
    });
    await applyEnvironments('REGION', 'NEW_KEY');
    await tell(w.prod, 'REGION');
    await waitFor('one value to be missing', 10_000, async () => {
      const seen = await w.rita.call(GetPromotion, { params: { promotionId: opened.id } });
      expect(findGate(seen)?.evidence).toEqual({
        before: 'int',
        areValuesCompared: false,
        unset: ['variables.NEW_KEY'],
      });
      return true;
    });
    await tell(w.prod, 'REGION', 'NEW_KEY');
    await waitForPromotion(w.rita, opened.id, 'running');
    await loadDesired(w.prodAgentClient, w.prod);
    const done = await waitForPromotion(w.rita, opened.id, 'succeeded');
    expect(findGate(done)).toMatchObject({ decision: 'allow', code: 'PARITY_KEPT' });
  });

  test('what is declared is compared, not what runs: a release that needs less is let in where more is declared', async () => {
    const release = await record('v1.0.1', buildDeclared(['REGION']));
    const { verdicts } = await w.rita.call(PlanPromotion, { body: { releaseId: release.id, environment: 'prod' } });
    expect(findGate({ verdicts })?.code).toBe('PARITY_KEPT');
  });

  test.each([
    ['differs where it may not', { differences: ['executor'] }, 'PARITY_BROKEN'],
    ['is not declared by the release', { name: 'elsewhere' }, 'PARITY_ENVIRONMENT_UNKNOWN'],
  ])('an environment that %s takes no such release', async (why, prod, code) => {
    const release = await record(`v1.1.${why.length}`, buildDeclared(['REGION'], prod));
    const denied = await askForProd(w, release.id);
    expect([denied.state, denied.endCode]).toEqual(['failed', code]);
  });

  test('a release that was recorded before declarations were kept is let through, unless the policy wants them', async () => {
    const release = await record('v1.2.0');
    const plan = { body: { releaseId: release.id, environment: 'prod', rollbackPlan: 'x' } };
    const { verdicts } = await w.rita.call(PlanPromotion, plan);
    expect(findGate({ verdicts })).toMatchObject({ decision: 'allow', code: 'PARITY_UNRECORDED' });
    const policy = { schemaVersion: 1 as const, kinds: { production: { parity: { mustBeRecorded: true } } } };
    await w.administrator.call(ApplyPolicy, { body: { policy } });
    const strict = await w.rita.call(PlanPromotion, plan);
    expect(findGate(strict)).toMatchObject({ decision: 'deny', code: 'PARITY_UNRECORDED' });
  });

  test('the same commit under the same version is the release that an older command line recorded', async () => {
    const older = await record('v1.3.0');
    const body = { ...buildRelease('v1.3.0'), declaration: { variables: [], environments: [] } };
    const again = await w.engineer.call(CreateRelease, { body });
    expect([again.isNew, again.release.id]).toEqual([false, older.id]);
    const newer = await w.engineer.call(CreateRelease, { body: { ...body, version: 'v1.3.1' } });
    expect(newer.release.id).not.toBe(older.id);
  });
});
