// Releases of a promotion rig whose environment `int` has a deploy command that makes plans, and what people do about those plans.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ApplyPolicy,
  CreateRelease,
  type DeployPlanView,
  GetPromotion,
  ListDeployPlans,
  OpenPromotion,
  type PromotionView,
  type ReleaseView,
  SignDeployPlan,
} from '@towpath/api';
import { waitFor } from '@towpath/testkit';
import { buildRelease } from '../../packages/server/src/testing/released.ts';
import type { Person, PromotionRig } from './promotion-rig.ts';

/** Plans that are made and applied beside other tests. */
const DEADLINE_MS = 60_000;

export interface DeployPlans {
  /** Writes the files of a version, commits and records them. */
  release(version: string, files: Readonly<Record<string, string>>): Promise<ReleaseView>;
  promote(releaseId: string, by?: Person): Promise<PromotionView>;
  waitForState(promotionId: string, state: PromotionView['state']): Promise<PromotionView>;
  /** The plan of a promotion, once there is one that counts and is not this one. */
  waitForPlan(promotionId: string, other?: string): Promise<DeployPlanView & { readonly sha256: string }>;
  list(promotionId: string): Promise<readonly DeployPlanView[]>;
  sign(by: Person, plan: Pick<DeployPlanView, 'promotionId'>, sha256: string, note?: string): Promise<DeployPlanView>;
  /** Path of the agent's file, and its hash as it is there. */
  fileOf(promotionId: string): { readonly path: string; readonly sha256: string | undefined };
  /** Lets people of these roles approve plans of int. */
  applyPolicy(rules?: object): Promise<unknown>;
}

/** `getRig` is asked with each call: tests start theirs before the first. */
export function openDeployPlans(project: string, getRig: () => PromotionRig): DeployPlans {
  const list: DeployPlans['list'] = async (promotionId) =>
    (await getRig().clientOf('bo').call(ListDeployPlans, { params: { promotionId } })).plans;
  return {
    list,
    release: async (version, files) => {
      const { project: folder, git, clientOf } = getRig();
      for (const [path, text] of Object.entries(files)) folder.write(path, text);
      const gitSha = git.commitAll(version);
      const body = { ...buildRelease(version), project, gitSha };
      return (await clientOf('anna').call(CreateRelease, { body })).release;
    },
    promote: (releaseId, by = 'rita') =>
      getRig()
        .clientOf(by)
        .call(OpenPromotion, { body: { releaseId, environment: 'int' } }),
    waitForState: (promotionId, state) =>
      waitFor(`promotion ${promotionId} to be ${state}`, DEADLINE_MS, async () => {
        const promotion = await getRig().clientOf('bo').call(GetPromotion, { params: { promotionId } });
        if (promotion.state !== state) throw new Error(JSON.stringify(promotion));
        return promotion;
      }),
    waitForPlan: (promotionId, other) =>
      waitFor(`a plan for ${promotionId}`, DEADLINE_MS, async () => {
        const plans = await list(promotionId);
        const counts = plans.find(({ sha256, withdrawnAt }) => withdrawnAt === null && sha256 !== null);
        if (!counts?.sha256 || counts.sha256 === other) throw new Error(JSON.stringify(plans));
        return { ...counts, sha256: counts.sha256 };
      }),
    sign: (by, { promotionId }, sha256, note) => {
      const body = { sha256, decision: note === undefined ? ('approved' as const) : ('refused' as const), note };
      return getRig().clientOf(by).call(SignDeployPlan, { params: { promotionId }, body });
    },
    fileOf: (promotionId) => {
      const path = join(getRig().project.stateFolder, 'int', 'deploy-plans', promotionId, 'plan');
      const bytes = existsSync(path) ? readFileSync(path) : undefined;
      return { path, sha256: bytes && createHash('sha256').update(bytes).digest('hex') };
    },
    applyPolicy: (rules = { deployPlan: { approvals: { 'release-manager': 1 }, expiresHours: 1 } }) => {
      const policy = { schemaVersion: 1 as const, environments: { int: rules } };
      return getRig().clientOf('ada').call(ApplyPolicy, { body: { policy } });
    },
  };
}
