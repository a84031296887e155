// The code server: evaluates the pipeline modules of one project and writes one JSON document to descriptor 3.
// Author code runs here and only here, with an empty environment. Descriptors 1 and 2 stay the author's.
import { closeSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isPipelineDefinition, type PipelineDefinition } from '../authoring/definitions.ts';
import { describeError } from './describe-error.ts';
import type { EvaluatedPipeline, EvaluationDocument } from './evaluation.ts';
import { listSourceFiles } from './source-files.ts';

const DOCUMENT_DESCRIPTOR = 3;

/** The sdk adds frames of its own above the author's line; the default of 10 could cut that line off. */
Error.stackTraceLimit = 50;

// The parent holds the other end for as long as it lives: when it was killed, nobody wants the document.
process.stdin.on('end', end).resume();
// On its own it must not keep us: a module that awaits what never comes then ends us, and the exit code says so (13).
if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref();

const document = await evaluate(realpathSync(process.argv[2] ?? '.'));
writeFileSync(DOCUMENT_DESCRIPTOR, JSON.stringify(document));
closeSync(DOCUMENT_DESCRIPTOR);
end();

// Timers and sockets of author code would keep the process for ever, and its exit handlers are of no use to anybody.
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

async function evaluate(folder: string): Promise<EvaluationDocument> {
  const pipelines: EvaluatedPipeline[] = [];
  for (const sourceFile of listSourceFiles(folder)) {
    try {
      const exported: unknown = await import(pathToFileURL(join(folder, sourceFile)).href);
      for (const { graph } of listPipelines(exported)) pipelines.push({ sourceFile, graph });
    } catch (thrown) {
      return { pipelines: [], error: describeError(thrown, sourceFile, folder) };
    }
  }
  return findDuplicate(pipelines) ?? { pipelines, error: null };
}

// A module may export the same pipeline under two names, default included: it is still one.
function listPipelines(exported: unknown): Set<PipelineDefinition> {
  const values: unknown[] = typeof exported === 'object' && exported !== null ? Object.values(exported) : [];
  return new Set(values.filter(isPipelineDefinition));
}

function findDuplicate(pipelines: readonly EvaluatedPipeline[]): EvaluationDocument | undefined {
  const files = new Map<string, string>();
  for (const { sourceFile, graph } of pipelines) {
    const other = files.get(graph.pipeline);
    if (other !== undefined) {
      const message = `Two pipelines are called ${graph.pipeline}.`;
      const cause = `They are defined in ${other} and in ${sourceFile}.`;
      return { pipelines: [], error: { code: 'PIPELINE_NAME_DUPLICATE', message, cause } };
    }
    files.set(graph.pipeline, sourceFile);
  }
  return undefined;
}
