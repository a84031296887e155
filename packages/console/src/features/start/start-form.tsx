import { Button, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import type { PipelineView } from '@towpath/api';
import type { ParameterValues } from '@towpath/core';
import type { ReactNode } from 'react';
import { useLostReason } from '../../client/use-connection.ts';
import { formatRunCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { useCommandScope } from '../environments/environment-queries.ts';
import { usePermissions } from '../session/session-queries.ts';
import { ParameterField } from './parameter-field.tsx';
import classes from './start.module.css';
import { useStartDraft } from './use-start-draft.ts';

interface StartFormProps {
  readonly pipeline: PipelineView;
  /** Values of an earlier run to begin with. */
  readonly given?: ParameterValues | undefined;
}

/** Starts a run: a field for each parameter, a note, the command that does the same. */
export function StartForm({ pipeline, given }: StartFormProps): ReactNode {
  const draft = useStartDraft(pipeline, given);
  const { canStart } = usePermissions();
  if (!canStart) return <p>Your role may look, not start runs.</p>;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        draft.submit();
      }}
      noValidate
    >
      {Object.entries(pipeline.parameters).map(([parameter, schema]) => (
        <ParameterField
          key={parameter}
          name={parameter}
          schema={schema}
          draft={draft.drafts[parameter]}
          problem={draft.problems[parameter]}
          onChange={(value) => draft.change(parameter, value)}
        />
      ))}
      <TextInput
        label="Note"
        description="Why; kept with the run"
        value={draft.note}
        maxLength={500}
        onChange={({ currentTarget }) => draft.changeNote(currentTarget.value)}
      />
      {draft.error ? <ErrorFactsPanel error={draft.error} /> : null}
      <StartFoot pipeline={pipeline} draft={draft} />
    </form>
  );
}

interface StartFootProps {
  readonly pipeline: PipelineView;
  readonly draft: Pick<ReturnType<typeof useStartDraft>, 'changed' | 'note' | 'isStarting'>;
}

function StartFoot({ pipeline: { name, environment }, draft }: StartFootProps): ReactNode {
  const scope = useCommandScope(environment);
  const lost = useLostReason();
  const { changed: parameters, note } = draft;
  return (
    <div className={classes.foot}>
      <Button
        type="submit"
        leftSection={<IconPlayerPlay size={15} aria-hidden="true" />}
        loading={draft.isStarting}
        disabled={lost !== undefined}
        title={lost}
      >
        Run in {environment}
      </Button>
      <CommandLine command={formatRunCommand(name, scope, { parameters, note: note.trim() || undefined })} />
    </div>
  );
}
