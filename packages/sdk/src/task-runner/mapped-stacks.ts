// Stacks in the author's files and lines. Node does this as well (`setSourceMapsSupport`), but loads 7 ms of its own code
// for it at every start of a runner; here nothing is read before somebody asks for a stack.
import type { SourceMap } from 'node:module';
import { getNodeModule } from './node-modules.ts';

type Prepare = (error: Error, frames: NodeJS.CallSite[]) => unknown;

/**
 * From now on `stack` names sources where modules of the bundle have a source map beside them. A library that sets
 * `Error.prepareStackTrace` itself gets call sites as they are, as ever.
 */
export function mapStacks(bundleUrl: string): void {
  // Node 24 tells its own; older ones, in somebody's image, have none.
  const format: Prepare = Error.prepareStackTrace ?? formatPlainly;
  const maps = new Map<string, SourceMap | undefined>();
  Error.prepareStackTrace = (error, frames) => {
    const text = format(error, frames);
    return typeof text === 'string' ? text.split('\n').map(toSource).join('\n') : text;
  };
  const toSource = (line: string): string =>
    line.replace(LOCATION, (generated, url: string, row: string, column: string) =>
      url.startsWith(`${bundleUrl}/`) ? (locate(url, Number(row), Number(column)) ?? generated) : generated,
    );
  const locate = (url: string, row: number, column: number): string | undefined => {
    const map = maps.has(url) ? maps.get(url) : readMap(url);
    maps.set(url, map);
    const entry = map?.findEntry(row - 1, column - 1);
    if (entry === undefined || !('originalSource' in entry)) return undefined;
    const source = new URL(entry.originalSource, url);
    return `${getNodeModule('node:url').fileURLToPath(source)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  };
}

/** At the end of a frame, in parentheses or not. */
const LOCATION = /(?<=^ +at .*)(file:\/\/\S+):(\d+):(\d+)(?=\)?$)/;

function formatPlainly(error: Error, frames: readonly NodeJS.CallSite[]): string {
  return [`${error.name}: ${error.message}`, ...frames.map((frame) => `    at ${String(frame)}`)].join('\n');
}

/** A bundle may be without; its own lines are better than no stack. */
function readMap(url: string): SourceMap | undefined {
  const { SourceMap: Reader } = getNodeModule('node:module');
  try {
    return new Reader(JSON.parse(getNodeModule('node:fs').readFileSync(new URL(`${url}.map`), 'utf8')));
  } catch {
    return undefined;
  }
}
