// The schema as text in a stable order, from the catalogue: what a review compares, and what drift shows up in.
import { withConnection } from './database.ts';

const COLUMNS = `
select c.relname as table_name,
       format('  %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
              case when a.attnotnull then ' not null' else '' end,
              case when a.attidentity = 'a' then ' generated always as identity'
                   when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end) as line
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
order by c.relname collate "C", a.attnum`;

const CONSTRAINTS = `
select c.relname as table_name, format('  constraint %I %s', k.conname, pg_get_constraintdef(k.oid)) as line
from pg_constraint k
join pg_class c on c.oid = k.conrelid
where c.relnamespace = 'public'::regnamespace and k.contype <> 'n'
order by c.relname collate "C", k.contype = 'p' desc, k.conname collate "C"`;

const INDEXES = `
select c.relname as table_name, pg_get_indexdef(i.indexrelid) || ';' as line
from pg_index i
join pg_class c on c.oid = i.indrelid
join pg_class x on x.oid = i.indexrelid
where c.relnamespace = 'public'::regnamespace
  and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u'))
order by c.relname collate "C", x.relname collate "C"`;

const TRIGGERS = `
select c.relname as table_name, pg_get_triggerdef(t.oid) || ';' as line
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
order by c.relname collate "C", t.tgname collate "C"`;

const FUNCTIONS = `
select '' as table_name, trim(trailing e'\\n' from pg_get_functiondef(p.oid)) || ';' as line
from pg_proc p
where p.pronamespace = 'public'::regnamespace
order by p.proname collate "C"`;

interface Line {
  readonly table_name: string;
  readonly line: string;
}

/** Functions, tables, constraints, indexes and triggers of the schema `public`, as text that reads like SQL. */
export function dumpSchema(databaseUrl: string): Promise<string> {
  return withConnection(databaseUrl, async (client) => {
    const read = async (text: string) =>
      Map.groupBy((await client.query<Line>(text)).rows, ({ table_name }) => table_name);
    const columns = await read(COLUMNS);
    const constraints = await read(CONSTRAINTS);
    const indexes = await read(INDEXES);
    const triggers = await read(TRIGGERS);
    const functions = (await read(FUNCTIONS)).get('') ?? [];
    const tables = [...columns].map(([table, lines]) => {
      const inside = [...lines, ...(constraints.get(table) ?? [])].map(({ line }) => line).join(',\n');
      const below = [...(indexes.get(table) ?? []), ...(triggers.get(table) ?? [])]
        .map(({ line }) => `${line}\n`)
        .join('');
      return `create table ${table} (\n${inside}\n);\n${below}`;
    });
    const parts = [...functions.map(({ line }) => `${line}\n`), ...tables];
    return `-- Dumped from a migrated database by \`npm run schema:dump -w @towpath/server\`; don't edit.\n\n${parts.join('\n')}`;
  });
}
