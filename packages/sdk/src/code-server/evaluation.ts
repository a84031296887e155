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

/** Real paths of files outside of the project, none of them installed by a package manager; sorted. */
export interface OutsideFiles {
  /** Imported by path, from the project. */
  readonly reached: readonly string[];
  /** Of packages that the project imports by name and that are links: parts of the same repository, mostly. */
  readonly linked: readonly string[];
}

/** Either every pipeline of the project, or an error and no pipeline. */
export interface EvaluationDocument {
  readonly pipelines: readonly EvaluatedPipeline[];
  /** Files of the project that its modules imported or tried to, relative to it with `/`, sorted. */
  readonly modules: readonly string[];
  readonly outside: OutsideFiles;
  readonly error: EvaluationError | null;
}
