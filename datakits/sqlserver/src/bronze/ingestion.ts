// One ingestion as the warehouse knows it: what was asked, and what was granted to this attempt.
import type { SourceTable } from '../source/source-table.ts';
import type { TargetTable } from './target-table.ts';

/** What is asked: which source table goes where, in which batch. */
export interface IngestionRequest {
  /** `sqlserver://host/database`: lineage, and how two sources are told apart. Never a login. */
  readonly sourceSystem: string;
  readonly source: SourceTable;
  readonly target: TargetTable;
  readonly batchId: string;
  readonly attemptId: string;
}

/** What the warehouse granted: the audit row, and the fence under which alone this attempt may publish. */
export interface Ingestion extends IngestionRequest {
  readonly auditId: string;
  /** A bigint as text; grows with each start of the target. */
  readonly fence: string;
  /** Name of the stage in the parts schema; it becomes the live part when published. */
  readonly stageTable: string;
}

/** Counts of a finished load. read = loaded + quarantined; nothing is quarantined in this version. */
export interface LoadCounts {
  readonly rowsRead: number;
  readonly rowsLoaded: number;
  readonly rowsQuarantined: number;
  /** Bytes of COPY data. */
  readonly bytes: number;
}
