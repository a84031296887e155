import type { ReleaseView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatCount } from '../../format/format-count.ts';
import { ShortDigest } from '../../layout/copyable-digest.tsx';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { Fact } from '../../layout/fact.tsx';
import classes from './releases.module.css';

/** The bill of materials: all that it consists of. */
export function ReleaseBill({ release: { id, bill } }: { readonly release: ReleaseView }): ReactNode {
  const pools = Object.entries(bill.pools);
  return (
    <section className={classes.panel} aria-label="Bill of materials">
      <h2>What is in it</h2>
      <dl className={classes.facts}>
        <Fact term="Id">
          <CopyableId id={id} what="release id" />
        </Fact>
        <Fact term="Commit">
          <CopyableId id={bill.gitSha} what="commit" />
        </Fact>
        <Fact term="Code of functions">
          {bill.bundleHash ? <CopyableId id={bill.bundleHash} what="hash of the bundle" /> : 'none'}
        </Fact>
        <Fact term="Variables">
          <CopyableId id={bill.configurationHash} what="hash of the variables" />
        </Fact>
      </dl>
      <Parts
        title={formatCount(bill.pipelines.length, 'pipeline')}
        parts={bill.pipelines.map(({ name, sourceFile, graphHash }) => ({
          name,
          text: (
            <>
              <span className="name">{sourceFile}</span> <ShortDigest digest={graphHash} />
            </>
          ),
        }))}
      />
      <Parts
        title={formatCount(bill.datakits.length, 'datakit')}
        parts={bill.datakits.map(({ name, version }) => ({ name, text: version }))}
      />
      <Parts
        title={formatCount(pools.length, 'pool')}
        parts={pools.map(([name, slots]) => ({ name, text: formatCount(slots, 'slot') }))}
      />
    </section>
  );
}

interface PartsProps {
  readonly title: string;
  readonly parts: readonly { readonly name: string; readonly text: ReactNode }[];
}

/** Longer lists begin closed: the answer above them shall stay in sight. */
const OPEN_PARTS = 12;

function Parts({ title, parts }: PartsProps): ReactNode {
  if (parts.length === 0) return null;
  return (
    <details open={parts.length <= OPEN_PARTS}>
      <summary>{title}</summary>
      <ul className={classes.parts}>
        {parts.map(({ name, text }) => (
          <li key={`${name} ${typeof text === 'string' ? text : ''}`}>
            <bdi>{name}</bdi> <span className={classes.muted}>{text}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
