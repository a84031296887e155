import type { EnvironmentKind, NamedChannel } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** A channel with whether its environment declares it as shared. */
export interface ReportedChannel extends NamedChannel {
  readonly isShared: boolean;
}

interface Row {
  readonly environment: string;
  readonly kind: EnvironmentKind;
  readonly sink: string;
  readonly channel: string;
  readonly is_shared: boolean;
}

const STATEMENT = `
select distinct c.environment, e.kind, h.sink, h.channel, h."isShared" as is_shared
from environment_configurations c
join environments e on e.name = c.environment
cross join jsonb_to_recordset(c.report -> 'channels') as h (sink text, channel text, "isShared" boolean)`;

/** The channels that agents of all environments have reported, as digests. Reads some hundred rows, with each report. */
export async function listChannels(db: Db): Promise<readonly ReportedChannel[]> {
  const { rows } = await db.query<Row>(STATEMENT);
  return rows.map(({ is_shared, ...channel }) => ({ ...channel, isShared: is_shared }));
}
