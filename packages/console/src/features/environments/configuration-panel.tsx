import { NativeSelect } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ConfigurationView, EnvironmentView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatCount } from '../../format/format-count.ts';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { Instant } from '../../layout/instant.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { StateIcon } from '../../states/state-icon.tsx';
import { compareConfigurations } from './compare-configurations.ts';
import { useConfigurations } from './configuration-queries.ts';
import { ConfigurationValues } from './configuration-values.tsx';
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
      {configuration ? <Compared environment={environment} here={configuration} beside={beside} /> : null}
    </section>
  );
}

interface ComparedProps {
  readonly environment: string;
  readonly here: ConfigurationView;
  readonly beside: string | undefined;
}

function Compared({ environment, here, beside }: ComparedProps): ReactNode {
  const other = useConfigurations(beside);
  const shared = { environment, beside };
  if (beside === undefined)
    return <ConfigurationValues {...shared} compared={compareConfigurations(here, undefined)} />;
  if (other.isPending) return <LoadingRows label={`Loading the configuration of ${beside}`} />;
  if (!other.data) return <ErrorPanel error={other.error} onRetry={() => void other.refetch()} />;
  const [there] = other.data;
  // Beside nothing, everything would differ.
  if (there === undefined) return <p>No agent of {beside} has said yet what it resolved.</p>;
  return <ConfigurationValues {...shared} compared={compareConfigurations(here, there)} />;
}

function Reported({ configuration }: { readonly configuration: ConfigurationView }): ReactNode {
  const { agent, reportedAt, values, problems } = configuration;
  return (
    <>
      <p>
        {values.length === 0 ? 'It declares no variables' : formatCount(values.length, 'variable')}, as agent{' '}
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
