// What somebody is about to start: the values of its parameters as they are typed, and what is wrong with them.
import { useNavigate } from '@tanstack/react-router';
import type { PipelineView } from '@towpath/api';
import { type ParameterValues, toErrorFacts } from '@towpath/core';
import { useState } from 'react';
import { useStartRun } from '../runs/run-queries.ts';
import { assignProblems, draftParameters, listChanged, type ParameterDraft, readForm } from './parameter-draft.ts';

interface StartDraft {
  readonly drafts: Readonly<Record<string, ParameterDraft>>;
  readonly note: string;
  /** By parameter; before the first try only what a server said. */
  readonly problems: Readonly<Record<string, string>>;
  /** Values that differ from their defaults, as a command line names them. */
  readonly changed: ReturnType<typeof listChanged>;
  readonly isStarting: boolean;
  readonly error: unknown;
  change(parameter: string, draft: ParameterDraft): void;
  changeNote(note: string): void;
  /** Starts the run and goes to its page; does nothing but show the problems while there are some. */
  submit(): void;
}

/** The draft of a run, from the defaults or from the values of an earlier run. */
export function useStartDraft(pipeline: PipelineView, given: ParameterValues | undefined): StartDraft {
  const { parameters: schemas, name, environment } = pipeline;
  const [drafts, setDrafts] = useState(() => draftParameters(schemas, given));
  const [note, setNote] = useState('');
  const [isTried, setTried] = useState(false);
  const start = useStartRun();
  const navigate = useNavigate();
  const form = readForm(schemas, drafts);
  return {
    drafts,
    note,
    problems: { ...readServerProblems(pipeline, start.error), ...(isTried ? form.problems : {}) },
    changed: listChanged(schemas, form.values),
    isStarting: start.isPending,
    error: start.error,
    change: (parameter, draft) => setDrafts({ ...drafts, [parameter]: draft }),
    changeNote: setNote,
    submit: () => {
      setTried(true);
      if (Object.keys(form.problems).length > 0) return;
      start.mutate(
        { pipeline: name, environment, parameters: toBody(form.values), note: note.trim() || undefined },
        { onSuccess: ({ id }) => void navigate({ to: '/runs/$runId', params: { runId: id } }) },
      );
    },
  };
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
