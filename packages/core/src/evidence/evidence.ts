// What gates ask outside services, and what these can say. Adapters translate; nothing here knows a service.

/** One question. The same question about the same source has the same canonical JSON. */
export type EvidenceQuestion =
  | { readonly kind: 'change'; readonly number: string }
  | { readonly kind: 'incidents'; readonly priorities: readonly number[] }
  | {
      readonly kind: 'metrics';
      readonly selector: string;
      /** The moment that is compared around: ISO 8601, UTC. */
      readonly aroundAt: string;
      readonly hours: number;
    }
  | { readonly kind: 'checks'; readonly commit: string }
  | { readonly kind: 'release'; readonly version: string }
  | { readonly kind: 'statement'; readonly values: StatementValues };

export type EvidenceKind = EvidenceQuestion['kind'];

/** What a statement is asked about. */
export interface StatementValues {
  readonly environment: string;
  readonly version: string;
  readonly commit: string;
  readonly changeRecord: string;
}

/** A change record, as far as it matters here. */
export interface ChangeRecord {
  readonly number: string;
  readonly title: string;
  /** In the service's words, its number and its label. */
  readonly states: readonly string[];
  readonly approval: 'approved' | 'waiting' | 'rejected';
  /** Planned window, ISO 8601 in UTC; null: open on that side. It ends before `endsAt`. */
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

/** An incident or problem that nobody has ended. */
export interface OpenIncident {
  readonly id: string;
  readonly title: string;
  /** From 1, the worst; null: the service doesn't say, so that it counts always. */
  readonly priority: number | null;
  readonly openedAt: string | null;
}

/** A metric before and after a moment; null: the service has no data of that time. Lower is better. */
export interface MetricComparison {
  readonly selector: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** A check of a commit. */
export interface CommitCheck {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'running';
}

export type PublishedState = 'published' | 'draft' | 'missing';

/** Whether something is as it should be. */
export interface Statement {
  readonly holds: boolean;
  /** What was found, as text; null: nothing. */
  readonly seen: string | null;
  /** What was looked for; null: anything. */
  readonly wanted: string | null;
}

/** The answer to a question of the same kind. */
export type EvidenceAnswer =
  | { readonly kind: 'change'; readonly record: ChangeRecord | null }
  | { readonly kind: 'incidents'; readonly open: readonly OpenIncident[] }
  | { readonly kind: 'metrics'; readonly comparison: MetricComparison }
  | { readonly kind: 'checks'; readonly checks: readonly CommitCheck[] }
  | { readonly kind: 'release'; readonly state: PublishedState }
  | { readonly kind: 'statement'; readonly statement: Statement };
