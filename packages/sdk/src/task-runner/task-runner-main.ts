// The task runner: runs one function of a bundle and ends. It may be started long before it is needed, so it loads
// nothing but Node's own modules and waits, blocked, for one line: its order. Descriptors 1 and 2 are the attempt's log.
import { noteTaskRunner } from '../authoring/in-task-runner.ts';
import { readContext } from './function-context.ts';
import { exitCodeOf, formatFailure } from './function-failure.ts';
import { mapStacks } from './mapped-stacks.ts';
import { getNodeModule } from './node-modules.ts';
import { type RunnerOrder, toBundledPath } from './runner-order.ts';

const { readFileSync, readSync, unlinkSync, writeFileSync } = getNodeModule('node:fs');
const { createRequire, enableCompileCache } = getNodeModule('node:module');
const { join } = getNodeModule('node:path');
const { pathToFileURL } = getNodeModule('node:url');

/** The same as in `definitions.ts`, which would bring more than a symbol with it. */
const TASK_FUNCTIONS = Symbol.for('towpath.taskFunctions');
/** Of a program that TERM ended. */
const TERMINATED = 143;
/** Of the result document (design §5); the executor decides, this only explains. */
const MAX_RESULT_BYTES = 4096;

/** A file with the order, in a container: its own variables (PATH, HOME) are the image's and stay. */
const orderPath = process.argv[2];
const order = orderPath === undefined ? readOrder() : takeOrder(orderPath);
// End of input before the order: the agent is gone or does not need us. The shim must not write an exit status for work
// that never began, so it ends with us; it is the leader of our process group, in which there is nobody else yet.
if (order === undefined) process.kill(0, 'SIGKILL');
else process.exit(await carryOut(order));

function readOrder(): RunnerOrder | undefined {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    const bytesRead = readSync(0, chunk);
    if (bytesRead === 0) return undefined;
    chunks.push(chunk.subarray(0, bytesRead));
    if (chunk.includes('\n')) return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  }
}

/** It holds secrets, so it is gone before anybody's code runs. */
function takeOrder(path: string): RunnerOrder {
  const text = readFileSync(path, 'utf8');
  unlinkSync(path);
  return JSON.parse(text);
}

/** Into the log of the attempt: to a file, so this returns when it is written. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Runs the function; returns the exit code. */
async function carryOut(given: RunnerOrder): Promise<number> {
  const bundleUrl = pathToFileURL(given.bundleFolder).href;
  const fail = (thrown: unknown): number => {
    say(formatFailure(thrown, bundleUrl, import.meta.url));
    return exitCodeOf(thrown);
  };
  process.on('uncaughtException', (thrown) => process.exit(fail(thrown)));
  process.on('beforeExit', () => {
    process.exit(fail('The function waits for something that can not happen any more: nothing else is under way.'));
  });
  let context: ReturnType<typeof readContext> | undefined;
  try {
    prepare(given);
    const { run, configuration } = await findFunction(given);
    context = readContext(given.environmentVariables, configuration);
    writeResult(await run(context), given.environmentVariables.TOWPATH_RESULT ?? '');
    return 0;
  } catch (thrown) {
    const code = fail(thrown);
    return process.listenerCount('SIGTERM') > 0 && context?.signal.aborted === true ? TERMINATED : code;
  }
}

function prepare({ environmentVariables, workFolder, bundleFolder }: RunnerOrder): void {
  if (orderPath === undefined) for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environmentVariables);
  process.chdir(workFolder);
  noteTaskRunner();
  mapStacks(pathToFileURL(bundleFolder).href);
  // Deleted together with the bundle.
  enableCompileCache(join(bundleFolder, '.compile-cache'));
  // Packages in CommonJS, once bundled, ask this for Node's own modules.
  Reflect.set(globalThis, 'require', createRequire(join(bundleFolder, 'package.json')));
}

interface FoundFunction {
  run(context: unknown): unknown;
  readonly configuration: readonly string[];
}

/** Recognised by shape: the bundle holds its own copy of our code. */
async function findFunction(given: RunnerOrder): Promise<FoundFunction> {
  const url = pathToFileURL(join(given.bundleFolder, toBundledPath(given.module))).href;
  const module: Readonly<Record<string, unknown>> = await import(url);
  const pipeline = module[given.export];
  const functions: unknown = isObject(pipeline) ? Reflect.get(pipeline, TASK_FUNCTIONS) : undefined;
  const run: unknown = functions instanceof Map ? functions.get(given.taskId) : undefined;
  if (typeof run === 'function' && isObject(pipeline))
    return { run: (context) => run(context), configuration: readConfiguration(pipeline, given.taskId) };
  const message = `${given.module} has no function for task ${given.taskId} in its export ${given.export}.`;
  throw Object.assign(new Error(`${message} Does it decide by time or chance which tasks there are?`), {
    exitCode: 78,
  });
}

function readConfiguration(pipeline: object, taskId: string): readonly string[] {
  const graph: unknown = Reflect.get(pipeline, 'graph');
  const tasks: unknown = isObject(graph) ? Reflect.get(graph, 'tasks') : undefined;
  const task: unknown = Array.isArray(tasks)
    ? tasks.find((one) => isObject(one) && Reflect.get(one, 'id') === taskId)
    : undefined;
  const names: unknown = isObject(task) ? Reflect.get(task, 'configuration') : undefined;
  return Array.isArray(names) ? names.map(String) : [];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** What is no JSON object, or too large, is written all the same: the executor refuses it as RESULT_INVALID. */
function writeResult(result: unknown, path: string): void {
  if (result === undefined) return;
  const text = formatResult(result);
  if (Buffer.byteLength(text) > MAX_RESULT_BYTES)
    say(`The result has ${Buffer.byteLength(text)} bytes as JSON; at most ${MAX_RESULT_BYTES} are allowed.`);
  writeFileSync(path, text);
}

function formatResult(result: unknown): string {
  try {
    return JSON.stringify(result) ?? '';
  } catch (thrown) {
    say(`The result can't be written as JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    return '';
  }
}
