import type { ConfiguredValue } from '@towpath/api';
import type { ReactNode } from 'react';
import { StateIcon } from '../../states/state-icon.tsx';
import {
  type ComparedValue,
  type Difference,
  describeDifferences,
  describeSource,
  formatValue,
} from './compare-configurations.ts';
import classes from './environments.module.css';

interface Props {
  readonly environment: string;
  readonly compared: readonly ComparedValue[];
  /** Undefined: of one environment only. */
  readonly beside: string | undefined;
}

/** Each variable with its value, where that came from and the rules it met; of two environments beside each other. */
export function ConfigurationValues({ environment, compared, beside }: Props): ReactNode {
  if (compared.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wider than a phone, so it scrolls, and keys must reach it
    <section className={classes.scroll} aria-label="Variables" tabIndex={0}>
      {beside ? <p>{describeDifferences(compared)}</p> : null}
      <table className={classes.values} data-beside={beside !== undefined || undefined}>
        <thead>
          <tr>
            <th scope="col">Variable</th>
            <th scope="col">{environment}</th>
            {beside ? <th scope="col">{beside}</th> : null}
            {beside ? <th scope="col">Difference</th> : null}
          </tr>
        </thead>
        <tbody>
          {compared.map((row) => (
            <tr key={row.name} data-difference={(beside !== undefined && row.difference) || undefined}>
              <th scope="row">
                <bdi>{row.name}</bdi>
              </th>
              <Value value={row.here} />
              {beside ? <Value value={row.there} /> : null}
              {beside ? <Judgement difference={row.difference} /> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Value({ value }: { readonly value: ConfiguredValue | undefined }): ReactNode {
  if (value === undefined) return <td className={classes.muted}>not there</td>;
  return (
    <td>
      <bdi>{formatValue(value)}</bdi>
      {value.text === null ? <span className={classes.muted}> secret</span> : null}
      <small className={classes.source}>
        <span>{describeSource(value)}</span>
        {value.rules.length === 0 ? null : <span>meets {value.rules.join(', ')}</span>}
      </small>
    </td>
  );
}

const WORDS: Readonly<Record<Difference, string>> = {
  none: '',
  follows: 'follows from the environment',
  allowed: 'may differ',
  red: 'must not differ',
  unjudged: 'differs',
};

function Judgement({ difference }: { readonly difference: Difference }): ReactNode {
  if (difference === 'none') return <td className={classes.judgement} />;
  return (
    <td className={classes.judgement}>
      <span className={difference === 'follows' ? classes.muted : undefined}>
        {difference === 'red' ? <StateIcon state="failed" size={14} /> : null}
        {WORDS[difference]}
      </span>
    </td>
  );
}
