import { type Client, IssueBundleToken } from '@towpath/api';
import type { BundleSource } from '../../executors/bundle-source.ts';
import type { ServerLink } from '../../session/server-link.ts';

/** Tokens for attempts that fetch their bundle themselves, from the server. */
export function createBundleTokens(agent: {
  readonly client: Client;
  readonly link: ServerLink;
}): BundleSource['issueToken'] {
  return async ({ attemptId, epoch }, signal) => {
    const input = { params: { attemptId }, body: { epoch } };
    const { token } = await agent.link.ask(
      (callSignal) => agent.client.call(IssueBundleToken, { ...input, signal: callSignal }),
      { signal },
    );
    return token;
  };
}
