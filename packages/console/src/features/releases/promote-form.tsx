import { Button, Group, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import type { ReleaseView } from '@towpath/api';
import { type ReactNode, useMemo, useState } from 'react';
import { useLostReason } from '../../client/use-connection.ts';
import { formatPromoteCommand } from '../../format/format-promotion-command.ts';
import { toInstant } from '../../format/to-instant.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { useEnvironmentKind } from '../environments/environment-queries.ts';
import { useShowPromotion } from '../promotion/use-show-promotion.ts';
import { EmergencyFields } from './emergency-fields.tsx';
import { PlanPreview } from './plan-preview.tsx';
import { type PromotionDraft, useOpenPromotion } from './release-queries.ts';
import classes from './releases.module.css';

interface PromoteFormProps {
  readonly release: ReleaseView;
  readonly environment: string;
}

/** The plan waits so long for the next letter. */
const TYPING_MS = 400;

/** Asks for a release in an environment: what follows, what its gates would say now, and the command. */
export function PromoteForm({ release, environment }: PromoteFormProps): ReactNode {
  const { draft, fields, isReady } = useDraft(release.id, environment);
  const [planned] = useDebouncedValue(draft, TYPING_MS);
  const open = useOpenPromotion();
  const navigate = useNavigate();
  const show = useShowPromotion();
  const lost = useLostReason();
  return (
    <section className={classes.panel} aria-label={`Promote to ${environment}`}>
      <h2>
        Promote <bdi>{release.version}</bdi> to <bdi>{environment}</bdi>
      </h2>
      <p>
        As soon as every gate allows it, <strong>{environment}</strong> is told to run it; its next runs use it. A
        promotion that waits there is taken over by this one.
      </p>
      <div className={classes.promote}>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady) open.mutate(draft, { onSuccess: show });
          }}
        >
          {fields}
          <CommandLine command={formatPromoteCommand(release.version, environment, draft)} />
          {open.error ? <ErrorFactsPanel error={open.error} /> : null}
          <Group justify="flex-end">
            <Button
              variant="default"
              onClick={() => void navigate({ to: '.', search: (before) => ({ ...before, to: undefined }) })}
            >
              Leave it
            </Button>
            <Button
              type="submit"
              loading={open.isPending}
              disabled={!isReady || lost !== undefined}
              title={lost}
              {...(draft.emergency ? { color: 'red.8' } : {})}
            >
              {draft.emergency ? `Promote to ${environment} as an emergency` : `Promote to ${environment}`}
            </Button>
          </Group>
        </form>
        <PlanPreview draft={planned} />
      </div>
    </section>
  );
}

/** What was typed so far, and the fields for it. Production's name has to be typed. */
function useDraft(releaseId: string, environment: string) {
  const [rollbackPlan, setRollbackPlan] = useState('');
  const [changeRecord, setChangeRecord] = useState('');
  const [notBefore, setNotBefore] = useState('');
  const [note, setNote] = useState('');
  const [typed, setTyped] = useState('');
  const isProduction = useEnvironmentKind(environment) === 'production';
  const [emergency, setEmergency] = useState<string>();
  // The same object while nothing was typed: the plan is asked for anew when it changes.
  const draft = useMemo(
    (): PromotionDraft => ({
      releaseId,
      environment,
      rollbackPlan: rollbackPlan.trim() || undefined,
      changeRecord: changeRecord.trim() || undefined,
      notBefore: toInstant(notBefore),
      note: note.trim() || undefined,
      emergency: emergency === undefined ? undefined : { reason: emergency.trim() },
    }),
    [releaseId, environment, rollbackPlan, changeRecord, notBefore, note, emergency],
  );
  const isExplained = emergency === undefined || emergency.trim() !== '';
  const fields = (
    <>
      <Textarea
        label="Rollback plan"
        description="How to come back; the policy may want one"
        value={rollbackPlan}
        maxLength={2000}
        autosize
        minRows={2}
        onChange={({ currentTarget }) => setRollbackPlan(currentTarget.value)}
      />
      <TextInput
        label="Change record"
        description="Its number; the policy may want one"
        value={changeRecord}
        maxLength={64}
        onChange={({ currentTarget }) => setChangeRecord(currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        label="Not before"
        description="In your time zone; empty: as soon as its gates allow it"
        value={notBefore}
        onChange={({ currentTarget }) => setNotBefore(currentTarget.value)}
      />
      <TextInput
        label="Note"
        description="Why; others will read it"
        value={note}
        maxLength={2000}
        onChange={({ currentTarget }) => setNote(currentTarget.value)}
      />
      <EmergencyFields environment={environment} reason={emergency} onChange={setEmergency} />
      {isProduction ? (
        <TextInput
          label={`Type ${environment} to confirm`}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          autoComplete="off"
        />
      ) : null}
    </>
  );
  return { draft, fields, isReady: isExplained && (!isProduction || typed === environment) };
}
