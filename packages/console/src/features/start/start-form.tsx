import { Button, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { PipelineView } from '@towpath/api';
import { type ParameterValues, toErrorFacts } from '@towpath/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useLostReason } from '../../client/use-connection.ts';
import { formatRunCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { useCommandScope } from '../environments/environment-queries.ts';
import { useStartRun } from '../runs/run-queries.ts';
import { usePermissions } from '../session/session-queries.ts';
import { assignProblems, draftParameters, listChanged, readForm } from './parameter-draft.ts';
import { ParameterField } from './parameter-field.tsx';
import classes from './start.module.css';

interface StartFormProps {
  readonly pipeline: PipelineView;
  /** Values of an earlier run to begin with. */
  readonly given?: ParameterValues | undefined;
}

/** Starts a run: a field for each parameter, a note, the command that does the same. */
export function StartForm({ pipeline, given }: StartFormProps): ReactNode {
  const { parameters: schemas, name, environment } = pipeline;
  const [drafts, setDrafts] = useState(() => draftParameters(schemas, given));
  const [note, setNote] = useState('');
  const [isTried, setTried] = useState(false);
  const start = useStartRun();
  const navigate = useNavigate();
  const scope = useCommandScope(environment);
  const lost = useLostReason();
  const { canStart } = usePermissions();
  const form = readForm(schemas, drafts);
  const problems = { ...readServerProblems(pipeline, start.error), ...(isTried ? form.problems : {}) };
  const trimmed = note.trim() || undefined;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(form.problems).length > 0) return;
    start.mutate(
      { pipeline: name, environment, parameters: toBody(form.values), note: trimmed },
      { onSuccess: ({ id }) => void navigate({ to: '/runs/$runId', params: { runId: id } }) },
    );
  };
  if (!canStart) return <p>Your role may look, not start runs.</p>;
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      {Object.entries(schemas).map(([parameter, schema]) => (
        <ParameterField
          key={parameter}
          name={parameter}
          schema={schema}
          draft={drafts[parameter]}
          problem={problems[parameter]}
          onChange={(draft) => setDrafts({ ...drafts, [parameter]: draft })}
        />
      ))}
      <TextInput
        label="Note"
        description="Why; kept with the run"
        value={note}
        maxLength={500}
        onChange={({ currentTarget }) => setNote(currentTarget.value)}
      />
      {start.error ? <ErrorFactsPanel error={start.error} /> : null}
      <div className={classes.foot}>
        <Button
          type="submit"
          leftSection={<IconPlayerPlay size={15} aria-hidden="true" />}
          loading={start.isPending}
          disabled={lost !== undefined}
          title={lost}
        >
          Run in {environment}
        </Button>
        <CommandLine
          command={formatRunCommand(name, scope, { parameters: listChanged(schemas, form.values), note: trimmed })}
        />
      </div>
    </form>
  );
}

function readServerProblems({ parameters }: PipelineView, error: unknown): Readonly<Record<string, string>> {
  if (!error) return {};
  const { code, cause } = toErrorFacts(error);
  return code === 'PARAMETERS_INVALID' && cause ? assignProblems(parameters, cause) : {};
}

/** The contract's arrays are mutable. */
function toBody(values: ParameterValues): Record<string, string | number | boolean | string[]> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );
}
