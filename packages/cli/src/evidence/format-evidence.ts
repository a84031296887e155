// Evidence for a terminal: what was asked of whom, and what was said.
import type { EvidenceView } from '@towpath/api';
import { formatTable } from '../rendering/table.ts';

/** As a table, one line a question. */
export function formatEvidence(evidence: readonly EvidenceView[]): string {
  const rows = evidence.map((one) => [
    one.source,
    describeQuestion(one.question),
    one.askedAt ?? 'not yet',
    describeAnswer(one),
    one.link ?? '',
  ]);
  return formatTable(['SOURCE', 'ASKED ABOUT', 'AT', 'SAYS', 'LINK'], rows);
}

function describeQuestion(question: EvidenceView['question']): string {
  switch (question.kind) {
    case 'change':
      return `change ${question.number}`;
    case 'incidents':
      return `incidents of priority ${question.priorities.join(', ')}`;
    case 'metrics':
      return `${question.selector} around ${question.aroundAt}`;
    case 'checks':
      return `checks of ${question.commit.slice(0, 12)}`;
    case 'release':
      return `release ${question.version}`;
    case 'statement':
      return `statement about ${question.values.environment}`;
  }
}

function describeAnswer({ service, askedAt, answer, error }: EvidenceView): string {
  if (service === null) return 'the policy declares no such source';
  if (error) return `${error.code}: ${error.message}`;
  if (answer) return describeSaid(answer);
  return askedAt === null ? '' : 'nothing';
}

function describeSaid(answer: NonNullable<EvidenceView['answer']>): string {
  switch (answer.kind) {
    case 'change':
      return answer.record ? describeChange(answer.record) : 'unknown';
    case 'incidents':
      return answer.open.length === 0 ? 'none' : answer.open.map(({ id, title }) => `${id} ${title}`).join('; ');
    case 'metrics':
      return `${answer.comparison.before ?? 'nothing'} before, ${answer.comparison.after ?? 'nothing'} after`;
    case 'checks':
      return answer.checks.map(({ name, state }) => `${name} ${state}`).join(', ') || 'none';
    case 'release':
      return answer.state;
    case 'statement':
      return `${answer.statement.holds ? 'holds' : 'does not hold'}: ${answer.statement.seen ?? 'nothing'}`;
  }
}

type Change = NonNullable<Extract<EvidenceView['answer'], { kind: 'change' }>['record']>;

function describeChange({ approval, states, startsAt, endsAt }: Change): string {
  const window = startsAt === null && endsAt === null ? '' : `, ${startsAt ?? ''} to ${endsAt ?? ''}`;
  return `${approval}, ${states.at(-1) ?? 'no state'}${window}`;
}
