// What is worth telling somebody who is not looking, and how urgent it is. Sinks choose by severity.

/** From what may be read tomorrow to what wakes somebody. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Every kind with its severity and the sentence that explains it. */
export const NOTIFICATION_KINDS = {
  'run.failed': { severity: 'critical', means: 'A run ended and has failed.' },
  'run.recovered': { severity: 'info', means: 'A run succeeded, and the one of its pipeline before it had failed.' },
  'run.absent': {
    severity: 'critical',
    means: 'No run of a pipeline with a schedule has ended for longer than its environment wants.',
  },
  'promotion.stuck': { severity: 'warning', means: 'A promotion has waited for longer than its environment wants.' },
  'datakit.unexpected': {
    severity: 'warning',
    means: 'A datakit of an environment is not what was promoted there, or can not run there.',
  },
  'agent.silent': { severity: 'critical', means: 'An agent has not been heard of for longer than its lease.' },
  'retention.failed': {
    severity: 'warning',
    means: 'Data that is older than its environment keeps it was not deleted, or not all of it.',
  },
  'schedule.missed': { severity: 'warning', means: 'Slots of a schedule passed without a run.' },
} as const satisfies Readonly<Record<string, { readonly severity: Severity; readonly means: string }>>;

export type NotificationKind = keyof typeof NOTIFICATION_KINDS;

/** Ways to tell somebody. */
export const SINK_KINDS = ['slack', 'webhook', 'email'] as const;

export type SinkKind = (typeof SINK_KINDS)[number];

/** What becomes of a notification at one sink. */
export const DELIVERY_STATES = {
  waiting: 'It is due now or later; an agent of the environment has to take it.',
  sending: 'An agent has taken it and has not said yet what came of it.',
  delivered: 'The sink has accepted it.',
  failed: 'It was given up: the sink did not accept it for a day.',
} as const;

export type DeliveryState = keyof typeof DELIVERY_STATES;
