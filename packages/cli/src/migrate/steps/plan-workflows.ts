// Step 4 of a migration: each deploy job of a workflow says its environment. Lines are added, nothing else of a workflow
// is touched: its comments and layout stay.
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import type { KnownNames } from '../literals/environment-words.ts';
import { applyEdits, type Edit } from '../literals/literal.ts';
import { rewriteFile } from '../literals/rewrite-file.ts';
import { WORKFLOW_LANGUAGE } from '../literals/workflow-language.ts';
import type { FileChange, HardCodedValue, Snapshot } from '../migration.ts';

/** Changes of the workflows, with what a person has to look at. */
export interface WorkflowPlan {
  readonly changes: readonly FileChange[];
  /** Values of one environment in what jobs run; all are left to a person. */
  readonly values: readonly HardCodedValue[];
  readonly notes: readonly string[];
}

/** Sets `ENVIRONMENT` for each job that is of one environment by its name or its `environment:`. */
export function planWorkflows(files: Snapshot, known: KnownNames): WorkflowPlan {
  const { environments } = known;
  const values: HardCodedValue[] = [];
  const changes: FileChange[] = [];
  const notes: string[] = [];
  for (const [path, before] of files) {
    if (!/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) continue;
    const edits = listJobs(before).flatMap((job) =>
      planJob(before, job, environments, (note) => notes.push(`${path}: ${note}`)),
    );
    values.push(...rewriteFile({ path, source: before }, WORKFLOW_LANGUAGE, known).values);
    if (edits.length > 0) changes.push({ path, before, after: applyEdits(before, edits) });
  }
  return { changes, values, notes };
}

interface Job {
  readonly name: string;
  readonly content: YAMLMap;
}

function listJobs(text: string): readonly Job[] {
  const jobs = parseDocument(text).get('jobs');
  if (!isMap(jobs)) return [];
  return jobs.items.flatMap(({ key, value }: Pair) =>
    isScalar(key) && isMap(value) ? [{ name: String(key.value), content: value }] : [],
  );
}

function planJob(
  text: string,
  job: Job,
  environments: readonly string[],
  note: (line: string) => void,
): readonly Edit[] {
  const environment = findEnvironment(job, environments);
  if (environment === undefined) return [];
  const given = listGiven(job.content);
  for (const other of given.filter((value) => value !== environment && !value.includes('${{')))
    note(`job ${job.name} says ENVIRONMENT: ${other}; by its name it is of ${environment}`);
  if (given.length > 0) return [];
  return [planLines(text, job.content, environment)];
}

function findEnvironment({ name, content }: Job, environments: readonly string[]): string | undefined {
  const declared = content.get('environment');
  const words = [name, isMap(declared) ? declared.get('name') : declared].map((word) => String(word ?? ''));
  return environments.find((environment) => words.some((word) => word.split(/[-_ ]/).includes(environment)));
}

/** Values of `ENVIRONMENT` in the job, or in any of its steps. */
function listGiven(job: YAMLMap): readonly string[] {
  const steps = job.toJSON().steps;
  const places: unknown[] = [job.toJSON(), ...(Array.isArray(steps) ? steps : [])];
  return places.flatMap((place) => {
    const env = isRecord(place) && isRecord(place.env) ? place.env.ENVIRONMENT : undefined;
    return env === undefined ? [] : [String(env)];
  });
}

/** Behind `env:` where the job has one, else as its first key. */
function planLines(text: string, job: YAMLMap, environment: string): Edit {
  const env = job.get('env', true);
  const first = isMap(env) ? env : job;
  const at = first.range?.[0] ?? 0;
  const indent = ' '.repeat(at - text.lastIndexOf('\n', at - 1) - 1);
  const lines = isMap(env)
    ? `ENVIRONMENT: ${environment}\n${indent}`
    : `env:\n${indent}  ENVIRONMENT: ${environment}\n${indent}`;
  return { start: at, end: at, text: lines };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
