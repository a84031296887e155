import { TextInput } from '@mantine/core';
import type { FreezeView } from '@towpath/api';
import { type ReactNode, useState } from 'react';
import { formatFreezeCommand, formatLiftCommand } from '../../format/format-promotion-command.ts';
import { toInstant } from '../../format/to-instant.ts';
import { ActionButton } from '../../layout/action-button.tsx';
import { Instant } from '../../layout/instant.tsx';
import { NoteDialog } from '../../layout/note-dialog.tsx';
import { useDialog } from '../../layout/use-dialog.ts';
import { StateIcon } from '../../states/state-icon.tsx';
import { useEnvironmentKind } from '../environments/environment-queries.ts';
import { useMayPromote } from '../promotion/promotion-rights.ts';
import classes from './calendar.module.css';
import { useDeclareFreeze, useLiftFreeze } from './calendar-queries.ts';

interface FreezesPanelProps {
  readonly environment: string;
  readonly freezes: readonly FreezeView[];
}

/** Freezes that people declared, and that are not over. */
export function FreezesPanel({ environment, freezes }: FreezesPanelProps): ReactNode {
  const mayFreeze = useMayPromote(environment);
  const own = freezes.filter(({ endsAt }) => endsAt === null || Date.parse(endsAt) > Date.now());
  return (
    <section className={classes.panel} aria-label="Declared freezes">
      <div className={classes.title}>
        <h2>Declared freezes</h2>
        {mayFreeze ? <DeclareButton environment={environment} /> : null}
      </div>
      {own.length === 0 ? <p className={classes.muted}>Nobody has declared a freeze here.</p> : null}
      <ul className={classes.freezes}>
        {own.map((freeze) => (
          <Freeze key={freeze.id} freeze={freeze} mayLift={mayFreeze} />
        ))}
      </ul>
    </section>
  );
}

function Freeze({ freeze, mayLift }: { readonly freeze: FreezeView; readonly mayLift: boolean }): ReactNode {
  const { reason, startsAt, endsAt, declaredBy, declaredAt } = freeze;
  return (
    <li>
      <StateIcon state="failed" />
      <div>
        <p>
          <q className="name">{reason}</q>
        </p>
        <p className={classes.muted}>
          From <Instant at={startsAt} isExact />{' '}
          {endsAt === null ? (
            'until it is lifted'
          ) : (
            <>
              until <Instant at={endsAt} isExact />
            </>
          )}
          ; declared by <bdi>{declaredBy}</bdi> <Instant at={declaredAt} />
        </p>
      </div>
      {mayLift ? <LiftButton freeze={freeze} /> : null}
    </li>
  );
}

function DeclareButton({ environment }: { readonly environment: string }): ReactNode {
  const dialog = useDialog();
  const declare = useDeclareFreeze(environment);
  const [until, setUntil] = useState('');
  const isProduction = useEnvironmentKind(environment) === 'production';
  const endsAt = toInstant(until);
  return (
    <>
      <ActionButton label="Stop the line…" subject={`in ${environment}`} look="danger" onClick={dialog.open} />
      <NoteDialog
        {...dialog.props}
        title={`Close ${environment} to promotions?`}
        confirmLabel="Declare the freeze"
        neededNote="Reason"
        typedName={isProduction ? environment : undefined}
        isDangerous
        formatCommand={(reason) => formatFreezeCommand(environment, { reason, until: endsAt })}
        onConfirm={(reason = '') => declare.mutate({ reason, endsAt }, { onSuccess: dialog.close })}
        isPending={declare.isPending}
        error={declare.error}
      >
        <p>
          From now on no promotion comes into <strong>{environment}</strong>; those that wait go on waiting, and say
          why. Rollbacks go through.
        </p>
        <TextInput
          type="datetime-local"
          label="Until"
          description="In your time zone; empty: until somebody lifts it"
          value={until}
          onChange={({ currentTarget }) => setUntil(currentTarget.value)}
        />
      </NoteDialog>
    </>
  );
}

function LiftButton({ freeze: { id, environment, reason } }: { readonly freeze: FreezeView }): ReactNode {
  const dialog = useDialog();
  const lift = useLiftFreeze(id);
  const isProduction = useEnvironmentKind(environment) === 'production';
  return (
    <>
      <ActionButton label="Lift…" subject={`the freeze of ${environment}: ${reason}`} onClick={dialog.open} />
      <NoteDialog
        {...dialog.props}
        title={`Lift the freeze of ${environment}?`}
        confirmLabel="Lift it"
        typedName={isProduction ? environment : undefined}
        formatCommand={(why) => formatLiftCommand(id, why)}
        onConfirm={(why) => lift.mutate(why, { onSuccess: dialog.close })}
        isPending={lift.isPending}
        error={lift.error}
      >
        <p>
          Promotions that wait for nothing else come into <strong>{environment}</strong> at once.
        </p>
      </NoteDialog>
    </>
  );
}
