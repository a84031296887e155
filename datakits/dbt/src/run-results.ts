// `target/run_results.json`, read at the edge: what became of each node. Schemas:
// https://schemas.getdbt.com/dbt/run-results/v6.json (dbt 1.8 and later); v5 (1.7) and v4 (1.0 to 1.6) have all that is read here.
import { TowpathError, toShortName } from '@towpath/core';
import { z } from 'zod';

const SCHEMAS = [4, 5, 6].map((version) => `https://schemas.getdbt.com/dbt/run-results/v${version}.json`);

const Count = z.number().int().nonnegative().optional().catch(undefined);

const RunResults = z.object({
  metadata: z.object({
    dbt_schema_version: z.enum(SCHEMAS),
    generated_at: z.iso.datetime({ offset: true }),
    invocation_id: z.string().min(1),
  }),
  results: z.array(
    z.object({
      unique_id: z.string(),
      status: z.string(),
      execution_time: z.number().nonnegative(),
      message: z.string().nullable(),
      // An adapter says what it knows: PostgreSQL -1 rows of a view.
      adapter_response: z.object({ rows_affected: Count, bytes_processed: Count }).catch({}),
    }),
  ),
});

/** What became of a model, seed or snapshot. */
export interface ModelResult {
  readonly uniqueId: string;
  /** `orders` */
  readonly name: string;
  /** dbt's word: `success`, `error`, `skipped`, … */
  readonly status: string;
  readonly rowCount: number | null;
  readonly seconds: number;
  readonly byteCount: number | null;
  /** Of one that did not succeed. */
  readonly error: string | null;
}

/** One invocation of dbt. */
export interface Invocation {
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly models: readonly ModelResult[];
  /** Names of tests that failed, or could not be run. */
  readonly failedTests: readonly string[];
}

const HOLDING_ROWS = /^(?:model|seed|snapshot)\./;
const FAILED_TESTS = ['fail', 'error', 'runtime error'];

/** Reads the file. @throws TowpathError `DBT_RESULTS_UNREADABLE` */
export function parseRunResults(text: string): Invocation {
  const parsed = RunResults.safeParse(readJson(text));
  if (!parsed.success) throw unreadable(z.prettifyError(parsed.error));
  const { metadata, results } = parsed.data;
  const tests = results.filter(({ unique_id }) => !HOLDING_ROWS.test(unique_id));
  return {
    id: metadata.invocation_id,
    at: metadata.generated_at,
    models: results.filter(({ unique_id }) => HOLDING_ROWS.test(unique_id)).map(toModel),
    failedTests: tests
      .filter(({ status }) => FAILED_TESTS.includes(status))
      .map(({ unique_id }) => toShortName(unique_id)),
  };
}

/** True for what dbt calls `success`, and for what had nothing to do. */
export function hasSucceeded({ status }: Pick<ModelResult, 'status'>): boolean {
  return status === 'success' || status === 'no-op';
}

function toModel(result: z.output<typeof RunResults>['results'][number]): ModelResult {
  const { unique_id: uniqueId, status, adapter_response: told } = result;
  return {
    ...{ uniqueId, name: toShortName(uniqueId), status, seconds: result.execution_time },
    rowCount: told.rows_affected ?? null,
    byteCount: told.bytes_processed ?? null,
    error: hasSucceeded({ status }) ? null : result.message,
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(why: string): TowpathError {
  return new TowpathError({
    code: 'DBT_RESULTS_UNREADABLE',
    message: 'run_results.json of dbt is none that this datakit can read.',
    cause: why,
    fix: `It reads ${SCHEMAS.join(', ')}; use a dbt-core from 1.0 to 1.12.`,
  });
}
