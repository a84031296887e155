// Setting a control plane up, on its database directly: for whoever owns that database (`towpath dev`, tests), since
// nobody has a credential yet.
import type { Person } from './access/operations/insert-access-token.ts';
import type { AgentName, NewAgentCredential } from './access/operations/insert-agent-credential.ts';
import type { RevokedAccess } from './access/operations/revoke-access.ts';
import { declareEnvironment, type EnvironmentWish } from './access/transactions/declare-environment.ts';
import { issueAccessToken } from './access/transactions/issue-access-token.ts';
import { issueAgentCredential } from './access/transactions/issue-agent-credential.ts';
import { issueConsoleLink } from './access/transactions/issue-console-link.ts';
import { revokeAccessTokens, revokeAgentTokens } from './access/transactions/revoke-tokens.ts';
import { openPool, translateDatabaseError } from './db/database.ts';
import type { Holding } from './http/identity.ts';

/** What can be set up; tokens are returned once, only their SHA-256 is stored. All of it is audited. */
export interface Admin {
  /** Makes an environment exist; its kind never changes here (ENVIRONMENT_KIND_CHANGED). Idempotent. */
  ensureEnvironment(environment: EnvironmentWish): Promise<void>;
  /** A new credential of an agent, which is named by it if it is new; earlier ones stay valid. */
  issueAgentCredential(credential: NewAgentCredential): Promise<string>;
  /** A new access token of a person or tool, valid for 90 days. */
  issueAccessToken(person: Person): Promise<string>;
  /** A one-time link for a person's browser, valid for ten minutes; it is opened at `/open#<link>`. */
  issueConsoleLink(person: Person): Promise<string>;
  /** Ends all credentials of an agent; returns how many. TOKEN_UNKNOWN: it has none. */
  revokeAgentCredentials(agent: AgentName): Promise<number>;
  /** Ends all tokens, open consoles and links of a person or tool. TOKEN_UNKNOWN: there are none. */
  revokeAccess(name: string): Promise<RevokedAccess>;
  close(): Promise<void>;
}

/** Tokens of tools outlive a holiday, but not a year. */
const TOKEN_SECONDS = 90 * 86_400;

/**
 * Connects to a migrated database; close it. `operator` is who the audit names: the user at this machine.
 *
 * @throws TowpathError `DATABASE_UNAVAILABLE`
 */
export async function openAdmin(databaseUrl: string, operator = 'operator'): Promise<Admin> {
  const pool = openPool(databaseUrl);
  const actor = { kind: 'operator', name: operator } as const;
  await pool.query('select 1').catch(async (thrown: unknown) => {
    await pool.end();
    throw translateDatabaseError(thrown);
  });
  return {
    ensureEnvironment: (environment) => declareEnvironment(pool, environment, actor),
    issueAgentCredential: (credential) => issueAgentCredential(pool, credential, actor),
    issueAccessToken: async ({ name, ...rights }) => {
      const wish = { name, holding: toHolding(rights), lifeSeconds: TOKEN_SECONDS, issuedBy: operator };
      return (await issueAccessToken(pool, wish, actor)).token;
    },
    issueConsoleLink: async ({ name, ...rights }) => {
      const handed = { name, holding: toHolding(rights), tokenId: null, sessions: [], until: null };
      return (await issueConsoleLink(pool, handed, actor)).link;
    },
    revokeAgentCredentials: (agent) => revokeAgentTokens(pool, agent, actor),
    revokeAccess: (name) => revokeAccessTokens(pool, { name }, actor),
    close: () => pool.end(),
  };
}

function toHolding({ role, environments = null }: Omit<Person, 'name'>): Holding {
  return { role, environments, groups: null };
}
