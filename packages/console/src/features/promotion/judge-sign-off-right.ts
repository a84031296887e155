/** Whether a person's word counts. */
export interface SignOffRight {
  readonly canApprove: boolean;
  /** A refusal is heard from everybody who may sign off at all. */
  readonly canRefuse: boolean;
  /** Why their approval would count for nothing. */
  readonly why?: string;
}

interface SignOffQuestion {
  readonly person: string;
  /** Those that hold in the environment. */
  readonly roles: readonly string[];
  readonly author: string | undefined;
  readonly initiator: string | undefined;
  /** How many people of which role must sign off. */
  readonly wanted: Readonly<Record<string, number | undefined>>;
}

/** Approval is offered only where it counts: who made the release or asked for it does not, nor who has no role that is wanted. */
export function judgeSignOffRight({ person, roles, author, initiator, wanted }: SignOffQuestion): SignOffRight {
  const no = (why: string): SignOffRight => ({ canApprove: false, canRefuse: true, why });
  if (!roles.some((role) => (wanted[role] ?? 0) > 0))
    return no(`The policy wants no sign-off of role ${roles.join(' or ')} here.`);
  if (person === author) return no('You recorded this release: somebody else has to sign it off.');
  if (person === initiator) return no('You asked for this promotion: somebody else has to sign it off.');
  return { canApprove: true, canRefuse: true };
}
