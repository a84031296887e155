// Refused sign-ins, counted until they are entered in the audit: soon after the first, then ever more seldom while they go on, so
// that whoever tries a million times leaves some dozens of entries, with the million in them.
import type { AuditRecord } from '../../audit/operations/write-audit.ts';

/** A credential or a sign-in that was not taken. */
export interface Refusal {
  /** What was shown: a token, a cookie, a link, the answer of the identity provider, the code of a command line. */
  readonly shown: 'token' | 'cookie' | 'link' | 'sign-in' | 'code';
  /** Why not, as a word: `unknown`, `revoked`, `expired`, or the code of an error. */
  readonly reason: string;
  /** Whose it is or was; undefined: nobody's who is known. */
  readonly whose?: { readonly subject: AuditRecord['subject']; readonly environment: string | null } | undefined;
  /** Of the other end of the connection; undefined: of many. */
  readonly address: string | undefined;
}

/** Refusals that are alike. */
export interface CountedRefusal extends Refusal {
  readonly times: number;
  /** From the first of them to now. */
  readonly overSeconds: number;
  /** Where those of many came from, as far as they are kept; undefined: they are of one address. */
  readonly addresses?: readonly string[];
}

/** Alike are told together from here on. */
const GATHER_MS = 1_000;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** Kinds of nobody who is known that are told apart, by address; what comes beyond is counted by what was shown and why. */
const KINDS_OF_ADDRESSES = 32;
/** Those of people, tools and agents: places of their own, since whoever has many addresses could fill the others. Each takes two at most
 * for what was shown and why: its first address, and all others. Some 100 KiB. */
const KINDS_OF_SUBJECTS = 512;
/** Addresses that one entry names. */
const NAMED = 16;

interface Kind {
  readonly refusal: Refusal;
  times: number;
  sinceMs: number;
  dueMs: number;
  pauseMs: number;
  readonly addresses: Set<string>;
}

export interface RefusalTally {
  add(refusal: Refusal, nowMs: number, times?: number): void;
  /** What is to be entered now; it is counted no longer. */
  takeDue(nowMs: number): readonly CountedRefusal[];
  /** All that is counted, for a server that closes. */
  takeAll(nowMs: number): readonly CountedRefusal[];
  /** When something will be due; undefined: nothing is counted. */
  nextMs(): number | undefined;
}

/** An empty one. Instants are milliseconds of any one clock that only goes on. */
export function createRefusalTally(): RefusalTally {
  const kinds = new Map<string, Kind>();
  const find = (refusal: Refusal, nowMs: number): Kind => {
    const known = kinds.get(keyOf(refusal));
    if (known) return known;
    const kept = fold(refusal, [...kinds.values()]);
    const folded = kinds.get(keyOf(kept));
    if (folded) return folded;
    const kind = { refusal: kept, times: 0, sinceMs: nowMs, dueMs: nowMs + GATHER_MS, pauseMs: FIRST_PAUSE_MS };
    const placed = { ...kind, addresses: new Set<string>() };
    kinds.set(keyOf(kept), placed);
    return placed;
  };
  const take = (nowMs: number, isTaken: (kind: Kind) => boolean): readonly CountedRefusal[] => {
    const taken = [...kinds.values()].filter((kind) => kind.times > 0 && isTaken(kind));
    return taken.map((kind) => count(kind, nowMs));
  };
  return {
    add: (refusal, nowMs, times = 1) => {
      for (const [key, kind] of kinds) if (isForgotten(kind, nowMs)) kinds.delete(key);
      const kind = find(refusal, nowMs);
      if (kind.times === 0) Object.assign(kind, { sinceMs: nowMs, dueMs: Math.max(kind.dueMs, nowMs + GATHER_MS) });
      kind.times += times;
      const { address } = refusal;
      if (kind.refusal.address === undefined && address !== undefined && kind.addresses.size < NAMED)
        kind.addresses.add(address);
    },
    takeDue: (nowMs) => take(nowMs, ({ dueMs }) => dueMs <= nowMs),
    takeAll: (nowMs) => take(nowMs, () => true),
    nextMs: () => {
      const due = [...kinds.values()].filter(({ times }) => times > 0).map(({ dueMs }) => dueMs);
      return due.length === 0 ? undefined : Math.min(...due);
    },
  };
}

/** As what it is counted where it has no place of its own: as one of its subject, or of nobody, from many addresses. */
function fold(refusal: Refusal, kinds: readonly Kind[]): Refusal {
  const own = kinds.filter((kind) => (kind.refusal.whose === undefined) === (refusal.whose === undefined));
  if (refusal.whose === undefined)
    return own.length < KINDS_OF_ADDRESSES ? refusal : { ...refusal, address: undefined };
  if (own.length >= KINDS_OF_SUBJECTS) return { ...refusal, whose: undefined, address: undefined };
  return own.some((kind) => isAlike(kind.refusal, refusal)) ? { ...refusal, address: undefined } : refusal;
}

/** But for where they came from. */
function isAlike(one: Refusal, other: Refusal): boolean {
  const [subject, same] = [one.whose?.subject, other.whose?.subject];
  return (
    one.shown === other.shown && one.reason === other.reason && subject?.kind === same?.kind && subject?.id === same?.id
  );
}

function keyOf({ shown, reason, whose, address }: Refusal): string {
  return JSON.stringify([shown, reason, whose?.subject.kind, whose?.subject.id, address]);
}

function count(kind: Kind, nowMs: number): CountedRefusal {
  const { refusal, times, sinceMs, pauseMs } = kind;
  const next = { times: 0, dueMs: nowMs + pauseMs, pauseMs: Math.min(2 * pauseMs, LONGEST_PAUSE_MS) };
  const addresses = refusal.address === undefined ? { addresses: [...kind.addresses] } : {};
  Object.assign(kind, next);
  kind.addresses.clear();
  return { ...refusal, times, overSeconds: Math.ceil((nowMs - sinceMs) / 1000), ...addresses };
}

/** Nothing of its kind came for as long as the longest pause: the next is told soon again. */
function isForgotten({ times, dueMs }: Kind, nowMs: number): boolean {
  return times === 0 && dueMs + LONGEST_PAUSE_MS < nowMs;
}
