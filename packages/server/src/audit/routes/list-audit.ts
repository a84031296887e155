// audit:read: every person may see who decided what in their environments; agents have no use for it.
import { ListAudit } from '@towpath/api';
import { createTurns, TowpathError } from '@towpath/core';
import type { FastifyInstance } from 'fastify';
import { requestInvalid } from '../../http/parse-request.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { type AuditFilter, listAudit } from '../operations/list-audit.ts';
import { searchAudit } from '../transactions/search-audit.ts';

/** Each search keeps a connection busy for seconds; the others are for everybody else. */
const SEARCHES_AT_ONCE = 2;
/** Of 5 s each at most, so that whoever waits is answered within half a minute, or told at once that they are not. */
const SEARCHES_WAITING = 10;

/** GET /api/audit */
export function registerListAudit(app: FastifyInstance, context: ServerContext): void {
  const takeTurn = createTurns(SEARCHES_AT_ONCE, { waiting: SEARCHES_WAITING, refuse: searchesBusy });
  const list = (filter: AuditFilter, signal: AbortSignal) =>
    filter.text === undefined
      ? listAudit(context.pool, filter)
      : takeTurn(() => searchAudit(context.pool, filter), signal).catch((thrown: unknown) => {
          throw signal.aborted ? searchGivenUp() : thrown;
        });
  registerRoute(app, context, ListAudit, {
    answer: async ({ query: { after, limit, ...filter }, readable, signal }) => {
      const before = after === undefined ? undefined : parseCursor(after);
      // One more than asked for tells whether there is a next page.
      const entries = await list({ ...filter, readable, before, limit: limit + 1 }, signal);
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

function searchesBusy(): TowpathError {
  return new TowpathError({
    code: 'AUDIT_SEARCH_BUSY',
    message: 'Too many texts are being looked for in the audit.',
    cause: `${SEARCHES_AT_ONCE} searches go on at a time, and ${SEARCHES_WAITING} wait already.`,
    fix: 'Search again in some seconds, or without a text: by actor, action, subject, environment or time.',
  });
}

/** For who waited for a turn until they hung up, or the server closed. */
function searchGivenUp(): TowpathError {
  return new TowpathError({
    code: 'SERVER_CLOSING',
    message: 'The search did not begin: the server closes.',
    fix: 'Search again.',
  });
}
