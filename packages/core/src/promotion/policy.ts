// What a promotion into an environment needs. An administrator applies it to the server; a release can't bring its own.
import type { Role } from '../access/permissions.ts';
import type { FreezeCalendar } from '../calendar/freeze-calendar.ts';
import type { WeeklyWindow } from '../calendar/weekly-windows.ts';
import type { EnvironmentKind } from '../environments/environment.ts';
import { DEFAULT_PERFORMANCE, type EvidenceRules, NO_EVIDENCE } from '../evidence/evidence-rules.ts';
import type { DeclaredSources } from '../evidence/source-declaration.ts';
import type { SkippableGate } from '../gates/verdict.ts';

/** Version of the JSON below. */
export const POLICY_SCHEMA_VERSION = 1;

/** A role that a person has. */
export type PersonRole = Exclude<Role, 'agent' | 'attempt'>;

/** What is compared to say that a release quarantines no more rows than what ran before it. */
export interface QuarantineRules {
  /** Which of the counts of the last runs speaks for them, before and since alike. */
  readonly method: 'max' | 'median';
  /** The last so many runs on either side. */
  readonly runs: number;
  /** So many rows more than before are no more. */
  readonly mayExceedBy: number;
  /** Pipelines that must tell; besides those that told before. */
  readonly mustTell: readonly string[];
}

/** Whether declarations are compared, and how. */
export interface ParityRules {
  /** Whether a release that was recorded when declarations were not kept is denied; otherwise it is let through, and the gate says so. */
  readonly mustBeRecorded: boolean;
  /** What is not looked at, named as towpath.yaml names it: `variables.REGION`, `executor`. */
  readonly except: readonly string[];
}

/** What a deploy command may be run with: a plan that people approved. */
export interface DeployPlanRules {
  /** How many people of which role must approve it; nobody else may. */
  readonly approvals: Readonly<Partial<Record<PersonRole, number>>>;
  /** After so long another one is made, which nobody has approved. */
  readonly expiresHours: number;
}

/** The way of an emergency. */
export interface EmergencyRules {
  readonly skips: readonly SkippableGate[];
  /** How many people of which role must approve; a sign-off is an approval as long as `expiresHours` after it was given. */
  readonly approvals: Readonly<Partial<Record<PersonRole, number>>>;
  /** After so long it is denied. */
  readonly expiresHours: number;
}

/** Rules of one environment, or of all of a kind. */
export interface PromotionRules extends EvidenceRules {
  /** Who may promote into it, end a promotion, roll back, freeze. */
  readonly promoters: readonly PersonRole[];
  /** How long the very release must have run in the environment before; 0: not at all. */
  readonly soakHours: number;
  /** How often in a row each pipeline must have run through there since; 0: not at all. */
  readonly cycles: number;
  /** How many people of which role must sign off. */
  readonly signOffs: Readonly<Partial<Record<PersonRole, number>>>;
  /** How long a sign-off counts. */
  readonly signOffDays: number;
  readonly needsRollbackPlan: boolean;
  /** Null: deploy commands that make a plan may apply none. */
  readonly deployPlan: DeployPlanRules | null;
  /** Whether the environment before must have gone back from the very release once. */
  readonly needsRehearsal: boolean;
  /** Null: quarantined rows don't matter. */
  readonly quarantine: QuarantineRules | null;
  /** Null: declarations are not compared. */
  readonly parity: ParityRules | null;
  /** Empty: at any time of the week. */
  readonly windows: readonly WeeklyWindow[];
  /** The server itself asks for what is new; nothing twice, and nothing that was rolled back from. */
  readonly automatic: boolean;
  /** Null: there is no way past the gates. */
  readonly emergency: EmergencyRules | null;
  /** Null: no calendar; freezes that people declare hold all the same. */
  readonly freeze: FreezeCalendar | null;
}

/** Kinds that releases are promoted to. */
export type PromotedKind = Exclude<EnvironmentKind, 'local'>;

/** A policy: what each kind has otherwise than the shipped rules, and what an environment has otherwise than its kind. */
export interface PromotionPolicy {
  readonly schemaVersion: typeof POLICY_SCHEMA_VERSION;
  readonly kinds: { readonly [K in PromotedKind]?: SomeRules | undefined };
  readonly environments: Readonly<Record<string, SomeRules>>;
  /** Sources of evidence that rules may name. */
  readonly evidence: DeclaredSources;
}

/** Rules that a policy sets; undefined ones are left as they were. */
export type SomeRules = { readonly [K in keyof PromotionRules]?: PromotionRules[K] | undefined };

/** Month-end and year-end close. Whose bank holidays and filing dates count differs: a policy names them. */
const DEFAULT_CALENDAR: FreezeCalendar = {
  timeZone: 'UTC',
  monthEndBusinessDays: 3,
  yearly: [{ name: 'year-end close', from: '12-20', until: '01-05' }],
  filingDates: [],
  holidays: [],
};

/**
 * What time and runs would show, when there is no time: `quarantine` among them, since its evidence are the runs that `cycles`
 * waits for.
 */
const DEFAULT_EMERGENCY: EmergencyRules = {
  skips: ['rehearsal', 'soak', 'cycles', 'quarantine', 'performance', 'sign-offs', 'window', 'freeze'],
  approvals: { vp: 1, 'on-call': 1 },
  expiresHours: 4,
};

/** The rules that are shipped. */
export const SHIPPED_RULES: Readonly<Record<PromotedKind, PromotionRules>> = {
  shared: {
    promoters: ['engineer', 'on-call', 'release-manager', 'administrator'],
    soakHours: 0,
    cycles: 0,
    signOffs: {},
    signOffDays: 7,
    needsRollbackPlan: false,
    deployPlan: null,
    needsRehearsal: false,
    quarantine: null,
    parity: null,
    windows: [],
    automatic: false,
    emergency: null,
    freeze: null,
    ...NO_EVIDENCE,
  },
  production: {
    promoters: ['release-manager'],
    soakHours: 24,
    cycles: 2,
    signOffs: { engineer: 1, business: 1, 'release-manager': 1 },
    signOffDays: 7,
    needsRollbackPlan: true,
    deployPlan: null,
    needsRehearsal: false,
    quarantine: { method: 'max', runs: 5, mayExceedBy: 0, mustTell: [] },
    parity: { mustBeRecorded: false, except: [] },
    windows: [],
    automatic: false,
    emergency: DEFAULT_EMERGENCY,
    freeze: DEFAULT_CALENDAR,
    ...NO_EVIDENCE,
    performance: DEFAULT_PERFORMANCE,
  },
};

/** What holds until an administrator applies another one. */
export const SHIPPED_POLICY: PromotionPolicy = {
  schemaVersion: POLICY_SCHEMA_VERSION,
  kinds: {},
  environments: {},
  evidence: {},
};

/** The rules of one environment. Those of `local` are those of `shared`; nothing is promoted there. */
export function findRules(
  { kinds, environments }: PromotionPolicy,
  { name, kind }: { readonly name: string; readonly kind: EnvironmentKind },
): PromotionRules {
  const promotedKind = kind === 'local' ? 'shared' : kind;
  const own = Object.hasOwn(environments, name) ? environments[name] : undefined;
  return [kinds[promotedKind], own].reduce<PromotionRules>(overlay, SHIPPED_RULES[promotedKind]);
}

function overlay(rules: PromotionRules, some: SomeRules = {}): PromotionRules {
  const set = Object.entries(some).filter(([, value]) => value !== undefined);
  return { ...rules, ...Object.fromEntries(set) };
}

/** Who asks for what comes into an environment by itself. */
export const AUTOMATION = 'automation';
