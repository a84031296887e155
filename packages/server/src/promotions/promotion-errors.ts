import type { PromotionView } from '@towpath/api';
import { type PersonRole, TOWPATH, TowpathError } from '@towpath/core';

/** The error about a promotion that nobody asked for. */
export function promotionUnknown(): TowpathError {
  return new TowpathError({
    code: 'PROMOTION_UNKNOWN',
    message: 'There is no such promotion.',
    fix: `Take the id from \`${TOWPATH} promotions\`.`,
  });
}

/** The error of a person whose role the policy does not let into an environment. */
export function promoterRefused(role: PersonRole, environment: string, promoters: readonly PersonRole[]): TowpathError {
  return new TowpathError({
    code: 'PERMISSION_DENIED',
    message: `A person of role ${role} may not decide what ${environment} runs.`,
    cause: `The policy lets these: ${promoters.join(', ')}.`,
    fix: `Ask one of them, or see \`${TOWPATH} policy show\`.`,
  });
}

/** The error while another promotion is under way. */
export function promotionRunning({ environment, release }: PromotionView): TowpathError {
  return new TowpathError({
    code: 'PROMOTION_RUNNING',
    message: `${release.version} is on its way into ${environment}.`,
    cause: 'An environment is told to run one release at a time.',
    fix: `Wait for its end, or end it by \`${TOWPATH} promotions abort ${environment}\`.`,
  });
}

/** The error about what would take the place of a promotion that waits, and is denied at once. */
export function promotionHopeless(
  { environment, release }: PromotionView,
  version: string,
  denied: readonly string[],
): TowpathError {
  return new TowpathError({
    code: 'PROMOTION_DENIED',
    message: `${version} can't come into ${environment}; ${release.version} waits there as before.`,
    cause: `Denied by ${denied.join(', ')}.`,
    fix: `See why by \`${TOWPATH} promote ${version} --to ${environment} --plan\`.`,
  });
}

/** The error about what is there already. */
export function alreadyDeployed(environment: string, version: string): TowpathError {
  return new TowpathError({
    code: 'RELEASE_ALREADY_DEPLOYED',
    message: `${environment} runs ${version} already.`,
    fix: `See \`${TOWPATH} board\`.`,
  });
}

/** The error of an environment that has nothing to go back to. */
export function nothingToRollBackTo(environment: string): TowpathError {
  return new TowpathError({
    code: 'ROLLBACK_IMPOSSIBLE',
    message: `${environment} has no release to go back to.`,
    cause: 'It never ran another release that was not rolled back from and that nobody refuses.',
    fix: `Name one that it ran: \`${TOWPATH} rollback ${environment} --to <version> --reason …\`; or promote the one it should run.`,
  });
}

/** The error about a release that the environment never ran before the one it runs. */
export function neverRan(environment: string): TowpathError {
  return new TowpathError({
    code: 'ROLLBACK_IMPOSSIBLE',
    message: `${environment} never ran that release before, so it can't go back to it.`,
    cause: 'A rollback passes no gate: it only leads to what the gates let in once.',
    fix: `Promote it: \`${TOWPATH} promote <version> --to ${environment}\`.`,
  });
}

/** The error about a release that the environment does not run. */
export function rollbackStale(environment: string): TowpathError {
  return new TowpathError({
    code: 'ROLLBACK_STALE',
    message: `${environment} does not run that release, so it can't go back from it.`,
    cause: 'Somebody brought another one in meanwhile.',
    fix: `See what it runs: \`${TOWPATH} board\`.`,
  });
}

/** The error about what did not fail technically, or is not the last thing that was asked for. */
export function promotionNotRetriable(environment: string): TowpathError {
  return new TowpathError({
    code: 'PROMOTION_NOT_RETRIABLE',
    message: `That is not the newest promotion into ${environment}, or it did not fail technically.`,
    cause: 'What a gate or a person ended is asked for anew, so that somebody answers for it.',
    fix: `See \`${TOWPATH} promotions show ${environment}\`.`,
  });
}

/** The error of a policy that is not taken. */
export function policyInvalid(problems: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'POLICY_INVALID',
    message: 'The policy was not taken.',
    cause: problems.join(' '),
    fix: 'Correct it; the policy in force holds until another one is applied.',
  });
}
