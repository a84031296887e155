// The words of the audit. Each is a decision somebody took; what merely happened afterwards is an event, not an entry.

/** Every action with the sentence that explains it. Words are never reused for something else: old entries keep theirs. */
export const AUDIT_ACTIONS = {
  'run.started': 'a run was asked for, by a person or by a schedule',
  'run.cancelled': 'the end of a run was asked for',
  'run.deleted': 'a run that ended long ago was deleted with its logs, by policy',
  'run.rerun': 'the repetition of a run was asked for',
  'attempt.given-up': 'an uncertain attempt was ended without its agent, by a person or by policy',
  'pool.set': 'the slots of a pool were set, or given back to the declaration of the project',
  'code.registered': 'pipelines of a code location were replaced',
  'environment.declared': 'an environment was made known or changed',
  'environment.withdrawn': 'an environment that nothing used was taken from the declaration, and is gone',
  'agent-credential.issued': 'an agent got a credential',
  'agent-credential.revoked': 'credentials of an agent ended before their time',
  'access-token.issued': 'a person or tool got an access token',
  'access-token.revoked': 'access tokens of a person or tool ended before their time',
  'console-link.issued': 'a one-time link to the console was made',
  'console-session.opened': 'a browser was signed in, by such a link or by the identity provider',
  'console-session.ended': 'a person signed a browser out',
  'sign-in.refused': 'a token, cookie, link or sign-in was not taken: how often, in how long, and whose it was',
  'access.applied': 'who has which role where was replaced',
  'schedule.paused': 'a schedule was stopped from starting runs',
  'schedule.resumed': 'a paused schedule was let go on',
  'schedule.slots-skipped': 'a schedule said no to slots that had come',
  'schedule.slots-missed': 'slots of a schedule passed without a run',
  'schedule.run-now': 'a run of a schedule was asked for outside of its times',
  'secret.read': 'an agent handed a secret to an attempt, or used it itself',
  'secret.refused': 'a secret was asked for and not handed out',
  'retention.started': 'an agent began to delete data that was older than its environment keeps it',
  'retention.ended': 'it ended, with what was deleted and why something was not',
  'release.recorded': 'a release was recorded: its bill, its version and its changelog entry',
  'release.deployed': 'all agents of an environment have a release; its runs use it from then on',
  'promotion.requested': 'a release was asked to be brought into an environment',
  'emergency.requested': 'a promotion was asked for that skips gates, as an emergency',
  'promotion.started':
    'its gates allowed a promotion, or it was a rollback: the environment was told to run the release',
  'promotion.refused': 'a gate said no to a promotion',
  'promotion.errored': 'a promotion failed technically; the environment was told to keep what it had',
  'promotion.aborted': 'a promotion was ended by a person, or another one took its place',
  'rollback.requested': 'an environment was asked to go back to the release before',
  'refresh.refused': 'the full refresh of a rollback could not be started',
  'sign-off.given': 'a person signed off a release for an environment',
  'sign-off.refused': 'a person refused a release for an environment',
  'sign-off.withdrawn': 'a sign-off was taken back',
  'sign-off.lifted': 'a refusal of somebody whose access was revoked was lifted by somebody else',
  'deploy-plan.made': 'an agent made the plan of a deploy command, or could not',
  'deploy-plan.withdrawn': 'a plan of a deploy command stopped counting, with all that was said about it',
  'deploy-plan.signed': 'a person approved the plan of a deploy command by its hash, or refused it',
  'freeze.declared': 'an environment was closed to promotions',
  'freeze.lifted': 'a declared freeze was ended before its time',
  'policy.applied': 'the policy of promotions was replaced',
  'environment.contradiction-allowed': 'an agent was started although a name it was given contradicts its environment',
} as const;

export type AuditAction = keyof typeof AUDIT_ACTIONS;

/** Who decides: `policy` is the server by its own rules, `operator` whoever holds its database. */
export const AUDIT_ACTOR_KINDS = ['person', 'agent', 'policy', 'operator'] as const;

export type AuditActorKind = (typeof AUDIT_ACTOR_KINDS)[number];

/** One who decided. */
export interface AuditActor {
  readonly kind: AuditActorKind;
  readonly name: string;
}
