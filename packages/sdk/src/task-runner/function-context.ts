// The context of a function, from the attempt contract alone: the same variables and files that a command gets.
import type { FunctionContext } from '../authoring/function-context.ts';
import { getNodeModule } from './node-modules.ts';

const { readFileSync } = getNodeModule('node:fs');

/** As core's `isDerivedVariable`, which would bring more than a pattern with it; a test compares them. */
const DERIVED =
  /^(?:ENVIRONMENT|DBT_TARGET|TOWPATH_(?:NAMESPACE|REGISTRY|STACK)|TOWPATH_[A-Z0-9_]+_(?:ZONE|DATABASE))$/;

/**
 * Reads the context from variables and the files they name. `configuration` are the names the task asked for. The
 * handler of TERM is installed when the signal is first read: until then TERM ends the process as it does any other.
 */
export function readContext(
  variables: Readonly<Record<string, string>>,
  configuration: readonly string[],
): FunctionContext {
  const get = (name: string): string => variables[name] ?? '';
  const derived = Object.keys(variables).filter((name) => DERIVED.test(name));
  const aborting = new AbortController();
  let isListening = false;
  return {
    inputs: readJson(get('TOWPATH_INPUTS')),
    parameters: readJson(get('TOWPATH_PARAMETERS')),
    run: {
      id: get('TOWPATH_RUN_ID'),
      name: get('TOWPATH_RUN_NAME'),
      logicalTime: get('TOWPATH_LOGICAL_TIME'),
      logicalDate: get('TOWPATH_LOGICAL_DATE'),
    },
    environment: get('ENVIRONMENT'),
    attempt: Number(get('TOWPATH_ATTEMPT')),
    config: {
      ENVIRONMENT: get('ENVIRONMENT'),
      DBT_TARGET: get('DBT_TARGET'),
      TOWPATH_NAMESPACE: get('TOWPATH_NAMESPACE'),
      TOWPATH_STACK: get('TOWPATH_STACK'),
      ...Object.fromEntries([...derived, ...configuration].map((name) => [name, get(name)])),
    },
    get signal() {
      if (!isListening) process.on('SIGTERM', () => aborting.abort(new Error('The attempt is being ended.')));
      isListening = true;
      return aborting.signal;
    },
    log: (line) => {
      process.stdout.write(`${line}\n`);
    },
  };
}

// Written by the agent for this attempt; nobody else's JSON comes here.
function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8'));
}
