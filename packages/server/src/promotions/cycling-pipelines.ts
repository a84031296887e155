// The pipelines of a release that cycles are counted of: those with schedules, or all where none has one.

/** Begins a statement: their names by the release of `$1`, as `cycling`. Uses releases_pkey and graphs_pkey. */
export const WITH_CYCLING_PIPELINES = `
with pipelines as (
  select p.name,
         (select coalesce(jsonb_array_length(g.body->'schedules'), 0) > 0
          from graphs g where g.hash = p."graphHash") as is_scheduled
  from releases l
  cross join jsonb_to_recordset(l.bill->'pipelines') as p (name text, "graphHash" text)
  where l.id = $1
), cycling as (
  select p.name from pipelines p
  where p.is_scheduled or not exists (select from pipelines s where s.is_scheduled)
)`;
