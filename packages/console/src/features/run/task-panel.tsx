import { Link } from '@tanstack/react-router';
import type { AttemptView, RunDetail, TaskView } from '@towpath/api';
import type { ReactNode } from 'react';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { Instant } from '../../layout/instant.tsx';
import { StateBadge } from '../../states/state-badge.tsx';
import { StateIcon } from '../../states/state-icon.tsx';
import { STATE_LOOKS, STATE_SENTENCES } from '../../states/state-looks.ts';
import { AttemptPanel } from './attempt-panel.tsx';
import { isUncertain } from './describe-run.ts';
import classes from './run.module.css';
import { TaskFacts } from './task-facts.tsx';

interface TaskPanelProps {
  readonly run: RunDetail;
  readonly task: TaskView;
  /** The newest attempt when undefined. */
  readonly attemptNumber: number | undefined;
  readonly isRunOver: boolean;
}

/** One task: what it runs, why it is in its state, and the attempt one looks at. */
export function TaskPanel({ run, task, attemptNumber, isRunOver }: TaskPanelProps): ReactNode {
  const attempt = task.attempts.find(({ number }) => number === attemptNumber) ?? task.attempts.at(-1);
  const state = isUncertain(task) ? 'uncertain' : task.state;
  return (
    <section className={classes.panel} aria-label={`Task ${task.id}`}>
      <div className={classes.panelHead}>
        <h2>
          <bdi>{task.id}</bdi>
        </h2>
        <StateBadge state={state} />
      </div>
      <div className={classes.panelBody}>
        <TaskFacts task={task} />
        {attempt ? null : <NoAttempt task={task} isRunOver={isRunOver} />}
        {task.readyAt && !isRunOver ? (
          <p>
            A retry waits; it may be claimed <Instant at={task.readyAt} />.
          </p>
        ) : null}
        {task.attempts.length > 1 ? <AttemptLinks attempts={task.attempts} shown={attempt} /> : null}
        {attempt ? <AttemptPanel key={attempt.id} run={run} task={task} attempt={attempt} /> : null}
      </div>
    </section>
  );
}

function NoAttempt({ task, isRunOver }: { readonly task: TaskView; readonly isRunOver: boolean }): ReactNode {
  if (task.reusedFromAttemptId) {
    return (
      <p>
        It succeeded in an earlier run, and that counts here: it was not run again. Attempt{' '}
        <CopyableId id={task.reusedFromAttemptId} what="attempt id" />
      </p>
    );
  }
  const sentence = STATE_SENTENCES[task.state];
  return <p>{isRunOver ? sentence : `${sentence} No attempt yet.`}</p>;
}

interface AttemptLinksProps {
  readonly attempts: readonly AttemptView[];
  readonly shown: AttemptView | undefined;
}

function AttemptLinks({ attempts, shown }: AttemptLinksProps): ReactNode {
  return (
    <nav className={classes.attempts} aria-label="Attempts">
      {attempts.map((attempt) => (
        <Link
          key={attempt.id}
          from="/runs/$runId"
          to="."
          search={(search) => ({ ...search, task: attempt.taskId, attempt: attempt.number })}
          replace
          resetScroll={false}
          aria-current={attempt === shown ? 'true' : undefined}
        >
          <StateIcon state={attempt.state} size={13} />
          Attempt {attempt.number}: {STATE_LOOKS[attempt.state].word.toLowerCase()}
        </Link>
      ))}
    </nav>
  );
}
