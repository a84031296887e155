import type { PipelineView, TaskView } from '@towpath/api';
import { TRIGGER_RULES } from '@towpath/core';
import type { ReactNode } from 'react';
import { NameList } from '../../layout/name-list.tsx';
import classes from './run.module.css';

type PlannedTask = PipelineView['tasks'][number] | TaskView;

interface TaskFactsProps {
  readonly task: PlannedTask;
}

/** What a task runs, after what, and what its author said about it beyond the usual. */
export function TaskFacts({ task }: TaskFactsProps): ReactNode {
  const notes = listUnusual(task);
  return (
    <>
      <TaskWork task={task} />
      <Upstreams names={task.dependsOn} />
      {notes.length > 0 ? (
        <ul className={classes.unusual} aria-label="What its author set">
          {notes.map(({ term, value, why }) => (
            <li key={term} title={why}>
              {term} <b className="name">{value}</b>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

function TaskWork({ task }: TaskFactsProps): ReactNode {
  if (task.function) {
    return (
      <>
        <p className={classes.argv}>
          <code className="name">{task.function.module}</code>
        </p>
        <p className={classes.muted}>
          TypeScript function, exported as <bdi>{task.function.export}</bdi>
        </p>
      </>
    );
  }
  return (
    <>
      <p className={classes.argv}>
        <code className="name">{task.argv.join(' ')}</code>
      </p>
      <p className={classes.muted}>
        Datakit <bdi>{task.datakit?.name}</bdi> {task.datakit?.version}
      </p>
    </>
  );
}

/** Names shown before the rest is counted. */
const MOST_NAMES = 4;

function Upstreams({ names }: { readonly names: readonly string[] }): ReactNode {
  if (names.length === 0) return null;
  const rest = names.length - MOST_NAMES;
  return (
    <p className={classes.muted}>
      After <NameList names={names.slice(0, MOST_NAMES)} />
      {rest > 0 ? ` and ${rest} more` : ''}
    </p>
  );
}

const RULE_WORDS = {
  all_succeeded: 'all succeeded',
  all_done: 'all ended, however',
  one_failed: 'one did not succeed',
} as const;

/** Defaults say nothing; what differs from them explains why a task waits or runs when others don't. */
function listUnusual({ triggerRule, pool, priority }: PlannedTask) {
  return [
    ...(triggerRule === 'all_succeeded'
      ? []
      : [{ term: 'Starts when', value: RULE_WORDS[triggerRule], why: TRIGGER_RULES[triggerRule] }]),
    ...(pool
      ? [{ term: 'Pool', value: pool, why: 'It takes one slot of this pool while an attempt of it lives.' }]
      : []),
    ...(priority === 0
      ? []
      : [{ term: 'Priority', value: String(priority), why: 'Among ready tasks the higher one starts first.' }]),
  ];
}
