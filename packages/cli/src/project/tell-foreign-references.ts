import type { AgentOptions } from '@towpath/agent';
import { type ConfigurationInputs, resolveConfiguration } from '@towpath/config';
import { parseSecretReference } from '@towpath/core';

/** How an agent that is to be started reaches its server. */
export type AgentConnection = Pick<AgentOptions, 'serverUrl' | 'token' | 'stateFolder' | 'log'>;

/**
 * Tells the server's audit of references to secrets of another environment. The agent will not start with them, and a refusal
 * that only its own host knows of is none that anybody reviews. Never rejects.
 */
export async function tellForeignReferences(connection: AgentConnection, inputs: ConfigurationInputs): Promise<void> {
  const { problems, values } = resolveConfiguration(inputs);
  const references = problems.flatMap(({ code, variable, received }) => {
    // What is no variable's is a target's or a sink's, whose reference is all that is received.
    const reference = values.get(variable ?? '')?.secretReference ?? parseSecretReference(received ?? '');
    return code === 'RESOURCE_OWNED_BY_OTHER' && reference !== undefined ? [reference] : [];
  });
  if (references.length === 0) return;
  const { tellRefusedReferences } = await import('@towpath/agent');
  await tellRefusedReferences({ ...connection, provider: inputs.environment.secrets?.provider ?? 'none' }, references);
}
