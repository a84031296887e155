import { Button, Group } from '@mantine/core';
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
import { PlanPreview } from './plan-preview.tsx';
import { PromoteFields, type TypedPromotion } from './promote-fields.tsx';
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
          <PromoteFields {...fields} />
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

const NOTHING: TypedPromotion = {
  rollbackPlan: '',
  changeRecord: '',
  notBefore: '',
  note: '',
  emergency: undefined,
  name: '',
};

/** What was typed so far, and what is asked for by it. */
function useDraft(releaseId: string, environment: string) {
  const [typed, setTyped] = useState(NOTHING);
  const isProduction = useEnvironmentKind(environment) === 'production';
  const { rollbackPlan, changeRecord, notBefore, note, emergency, name } = typed;
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
  const onChange = (change: Partial<TypedPromotion>): void => setTyped((before) => ({ ...before, ...change }));
  const isExplained = draft.emergency === undefined || draft.emergency.reason !== '';
  const isReady = isExplained && (!isProduction || name === environment);
  return { draft, isReady, fields: { environment, isProduction, typed, onChange } };
}
