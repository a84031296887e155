import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Instant } from '../../layout/instant.tsx';
import classes from './promotion.module.css';
import type { Evidence, EvidenceField } from './read-evidence.ts';

/** Names with their values; deeper ones within. */
export function EvidenceFields({ fields }: { readonly fields: readonly EvidenceField[] }): ReactNode {
  return (
    <dl className={classes.evidence}>
      {fields.map(({ label, value }) => (
        <div key={label}>
          <dt>
            <bdi>{label}</bdi>
          </dt>
          <dd>
            <EvidenceValue value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function EvidenceValue({ value }: { readonly value: Evidence }): ReactNode {
  switch (value.kind) {
    case 'text':
      return <span className="name">{value.text}</span>;
    case 'instant':
      return <Instant at={value.at} isExact />;
    case 'link':
      return (
        <a href={value.href} target="_blank" rel="noreferrer noopener">
          {value.href}
        </a>
      );
    case 'run':
      return (
        <Link to="/runs/$runId" params={{ runId: value.id }}>
          run {value.id.slice(-8)}
        </Link>
      );
    case 'release':
      return (
        <Link to="/releases/$releaseId" params={{ releaseId: value.id }}>
          release {value.id.slice(0, 12)}
        </Link>
      );
    case 'fields':
      return <EvidenceFields fields={value.fields} />;
    case 'list':
      return <EvidenceList value={value} />;
  }
}

function EvidenceList({
  value: { items, cutOff },
}: {
  readonly value: Extract<Evidence, { kind: 'list' }>;
}): ReactNode {
  if (items.length === 0) return 'none';
  return (
    <ul className={classes.items}>
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: evidence is what it was when it was judged
        <li key={index}>
          <EvidenceValue value={item} />
        </li>
      ))}
      {cutOff > 0 ? <li>and {cutOff} more</li> : null}
    </ul>
  );
}
