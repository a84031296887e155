// What a project's folder holds at this moment, ready to be registered: pipelines, pools, and the bundle of its functions.
import type { RegisterCode } from '@towpath/api';
import { type ErrorFacts, toErrorFacts } from '@towpath/core';
import { type Evaluation, type EvaluationError, evaluateProject, type OutsideFiles } from '@towpath/sdk';
import type { z } from 'zod';
import { cleanText } from '../session/wire-text.ts';
import { buildBundle, isBundleProblem, type ProjectBundle } from './bundles/build-bundle.ts';

export interface ProjectCode {
  readonly folder: string;
  readonly codeServerEntry?: string | undefined;
  readonly nodePath?: string | undefined;
  /** Time zone that the code sees (IANA); default: that of the machine. */
  readonly timeZone?: string | undefined;
  /** Pools the project declares, with their slots. */
  readonly readPools?: (() => Readonly<Record<string, number>>) | undefined;
}

export type Registration = Omit<z.output<NonNullable<typeof RegisterCode.body>>, 'name'>;

/** What is registered: either everything, or the error. */
export interface LoadedCode {
  readonly registration: Registration;
  readonly bundle: ProjectBundle | undefined;
  /** Files that decide it, outside `pipelines/` as well; relative to the project. */
  readonly files: readonly string[];
  /** Other files that it was made of. */
  readonly outside: OutsideFiles;
}

/** Pipeline modules only define; what takes longer than this works or waits. */
const EVALUATION_TIMEOUT_MS = 20_000;

/** Evaluates a project and bundles the modules that have functions. Never rejects for what author code does. */
export async function loadCode({ folder, readPools, ...how }: ProjectCode): Promise<LoadedCode> {
  const { codeServerEntry, nodePath, timeZone } = how;
  const options = { folder, timeoutMs: EVALUATION_TIMEOUT_MS, codeServerEntry, nodePath, timeZone };
  const evaluation = await evaluateProject(options);
  if (evaluation.error !== null) return toFailed(evaluation, evaluation.error);
  const modules = listFunctionModules(evaluation);
  const built = modules.length === 0 ? undefined : await buildBundle(folder, modules);
  if (built !== undefined && isBundleProblem(built)) return toFailed(evaluation, built);
  try {
    return toLoaded(evaluation, built, readPools?.() ?? {});
  } catch (thrown) {
    return toFailed(evaluation, toEvaluationError(toErrorFacts(thrown)));
  }
}

/** The same code, registered with an error instead. */
export function toFailed(
  { sourceHash, modules, outside = NOTHING_OUTSIDE }: FailedEvaluation,
  error: EvaluationError,
): LoadedCode {
  const registration = { sourceHash, pipelines: [], error: clip(error) };
  return { registration, bundle: undefined, files: modules, outside };
}

type FailedEvaluation = Pick<Evaluation, 'sourceHash' | 'modules'> & Partial<Pick<Evaluation, 'outside'>>;

const NOTHING_OUTSIDE: OutsideFiles = { reached: [], linked: [] };

/** True when attempts of TypeScript tasks are to be expected. */
export function hasFunctions({ pipelines }: Registration): boolean {
  return pipelines.some(({ graph }) => graph.tasks.some(({ kind }) => kind === 'function'));
}

function toLoaded(
  { sourceHash, pipelines, modules, outside }: Evaluation,
  bundle: ProjectBundle | undefined,
  pools: Readonly<Record<string, number>>,
): LoadedCode {
  const registration = {
    sourceHash,
    pipelines: pipelines.map(({ sourceFile, graph }) => ({ sourceFile, graph })),
    ...(bundle && { bundleHash: bundle.hash }),
    pools: { ...pools },
    error: null,
  };
  return {
    registration,
    bundle,
    files: [...new Set([...modules, ...(bundle?.inputs ?? [])])],
    outside: {
      reached: [...new Set([...outside.reached, ...(bundle?.outside.reached ?? [])])],
      linked: [...new Set([...outside.linked, ...(bundle?.outside.linked ?? [])])],
    },
  };
}

function listFunctionModules({ pipelines }: Evaluation): readonly string[] {
  const withFunctions = pipelines.filter(({ graph }) => graph.tasks.some(({ kind }) => kind === 'function'));
  return [...new Set(withFunctions.map(({ sourceFile }) => sourceFile))].sort();
}

function toEvaluationError({ code, message, cause }: ErrorFacts): EvaluationError {
  return { code, message, cause: cause ?? null };
}

/** Longest texts the API takes. */
const MAX_CODE_CHARACTERS = 64;
const MAX_TEXT_CHARACTERS = 8192;

function clip({ code, message, cause }: EvaluationError): EvaluationError {
  return {
    code: cleanText(code, MAX_CODE_CHARACTERS),
    message: cleanText(message, MAX_TEXT_CHARACTERS),
    cause: cause === null ? null : cleanText(cause, MAX_TEXT_CHARACTERS),
  };
}
