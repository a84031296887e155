// Notifications: what is worth telling, and what became of it at each sink. The environment's own agent delivers: it alone
// has the secrets.
import { DELIVERY_STATES, NOTIFICATION_KINDS, SEVERITIES } from '@towpath/core';
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { InstantSchema, keysOf } from './states.ts';

const SeveritySchema = z.enum(SEVERITIES);
const DeliveryStateSchema = z.enum(keysOf(DELIVERY_STATES));

/** A notification as its sinks are told. */
const NotificationWords = {
  id: z.uuid(),
  environment: z.string(),
  kind: z.enum(keysOf(NOTIFICATION_KINDS)),
  severity: SeveritySchema,
  /** `[PROD] daily-prod #41 failed` */
  title: z.string(),
  text: z.string(),
  at: InstantSchema,
};

export const DeliveryView = z.object({
  /** Key of the delivery at the sink: repeated with each try. */
  id: z.uuid(),
  sink: z.string(),
  state: DeliveryStateSchema,
  tries: z.number().int(),
  /** Next try, or, while it is being sent, when it is tried again without an answer; null when it has ended. */
  dueAt: InstantSchema.nullable(),
  /** Why the last try failed; null when none did. */
  lastError: z.string().nullable(),
  endedAt: InstantSchema.nullable(),
});
export type DeliveryView = z.infer<typeof DeliveryView>;

export const NotificationView = z.object({
  ...NotificationWords,
  runId: z.uuid().nullable(),
  /** Empty: no sink of the environment wants this severity. */
  deliveries: z.array(DeliveryView),
});
export type NotificationView = z.infer<typeof NotificationView>;

export const ListNotifications = defineRoute({
  method: 'GET',
  path: '/api/notifications',
  permission: 'notifications:read',
  summary: 'Notifications of the last 90 days with their deliveries, newest first, in keyset pages.',
  query: z.object({
    environment: z.string().max(63).optional(),
    severity: SeveritySchema.optional(),
    /** Only those with a delivery in this state. */
    state: DeliveryStateSchema.optional(),
    /** Opaque; from `next` of the page before. */
    after: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({ notifications: z.array(NotificationView), next: z.string().nullable() }),
});

/** A delivery that an agent has taken. */
export const TakenDelivery = z.object({
  id: z.uuid(),
  sink: z.string(),
  /** This is the try of that number; a report repeats it. */
  tries: z.number().int().positive(),
  notification: z.object(NotificationWords),
});
export type TakenDelivery = z.infer<typeof TakenDelivery>;

export const ClaimDeliveries = defineRoute({
  method: 'POST',
  path: '/api/agent/sessions/:sessionId/deliveries/claim',
  permission: 'notifications:deliver',
  summary:
    'Take deliveries that are due; waits up to `waitMs` when none is (long poll). What is not reported within the lease is given again: a sink may see a delivery twice, with the same id.',
  params: z.object({ sessionId: z.uuid() }),
  body: z.strictObject({ limit: z.number().int().min(1).max(100), waitMs: z.number().int().min(0).max(60_000) }),
  reply: z.object({ deliveries: z.array(TakenDelivery) }),
});

export const DeliveryReport = z.strictObject({
  id: z.uuid(),
  tries: z.number().int().positive(),
  outcome: z.enum(['delivered', 'failed']),
  /** Why it failed. Never an address or a secret. */
  error: z.string().max(500).nullable(),
  /** How long the sink wants to be left alone. */
  retryAfterSeconds: z.number().nonnegative().max(86_400).nullable(),
});
export type DeliveryReport = z.infer<typeof DeliveryReport>;

export const ReportDeliveries = defineRoute({
  method: 'POST',
  path: '/api/agent/deliveries/report',
  permission: 'notifications:deliver',
  summary:
    'Report what became of deliveries. A failed one is tried again with growing pauses for a day. Repeating it is harmless.',
  body: z.strictObject({ deliveries: z.array(DeliveryReport).max(100) }),
  reply: z.object({}),
});
