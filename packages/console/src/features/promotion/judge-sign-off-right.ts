import { findInvolvement, type Involved } from '@towpath/core';

/** Whether a person's word counts. */
export interface SignOffRight {
  readonly canApprove: boolean;
  /** A refusal is heard from everybody who may sign off at all. */
  readonly canRefuse: boolean;
  /** Why their approval would count for nothing. */
  readonly why?: string;
}

interface SignOffQuestion extends Involved {
  readonly person: string;
  /** Those that hold in the environment. */
  readonly roles: readonly string[];
  /** How many people of which role must sign off. */
  readonly wanted: Readonly<Record<string, number | undefined>>;
}

/**
 * Approval is offered only where it counts: who made the release or asked for it does not, nor who has no role that is wanted; and
 * not before it is known who made it.
 */
export function judgeSignOffRight({ person, roles, wanted, ...involved }: SignOffQuestion): SignOffRight {
  const no = (why: string): SignOffRight => ({ canApprove: false, canRefuse: true, why });
  if (!roles.some((role) => (wanted[role] ?? 0) > 0))
    return no(`The policy wants no sign-off of role ${roles.join(' or ')} here.`);
  const how = findInvolvement(person, involved);
  if (how) return no(`You ${how}: your sign-off would not count, somebody else has to give it.`);
  return { canApprove: involved.author !== undefined, canRefuse: true };
}
