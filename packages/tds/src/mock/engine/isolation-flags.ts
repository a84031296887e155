/** What the database says of its isolation, in sys.databases. */
export interface IsolationFlags {
  readonly isSnapshotAllowed: boolean;
  readonly isReadCommittedSnapshot: boolean;
}
