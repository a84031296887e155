import { Skeleton } from '@mantine/core';
import type { AuditStatusView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { Fact } from '../../layout/fact.tsx';
import { Headline } from '../../layout/headline.tsx';
import { Instant } from '../../layout/instant.tsx';
import { useNow } from '../../layout/use-now.ts';
import { StateIcon } from '../../states/state-icon.tsx';
import classes from './audit.module.css';
import { useAuditStatus } from './audit-queries.ts';
import { describeChain } from './describe-chain.ts';

/** Whether the record is whole, as far as the server can say, and how one checks that oneself. */
export function ChainStatus(): ReactNode {
  const status = useAuditStatus();
  if (status.isPending) return <Skeleton height={58} width="min(560px, 100%)" />;
  if (!status.data)
    return <ErrorPanel title="The audit can't be shown" error={status.error} onRetry={() => void status.refetch()} />;
  return <KnownStatus status={status.data} />;
}

function KnownStatus({ status }: { readonly status: AuditStatusView }): ReactNode {
  const nowMs = useNow(5000);
  const { headline, signature, isHealthy } = describeChain(status, nowMs);
  const { checkpoint, lastAt, hash, sequence } = status;
  return (
    <section className={classes.chain} aria-label="Chain of the audit">
      <Headline tone={isHealthy ? 'calm' : 'bad'}>
        {isHealthy ? null : <StateIcon state="failed" />} {headline}
      </Headline>
      <p>
        {signature} Nobody has to believe that: <CommandLine command={formatCommand('audit verify')} /> finds an edit, a
        gap, another order.
      </p>
      <dl className={classes.facts}>
        {lastAt ? (
          <Fact term="Last entry">
            #{sequence}, <Instant at={lastAt} />
          </Fact>
        ) : null}
        {sequence > 0 ? (
          <Fact term="Its hash">
            <CopyableId id={hash} what="hash of the last entry" />
          </Fact>
        ) : null}
        {checkpoint ? (
          <Fact term="Last checkpoint">
            #{checkpoint.sequence}, <Instant at={checkpoint.at} />, key{' '}
            <CopyableId id={checkpoint.keyId} what="key id" />
          </Fact>
        ) : null}
      </dl>
    </section>
  );
}
