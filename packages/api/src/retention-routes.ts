// Retention of the data in zones, as agents do it by themselves: who takes the pass of a day, so that it is one agent's at a time.
// What was deleted is told by `ReportAgentAudit`.
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { InstantSchema } from './states.ts';

export const ClaimRetention = defineRoute({
  method: 'POST',
  path: '/api/agent/sessions/:sessionId/retention/claim',
  permission: 'attempts:execute',
  summary:
    'Take the deletion of old data that was due at `dueAt` in the environment of the credential. `isTaken` is false when another agent has it, or had it. The same session may ask again.',
  params: z.object({ sessionId: z.uuid() }),
  body: z.strictObject({ dueAt: InstantSchema }),
  reply: z.object({ isTaken: z.boolean() }),
});
