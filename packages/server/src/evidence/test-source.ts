// Asks a source what the rules of an environment have for it, so that an administrator sees whether it works before a promotion does.
import type { EvidenceView } from '@towpath/api';
import { TOWPATH, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { readClock } from '../schedules/operations/read-clock.ts';
import type { EvidenceDesk } from './evidence-desk.ts';
import { type EvidenceKey, requireWanted } from './list-evidence-views.ts';
import { toEvidenceView } from './to-evidence-view.ts';

/** Which source, about what. */
export interface SourceTest extends EvidenceKey {
  readonly source: string;
}

/**
 * Asks once; keeps nothing.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `RELEASE_UNKNOWN`, `EVIDENCE_SOURCE_UNKNOWN`, `EVIDENCE_NOT_ASKED`
 */
export async function testSource(pool: pg.Pool, desk: EvidenceDesk, test: SourceTest): Promise<EvidenceView[]> {
  const { policy, questions } = await requireWanted(pool, test);
  const declaration = Object.hasOwn(policy.evidence, test.source) ? policy.evidence[test.source] : undefined;
  if (!declaration) throw sourceUnknown(test.source, Object.keys(policy.evidence));
  const asked = questions.filter(({ source }) => source === test.source);
  if (asked.length === 0) throw notAsked(test);
  const nowMs = await readClock(pool);
  return Promise.all(
    asked.map(async (question) => {
      const { askedAtMs, ...said } = await desk.ask(declaration, question.question, nowMs);
      return toEvidenceView(policy.evidence, question, { ...said, askedAt: new Date(askedAtMs).toISOString() });
    }),
  );
}

function sourceUnknown(source: string, known: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'EVIDENCE_SOURCE_UNKNOWN',
    message: `The policy declares no source ${source}.`,
    cause: known.length === 0 ? 'It declares none.' : `It declares these: ${known.join(', ')}.`,
    fix: `Add it under \`evidence\` and apply the policy: \`${TOWPATH} policy apply policy.yaml\`.`,
    docs: 'reference/evidence.md',
  });
}

function notAsked({ source, environment }: SourceTest): TowpathError {
  return new TowpathError({
    code: 'EVIDENCE_NOT_ASKED',
    message: `The rules of ${environment} ask ${source} nothing about this release.`,
    cause: 'No rule names it, or there is nothing to ask about: a change record is asked for when one is given.',
    fix: `Give it (\`--change\`), or see \`${TOWPATH} policy show\`.`,
    docs: 'reference/evidence.md',
  });
}
