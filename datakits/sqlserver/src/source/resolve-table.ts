// The table as the source itself writes its name. Where case doesn't count, `dbo.products` reaches dbo.Products; lineage and
// metadata must not tell them apart.
import type { TdsConnection } from '@towpath/tds';
import { quoteTsqlText } from './describe-table.ts';
import { isSameName } from './find-named.ts';
import { askCatalogue } from './key-columns.ts';
import { nameSourceTable, type SourceTable } from './source-table.ts';

/** What a load knows a source by. */
export interface KnownSource {
  readonly sourceSystem: string;
  readonly source: SourceTable;
}

/** The same in the source's own words; as asked for where the catalogue does not answer. */
export async function resolveTable(connection: TdsConnection, asked: KnownSource): Promise<KnownSource> {
  const { schema, table } = asked.source;
  const rows = await askCatalogue(
    connection,
    `SELECT TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME FROM INFORMATION_SCHEMA.TABLES
      WHERE TABLE_SCHEMA = ${quoteTsqlText(schema)} AND TABLE_NAME = ${quoteTsqlText(table)}`,
  );
  const [found] = rows;
  if (rows.length !== 1 || !found) return asked;
  const [database, ownSchema, ownTable] = found.map(String);
  const system = asked.sourceSystem.replace(/[^/]*$/, () => database ?? '');
  return {
    sourceSystem: isSameName(system, asked.sourceSystem) ? system : asked.sourceSystem,
    source: nameSourceTable(ownSchema ?? schema, ownTable ?? table),
  };
}
