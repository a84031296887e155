// How the grant of an attempt is read, wherever the attempt is: all that an executor needs.
import type { AttemptGrant, SentGrant } from '@towpath/api';
import { fillPlaceholders, formatRunName, type GraphTask, type ParameterValues } from '@towpath/core';

/** A grant as `selectGrants` reads it. */
export interface GrantRow {
  readonly id: string;
  readonly epoch: number;
  readonly run_id: string;
  readonly run_number: number;
  readonly pipeline: string;
  readonly environment: string;
  readonly parameters: ParameterValues;
  readonly logical_at: string;
  readonly logical_date: string;
  readonly bundle_hash: string | null;
  readonly task_id: string;
  readonly number: number;
  readonly spec: GraphTask;
  readonly image_digest: string | null;
  readonly spec_hash: string;
  readonly inputs: AttemptGrant['inputs'];
}

/**
 * Rows of `a`: attempts, or what was inserted as such in the same statement; an `order by`, or a `where`, follows. By primary keys. json,
 * not jsonb: a result may hold what jsonb refuses.
 */
export function selectGrants(source: string): string {
  return `
select a.id, a.epoch, a.run_id, r.run_number, r.pipeline, a.environment, r.parameters, r.bundle_hash,
       coalesce(r.logical_at, r.created_at) as logical_at,
       coalesce(r.logical_date, (r.created_at at time zone 'UTC')::date)::text as logical_date,
       a.task_id, a.number, g.spec, a.spec_hash, (
         select d->>'digest' from releases l, jsonb_array_elements(l.bill->'datakits') d
         where l.id = r.release_id and d->>'name' = g.spec->'datakit'->>'name'
           and d->>'version' = g.spec->'datakit'->>'version'
       ) as image_digest,
       case when g.spec ? 'inputs' then (
         select coalesce(json_object_agg(u.task_id, s.result), '{}')
         from run_tasks u
         left join attempts s on s.id = coalesce(
           (select w.id from attempts w where w.run_id = u.run_id and w.task_id = u.task_id and w.state = 'succeeded'),
           u.reused_from_attempt_id)
         where u.run_id = a.run_id and u.task_id in (select jsonb_array_elements_text(g.spec->'inputs'))
       ) end as inputs
from ${source} a
join runs r on r.id = a.run_id
join run_tasks t on t.run_id = a.run_id and t.task_id = a.task_id
join graph_tasks g on g.graph_hash = t.graph_hash and g.task_id = t.task_id`;
}

/** The highest priority first, then the oldest run. */
export const ORDER_OF_GRANTS = 'order by t.priority desc, a.run_id, t.position';

/** As a session of this protocol understands it. An agent of protocol 1 is granted nothing that needs what it does not know. */
export function toSentGrant(row: GrantRow, protocol: number): SentGrant {
  return protocol === 1 ? toFirstGrant(row) : toGrant(row);
}

/** An agent of protocol 1 refuses a reply with keys that it doesn't know. It is granted nothing that needs them. */
function toFirstGrant(row: GrantRow): SentGrant {
  const {
    function: _function,
    parameters: _parameters,
    logicalAt: _logicalAt,
    logicalDate: _logicalDate,
    inputs: _inputs,
    datakit,
    ...known
  } = toGrant(row);
  return { ...known, datakit: datakit && { name: datakit.name, version: datakit.version } };
}

function toGrant(row: GrantRow): AttemptGrant {
  const { spec } = row;
  return {
    attemptId: row.id,
    epoch: row.epoch,
    runId: row.run_id,
    runName: formatRunName(row.pipeline, row.environment, row.run_number),
    pipeline: row.pipeline,
    taskId: row.task_id,
    attemptNumber: row.number,
    ...toCode(row),
    environmentVariables: Object.fromEntries(
      Object.entries(spec.environmentVariables).map(([name, value]) => [name, fill(row, value)]),
    ),
    parameters: copyParameters(row.parameters),
    logicalAt: row.logical_at,
    logicalDate: row.logical_date,
    inputs: row.inputs,
    timeoutSeconds: spec.timeoutSeconds,
    specHash: row.spec_hash,
  };
}

function toCode(row: GrantRow): Pick<AttemptGrant, 'datakit' | 'function' | 'argv'> {
  const { spec, image_digest: digest } = row;
  if (spec.kind === 'datakit')
    return { datakit: { ...spec.datakit, digest }, function: null, argv: spec.argv.map((word) => fill(row, word)) };
  const { module, export: exported, configuration = [] } = spec;
  const place = { bundle: row.bundle_hash ?? '', module, export: exported, configuration: [...configuration] };
  return { datakit: null, function: place, argv: [] };
}

function fill({ parameters, run_id, run_number, logical_at, logical_date }: GrantRow, text: string): string {
  const run = { id: run_id, number: String(run_number), logicalTime: logical_at, logicalDate: logical_date };
  return fillPlaceholders(text, { parameters, run });
}

function copyParameters(parameters: ParameterValues): AttemptGrant['parameters'] {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );
}
