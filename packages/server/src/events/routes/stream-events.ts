// runs:read: events say only that something changed; what it is, is read by the routes of that thing.
import { StreamEvents } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { findIdentity, hasSameRights } from '../../http/authenticate.ts';
import { requestInvalid } from '../../http/parse-request.ts';
import { registerRoute } from '../../http/register-route.ts';
import { SECURITY_HEADERS } from '../../http/security-headers.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { findEventPosition } from '../operations/find-event-position.ts';
import { streamEvents } from '../stream-events.ts';

/** GET /api/events */
export function registerStreamEvents(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, StreamEvents, {
    raw: async ({ request, query, reply, signal, identity, mayTell }) => {
      const lastId = parseEventId(request.headers['last-event-id']) ?? parseEventId(query.after);
      const after = lastId ?? (await findEventPosition(context.pool));
      const authentication = { db: context.pool, cookieName: context.cookieName() };
      // Rights are compared as a whole: with others, the stream is opened anew, and tells what it may then.
      const isStillAllowed = async () => hasSameRights(identity, await findIdentity(request, authentication));
      reply.hijack();
      reply.raw.writeHead(200, {
        ...SECURITY_HEADERS,
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        // Else a closing server would wait for the kept-alive connection of a stream it has just ended.
        connection: 'close',
      });
      reply.raw.write('retry: 1000\n\n');
      streamEvents(context, { response: reply.raw, after, signal, mayTell, isStillAllowed })
        .catch((thrown: unknown) => request.log.error({ err: thrown }, 'event stream failed'))
        .finally(() => reply.raw.end());
      return reply;
    },
  });
}

function parseEventId(text: string | string[] | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  // Twenty and more digits, or a number beyond bigint, can't be a position.
  if (typeof text === 'string' && /^\d{1,19}$/.test(text) && BigInt(text) <= MAX_BIGINT) return text;
  throw requestInvalid(['last-event-id: not the id of an event']);
}

const MAX_BIGINT = 2n ** 63n - 1n;
