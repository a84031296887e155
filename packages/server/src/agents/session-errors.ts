import { TOWPATH, TowpathError } from '@towpath/core';

/** The session does not exist, or belongs to another agent; which of both is nobody's business. */
export function sessionUnknown(): TowpathError {
  return new TowpathError({
    code: 'SESSION_UNKNOWN',
    message: 'This agent has no such session.',
    fix: 'Open a session first.',
  });
}

/** The session was ended, mostly by a newer one of the same agent. */
export function sessionEnded(): TowpathError {
  return new TowpathError({
    code: 'SESSION_ENDED',
    message: 'This session has ended.',
    cause: 'The agent closed it, or opened another: one agent has one live session.',
    fix: 'Stop the work of this session; open a new one only if no other agent uses the same credential.',
  });
}

/** Another instance of the agent is live: taking over would end its work. */
export function agentAlreadyConnected(host: string): TowpathError {
  return new TowpathError({
    code: 'AGENT_ALREADY_CONNECTED',
    message: 'Another agent with this credential is connected.',
    cause: `It runs on ${host} with another state folder, and it has been heard of within its lease.`,
    fix: `Stop that agent, or give this one a credential of its own (\`${TOWPATH} server issue-agent-token\`).`,
  });
}
