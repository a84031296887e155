import { Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReleaseView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatCommand, joinCommand, quoteShell } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { DifferenceTable } from './difference-table.tsx';
import { useRelease, useReleases } from './release-queries.ts';
import classes from './releases.module.css';

interface ComparePanelProps {
  readonly release: ReleaseView;
  /** Id of the other one; undefined: the one recorded before. */
  readonly otherId: string | undefined;
}

/** What differs between this release and another one of its project; the URL keeps which. */
export function ComparePanel({ release, otherId }: ComparePanelProps): ReactNode {
  const navigate = useNavigate();
  const all = useReleases(release.project).data ?? [];
  const own = all.findIndex(({ id }) => id === release.id);
  const before = useRelease(otherId ?? all[own + 1]?.id).data;
  const others = all.filter(({ id }) => id !== release.id);
  if (others.length === 0 && !before) return null;
  return (
    <section className={classes.panel} aria-label="Compare">
      <h2>What it brings</h2>
      <Select
        aria-label="Compare with"
        placeholder="Compare with another release"
        searchable
        data={others.map(({ id, version }) => ({ value: id, label: version }))}
        value={before?.id ?? null}
        onChange={(id) => void navigate({ to: '.', search: (kept) => ({ ...kept, with: id ?? undefined }) })}
        className={classes.with}
      />
      {before ? (
        <>
          <DifferenceTable before={before} after={release} />
          <p>
            <CommandLine
              command={joinCommand(
                formatCommand('release diff'),
                quoteShell(before.version),
                quoteShell(release.version),
              )}
            />
          </p>
        </>
      ) : (
        <p className={classes.muted}>Choose one to see what differs.</p>
      )}
    </section>
  );
}
