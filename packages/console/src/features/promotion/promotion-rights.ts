// What the signed-in person may do about promotions, as far as the server would let them: it decides again.
import { useQuery } from '@tanstack/react-query';
import { GetPolicy, type PolicyView } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { PROMOTIONS_KEY } from '../../client/query-keys.ts';
import { useAccessIn, useSession } from '../session/session-queries.ts';
import { judgeSignOffRight, type SignOffRight } from './judge-sign-off-right.ts';

type Rules = PolicyView['rules'][string];
type Wanted = Readonly<Record<string, number | undefined>>;

/** The rules of an environment; undefined while they load. */
export function useRules(environment: string): Rules | undefined {
  const policy = useQuery({
    queryKey: [PROMOTIONS_KEY, 'policy'],
    queryFn: ({ signal }): Promise<PolicyView> => consoleClient.call(GetPolicy, { signal }),
  });
  return policy.data?.rules[environment];
}

/** Whether they may promote into an environment, end a promotion, roll back, freeze. */
export function useMayPromote(environment: string): boolean {
  const { canPromote, roles } = useAccessIn(environment);
  const promoters: readonly string[] = useRules(environment)?.promoters ?? [];
  return canPromote && roles.some((role) => promoters.includes(role));
}

/** How many people of which role have to sign off; an emergency wants approvals besides. Undefined while the rules load. */
export function useWantedSignOffs(environment: string, isEmergency: boolean): Wanted | undefined {
  const rules = useRules(environment);
  if (rules === undefined || !isEmergency || rules.emergency === null) return rules?.signOffs;
  const { skips, approvals } = rules.emergency;
  return skips.includes('sign-offs') ? approvals : { ...rules.signOffs, ...approvals };
}

/** Whether they may approve or refuse plans of the deploy command: nobody may whom the policy does not name. */
export function useDeployPlanRight(about: {
  readonly environment: string;
  readonly author: string | undefined;
  readonly initiator: string;
}): SignOffRight {
  const { canSignOff, roles } = useAccessIn(about.environment);
  const session = useSession().data;
  const wanted: Wanted | undefined = useRules(about.environment)?.deployPlan?.approvals;
  if (!canSignOff || session === undefined || wanted === undefined) return { canApprove: false, canRefuse: false };
  const right = judgeSignOffRight({ ...about, person: session.name, roles, wanted });
  return { ...right, canRefuse: roles.some((role) => (wanted[role] ?? 0) > 0) };
}

/** Whether they may sign off, or refuse. */
export function useSignOffRight(about: {
  readonly environment: string;
  /** Who recorded the release; undefined while that is unknown. */
  readonly author: string | undefined;
  readonly initiator: string | undefined;
  readonly isEmergency: boolean;
}): SignOffRight {
  const { canSignOff, roles } = useAccessIn(about.environment);
  const session = useSession().data;
  const wanted = useWantedSignOffs(about.environment, about.isEmergency);
  if (!canSignOff || session === undefined || wanted === undefined) return { canApprove: false, canRefuse: false };
  return judgeSignOffRight({ ...about, person: session.name, roles, wanted });
}
