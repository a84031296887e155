import { NativeSelect } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ConfigurationView, ConfiguredValue, EnvironmentView } from '@towpath/api';
import type { ReactNode } from 'react';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { Instant } from '../../layout/instant.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { StateIcon } from '../../states/state-icon.tsx';
import { type ComparedValue, compareConfigurations, describeSource, formatValue } from './compare-configurations.ts';
import { useConfigurations } from './configuration-queries.ts';
import { findDivergent } from './describe-declaration.ts';
import classes from './environments.module.css';

interface Props {
  readonly environment: string;
  readonly all: readonly EnvironmentView[];
}

/** Each variable with where it came from; beside another environment, what differs is marked. */
export function ConfigurationPanel({ environment, all }: Props): ReactNode {
  const { beside } = useSearch({ strict: false });
  const own = useConfigurations(environment);
  const [configuration] = own.data ?? [];
  const divergent = findDivergent(own.data ?? []);
  return (
    <section className={classes.panel} aria-label="Configuration">
      <h2>Configuration</h2>
      {own.isPending ? <LoadingRows label="Loading the configuration" /> : null}
      {own.isError && !own.data ? <ErrorPanel error={own.error} onRetry={() => void own.refetch()} /> : null}
      {own.data && !configuration ? <p>No agent has said yet what it resolved.</p> : null}
      {configuration ? <Reported configuration={configuration} /> : null}
      {divergent.length > 0 ? <p>Resolved otherwise by {divergent.join(', ')}.</p> : null}
      <Beside environment={environment} all={all} beside={beside} />
      {configuration ? <Compared here={configuration} beside={beside} /> : null}
    </section>
  );
}

interface ComparedProps {
  readonly here: ConfigurationView;
  readonly beside: string | undefined;
}

function Compared({ here, beside }: ComparedProps): ReactNode {
  const other = useConfigurations(beside);
  if (beside === undefined) return <Values compared={compareConfigurations(here, undefined)} beside={undefined} />;
  if (other.isPending) return <LoadingRows label={`Loading the configuration of ${beside}`} />;
  if (!other.data) return <ErrorPanel error={other.error} onRetry={() => void other.refetch()} />;
  const [there] = other.data;
  // Beside nothing, everything would differ.
  if (there === undefined) return <p>No agent of {beside} has said yet what it resolved.</p>;
  return <Values compared={compareConfigurations(here, there)} beside={beside} />;
}

function Reported({ configuration }: { readonly configuration: ConfigurationView }): ReactNode {
  const { agent, reportedAt, values, problems } = configuration;
  return (
    <>
      <p>
        {values.length === 0 ? 'It declares no variables' : `${values.length} variables`}, as agent{' '}
        <bdi className="name">{agent}</bdi> told <Instant at={reportedAt} />.
      </p>
      <ul className={classes.list} aria-label="Problems">
        {problems.map(({ code, variable, message, fix }) => (
          <li key={`${code} ${variable}`}>
            <StateIcon state="failed" size={14} />
            <strong>{code}</strong>
            <span>
              {message} {fix}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Beside({ environment, all, beside }: Props & { readonly beside: string | undefined }): ReactNode {
  const navigate = useNavigate();
  const others = all.filter(({ name }) => name !== environment).map(({ name }) => name);
  if (others.length === 0) return null;
  return (
    <NativeSelect
      className={classes.beside}
      label="Beside"
      value={beside ?? ''}
      data={[{ value: '', label: 'no other environment' }, ...others]}
      onChange={({ currentTarget: { value } }) =>
        void navigate({ to: '/environment', search: { environment, ...(value && { beside: value }) } })
      }
    />
  );
}

interface ValuesProps {
  readonly compared: readonly ComparedValue[];
  readonly beside: string | undefined;
}

function Values({ compared, beside }: ValuesProps): ReactNode {
  if (compared.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wider than a phone, so it scrolls, and keys must reach it
    <section className={classes.scroll} aria-label="Variables" tabIndex={0}>
      {beside ? <p>{describeDifferences(compared)}</p> : null}
      <table className={classes.values}>
        <thead>
          <tr>
            <th scope="col">Variable</th>
            <th scope="col">Value</th>
            <th scope="col">{beside ? beside : 'Source'}</th>
          </tr>
        </thead>
        <tbody>
          {compared.map((row) => (
            <tr key={row.name} data-different={(beside !== undefined && row.isDifferent) || undefined}>
              <th scope="row">{row.name}</th>
              <td>
                <Value value={row.here} />
              </td>
              <td>
                {beside ? <Value value={row.there} /> : row.here && describeSource(row.here)}
                {beside && row.isDifferent ? <strong> differs</strong> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function describeDifferences(compared: readonly ComparedValue[]): string {
  const differences = compared.filter(({ isDifferent }) => isDifferent).length;
  if (differences === 0) return 'Nothing differs.';
  return differences === 1 ? '1 differs.' : `${differences} differ.`;
}

function Value({ value }: { readonly value: ConfiguredValue | undefined }): ReactNode {
  if (value === undefined) return <span className={classes.muted}>not there</span>;
  const isSecret = value.text === null;
  return (
    <span title={describeSource(value)}>
      <bdi>{formatValue(value)}</bdi>
      {isSecret ? <span className={classes.muted}> secret</span> : null}
    </span>
  );
}
