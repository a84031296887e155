// Asserts whose a target is before an attempt that may write to it starts. A marker is set once, but a name may come to mean another
// place (a link, a DNS record, a restored database), so what was found good holds for a short time only.
import {
  type ErrorFacts,
  isDerivedVariable,
  judgeTarget,
  type TargetClaimant,
  type TargetVerdict,
  toErrorFacts,
  variablePrefixOf,
} from '@towpath/core';
import type { ResolveText } from '../notify/notification-sink.ts';
import type { AgentTarget } from './agent-target.ts';
import { createTarget } from './create-target.ts';
import { findRefusal } from './target-errors.ts';
import type { TargetStore } from './target-store.ts';

/** What the guard works with. */
export interface TargetGuardOptions {
  readonly claimant: TargetClaimant;
  /** Who claims, as the marker names it: the agent. */
  readonly claimedBy: string;
  readonly resolveText: ResolveText;
  readonly log: (line: string) => void;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
}

/** A target as the environment page shows it. */
export interface SeenTarget {
  readonly verdict: TargetVerdict;
  readonly claimedBy: string | null;
}

export interface TargetGuard {
  /** Why an attempt with these variables must not start; undefined: all the targets it can reach are its environment's. */
  check(
    targets: readonly AgentTarget[],
    variables: Readonly<Record<string, string>>,
    named: readonly string[],
  ): Promise<ErrorFacts | undefined>;
  /** Whose a target is now; claims nothing. @throws TowpathError `TARGET_UNREACHABLE` */
  look(target: AgentTarget, variables: Readonly<Record<string, string>>): Promise<SeenTarget>;
}

/** Reading a file costs next to nothing, and a link is changed in a moment. */
const FOLDER_HOLDS_MS = 0;
/** A database or a store is asked once a minute at most, however many attempts start. */
const SERVICE_HOLDS_MS = 60_000;

/** Creates the guard of one session. */
export function createTargetGuard(options: TargetGuardOptions): TargetGuard {
  const { claimant, resolveText, now } = options;
  // Attempts that start together wait for one answer; a refusal is asked for again by the next.
  const asserted = new Map<string, Asserting>();
  return {
    check: async (targets, variables, named) => {
      for (const target of targets.filter((one) => isUsed(one, variables, named))) {
        try {
          const store = await createTarget(target, variables, resolveText);
          const key = `${target.name} ${store.key}`;
          const known = asserted.get(key);
          const isKnown = known !== undefined && now() < known.untilMs;
          const asserting = isKnown ? known : startAsserting(options, target, store);
          asserted.set(key, asserting);
          await asserting.done.catch((thrown: unknown) => {
            asserted.delete(key);
            throw thrown;
          });
        } catch (thrown) {
          return toErrorFacts(thrown);
        }
      }
      return undefined;
    },
    look: async (target, variables) => {
      const marker = await (await createTarget(target, variables, resolveText)).readMarker();
      return { verdict: judgeTarget(marker, claimant), claimedBy: marker?.environment ?? null };
    },
  };
}

/** An attempt that is told anything about a target can reach it; others are asserted when the datakit names them. */
function isUsed({ name }: AgentTarget, variables: Readonly<Record<string, string>>, named: readonly string[]): boolean {
  const prefix = variablePrefixOf(name);
  // Each attempt has `DBT_TARGET`, also where a target is called dbt.
  const told = Object.keys(variables).filter((variable) => !isDerivedVariable(variable));
  return named.includes(name) || told.some((variable) => variable.startsWith(prefix));
}

interface Asserting {
  readonly done: Promise<void>;
  /** Who asks until then shares the answer. */
  untilMs: number;
}

function startAsserting(options: TargetGuardOptions, { name, type }: AgentTarget, store: TargetStore): Asserting {
  const holdsMs = type === 'folder' ? FOLDER_HOLDS_MS : SERVICE_HOLDS_MS;
  const done = assertOwn(options, name, store).then(() => {
    asserting.untilMs = options.now() + holdsMs;
  });
  const asserting: Asserting = { done, untilMs: Number.POSITIVE_INFINITY };
  return asserting;
}

async function assertOwn(options: TargetGuardOptions, name: string, store: TargetStore): Promise<void> {
  const { claimant, claimedBy, log } = options;
  const { environment, kind } = claimant;
  let marker = await store.readMarker();
  if (judgeTarget(marker, claimant) === 'claim') {
    marker = await store.claim({ environment, kind }, claimedBy);
    log(`target ${name} (${store.place}) is claimed by ${marker.environment}`);
  }
  const verdict = judgeTarget(marker, claimant);
  const refusal = findRefusal(environment, name, { marker, verdict });
  if (refusal) throw refusal;
  if (verdict !== 'borrowed') return;
  log(
    `[${environment.toUpperCase()}] AGAINST SHARED: target ${name} (${store.place}) belongs to ${marker?.environment}; what is written there is seen by others`,
  );
}
