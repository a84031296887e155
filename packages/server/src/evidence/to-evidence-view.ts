import type { EvidenceView } from '@towpath/api';
import type { DeclaredSources, SourceQuestion } from '@towpath/core';

type Said = Pick<EvidenceView, 'askedAt' | 'error' | 'excerpt' | 'link'> & { readonly answer: unknown };

/** A question and what its source said, in the words of the API. */
export function toEvidenceView(
  sources: DeclaredSources,
  { source, question }: SourceQuestion,
  said: Said,
): EvidenceView {
  const declared = Object.hasOwn(sources, source) ? sources[source] : undefined;
  // The contract's lists are mutable, those of core are not.
  const mutable = structuredClone({ question, answer: said.answer }) as Pick<EvidenceView, 'question' | 'answer'>;
  const { askedAt, error, excerpt, link } = said;
  return { source, service: declared?.service ?? null, ...mutable, askedAt, error, excerpt, link };
}
