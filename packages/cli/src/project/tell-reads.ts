import { type ReadAudit, toSecretReadEntry } from '@towpath/agent';
import { type Client, createClient, GetSession, ReportAgentAudit } from '@towpath/api';
import { formatEnvironmentTag } from '@towpath/core';
import { parseServerAddress } from '../connection/connect.ts';

/** A command that reads secrets of an environment. */
export interface ReadingCommand {
  readonly environment: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
}

/** A person waits for the command. */
const TELL_MS = 5_000;

/**
 * A command reads with the rights of whoever runs it, and tells it to that person. Where the environment's own agent credential
 * is set, as on the host of its agent, the server's audit is told as well, before the value is handed out: what can't be told is
 * not read.
 */
export function tellReads({ environment, variables, log }: ReadingCommand): ReadAudit {
  const { TOWPATH_SERVER: server, TOWPATH_AGENT_TOKEN: token } = variables;
  let teller: Promise<Client | undefined> | undefined;
  return {
    log,
    keep: async (read) => {
      if (!server || !token) return;
      teller ??= findTeller({ environment, log }, server, token);
      const entry = { ...toSecretReadEntry(read, new Date()), purpose: 'command' as const };
      const signal = AbortSignal.timeout(TELL_MS);
      await (await teller)?.call(ReportAgentAudit, { body: { entries: [entry] }, signal });
    },
  };
}

/** Undefined: the credential is another environment's, whose audit this is none of. */
async function findTeller(
  { environment, log }: Omit<ReadingCommand, 'variables'>,
  server: string,
  token: string,
): Promise<Client | undefined> {
  const headers = () => ({ authorization: `Bearer ${token}` });
  const client = createClient({ baseUrl: parseServerAddress(server), headers });
  const own = await client.call(GetSession, { signal: AbortSignal.timeout(TELL_MS) });
  if (own.environment === environment) return client;
  log(`${formatEnvironmentTag(environment)} TOWPATH_AGENT_TOKEN is of another environment; no audit is told of reads`);
  return undefined;
}
