// An unknown name is answered with the nearest known one; what the server said stays the cause.
import { ApiError, type Client, type EnvironmentView, ListEnvironments, ListPipelines } from '@towpath/api';
import { findNearest, TowpathError } from '@towpath/core';
import { describeAgentStart } from '../rendering/agent-command.ts';

/** Names that a command was given. */
export interface GivenNames {
  readonly environment?: string | undefined;
  readonly pipeline?: string | undefined;
}

/**
 * Runs a call and rejects with a suggestion when the server does not know a name of it.
 *
 * @throws TowpathError what the server answered
 */
export async function withSuggestions<T>(client: Client, names: GivenNames, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    if (thrown.code === 'PIPELINE_UNKNOWN') throw await suggestPipeline(client, names, thrown);
    if (thrown.code === 'ENVIRONMENT_UNKNOWN') throw await suggestEnvironment(client, names, thrown);
    throw thrown;
  }
}

async function suggestPipeline(client: Client, { environment, pipeline = '' }: GivenNames, error: ApiError) {
  const { pipelines } = await client.call(ListPipelines, { query: { environment } });
  const unserved = pipelines.length > 0 ? undefined : await findUnserved(client, environment);
  if (unserved) return agentMissing(unserved, error);
  return addSuggestion(
    error,
    pipeline,
    pipelines.map(({ name }) => name),
  );
}

/** The environment, when no agent of it is connected: pipelines come from agents. */
async function findUnserved(client: Client, environment: string | undefined): Promise<EnvironmentView | undefined> {
  const { environments } = await client.call(ListEnvironments);
  return environments.find(({ name, agents }) => name === environment && agents.length === 0);
}

function agentMissing(environment: EnvironmentView, error: ApiError): TowpathError {
  const { code, message } = error;
  const cause = `No agent of ${environment.name} has been seen, and an environment's pipelines come from its agent.`;
  return new TowpathError({ code, message, cause, fix: describeAgentStart(environment) }, { cause: error });
}

async function suggestEnvironment(client: Client, { environment = '' }: GivenNames, error: ApiError) {
  const { environments } = await client.call(ListEnvironments);
  return addSuggestion(
    error,
    environment,
    environments.map(({ name }) => name),
  );
}

/** The error with "Did you mean", or with the names there are when none is near. */
export function addSuggestion(error: TowpathError, name: string, known: readonly string[]): TowpathError {
  const fix = suggestName(name, known) ?? error.fix;
  return new TowpathError({ code: error.code, message: error.message, cause: error.reason, fix }, { cause: error });
}

/** More names than these are a list of their own. */
const MAX_NAMES = 10;

/** "Did you mean x?", or what there is; undefined when there is nothing. */
export function suggestName(name: string, known: readonly string[]): string | undefined {
  const nearest = findNearest(name, known);
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  if (known.length === 0) return undefined;
  const more = known.length > MAX_NAMES ? ` and ${known.length - MAX_NAMES} more` : '';
  return `There are: ${known.slice(0, MAX_NAMES).join(', ')}${more}.`;
}
