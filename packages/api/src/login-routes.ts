// Signing in by an identity provider (OIDC): the server is its client, for consoles and for command lines.
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { InstantSchema } from './states.ts';

export const GetLoginOptions = defineRoute({
  method: 'GET',
  path: '/api/login/options',
  permission: 'public',
  summary: 'How one signs in here.',
  reply: z.object({ /** Host of the identity provider; null: there is none. */ provider: z.string().nullable() }),
});

/** A path of the console: one slash first, so that nobody is sent elsewhere. */
const ReturnTo = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/);

export const StartLogin = defineRoute({
  method: 'GET',
  path: '/api/login',
  permission: 'public',
  summary:
    'Sends a browser to the identity provider. With `port` and `challenge` the answer goes to a command line that listens there.',
  query: z.object({
    returnTo: ReturnTo.optional(),
    port: z.coerce.number().int().min(1024).max(65_535).optional(),
    /** Base64url SHA-256 of the verifier that RedeemLogin is given. */
    challenge: z
      .string()
      .regex(/^[\w-]{43}$/)
      .optional(),
    /** What the command line says of itself and its machine; the person is asked whether to let it in. */
    program: z.string().min(1).max(200).optional(),
  }),
  reply: z.string(),
  replyMediaType: 'text/html',
});

export const FinishLogin = defineRoute({
  method: 'GET',
  path: '/api/login/callback',
  permission: 'public',
  summary:
    'Where the identity provider sends the browser back to: its code is exchanged, and a session opened; for a command line, a page asks whether to let it in.',
  query: z.object({ state: z.string().max(500).optional() }),
  reply: z.string(),
  replyMediaType: 'text/html',
});

export const RedeemLogin = defineRoute({
  method: 'POST',
  path: '/api/login/token',
  permission: 'public',
  summary: 'Exchange what a browser brought to the command line for an access token. Once, and for a minute.',
  body: z.strictObject({ code: z.string().max(200), verifier: z.string().min(43).max(128) }),
  reply: z.object({ token: z.string(), name: z.string(), expiresAt: InstantSchema }),
});

export const SignOut = defineRoute({
  method: 'POST',
  path: '/api/session/end',
  permission: 'signed-in',
  summary: 'End the session or token that is used, at once.',
  reply: z.object({ name: z.string() }),
});
