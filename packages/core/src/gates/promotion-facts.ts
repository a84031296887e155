// What gates are judged by, all of it found out before: gates ask nobody.
import type { DeclaredFreeze, NamedDay } from '../calendar/freeze-calendar.ts';
import type { EnvironmentKind } from '../environments/environment.ts';
import type { EvidenceFacts } from '../evidence/evidence-facts.ts';
import type { ParityFacts } from './parity-facts.ts';
import type { Human } from './same-human.ts';
import type { GateName } from './verdict.ts';

/** Evidence: found out, or why not. */
export type Fact<T> = { readonly isKnown: true; readonly value: T } | { readonly isKnown: false; readonly why: string };

/** A sign-off as it stands; withdrawn ones are none. */
export interface SignOff {
  readonly releaseId: string;
  readonly environment: string;
  readonly role: string;
  readonly person: string;
  readonly decision: 'approved' | 'refused';
  readonly givenAtMs: number;
  readonly expiresAtMs: number;
  /** When the access of its person was revoked after it; null: it was not. Absent: judged by a version that did not look. */
  readonly accessRevokedAtMs?: number | null | undefined;
  /** Of the identity provider; absent or empty: not known. */
  readonly account?: string | undefined;
  /** Whether no binding gives its person the role there any more; absent: it follows from no binding, or was judged by a version that did not look. */
  readonly isRoleLost?: boolean | undefined;
  readonly note: string | null;
}

/** Somebody's word about one plan of a deploy command. */
export type DeployPlanSignOff = Pick<
  SignOff,
  'role' | 'person' | 'decision' | 'note' | 'accessRevokedAtMs' | 'account' | 'isRoleLost'
> &
  Partial<Pick<SignOff, 'givenAtMs'>>;

/** What the deploy command of an environment would do for a promotion, as an agent found out last. */
export interface DeployPlanFacts {
  readonly id: string;
  /** Who made it, and alone has the file. */
  readonly agent: string;
  /** From then on another one is to be made. */
  readonly expiresAtMs: number;
  readonly content:
    | { readonly kind: 'made'; readonly sha256: string }
    | { readonly kind: 'failed'; readonly code: string; readonly message: string };
  /** The last one that people had approved before another took its place; absent: none, or judged by a version that did not look. */
  readonly voided?: { readonly sha256: string; readonly people: readonly string[] } | undefined;
  /** About this very plan. */
  readonly signOffs: readonly DeployPlanSignOff[];
}

/** How a pipeline went since the latest deployment of the release. */
export interface PipelineCycles {
  readonly pipeline: string;
  /** Runs of all its tasks that succeeded since the last one that failed. */
  readonly successesInARow: number;
}

/** How many rows a pipeline quarantined, newest run first; a run that did not tell is not listed. */
export interface PipelineQuarantine {
  readonly pipeline: string;
  /** Runs that ended since the latest deployment of the release. */
  readonly since: readonly number[];
  /** Whole runs that succeeded before it, with what the environment ran then. */
  readonly before: readonly number[];
}

/** What an emergency was asked for with. */
export interface EmergencyFacts {
  readonly reason: string;
  readonly skipped: readonly GateName[];
  readonly expiresAtMs: number;
  /** When it was asked for; absent: it is about to be, or was judged by a version that did not keep it. */
  readonly askedAtMs?: number | undefined;
}

/** How long the runs of a pipeline took before and after the latest deployment of the release: medians; null: of no run. */
export interface PipelineDurations {
  readonly pipeline: string;
  readonly beforeMs: number | null;
  readonly afterMs: number | null;
  /** How many runs each is the median of. */
  readonly beforeRuns: number;
  readonly afterRuns: number;
}

/** The environment before the target, and what is known there of the very release. */
export interface SourceFacts {
  readonly environment: string;
  /** Its latest deployment there; null: it never ran there. */
  readonly deployment: {
    readonly startedAtMs: number;
    /** Null: it runs there. */
    readonly endedAtMs: number | null;
    readonly pipelines: readonly PipelineCycles[];
    /** Null: nobody looked, since no rule wanted it then. */
    readonly quarantine: readonly PipelineQuarantine[] | null;
    /** When it last went back from this release; null: never. */
    readonly rehearsedAtMs: number | null;
  } | null;
}

/** The facts of a promotion. */
export interface PromotionFacts {
  readonly release: { readonly id: string; readonly project: string; readonly author: string };
  readonly environment: {
    readonly name: string;
    readonly kind: EnvironmentKind;
    /** Null: no project has declared it. */
    readonly project: string | null;
  };
  /** Who asked for the promotion. */
  readonly initiator: string;
  /** People behind release and promotion: a service account's are those who issued its token. Absent: those who are named. */
  readonly behind?: { readonly author: Human; readonly initiator: Human } | undefined;
  readonly rollbackPlan: string | null;
  readonly notBeforeMs: number | null;
  /** Null: it goes the ordinary way. */
  readonly emergency: EmergencyFacts | null;
  /** Null: releases come to this environment first. */
  readonly source: Fact<SourceFacts | null>;
  readonly signOffs: Fact<readonly SignOff[]>;
  /** Null: there is none that counts. */
  readonly deployPlan: Fact<DeployPlanFacts | null>;
  /** Bank holidays of the calendar's regions around now. */
  readonly holidays: Fact<readonly NamedDay[]>;
  readonly freezes: Fact<readonly DeclaredFreeze[]>;
  /** Number of the change record that the promotion is part of. */
  readonly changeRecord: string | null;
  /** In the environment before; none where the release never ran. */
  readonly durations: Fact<readonly PipelineDurations[]>;
  /** What the release declares, beside what the environment does. */
  readonly parity: Fact<ParityFacts>;
  /** What outside services say. */
  readonly evidence: EvidenceFacts;
}
