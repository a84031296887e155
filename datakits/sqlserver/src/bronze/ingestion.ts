// One ingestion as the warehouse knows it: what was asked, and what was granted to this attempt.
import type { SourceTable } from '../source/source-table.ts';
import type { TargetTable } from './target-table.ts';

/** What an audit row is about: a table read whole, its changes, or rows that came back from quarantine. */
export type IngestionKind = 'snapshot' | 'incremental' | 'replay';

/** What is asked: which source table goes where, in which batch. */
export interface IngestionRequest {
  /** `sqlserver://host/database`: lineage, and how two sources are told apart. Never a login. */
  readonly sourceSystem: string;
  readonly source: SourceTable;
  readonly target: TargetTable;
  readonly batchId: string;
  readonly attemptId: string;
  /** The platform's run, for whoever looks for its rows in quarantine. */
  readonly runId: string | undefined;
  readonly kind: IngestionKind;
}

/** What the warehouse granted: the audit row, and the fence under which alone this attempt may publish. */
export interface Ingestion extends IngestionRequest {
  readonly auditId: string;
  /** A bigint as text; grows with each start of the target. */
  readonly fence: string;
  /** Name of the stage in the parts schema; of a snapshot it becomes the live part when published. */
  readonly stageTable: string;
}

/** Counts of a finished load. read = loaded + quarantined. */
export interface LoadCounts {
  readonly rowsRead: number;
  readonly rowsLoaded: number;
  /** Of the loaded ones: bad rows that were fixed before and came again as they were. */
  readonly rowsFixed: number;
  readonly rowsQuarantined: number;
  /** Bytes of COPY data. */
  readonly bytes: number;
}

/** What an incremental load changed. Rows that were read again and are the same are in none of these. */
export interface MergeCounts {
  readonly rowsInserted: number;
  readonly rowsUpdated: number;
  readonly rowsDeleted: number;
}

/** Where an incremental load stands, as text of the source's own form. */
export interface CursorMove {
  readonly column: string;
  /** Undefined for the first load, which reads everything. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}
