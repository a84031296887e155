import { Link } from '@tanstack/react-router';
import type { EvidenceFact, EvidenceLine, EvidencePart } from '@towpath/core';
import type { ReactNode } from 'react';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { Instant } from '../../layout/instant.tsx';
import classes from './promotion.module.css';

/** What a gate was judged by: terms with their lines. */
export function EvidenceFacts({ facts }: { readonly facts: readonly EvidenceFact[] }): ReactNode {
  return (
    <dl className={classes.evidence}>
      {facts.map(({ term, lines }) => (
        <div key={term}>
          <dt>
            <bdi>{term}</bdi>
          </dt>
          <dd>
            <Lines lines={lines} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Lines({ lines }: { readonly lines: readonly EvidenceLine[] }): ReactNode {
  const [only] = lines;
  if (only && lines.length === 1) return <Parts line={only} />;
  return (
    <ul className={classes.items}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: evidence is what it was when it was judged
        <li key={index}>
          <Parts line={line} />
        </li>
      ))}
    </ul>
  );
}

function Parts({ line }: { readonly line: EvidenceLine }): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: as above
  return line.map((part, index) => <Part key={index} part={part} />);
}

function Part({ part }: { readonly part: EvidencePart }): ReactNode {
  switch (part.kind) {
    case 'text':
      return <span className="name">{part.text}</span>;
    case 'instant':
      return <Instant at={part.at} />;
    case 'link':
      return (
        <a href={part.href} target="_blank" rel="noreferrer noopener">
          {part.href}
        </a>
      );
    case 'id':
      return <Id part={part} />;
  }
}

function Id({ part: { id, of } }: { readonly part: Extract<EvidencePart, { kind: 'id' }> }): ReactNode {
  if (of === 'run')
    return (
      <Link to="/runs/$runId" params={{ runId: id }}>
        run {id.slice(-8)}
      </Link>
    );
  if (of === 'release')
    return (
      <Link to="/releases/$releaseId" params={{ releaseId: id }}>
        release {id.slice(0, 12)}
      </Link>
    );
  return <CopyableId id={id} what={of === 'hash' ? 'hash' : 'id'} />;
}
