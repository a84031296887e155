import type { Db } from '../../db/database.ts';

/** One number with what it is of. */
export interface Measured {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Row {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

/** Statements whose rows are labels and a number; each looks at what is live, not at history. */
const STATEMENTS = {
  /** Uses runs_state_idx. */
  liveRuns: `
select jsonb_build_object('environment', environment, 'state', state) as labels, count(*) as value
from runs where state in ('queued', 'running') group by environment, state`,
  /** Uses attempts_live_session_idx. */
  liveAttempts: `
select jsonb_build_object('environment', environment, 'state', state) as labels, count(*) as value
from attempts where state in ('granted', 'running', 'uncertain') group by environment, state`,
  /** Uses run_tasks_ready_at_idx. */
  readyTasks: `
select jsonb_build_object('environment', environment, 'pool', pool) as labels, count(*) as value
from run_tasks where state = 'ready' and ready_at <= now() group by environment, pool`,
  /** Uses run_tasks_ready_at_idx. */
  oldestReadyTask: `
select jsonb_build_object('environment', environment) as labels, extract(epoch from now() - min(ready_at)) as value
from run_tasks where state = 'ready' and ready_at <= now() group by environment`,
  poolSlots: `
select jsonb_build_object('environment', environment, 'pool', name) as labels, slots as value from pools`,
  /** Uses agent_sessions_live_agent_key. */
  agents: `
select jsonb_build_object('environment', e.name) as labels, count(s.id) as value
from environments e left join agent_sessions s on s.environment = e.name and s.ended_at is null and s.silent_at is null
group by e.name`,
  /** Uses promotions_live_key. */
  livePromotionAge: `
select jsonb_build_object('environment', environment, 'state', state) as labels,
       extract(epoch from now() - requested_at) as value
from promotions where state in ('pending', 'running')`,
} as const;

/** What can be read. */
export type GaugeName = keyof typeof STATEMENTS;

/** Reads one; locks nothing. */
export async function readGauge(db: Db, name: GaugeName): Promise<readonly Measured[]> {
  const { rows } = await db.query<Row>(STATEMENTS[name]);
  return rows.map(({ labels, value }) => ({ labels, value: Number(value) }));
}
