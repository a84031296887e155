import type { Db } from '../../db/database.ts';

// One statement: foreign keys are checked at its end, when what refers to a row is gone as well.
const STATEMENT = `
with gone as (
  select r.id from runs r
  where r.id = any ($1::uuid[]) and not exists (select from runs later where later.rerun_of = r.id)
), edges as (
  delete from run_task_edges e using gone where e.run_id = gone.id
), attempts_gone as (
  delete from attempts a using gone where a.run_id = gone.id
), tasks as (
  delete from run_tasks t using gone where t.run_id = gone.id
), slots as (
  delete from schedule_slots s using gone where s.run_id = gone.id
)
delete from runs r using gone where r.id = gone.id
returning r.id`;

/**
 * Deletes runs with their tasks, attempts and slots, and returns whose; one that somebody began to repeat before it was locked
 * stays. The caller holds them for update and has deleted their logs. Uses runs_pkey, runs_rerun_of_idx, run_task_edges_pkey,
 * attempts_number_key, run_tasks_pkey, schedule_slots_run_idx; foreign keys use run_tasks_reused_idx and
 * run_task_edges_downstream_idx besides.
 */
export async function deleteRuns(db: Db, runIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>(STATEMENT, [runIds]);
  return new Set(rows.map(({ id }) => id));
}
