import type { EndedTask, TaskState, TriggerRule } from '@towpath/core';
import type { Db } from '../../db/database.ts';

interface Row {
  readonly task_id: string;
  readonly trigger_rule: TriggerRule;
  readonly state: TaskState;
  readonly depends_on: readonly string[];
}

const STATEMENT = `
select t.task_id, t.trigger_rule, t.state, g.spec->'dependsOn' as depends_on
from run_tasks t
join graph_tasks g on g.graph_hash = t.graph_hash and g.task_id = t.task_id
where t.run_id = $1
order by t.position`;

/** How the tasks of an ended run ended, in the author's order. Uses run_tasks_pkey; locks nothing. */
export async function listEndedTasks(db: Db, runId: string): Promise<EndedTask[]> {
  const { rows } = await db.query<Row>(STATEMENT, [runId]);
  return rows.map((row) => ({
    id: row.task_id,
    rule: row.trigger_rule,
    state: row.state,
    dependsOn: row.depends_on,
  }));
}
