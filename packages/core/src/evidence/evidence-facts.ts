// Answers of outside services as gates take them: found out and fresh, or why not.
import type {
  ChangeRecord,
  CommitCheck,
  EvidenceAnswer,
  EvidenceKind,
  MetricComparison,
  OpenIncident,
  PublishedState,
  Statement,
} from './evidence.ts';
import type { EvidenceRules } from './evidence-rules.ts';
import type { SourceQuestion } from './list-questions.ts';
import type { DeclaredSources } from './source-declaration.ts';

/** What a source said last, or why it said nothing. */
export interface StoredEvidence {
  readonly askedAtMs: number;
  readonly answer: EvidenceAnswer | null;
  /** Why there is no answer: a sentence. */
  readonly error: string | null;
  /** Where a person can see for themselves. */
  readonly link: string | null;
}

interface Origin {
  readonly source: string;
  /** ISO 8601; null: it was not asked yet. */
  readonly askedAt: string | null;
  readonly link: string | null;
}

/** What a source says about one thing. */
export type Sourced<T> = Origin &
  (
    | { readonly isKnown: true; readonly value: T }
    | { readonly isKnown: false; readonly isDeclared: boolean; readonly why: string }
  );

/** What gates ask of services. Null and empty: it is not wanted, or nothing to ask about is known. */
export interface EvidenceFacts {
  readonly change: Sourced<ChangeRecord | null> | null;
  readonly incidents: readonly Sourced<readonly OpenIncident[]>[];
  readonly metrics: readonly Sourced<MetricComparison>[];
  readonly checks: Sourced<readonly CommitCheck[]> | null;
  readonly release: Sourced<PublishedState> | null;
  readonly confirmations: readonly Sourced<Statement>[];
}

/** Nothing is asked. */
export const NO_EVIDENCE_FACTS: EvidenceFacts = {
  change: null,
  incidents: [],
  metrics: [],
  checks: null,
  release: null,
  confirmations: [],
};

/** What facts are made of. */
export interface GatheredEvidence {
  readonly rules: Pick<EvidenceRules, 'evidenceMinutes'>;
  readonly sources: DeclaredSources;
  readonly questions: readonly SourceQuestion[];
  readonly find: (question: SourceQuestion) => StoredEvidence | undefined;
}

/** Answers to questions, as they stand at a moment: what is older than the rules let it be is no answer. */
export function toEvidenceFacts(gathered: GatheredEvidence, nowMs: number): EvidenceFacts {
  const all = <K extends EvidenceKind, T>(kind: K, read: Read<K, T>): readonly Sourced<T>[] =>
    gathered.questions
      .filter(({ question }) => question.kind === kind)
      .map((question) => toSourced(gathered, { question, kind, read }, nowMs));
  return {
    change: all('change', ({ record }) => record)[0] ?? null,
    incidents: all('incidents', ({ open }) => open),
    metrics: all('metrics', ({ comparison }) => comparison),
    checks: all('checks', ({ checks }) => checks)[0] ?? null,
    release: all('release', ({ state }) => state)[0] ?? null,
    confirmations: all('statement', ({ statement }) => statement),
  };
}

type AnswerOf<K extends EvidenceKind> = Extract<EvidenceAnswer, { kind: K }>;
type Read<K extends EvidenceKind, T> = (answer: AnswerOf<K>) => T;

interface Wanted<K extends EvidenceKind, T> {
  readonly question: SourceQuestion;
  readonly kind: K;
  readonly read: Read<K, T>;
}

function toSourced<K extends EvidenceKind, T>(
  { rules, sources, find }: GatheredEvidence,
  { question, kind, read }: Wanted<K, T>,
  nowMs: number,
): Sourced<T> {
  const { source } = question;
  const stored = find(question);
  const origin = { source, askedAt: stored ? toIso(stored.askedAtMs) : null, link: stored?.link ?? null };
  const unknown = (why: string, isDeclared = true): Sourced<T> => ({ ...origin, isKnown: false, isDeclared, why });
  if (!Object.hasOwn(sources, source)) return unknown(`The policy declares no source ${source}.`, false);
  if (!stored) return unknown(`${source} has not been asked yet.`);
  if (nowMs - stored.askedAtMs > rules.evidenceMinutes * MINUTE_MS)
    return unknown(`What ${source} said is older than ${rules.evidenceMinutes} minutes.`);
  const { answer, error } = stored;
  if (answer === null || !isOf(answer, kind)) return unknown(error ?? `${source} answered something else.`);
  return { ...origin, isKnown: true, value: read(answer) };
}

function isOf<K extends EvidenceKind>(answer: EvidenceAnswer, kind: K): answer is AnswerOf<K> {
  return answer.kind === kind;
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

const MINUTE_MS = 60_000;
