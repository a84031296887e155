// What a hint calls a run, so that the command it shows finds the same one from here.
import type { RunSummary } from '@towpath/api';
import { type Asking, getSelectedEnvironment } from './find-run.ts';

/** `41`, or `41 --environment qa` where the number alone would not mean a run of its environment. */
export async function nameRun({ client, context }: Asking, run: RunSummary): Promise<string> {
  const silent = { ...context, err: () => {} };
  // Whatever prevents a selection prevents it for the command of the hint, too, which then has to name the environment.
  const selected = await getSelectedEnvironment({ client, context: silent }, {}).catch(() => undefined);
  return selected === run.environment ? `${run.number}` : `${run.number} --environment ${run.environment}`;
}
