// Revoking takes effect with the next request: credentials are looked up with each.
import type { TokenView } from '@towpath/api';
import { type AuditActor, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { namedSubject, personSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { publish } from '../../events/transactions/publish.ts';
import { freeName } from '../operations/free-name.ts';
import type { AgentName } from '../operations/insert-agent-credential.ts';
import { lockHolder } from '../operations/lock-holder.ts';
import { type RevokedAccess, revokeAccess } from '../operations/revoke-access.ts';
import { revokeAccessToken } from '../operations/revoke-access-token.ts';
import { revokeAgentCredentials } from '../operations/revoke-agent-credentials.ts';

/**
 * Ends the credentials of an agent; returns how many.
 *
 * @throws TowpathError `TOKEN_UNKNOWN` when it has none that is valid
 */
export function revokeAgentTokens(pool: pg.Pool, agent: AgentName, actor: AuditActor): Promise<number> {
  return withTransaction(pool, async (tx) => {
    const credentials = await revokeAgentCredentials(tx, agent);
    if (credentials === 0) throw tokenUnknown(`agent ${agent.agent} of ${agent.environment}`);
    await writeAudit(tx, {
      actor,
      action: 'agent-credential.revoked',
      subject: namedSubject('agent', agent.environment, agent.agent),
      environment: agent.environment,
      details: { credentials },
    });
    return credentials;
  });
}

/** Whose access ends, and why. */
export interface RevokeWish {
  readonly name: string;
  readonly why?: string | undefined;
  /** Whether another account of the identity provider may come by the name from then on. */
  readonly freesName?: boolean | undefined;
}

/**
 * Ends the tokens, open consoles, unused links and begun sign-ins of a person or tool; returns how many of each.
 *
 * @throws TowpathError `TOKEN_UNKNOWN` when there is nothing that is valid; a sign-in that is under way is refused all the same
 */
export async function revokeAccessTokens(pool: pg.Pool, wish: RevokeWish, actor: AuditActor): Promise<RevokedAccess> {
  const revoked = await withTransaction(pool, (tx) => revokeAll(tx, wish, actor));
  // After the commit: what was ended without a number stays ended.
  if (!revoked) throw tokenUnknown(JSON.stringify(wish.name));
  return revoked;
}

async function revokeAll(
  tx: Transaction,
  { name, why, freesName = false }: RevokeWish,
  actor: AuditActor,
): Promise<RevokedAccess | undefined> {
  await lockHolder(tx, name);
  const { tokens, sessions, links, isKnown } = await revokeAccess(tx, name);
  const isFreed = freesName && (await freeName(tx, name));
  if (!isKnown && !isFreed) return undefined;
  await writeAudit(tx, {
    actor,
    action: 'access-token.revoked',
    subject: personSubject(name),
    environment: null,
    why,
    details: { tokens, sessions, links, ...(isFreed && { isNameFreed: true }) },
  });
  // A promotion may wait, or have all it needs, by what they signed.
  await publish(tx, { events: [], topics: new Set(['access', 'promotions']) });
  return { tokens, sessions, links };
}

/**
 * Ends one access token.
 *
 * @throws TowpathError `TOKEN_UNKNOWN` when no token of that id is valid
 */
export function revokeOneToken(pool: pg.Pool, id: string, actor: AuditActor, why?: string): Promise<TokenView> {
  return withTransaction(pool, async (tx) => {
    const token = await revokeAccessToken(tx, id);
    if (!token) throw tokenUnknown(`the id ${id}`);
    await writeAudit(tx, {
      actor,
      action: 'access-token.revoked',
      subject: personSubject(token.name),
      environment: null,
      why,
      details: { token: id },
    });
    await publish(tx, { events: [], topics: new Set(['access']) });
    return token;
  });
}

function tokenUnknown(whose: string): TowpathError {
  return new TowpathError({
    code: 'TOKEN_UNKNOWN',
    message: `There is no valid token of ${whose}.`,
    cause: 'None was issued to that name, or all have expired or were revoked.',
    fix: 'Check the name; upper and lower case differ.',
  });
}
