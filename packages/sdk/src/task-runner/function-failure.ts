// What a function threw, as the log shows it and as the exit code counts it.
import { getNodeModule } from './node-modules.ts';

const GENERAL_FAILURE = 1;
/** `EX_TEMPFAIL` and `EX_CONFIG` (sysexits.h), as in the attempt contract. */
const SPOKEN_CODES: readonly unknown[] = [75, 78];

/** Exit code for a thrown value: 75 or 78 when it carries that as `exitCode`, else 1. */
export function exitCodeOf(thrown: unknown): number {
  const wanted = typeof thrown === 'object' && thrown !== null && 'exitCode' in thrown ? thrown.exitCode : undefined;
  return SPOKEN_CODES.includes(wanted) ? Number(wanted) : GENERAL_FAILURE;
}

/** Longer chains repeat themselves. */
const MAX_CAUSES = 5;

/** The thrown value with its stack and causes; files are named as in the project, and frames of Node and ours left out. */
export function formatFailure(thrown: unknown, bundleUrl: string, ownUrl: string): string {
  const isForeign = (line: string): boolean =>
    /^\s+at /.test(line) && (line.includes(ownUrl) || line.includes('node:'));
  const { fileURLToPath } = getNodeModule('node:url');
  return describe(thrown, MAX_CAUSES)
    .split('\n')
    .filter((line) => !isForeign(line))
    .map((line) => line.replaceAll(`${bundleUrl}/`, '').replaceAll(`${fileURLToPath(bundleUrl)}/`, ''))
    .join('\n');
}

function describe(thrown: unknown, causesLeft: number): string {
  if (!(thrown instanceof Error))
    return typeof thrown === 'string' ? thrown : getNodeModule('node:util').inspect(thrown);
  const causes = thrown instanceof AggregateError ? thrown.errors : [thrown.cause];
  const told = causes.filter((cause: unknown) => cause !== undefined).slice(0, causesLeft);
  const text = thrown.stack ?? `${thrown.name}: ${thrown.message}`;
  return [text, ...told.map((cause: unknown) => `Caused by: ${describe(cause, causesLeft - 1)}`)].join('\n');
}
