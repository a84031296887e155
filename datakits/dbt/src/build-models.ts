// The course of a task: the control table is there first, then dbt, then a row for each model, also for those that failed.
import { TowpathError } from '@towpath/core';
import { z } from 'zod';
import { type ChosenModels, chooseModels, requireExact } from './chosen-models.ts';
import { createControlTable, writeControlRows } from './control-table.ts';
import { type Dbt, type DbtExit, openDbt } from './run-dbt.ts';
import { hasSucceeded, type Invocation, parseRunResults } from './run-results.ts';
import type { Environment, Settings } from './settings.ts';

/** What the process around it gives. */
export interface BuildContext {
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Told what is known so far, whether it ends well or not. */
  readonly onResult: (invocations: readonly Invocation[]) => Promise<void>;
}

/** `run` builds models, `build` also seeds, snapshots and tests. */
export type Verb = 'build' | 'run';

/**
 * Builds what is selected. With models to make anew: those alone, fully, then what reads them, as always; what was selected besides is
 * not built.
 *
 * @throws TowpathError `DBT_FAILED`, `DBT_CANCELLED`, `DBT_MISSING`, `DBT_RESULTS_UNREADABLE`, `MODEL_UNKNOWN`,
 * `MODEL_NEVER_REFRESHED`, `MODELS_NOT_SELECTABLE`, `CONTROL_UNREACHABLE`, `CONTROL_WRITE_FAILED`
 */
export async function buildModels(verb: Verb, settings: Settings, context: BuildContext): Promise<void> {
  await createControlTable(settings.control);
  const dbt = await openDbt(settings, context.env, context.signal);
  const invocations: Invocation[] = [];
  const invoke = async (words: readonly string[]): Promise<Invocation | undefined> => {
    const exit = await runForgetting(dbt, [verb, ...words]);
    const invocation = await keepResults(dbt, settings);
    if (invocation) invocations.push(invocation);
    context.signal.throwIfAborted();
    if (exit !== 0) throw failed(exit, invocation);
    return invocation;
  };
  try {
    if (settings.fullRefresh.length === 0) await invoke(toSelection(settings.select, settings.exclude));
    else await makeAnew(await choose(dbt, verb, settings.fullRefresh), invoke);
  } finally {
    await dbt.close();
    await context.onResult(invocations);
  }
}

type Invoke = (words: readonly string[]) => Promise<Invocation | undefined>;

async function makeAnew({ uniqueIds, selectors, withReaders }: ChosenModels, invoke: Invoke): Promise<void> {
  // A test that also reads what is not built yet comes after that.
  const words = ['--full-refresh', '--indirect-selection', 'cautious', ...toSelection(selectors, [])];
  const built = new Set((await invoke(words))?.models.map(({ uniqueId }) => uniqueId));
  const missing = uniqueIds.filter((id) => !built.has(id));
  if (missing.length > 0) throw notBuilt(missing);
  await invoke(toSelection(withReaders, selectors));
}

async function choose(dbt: Dbt, verb: Verb, names: readonly string[]): Promise<ChosenModels> {
  const exit = await dbt.run(['parse']);
  const manifest = await dbt.findArtefact('manifest.json');
  if (exit !== 0 || manifest === undefined) throw failed(exit, undefined);
  const chosen = chooseModels(manifest, names);
  requireExact(chosen, await listSelected(dbt, verb, chosen.selectors));
  return chosen;
}

const Selected = z.object({ unique_id: z.string() });

/** Unique ids of what dbt takes these selectors for. */
async function listSelected(dbt: Dbt, verb: Verb, selectors: readonly string[]): Promise<readonly string[]> {
  const types = verb === 'run' ? ['model'] : ['model', 'seed', 'snapshot'];
  const { exit, output } = await dbt.ask([
    ...['ls', '--quiet', '--log-format', 'text', '--output', 'json', '--output-keys', 'unique_id'],
    ...types.flatMap((type) => ['--resource-type', type]),
    ...toSelection(selectors, []),
  ]);
  if (exit !== 0) throw failed(exit, undefined);
  return output
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [Selected.parse(JSON.parse(line)).unique_id] : []));
}

function toSelection(select: readonly string[], exclude: readonly string[]): readonly string[] {
  return [...select.flatMap((one) => ['--select', one]), ...exclude.flatMap((one) => ['--exclude', one])];
}

const RESULTS = 'run_results.json';

async function runForgetting(dbt: Dbt, words: readonly string[]): Promise<DbtExit> {
  await dbt.forgetArtefact(RESULTS);
  return dbt.run(words);
}

/** Undefined: dbt left none, since it had nothing to do or could not begin. */
async function keepResults(dbt: Dbt, { runId, control }: Settings): Promise<Invocation | undefined> {
  const text = await dbt.findArtefact(RESULTS);
  if (text === undefined) return undefined;
  const invocation = parseRunResults(text);
  await writeControlRows(control, runId, invocation);
  return invocation;
}

function failed(exit: DbtExit, invocation: Invocation | undefined): TowpathError {
  const models = invocation?.models
    .filter((model) => !hasSucceeded(model))
    .map(({ name, status }) => `${name} (${status})`);
  const names = [...(models ?? []), ...(invocation?.failedTests ?? [])];
  return new TowpathError({
    code: 'DBT_FAILED',
    message: exit === null ? 'dbt was ended by a signal.' : `dbt ended with ${exit}.`,
    cause: names.length > 0 ? `Not well: ${names.join(', ')}.` : 'It built nothing; its words are above.',
    fix: 'Read what dbt said above; control.dbt_runs has the error of each model.',
  });
}

function notBuilt(uniqueIds: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'DBT_FAILED',
    message: `dbt did not build ${uniqueIds.join(', ')}.`,
    cause: 'It is disabled or ephemeral, or a seed or snapshot and the command is `run`.',
    fix: 'Leave it out, or use `build`.',
  });
}
