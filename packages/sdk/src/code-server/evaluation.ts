// What an evaluation yields; the one document that the child process writes.
import type { Graph } from '@towpath/core';

/** A pipeline with the module that exports it, relative to the project. */
export interface EvaluatedPipeline {
  readonly sourceFile: string;
  readonly graph: Graph;
}

/** Why a project could not be evaluated; `cause` names file, line and column where they are known. */
export interface EvaluationError {
  readonly code: string;
  readonly message: string;
  readonly cause: string | null;
}

/** Either every pipeline of the project, or an error and no pipeline. */
export interface EvaluationDocument {
  readonly pipelines: readonly EvaluatedPipeline[];
  /** Files of the project that its modules imported or tried to, relative to it with `/`, sorted. */
  readonly modules: readonly string[];
  readonly error: EvaluationError | null;
}
