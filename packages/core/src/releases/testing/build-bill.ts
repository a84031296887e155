// Bills for tests: pipelines are arguments, by name and graph; the rest is plain.
import type { ReleaseBill } from '../release.ts';

/** A bill of these pipelines. */
export function buildBill(graphs: Readonly<Record<string, string>>, overrides: Partial<ReleaseBill> = {}): ReleaseBill {
  return {
    schemaVersion: 1,
    project: 'markets',
    gitSha: '1'.repeat(40),
    pipelines: Object.entries(graphs).map(([name, graphHash]) => ({
      name,
      sourceFile: `pipelines/${name}.ts`,
      graphHash,
    })),
    datakits: [],
    pools: {},
    configurationHash: 'c'.repeat(64),
    ...overrides,
  };
}
