import { Link } from '@tanstack/react-router';
import type { ScheduleView, SlotView } from '@towpath/api';
import type { ReactNode } from 'react';
import { browserTimeZone, formatExact } from '../../format/format-instant.ts';
import { Instant } from '../../layout/instant.tsx';
import { StateBadge } from '../../states/state-badge.tsx';
import { StateIcon } from '../../states/state-icon.tsx';
import { explainSlot, formatSlot, listPolicies, stateOfSlot } from './describe-schedules.ts';
import { ScheduleActions } from './schedule-actions.tsx';
import classes from './schedules.module.css';

interface ScheduleCardProps {
  readonly schedule: ScheduleView;
}

/** One schedule: when it runs next, what its last slots came to, and what one may do about it. */
export function ScheduleCard({ schedule }: ScheduleCardProps): ReactNode {
  const { pipeline, name, cron, timeZone, paused } = schedule;
  return (
    <li className={classes.card} data-paused={paused ? true : undefined}>
      <div className={classes.title}>
        <h2>
          <Link to="/pipelines/$name" params={{ name: pipeline }} data-row className="name">
            {pipeline}
          </Link>
          <span className={classes.muted}>
            {' / '}
            <bdi>{name}</bdi>
          </span>
        </h2>
        <p>
          <code>{cron}</code> <span className={classes.muted}>{timeZone}</span>
        </p>
        <div className={classes.actions}>
          <ScheduleActions schedule={schedule} />
        </div>
      </div>
      <PausedNote schedule={schedule} />
      <div className={classes.slots}>
        <NextSlots schedule={schedule} />
        <LastSlots schedule={schedule} />
      </div>
      <Policies schedule={schedule} />
    </li>
  );
}

function PausedNote({ schedule: { paused } }: ScheduleCardProps): ReactNode {
  if (!paused) return null;
  return (
    <p className={classes.paused}>
      <StateIcon state="uncertain" />
      <span>
        <strong>Paused</strong> by <bdi>{paused.by}</bdi> <Instant at={paused.at} />
        {paused.note ? (
          <>
            : <q className="name">{paused.note}</q>
          </>
        ) : (
          ', without a note'
        )}
        . The slots below are what they would be.
      </span>
    </p>
  );
}

function NextSlots({ schedule: { nextSlots, timeZone, liveRun, queuedSlots } }: ScheduleCardProps): ReactNode {
  return (
    <section aria-label="Next slots">
      <h3>
        Next <Zones timeZone={timeZone} />
      </h3>
      {liveRun ? (
        <p>
          <StateIcon state={liveRun.state} size={13} /> now:{' '}
          <Link to="/runs/$runId" params={{ runId: liveRun.id }} className="name">
            {liveRun.name}
          </Link>
          {queuedSlots > 0 ? `, ${queuedSlots} waiting behind it` : ''}
        </p>
      ) : null}
      <ol className={classes.times}>
        {nextSlots.map((slotAt) => (
          <li key={slotAt}>
            <SlotTime slotAt={slotAt} timeZone={timeZone} />
          </li>
        ))}
      </ol>
      {nextSlots.length === 0 ? <p className={classes.muted}>No slot ahead.</p> : null}
    </section>
  );
}

/** How to read the two times of a slot; nothing when the viewer's zone is the schedule's. */
function Zones({ timeZone }: { readonly timeZone: string }): ReactNode {
  if (timeZone === browserTimeZone()) return null;
  return <span className={classes.zones}>your time = {timeZone}</span>;
}

interface SlotTimeProps {
  readonly slotAt: string;
  readonly timeZone: string;
}

/** A slot in the viewer's zone, and in the schedule's beside it. */
function SlotTime({ slotAt, timeZone }: SlotTimeProps): ReactNode {
  const viewer = browserTimeZone();
  const { viewer: mine, schedule: theirs } = formatSlot(slotAt, { viewer, schedule: timeZone });
  return (
    <time dateTime={slotAt} title={`${formatExact(slotAt, viewer)}\n${formatExact(slotAt, timeZone)}`}>
      {mine}
      {viewer === timeZone ? null : <span className={classes.muted}> = {theirs}</span>}
    </time>
  );
}

function LastSlots({ schedule: { lastSlots, timeZone } }: ScheduleCardProps): ReactNode {
  return (
    <section aria-label="Last slots">
      <h3>Last</h3>
      {lastSlots.length === 0 ? <p className={classes.muted}>No slot has come yet.</p> : null}
      <ul className={classes.times}>
        {lastSlots.map((slot) => (
          <li key={slot.slotAt} className={classes.last}>
            <SlotTime slotAt={slot.slotAt} timeZone={timeZone} />
            <SlotOutcome slot={slot} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const OUTCOME_WORDS = { planned: 'Planned', queued: 'Queued', skipped: 'Skipped', missed: 'Missed' } as const;

function SlotOutcome({ slot }: { readonly slot: SlotView }): ReactNode {
  const { run, outcome, untilAt } = slot;
  if (run) {
    return (
      <span className={classes.outcome}>
        <StateBadge state={run.state} />
        <Link to="/runs/$runId" params={{ runId: run.id }} title={run.name}>
          #{run.number}
        </Link>
      </span>
    );
  }
  return (
    <span className={classes.outcome}>
      <StateBadge state={stateOfSlot(slot)} word={OUTCOME_WORDS[outcome]} />
      <span className={classes.muted}>
        {explainSlot(slot)}
        {untilAt ? (
          <>
            {' '}
            All until <Instant at={untilAt} isExact />.
          </>
        ) : null}
      </span>
    </span>
  );
}

function Policies({ schedule }: ScheduleCardProps): ReactNode {
  const parameters = Object.entries(schedule.parameters);
  return (
    <details className={classes.policies}>
      <summary>
        overlap {schedule.overlap}, catch-up {schedule.catchUp}
        {parameters.length > 0 ? `, ${parameters.map(([name]) => name).join(', ')} set` : ''}
      </summary>
      <ul>
        {listPolicies(schedule).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        {parameters.map(([name, value]) => (
          <li key={name}>
            Parameter <code className="name">{name}</code> ={' '}
            <code className="name">{typeof value === 'object' ? value.join(', ') : String(value)}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
