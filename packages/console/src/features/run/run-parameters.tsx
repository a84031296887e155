import type { RunDetail } from '@towpath/api';
import type { ParameterValue } from '@towpath/core';
import type { ReactNode } from 'react';
import { Fact } from '../../layout/fact.tsx';
import classes from './run.module.css';

/** The values a run was planned with; nothing for a pipeline without parameters. */
export function RunParameters({ parameters }: { readonly parameters: RunDetail['parameters'] }): ReactNode {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return null;
  return (
    <section className={classes.parameters} aria-label="Parameters of this run">
      <h2>Parameters</h2>
      <dl>
        {entries.map(([name, value]) => (
          <Fact key={name} term={name}>
            <Value value={value} />
          </Fact>
        ))}
      </dl>
    </section>
  );
}

function Value({ value }: { readonly value: ParameterValue }): ReactNode {
  if (typeof value !== 'object') return <code className="name">{value === '' ? '""' : String(value)}</code>;
  if (value.length === 0) return <span className={classes.muted}>empty list</span>;
  return <code className="name">{value.join(', ')}</code>;
}
