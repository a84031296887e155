import type { ReactNode } from 'react';
import { formatCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { EmptyState } from '../../layout/empty-state.tsx';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { Headline } from '../../layout/headline.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { useNow } from '../../layout/use-now.ts';
import { PageTitle } from '../environments/page-title.tsx';
import { DatakitMatrix } from './datakit-matrix.tsx';
import { useDatakits } from './datakit-queries.ts';
import classes from './datakits.module.css';
import { describeDatakits } from './describe-datakits.ts';

/** Which version is where, is it the same everywhere, and can it run there? */
export function DatakitsPage(): ReactNode {
  const datakits = useDatakits();
  const nowMs = useNow(5000);
  if (datakits.isPending) return <LoadingRows label="Loading datakits" />;
  if (!datakits.data)
    return (
      <ErrorPanel title="The datakits can't be shown" error={datakits.error} onRetry={() => void datakits.refetch()} />
    );
  if (datakits.data.length === 0) return <NoDatakits />;
  const { words, isGood } = describeDatakits(datakits.data, nowMs);
  return (
    <div className={classes.page}>
      <PageTitle page="Datakits" />
      <Headline tone={isGood ? 'calm' : 'bad'}>{words}</Headline>
      <DatakitMatrix datakits={datakits.data} />
      <p className={classes.foot}>
        The newest version of each environment, as its agent saw it; below it, what attempts really ran. In a terminal,
        from the registries themselves: <CommandLine command={formatCommand('datakit list')} />
      </p>
    </div>
  );
}

function NoDatakits(): ReactNode {
  return (
    <div className={classes.page}>
      <PageTitle page="Datakits" />
      <Headline>No pipeline names a datakit</Headline>
      <EmptyState title="Nothing to compare yet">
        <p>
          A datakit appears here when a task of a pipeline names it and an agent has loaded that pipeline. Make one in
          this project:
        </p>
        <CommandLine command={formatCommand('datakit new line-counter')} />
        <p>
          and name it in a task: <code>{"datakitTask({ id: 'count', datakit: 'line-counter', … })"}</code>
        </p>
      </EmptyState>
    </div>
  );
}
