// The ways to replace the content of a published table, each as plain SQL, so that ADR 0003 can compare them.
import type { Client } from 'pg';

/** One way to publish. `load` may take long; `publish` is what readers feel. Both get the file with the new rows. */
export interface Candidate {
  readonly name: string;
  /** Creates the empty published table `bench.published`. */
  readonly create: string;
  readonly load: (file: string) => readonly string[];
  readonly publish: (file: string) => readonly string[];
}

const COLUMNS = `id int not null, generation int not null, name text, price numeric(19,4), amount numeric(38,10),
  weight float8, flag boolean, created timestamp, changed timestamptz, code uuid, note text, raw bytea`;

/** A statement that fills a COPY file with `rows` rows of one generation; 12 mixed columns, about 150 bytes a row. */
export function writeFeed(file: string, rows: number, generation: number): string {
  return `copy (select g, ${generation}, 'name ' || g, (g * 1.2345)::numeric(19,4), (g / 7.0)::numeric(38,10), g / 3.0::float8,
      g % 2 = 0, timestamp '2020-01-01' + g * interval '1 second', timestamptz '2020-01-01 00:00Z' + g * interval '1 minute',
      md5(g::text)::uuid, case when g % 5 = 0 then null else repeat('é', 20) end, decode(md5(g::text), 'hex')
    from generate_series(1, ${rows}) g) to '${file}' (format binary)`;
}

const plainTable = `create table bench.published (${COLUMNS})`;
const partitionedTable = `create table bench.published (${COLUMNS}) partition by list (generation);
  create table bench.part_0 (like bench.published); alter table bench.published attach partition bench.part_0 default`;

function loadStage(file: string, copyOption: string): string[] {
  return [
    'begin',
    `create table bench.stage (${COLUMNS})`,
    `copy bench.stage from '${file}' (format binary${copyOption})`,
    'create index on bench.stage (id)',
    'commit',
    'analyze bench.stage',
  ];
}

const attachStage = [
  'begin',
  'lock table bench.published in access exclusive mode',
  `do $$ declare part regclass; begin
     select inhrelid::regclass into part from pg_inherits where inhparent = 'bench.published'::regclass;
     execute format('alter table bench.published detach partition %s', part);
     execute format('drop table %s', part);
   end $$`,
  `do $$ begin execute format('alter table bench.stage rename to %I', 'part_' || txid_current()); end $$`,
  `do $$ declare part name; begin
     select relname into part from pg_class where relnamespace = 'bench'::regnamespace and relname like 'part\\_%' and relkind = 'r';
     execute format('alter table bench.published attach partition bench.%I default', part);
   end $$`,
  'commit',
];

/** All candidates, in the order of the ADR's table. */
export const CANDIDATES: readonly Candidate[] = [
  {
    name: 'partition swap, COPY FREEZE',
    create: partitionedTable,
    load: (file) => loadStage(file, ', freeze'),
    publish: () => attachStage,
  },
  {
    name: 'partition swap, plain COPY',
    create: partitionedTable,
    load: (file) => loadStage(file, ''),
    publish: () => attachStage,
  },
  {
    name: 'rename',
    create: plainTable,
    load: (file) => loadStage(file, ', freeze'),
    publish: () => [
      'begin',
      'lock table bench.published in access exclusive mode',
      'alter table bench.published rename to retired',
      'alter table bench.stage rename to published',
      'drop table bench.retired cascade',
      'commit',
    ],
  },
  {
    name: 'TRUNCATE + COPY',
    create: plainTable,
    load: () => [],
    publish: (file) => [
      'begin',
      'truncate bench.published',
      `copy bench.published from '${file}' (format binary)`,
      'commit',
    ],
  },
  {
    name: 'DELETE + COPY',
    create: plainTable,
    load: () => [],
    publish: (file) => [
      'begin',
      'delete from bench.published',
      `copy bench.published from '${file}' (format binary)`,
      'commit',
    ],
  },
];

/** Runs statements one by one. */
export async function runAll(client: Client, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await client.query(statement);
}
