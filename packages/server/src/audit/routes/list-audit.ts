// audit:read: every person may see who decided what; agents have no use for it.
import { ListAudit } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requestInvalid } from '../../http/parse-request.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { listAudit } from '../operations/list-audit.ts';

/** GET /api/audit */
export function registerListAudit(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListAudit, {
    answer: async ({ query: { after, limit, ...filter } }) => {
      const before = after === undefined ? undefined : parseCursor(after);
      // One more than asked for tells whether there is a next page.
      const entries = await listAudit(context.pool, { ...filter, before, limit: limit + 1 });
      const page = entries.slice(0, limit);
      const last = page.at(-1);
      return { entries: page, next: entries.length > limit && last ? String(last.sequence) : null };
    },
  });
}

function parseCursor(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw requestInvalid(['query.after: not the `next` of a page']);
}
