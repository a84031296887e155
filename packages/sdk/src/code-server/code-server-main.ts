// The code server: evaluates the pipeline modules of one project and writes one JSON document to descriptor 3.
// Author code runs here and only here, with an empty environment. Descriptors 1 and 2 stay the author's.
import { closeSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Graph } from '@towpath/core';
import { listDefined } from '../authoring/defined-pipelines.ts';
import { isPipelineDefinition, type PipelineDefinition } from '../authoring/definitions.ts';
import { describeError } from './describe-error.ts';
import type { EvaluatedPipeline, EvaluationDocument, EvaluationError } from './evaluation.ts';
import { noteLoadedModules } from './loaded-modules.ts';
import { listSourceFiles } from './source-files.ts';

const DOCUMENT_DESCRIPTOR = 3;

/** The sdk adds frames of its own above the author's line; the default of 10 could cut that line off. */
Error.stackTraceLimit = 50;

// The parent holds the other end for as long as it lives: when it was killed, nobody wants the document.
process.stdin.on('end', end).resume();
// On its own it must not keep us: a module that awaits what never comes then ends us, and the exit code says so (13).
if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref();

const document: EvaluationDocument = await evaluate(realpathSync(process.argv[2] ?? '.'));
writeFileSync(DOCUMENT_DESCRIPTOR, JSON.stringify(document));
closeSync(DOCUMENT_DESCRIPTOR);
end();

// Timers and sockets of author code would keep the process for ever, and its exit handlers are of no use to anybody.
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

async function evaluate(folder: string): Promise<EvaluationDocument> {
  const listLoaded = noteLoadedModules(folder);
  const pipelines: EvaluatedPipeline[] = [];
  for (const sourceFile of listSourceFiles(folder)) {
    try {
      const exported: unknown = await import(pathToFileURL(join(folder, sourceFile)).href);
      for (const [name, { graph }] of listPipelines(exported))
        pipelines.push({ sourceFile, graph: placeFunctions(graph, sourceFile, name) });
    } catch (thrown) {
      return { pipelines: [], ...listLoaded(), error: describeError(thrown, sourceFile, folder) };
    }
  }
  const error = findDuplicate(pipelines) ?? findNotExported(pipelines);
  return { pipelines: error === null ? pipelines : [], ...listLoaded(), error };
}

// A module may export the same pipeline under two names, default included: it is still one, under the first of them.
function listPipelines(exported: unknown): readonly (readonly [string, PipelineDefinition])[] {
  if (typeof exported !== 'object' || exported === null) return [];
  const seen = new Set<PipelineDefinition>();
  return Object.entries(exported).flatMap(([name, value]: [string, unknown]) => {
    if (!isPipelineDefinition(value) || seen.has(value)) return [];
    seen.add(value);
    return [[name, value] as const];
  });
}

/** Only here it is known where the functions of a pipeline will be found again. */
function placeFunctions(graph: Graph, module: string, exportName: string): Graph {
  const tasks = graph.tasks.map((task) => (task.kind === 'function' ? { ...task, module, export: exportName } : task));
  return { ...graph, tasks };
}

function findDuplicate(pipelines: readonly EvaluatedPipeline[]): EvaluationError | null {
  const files = new Map<string, string>();
  for (const { sourceFile, graph } of pipelines) {
    const other = files.get(graph.pipeline);
    if (other !== undefined) {
      const message = `Two pipelines are called ${graph.pipeline}.`;
      const cause = `They are defined in ${other} and in ${sourceFile}.`;
      return { code: 'PIPELINE_NAME_DUPLICATE', message, cause };
    }
    files.set(graph.pipeline, sourceFile);
  }
  return null;
}

function findNotExported(pipelines: readonly EvaluatedPipeline[]): EvaluationError | null {
  const exported = new Set(pipelines.map(({ graph }) => graph.pipeline));
  const missing = listDefined().find((name) => !exported.has(name));
  if (missing === undefined) return null;
  return {
    code: 'PIPELINE_NOT_EXPORTED',
    message: `Pipeline ${missing} has TypeScript tasks, but no module exports it.`,
    cause:
      'A task is found again by module and export: write `export default definePipeline(…)` in a module of pipelines/.',
  };
}
