// Setting a control plane up, on its database directly: for whoever owns that database (`towpath dev`, tests), since
// nobody has a credential yet.
import pg from 'pg';
import { insertAccessToken, type Person } from './access/operations/insert-access-token.ts';
import { type AgentName, insertAgentCredential } from './access/operations/insert-agent-credential.ts';
import { insertConsoleLink } from './access/operations/insert-console-link.ts';
import { type EnvironmentDeclaration, upsertEnvironment } from './access/operations/upsert-environment.ts';
import { connectionConfig, translateDatabaseError } from './db/database.ts';

/** What can be set up; tokens are returned once, only their SHA-256 is stored. */
export interface Admin {
  /** Makes an environment exist as declared. Idempotent. */
  ensureEnvironment(environment: EnvironmentDeclaration): Promise<void>;
  /** A new credential of an agent, which is named by it if it is new; earlier ones stay valid. */
  issueAgentCredential(agent: AgentName): Promise<string>;
  /** A new access token of a person or tool, valid for 90 days. */
  issueAccessToken(person: Person): Promise<string>;
  /** A one-time link for a person's browser, valid for ten minutes; it is opened at `/open#<link>`. */
  issueConsoleLink(person: Person): Promise<string>;
  close(): Promise<void>;
}

/**
 * Connects to a migrated database; close it.
 *
 * @throws TowpathError `DATABASE_UNAVAILABLE`
 */
export async function openAdmin(databaseUrl: string): Promise<Admin> {
  const client = new pg.Client(connectionConfig(databaseUrl));
  client.on('error', () => undefined);
  await client.connect().catch((thrown: unknown) => {
    throw translateDatabaseError(thrown);
  });
  return {
    ensureEnvironment: (environment) => upsertEnvironment(client, environment),
    issueAgentCredential: (agent) => insertAgentCredential(client, agent),
    issueAccessToken: (person) => insertAccessToken(client, person),
    issueConsoleLink: async (person) => (await insertConsoleLink(client, person)).link,
    close: () => client.end(),
  };
}
