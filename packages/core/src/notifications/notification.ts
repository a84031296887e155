// A notification is facts; its words are made here, once, so that chat, mail, terminal and console say the same.
import { formatEnvironmentTag } from '../configuration/create-problem.ts';
import { formatRunName } from '../naming/run-name.ts';

/** What happened. */
export type NotificationFacts =
  | {
      readonly kind: 'run.failed';
      readonly runId: string;
      readonly runNumber: number;
      readonly pipeline: string;
      /** The task whose failure came first, with a stable word for why; null when none ended so. */
      readonly task: string | null;
      readonly reasonCode: string | null;
    }
  | {
      readonly kind: 'run.recovered';
      readonly runId: string;
      readonly runNumber: number;
      readonly pipeline: string;
    }
  | {
      readonly kind: 'run.absent';
      readonly pipeline: string;
      /** When its last run ended, or its schedule was registered. */
      readonly since: string;
      readonly hours: number;
    }
  | {
      readonly kind: 'promotion.stuck';
      readonly promotionId: string;
      readonly release: string;
      readonly requestedAt: string;
      /** Those that do not allow it. */
      readonly gates: readonly string[];
      readonly hours: number;
    }
  | {
      readonly kind: 'datakit.unexpected';
      readonly datakit: string;
      readonly version: string;
      /** What is wrong with it, as a word and in a sentence. */
      readonly code: string;
      readonly text: string;
    }
  | {
      readonly kind: 'agent.silent';
      readonly sessionId: string;
      readonly agent: string;
      readonly host: string;
      readonly lastSeenAt: string;
      readonly attemptsHeld: number;
    }
  | {
      readonly kind: 'schedule.missed';
      readonly scheduleId: string;
      readonly schedule: string;
      readonly pipeline: string;
      readonly firstSlotAt: string;
      /** Equal to the first when it is one. */
      readonly lastSlotAt: string;
      readonly reasonCode: string;
    }
  | {
      readonly kind: 'retention.failed';
      readonly dueAt: string;
      readonly agent: string;
      /** Of the first failure. */
      readonly reasonCode: string;
      /** Those that were not finished; empty when none was begun. */
      readonly zones: readonly string[];
    };

/** A notification in words. */
export interface NotificationWords {
  /** One line, begins with the environment: `[PROD] daily-prod #41 failed`. */
  readonly title: string;
  /** What else is known; a few lines. */
  readonly text: string;
}

/** Words for people. They hold names and codes only: what tasks print may be secret, and stays in the log. */
export function describeNotification(environment: string, facts: NotificationFacts): NotificationWords {
  const [title, text] = toWords(environment, facts);
  return { title: `${formatEnvironmentTag(environment)} ${title}`, text };
}

function toWords(environment: string, facts: NotificationFacts): readonly [title: string, text: string] {
  switch (facts.kind) {
    case 'run.failed': {
      const name = formatRunName(facts.pipeline, environment, facts.runNumber);
      const why = facts.task === null ? 'No task of it has failed by itself.' : describeFailure(facts);
      return [`${name} failed`, why];
    }
    case 'run.recovered':
      return [
        `${formatRunName(facts.pipeline, environment, facts.runNumber)} succeeded again`,
        `The run of ${facts.pipeline} before it had failed.`,
      ];
    case 'run.absent':
      return [
        `${facts.pipeline} has not run for ${facts.hours} hours`,
        `No run of it has ended since ${facts.since}, and its schedule ticks. One that hangs has not ended either.`,
      ];
    case 'promotion.stuck':
      return [`${facts.release} has waited for ${facts.hours} hours`, describeStuck(facts)];
    case 'datakit.unexpected':
      return [`datakit ${facts.datakit} ${facts.version} is not as expected`, facts.text];
    case 'agent.silent':
      return [`agent ${facts.agent} is silent`, describeSilence(facts)];
    case 'schedule.missed':
      return [`schedule ${facts.schedule} of ${facts.pipeline} missed its time`, describeMissed(facts)];
    case 'retention.failed':
      return ['old data was not deleted', describeRetention(facts)];
  }
}

function describeFailure({ task, reasonCode }: { readonly task: string | null; readonly reasonCode: string | null }) {
  return `Task ${task} ended first${reasonCode === null ? '' : `, with ${reasonCode}`}. Its log says more.`;
}

function describeStuck({ requestedAt, gates }: Extract<NotificationFacts, { kind: 'promotion.stuck' }>): string {
  const why = gates.length === 0 ? 'Its gates let it through; agents have not loaded it.' : `Red: ${gates.join(', ')}.`;
  return `Asked for at ${requestedAt}. ${why}`;
}

function describeSilence({ host, lastSeenAt, attemptsHeld }: Extract<NotificationFacts, { kind: 'agent.silent' }>) {
  const held = attemptsHeld === 0 ? 'It held no attempt.' : `It holds ${attemptsHeld} attempts, which may still run.`;
  return `It was last heard of from ${host} at ${lastSeenAt}. ${held}`;
}

function describeMissed(facts: Extract<NotificationFacts, { kind: 'schedule.missed' }>): string {
  const { firstSlotAt, lastSlotAt, reasonCode } = facts;
  const when = firstSlotAt === lastSlotAt ? firstSlotAt : `from ${firstSlotAt} to ${lastSlotAt}`;
  return `Slot ${when}: ${reasonCode}.`;
}

function describeRetention(facts: Extract<NotificationFacts, { kind: 'retention.failed' }>): string {
  const { dueAt, agent, reasonCode, zones } = facts;
  const where = zones.length === 0 ? 'Nothing was deleted' : `Not finished: ${zones.join(', ')}`;
  return `${where} (due at ${dueAt}): ${reasonCode}. The log of agent ${agent} says more; it is tried again the next day.`;
}
