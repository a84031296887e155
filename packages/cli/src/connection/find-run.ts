// People name a run as they see it (`41`, `#41`, `sqlserver-bronze-local #41`); tools name it by id.
import {
  ApiError,
  type Client,
  FindRunByNumber,
  GetRun,
  ListEnvironments,
  ListRuns,
  type RunDetail,
} from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { CommandContext } from '../context.ts';
import { findSelectedEnvironment, type SelectionOptions } from './select-on-server.ts';
import { addSuggestion } from './suggest-name.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NUMBER = /^(.*?) ?#?(\d{1,15})$/;

/** Who asks, and whom. */
export interface Asking {
  readonly client: Client;
  readonly context: CommandContext;
}

/**
 * The run that a person means; without a name the newest one. A number is one of the selected environment, unless the name says
 * of which.
 *
 * @throws TowpathError `RUN_MISSING`, `RUN_NAME_INVALID`, and those of the selection
 */
export async function getRunByName(
  asking: Asking,
  name: string | undefined,
  options: SelectionOptions,
): Promise<RunDetail> {
  const { client, context } = asking;
  if (name === undefined) return await getNewestRun(client, findSelectedEnvironment(context, options));
  if (UUID.test(name)) return await client.call(GetRun, { params: { runId: name } });
  const [, words = '', number] = NUMBER.exec(name) ?? [];
  if (number === undefined) throw invalidName(name);
  const named = options.environment ?? (await findNamedBy(client, words));
  const where = named ?? (await getSelectedEnvironment(asking, options));
  return await getByNumber(client, where, Number(number));
}

/** Of `sqlserver-bronze-int #41`: int. */
async function findNamedBy(client: Client, words: string): Promise<string | undefined> {
  if (words === '') return undefined;
  const { environments } = await client.call(ListEnvironments);
  const names = environments.map(({ name }) => name).filter((name) => words.endsWith(`-${name}`));
  return names.toSorted((a, b) => b.length - a.length)[0];
}

async function getByNumber(client: Client, environment: string, number: number): Promise<RunDetail> {
  try {
    return await client.call(FindRunByNumber, { params: { environment, number } });
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.code !== 'RUN_UNKNOWN') throw thrown;
    throw await suggestRun(client, environment, thrown);
  }
}

// Numbers have no slips of letters; what people look for is nearly always the newest.
async function suggestRun(client: Client, environment: string, error: ApiError): Promise<TowpathError> {
  const [newest] = (await client.call(ListRuns, { query: { environment, limit: 1 } })).runs;
  const { environments } = await client.call(ListEnvironments);
  const names = environments.map(({ name }) => name);
  if (!newest && !names.includes(environment)) return addSuggestion(error, environment, names);
  const here = newest
    ? `Did you mean ${newest.number}, the newest? All of them: npx towpath runs --environment ${environment}`
    : `It has none yet. Start one: npx towpath run <pipeline> --environment ${environment}`;
  const fix = names.length > 1 ? `A run of another environment is found with --environment <name>. ${here}` : here;
  return new TowpathError({ code: error.code, message: error.message, fix }, { cause: error });
}

/**
 * The environment that a command is about: named, selected by the project, or the only one there is.
 *
 * @throws TowpathError `ENVIRONMENT_AMBIGUOUS`, and those of the selection
 */
export async function getSelectedEnvironment({ client, context }: Asking, options: SelectionOptions): Promise<string> {
  return findSelectedEnvironment(context, options) ?? (await getOnlyEnvironment(client));
}

async function getOnlyEnvironment(client: Client): Promise<string> {
  const { environments } = await client.call(ListEnvironments);
  const [first, ...others] = environments;
  if (first && others.length === 0) return first.name;
  throw new TowpathError({
    code: 'ENVIRONMENT_AMBIGUOUS',
    message: 'Which environment?',
    cause: `The server has ${environments.length}: ${environments.map(({ name }) => name).join(', ')}.`,
    fix: 'Name it with --environment.',
  });
}

async function getNewestRun(client: Client, environment: string | undefined): Promise<RunDetail> {
  const { runs } = await client.call(ListRuns, { query: { environment, limit: 1 } });
  const newest = runs[0];
  if (newest) return await client.call(GetRun, { params: { runId: newest.id } });
  throw new TowpathError({
    code: 'RUN_MISSING',
    message: 'There is no run yet.',
    fix: 'Start one with `npx towpath run <pipeline>`; `npx towpath pipelines` lists them.',
  });
}

function invalidName(name: string): TowpathError {
  return new TowpathError({
    code: 'RUN_NAME_INVALID',
    message: `${JSON.stringify(name)} does not name a run.`,
    fix: 'Give its number (`41`) or its id; `npx towpath runs` lists both.',
  });
}
