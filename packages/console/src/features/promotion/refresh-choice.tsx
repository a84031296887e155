import { MultiSelect, Select } from '@mantine/core';
import type { ReleaseView } from '@towpath/api';
import { judgeModelRows, planFullRefresh, type ReleasedDbt, toShortName } from '@towpath/core';
import type { ReactNode } from 'react';
import { NameList } from '../../layout/name-list.tsx';

/** What is to be made anew. */
export interface RefreshDraft {
  /** Unique ids of dbt. */
  readonly models: readonly string[];
  readonly pipeline?: string | undefined;
}

interface RefreshChoiceProps {
  /** The release that is gone back to. */
  readonly to: ReleaseView;
  /** Its pipelines that make models anew. */
  readonly pipelines: readonly string[];
  readonly draft: RefreshDraft;
  readonly onChange: (draft: RefreshDraft) => void;
}

/** Which models a rollback makes anew, and what follows from that. */
export function RefreshChoice({ to, pipelines, draft, onChange }: RefreshChoiceProps): ReactNode {
  // Checked by the same schema when it was recorded.
  const dbt = to.bill.dbt as ReleasedDbt | undefined;
  if (dbt === undefined) return null;
  if (pipelines.length === 0)
    return <p>No pipeline of {to.version} makes models anew: none declares a parameter fullRefresh, a list.</p>;
  return (
    <>
      <MultiSelect
        label="Make models anew"
        description="Once the release is loaded, a run makes them from nothing. The rollback does not wait for it."
        data={listChoices(dbt)}
        value={[...draft.models]}
        searchable
        limit={100}
        nothingFoundMessage="No such model"
        clearButtonProps={{ 'aria-label': 'Clear models' }}
        onChange={(models) => onChange({ ...draft, models })}
      />
      {pipelines.length > 1 && draft.models.length > 0 ? (
        <Select
          label="By the pipeline"
          required
          data={[...pipelines]}
          value={draft.pipeline ?? null}
          onChange={(pipeline) => onChange({ ...draft, pipeline: pipeline ?? undefined })}
        />
      ) : null}
      <Consequences dbt={dbt} models={draft.models} />
    </>
  );
}

/** Those whose rows stay come first. */
function listChoices({ models }: ReleasedDbt): { readonly value: string; readonly label: string }[] {
  const able = models.filter((model) => !['history', 'none'].includes(judgeModelRows(model)));
  const isKept = (model: (typeof able)[number]) => Number(judgeModelRows(model) === 'kept');
  const names = able.map(({ name }) => toShortName(name));
  return able
    .toSorted((one, other) => isKept(other) - isKept(one))
    .map(({ name }) => {
      const short = toShortName(name);
      return { value: name, label: names.indexOf(short) === names.lastIndexOf(short) ? short : name };
    });
}

function Consequences({ dbt, models }: { readonly dbt: ReleasedDbt; readonly models: readonly string[] }): ReactNode {
  const planned = planFullRefresh(dbt, models);
  if (models.length === 0 || !('refresh' in planned)) return null;
  const { between, downstream } = planned.refresh;
  return (
    <>
      {between.length > 0 ? (
        <p>
          Made anew as well, since they lie between: <NameList names={between} />
        </p>
      ) : null}
      {downstream.length > 0 ? (
        <p>
          Built as always after them, since they read them: <NameList names={downstream} />
        </p>
      ) : null}
    </>
  );
}
