// People name the plan of a deploy command by the beginning of its hash, which they have in front of them.
import { type Client, ListDeployPlans, ListPromotions } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import { withSuggestions } from '../connection/suggest-name.ts';

/** Which plan is meant. */
export interface PlanChoice {
  readonly environment: string;
  readonly releaseId: string;
  /** The hash of its file, or its beginning. */
  readonly plan: string;
}

/** So many digits are nobody's accident. */
const HASH = /^[0-9a-f]{12,64}$/;

/**
 * The plan that somebody means, among those of the promotion that waits. Whether it still counts is said by the server.
 *
 * @throws TowpathError `DEPLOY_PLAN_UNKNOWN`
 */
export async function findPlan(client: Client, { environment, releaseId, plan }: PlanChoice) {
  if (!HASH.test(plan)) throw unknown(environment, plan, 'A hash is given by 12 of its hexadecimal digits or more.');
  const query = { environment, limit: 1 };
  const { promotions } = await withSuggestions(client, { environment }, () => client.call(ListPromotions, { query }));
  const [newest] = promotions;
  if (newest?.release.id !== releaseId) throw unknown(environment, plan, 'No promotion of this release waits there.');
  const { plans } = await client.call(ListDeployPlans, { params: { promotionId: newest.id } });
  const sha256 = plans.find((one) => one.sha256?.startsWith(plan))?.sha256;
  if (!sha256) throw unknown(environment, plan, 'None was made for the promotion that waits there.');
  return { promotionId: newest.id, sha256 };
}

function unknown(environment: string, plan: string, cause: string): TowpathError {
  return new TowpathError({
    code: 'DEPLOY_PLAN_UNKNOWN',
    message: `There is no plan ${JSON.stringify(plan.slice(0, 64))} for ${environment}.`,
    cause,
    fix: `Take the hash from \`npx towpath promotions show ${environment}\`.`,
  });
}
