// What Secret Server and Platform answer, as their own clients read it (DelineaXPM/python-tss-sdk, tss-sdk-go; error codes:
// thycotic.secretserver). Their oddities: some errors come as 200 with a page of HTML, and most others as 400 with an
// `errorCode`, a denied secret and one that does not exist among them.
import { z } from 'zod';
import {
  type SecretFailure,
  secretDenied,
  secretLoginRefused,
  secretMissing,
  secretNeedsPerson,
  secretReplyInvalid,
} from '../secret-errors.ts';
import { findOutage, type ProviderReply, parseReply } from '../send-request.ts';

/** In messages. */
export const PROVIDER = 'Delinea';

const TokenReply = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

const VaultsReply = z.object({
  vaults: z.array(
    z.object({
      isDefault: z.boolean().default(false),
      isActive: z.boolean().default(false),
      connection: z.object({ url: z.string().nullish() }).nullish(),
    }),
  ),
});

const SecretReply = z.object({
  id: z.int(),
  active: z.boolean().default(true),
  items: z.array(
    z.object({
      slug: z.string(),
      fieldName: z.string().nullish(),
      itemValue: z.string().nullish(),
      isFile: z.boolean().default(false),
      isPassword: z.boolean().default(false),
      fileAttachmentId: z.int().nullish(),
    }),
  ),
});

/** A secret with its fields; the content of files has to be asked for. */
export type DelineaSecret = z.output<typeof SecretReply>;
export type DelineaItem = DelineaSecret['items'][number];

const ErrorReply = z.object({ errorCode: z.string().regex(/^[A-Za-z0-9_]{1,100}$/) });

/** Codes of secrets that want a person: API_CheckOutRequired, API_ValidateSecretAccessCommentRequired, … */
const PERSON_CODES = /checkout|approval|comment|doublelock/i;

/** @throws SecretFailure */
export function readToken(reply: ProviderReply): z.output<typeof TokenReply> {
  if (reply.status === 400 || reply.status === 401 || reply.status === 403) {
    const fix =
      'Check account and password; the login is not tried again with the same ones for five minutes, lest it locks.';
    throw secretLoginRefused(PROVIDER, `The login was answered with status ${reply.status}.`, fix);
  }
  return read(reply, TokenReply, 'The login was not answered with a token.');
}

/** Address of the Secret Server that Platform uses. @throws SecretFailure */
export function readVaultUrl(reply: ProviderReply): string {
  const { vaults } = read(reply, VaultsReply, 'The list of vaults can not be read.');
  const url = vaults.find((vault) => vault.isDefault && vault.isActive)?.connection?.url;
  if (url) return url;
  throw secretReplyInvalid(PROVIDER, 'Platform has no default vault that is active.');
}

/** @throws SecretFailure */
export function readSecret(reply: ProviderReply, name: string): DelineaSecret {
  const failure = findFailure(reply, name);
  if (failure !== undefined) throw failure;
  const secret = read(reply, SecretReply, 'The reply is no secret of Secret Server.');
  // Deleting only deactivates; who may view inactive secrets still gets them.
  if (!secret.active) throw missing(name, 'It was deleted.');
  return secret;
}

/** Bytes of a file. @throws SecretFailure */
export function readFile(reply: ProviderReply, name: string): Buffer {
  const failure = findFailure(reply, name);
  if (failure !== undefined) throw failure;
  if (reply.status === 200 && !isPage(reply)) return reply.body;
  throw secretReplyInvalid(PROVIDER, 'A file of the secret was answered with a page.');
}

function read<T>(reply: ProviderReply, schema: z.ZodType<T>, cause: string): T {
  const outage = findOutage(PROVIDER, reply);
  if (outage !== undefined) throw outage;
  const parsed = reply.status === 200 ? schema.safeParse(parseReply(reply)) : undefined;
  if (parsed?.success === true) return parsed.data;
  const found = isPage(reply) ? 'a page of HTML' : `status ${reply.status}`;
  throw secretReplyInvalid(PROVIDER, `${cause} It is ${found}.`);
}

function isPage({ contentType, body }: ProviderReply): boolean {
  return contentType.includes('text/html') || /^\s*<(?:!doctype|html)/i.test(body.subarray(0, 200).toString('latin1'));
}

function findFailure(reply: ProviderReply, name: string): SecretFailure | undefined {
  if (reply.status === 404) return missing(name, 'Secret Server has none of that name.');
  if (reply.status === 400) return findRefusal(reply, name);
  if (reply.status !== 401 && reply.status !== 403) return undefined;
  return denied(name, `The status is ${reply.status}.`);
}

function findRefusal(reply: ProviderReply, name: string): SecretFailure | undefined {
  const parsed = ErrorReply.safeParse(parseReply(reply));
  if (!parsed.success) return undefined;
  const { errorCode } = parsed.data;
  if (PERSON_CODES.test(errorCode)) {
    const fix = 'Take check-out, approval and comments off this secret, or give the agent one without them.';
    return secretNeedsPerson(name, `Secret Server says ${errorCode}.`, fix);
  }
  return denied(name, `Secret Server says ${errorCode}; it says so of secrets that do not exist, too.`);
}

function denied(name: string, cause: string): SecretFailure {
  return secretDenied(name, cause, 'Let the account of the agent view this secret, and check its name.');
}

function missing(name: string, cause: string): SecretFailure {
  return secretMissing(name, cause, 'Create it in Secret Server, or correct the reference.');
}
