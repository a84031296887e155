// What an environment wants to know from outside before a release comes. `null` and an empty list: nothing.

/** The change record that a promotion names. */
export interface ChangeRules {
  readonly source: string;
  /** States it may be in, as the service labels or numbers them. */
  readonly states: readonly string[];
}

/** Incidents and problems that nobody has ended. */
export interface IncidentRules {
  readonly sources: readonly string[];
  readonly priorities: readonly number[];
}

/** A metric that must not rise. */
export interface MetricRule {
  readonly source: string;
  readonly selector: string;
  /** How long before, and at most how long after the deployment. */
  readonly hours: number;
}

/** Durations of runs, and metrics, after the deployment in the environment before, compared with before it. */
export interface PerformanceRules {
  /** After ≤ before × tolerance. */
  readonly tolerance: number;
  /** Median of so many runs of a pipeline, the last that succeeded on each side. */
  readonly runs: number;
  /** What runs may take longer whatever they took before: of short ones, half as much again is nothing. */
  readonly graceSeconds: number;
  readonly metrics: readonly MetricRule[];
}

/** Checks of the commit that a release was made of. */
export interface CheckRules {
  readonly source: string;
  /** Those that count and must be there; none: all, and there must be one. */
  readonly names: readonly string[];
  /** Whether a release of that version must be published there, too. */
  readonly needsRelease: boolean;
}

/** All of them. */
export interface EvidenceRules {
  readonly change: ChangeRules | null;
  readonly incidents: IncidentRules | null;
  readonly performance: PerformanceRules | null;
  readonly checks: CheckRules | null;
  /** Sources whose statement must hold: somebody is on call, the release manager is there. */
  readonly confirmations: readonly string[];
  /** How old evidence may be when it lets through. It is asked for anew after a third of that. */
  readonly evidenceMinutes: number;
}

/** States of a change record in which work may be done, by their labels in ServiceNow. */
export const DEFAULT_CHANGE_STATES: readonly string[] = ['Scheduled', 'Implement'];

/** Holds of production as shipped: the platform's own history needs no service. */
export const DEFAULT_PERFORMANCE: PerformanceRules = { tolerance: 1.5, runs: 5, graceSeconds: 60, metrics: [] };

/** Nothing is wanted: what is shipped must work without services that somebody else runs. */
export const NO_EVIDENCE: EvidenceRules = {
  change: null,
  incidents: null,
  performance: null,
  checks: null,
  confirmations: [],
  evidenceMinutes: 15,
};
