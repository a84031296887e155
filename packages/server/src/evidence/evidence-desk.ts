// Asks outside services and keeps what they say. Never within a transaction: a service may take seconds, and an environment's lock
// must not wait for it. A source that does not answer is an answer, too: a red one.
import { createTurns, type EvidenceQuestion, formatCanonicalJson, type SourceDeclaration } from '@towpath/core';
import { createSource, EvidenceRefusal, type FoundEvidence, type SourceSurroundings } from '@towpath/evidence';
import type pg from 'pg';
import { findPolicy } from '../promotions/operations/find-policy.ts';
import { claimEvidence } from './operations/claim-evidence.ts';
import { type SavedEvidence, saveEvidence } from './operations/save-evidence.ts';
import { type EvidenceRequest, type KeyedQuestion, readWanted, type WantedEvidence } from './wanted-evidence.ts';

/** What was found out, or why not. */
export type AskedEvidence = Omit<SavedEvidence, 'key'>;

/** Asks for a server. */
export interface EvidenceDesk {
  /** Asks once and keeps nothing. */
  ask(declaration: SourceDeclaration, question: EvidenceQuestion, nowMs: number): Promise<AskedEvidence>;
  /** Asks what is not known, or not fresh any more, and keeps it; resolves when all is. Two servers don't ask the same at once. */
  gather(pool: pg.Pool, request: EvidenceRequest): Promise<void>;
}

/** What it works with. */
export interface EvidenceDeskOptions extends SourceSurroundings {
  readonly closing: AbortSignal;
}

/** Of one source: services limit how many questions they take at once. One that hangs holds up no other. */
const AT_ONCE = 4;
/** Whoever asks for a promotion waits for it. What comes later is kept by the next pass. */
const GATHER_MS = 20_000;
/** An answer is asked for anew after this part of its life, so that one failure leaves another try. */
const REFRESH_PART = 1 / 3;

/** Creates it; nothing is asked yet. */
export function createEvidenceDesk({ closing, ...surroundings }: EvidenceDeskOptions): EvidenceDesk {
  const turns = new Map<string, ReturnType<typeof createTurns>>();
  const findTurns = (declaration: SourceDeclaration) => {
    const key = formatCanonicalJson(declaration);
    const found = turns.get(key) ?? createTurns(AT_ONCE);
    turns.set(key, found);
    return found;
  };
  const ask = (declaration: SourceDeclaration, question: EvidenceQuestion, nowMs: number, signal = closing) =>
    findTurns(declaration)(async () => {
      try {
        const found = await createSource(declaration, surroundings).ask(question, { nowMs, signal });
        return toAsked(found, nowMs);
      } catch (thrown) {
        return toFailed(thrown, nowMs);
      }
    });
  return {
    ask,
    gather: async (pool, request) => {
      const { policy } = await findPolicy(pool);
      if (Object.keys(policy.evidence).length === 0) return;
      const wanted = await readWanted(pool, request);
      if (!wanted) return;
      const signal = AbortSignal.any([closing, AbortSignal.timeout(GATHER_MS)]);
      await Promise.all(
        wanted.questions.map(async (question) => {
          const declaration = findDeclaration(wanted, question);
          if (!declaration) return;
          const nowMs = await claimEvidence(pool, { ...question, refreshSeconds: toRefreshSeconds(wanted) });
          if (nowMs === undefined) return;
          const asked = await ask(declaration, question.question, nowMs, signal);
          // What a server that ends did not hear says nothing about the service.
          if (!closing.aborted) await saveEvidence(pool, { key: question.key, ...asked });
        }),
      );
    },
  };
}

function findDeclaration({ policy }: WantedEvidence, { source }: KeyedQuestion): SourceDeclaration | undefined {
  return Object.hasOwn(policy.evidence, source) ? policy.evidence[source] : undefined;
}

function toRefreshSeconds({ rules }: WantedEvidence): number {
  return rules.evidenceMinutes * 60 * REFRESH_PART;
}

function toAsked({ answer, excerpt, link }: FoundEvidence, askedAtMs: number): AskedEvidence {
  return { askedAtMs, answer, error: null, retryAfterSeconds: null, excerpt, link };
}

function toFailed(thrown: unknown, askedAtMs: number): AskedEvidence {
  const refusal = thrown instanceof EvidenceRefusal ? thrown : undefined;
  const error = refusal
    ? { code: refusal.code, message: refusal.message }
    : { code: 'ASK_FAILED', message: 'The server could not ask: a defect of Towpath.' };
  const retryAfterSeconds = refusal?.retryAfterSeconds ?? null;
  return { askedAtMs, answer: null, error, retryAfterSeconds, excerpt: null, link: null };
}
