// Setting a control plane up, on its database directly: for whoever owns that database (`towpath dev`, tests), since
// nobody has a credential yet. Each call opens one connection and closes it.

import { insertAccessToken, type Person } from './access/operations/insert-access-token.ts';
import { type AgentName, insertAgentCredential } from './access/operations/insert-agent-credential.ts';
import { insertConsoleLink } from './access/operations/insert-console-link.ts';
import { type EnvironmentDeclaration, upsertEnvironment } from './access/operations/upsert-environment.ts';
import { withConnection } from './db/database.ts';

/** Makes an environment exist as declared. Idempotent. Errors: `DATABASE_UNAVAILABLE`. */
export function ensureEnvironment(databaseUrl: string, environment: EnvironmentDeclaration): Promise<void> {
  return withConnection(databaseUrl, (client) => upsertEnvironment(client, environment));
}

/** A new credential of an agent, which is named by it if it is new; earlier ones stay valid. Returns the token. */
export function issueAgentCredential(databaseUrl: string, agent: AgentName): Promise<string> {
  return withConnection(databaseUrl, (client) => insertAgentCredential(client, agent));
}

/** A new access token of a person or tool, valid for 90 days. */
export function issueAccessToken(databaseUrl: string, person: Person): Promise<string> {
  return withConnection(databaseUrl, (client) => insertAccessToken(client, person));
}

/** A one-time link for a person's browser, valid for ten minutes; it is opened at `/open#<link>`. */
export function issueConsoleLink(databaseUrl: string, person: Person): Promise<string> {
  return withConnection(databaseUrl, async (client) => (await insertConsoleLink(client, person)).link);
}
