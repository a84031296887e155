// 1,000 variables in 20 environments: read, resolved and checked against each other, as `towpath config validate --all` does.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProject, validateAll } from '@towpath/config';
import { type BenchRow, summarize } from './rows.ts';

const VARIABLES = 1000;
const ENVIRONMENTS = 20;
const SAMPLES = 7;
/** Of the issue: editors and CI check on every change. */
const MARK_MS = 1000;

/** A declared type and a value of it in an environment, one after the other. */
const KINDS: readonly (readonly [type: string, value: (environment: string, index: number) => string])[] = [
  ['bucket', (environment, index) => `${environment}-raw-${index}`],
  ['dsn', (environment, index) => `postgresql://u:p@db${index}.${environment}.example/${environment}_x${index}`],
  ['url', (environment, index) => `https://api${index}.${environment}.example/v1`],
  ['host', (environment, index) => `h${index}.${environment}.example`],
  ['port', () => '5432'],
  ['string', (_, index) => `text ${index}`],
  ['integer', () => '7'],
  ['secretPath', (environment, index) => `/${environment}/service/key-${index}`],
  ['path', (environment, index) => `/srv/${environment}/data-${index}`],
];

/** Measures a whole validation, files included. */
export async function measureConfiguration(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'towpath-bench-config-'));
  try {
    writeProject(folder);
    // The first run compiles the code.
    const values = Array.from({ length: SAMPLES + 1 }, () => measureOnce(folder)).slice(1);
    const what = `Configuration: ${VARIABLES} variables in ${ENVIRONMENTS} environments read and validated`;
    return [summarize({ id: 'configuration.validate', what, unit: 'ms', mark: MARK_MS }, values)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measureOnce(folder: string): number {
  const start = performance.now();
  const { problems } = validateAll(readProject(folder));
  const elapsed = performance.now() - start;
  if (problems.length > 0) throw new Error(`The measured project has a problem: ${problems[0]?.message}`);
  return elapsed;
}

function writeProject(folder: string): void {
  const names = Array.from({ length: ENVIRONMENTS }, (_, index) => `e${index}`);
  const variables = Array.from({ length: VARIABLES }, (_, index) => {
    const [type] = kindOf(index);
    // Every tenth is computed from another.
    return index % 10 === 9
      ? `  V${index}: { type: bucket, value: "\${ENVIRONMENT}-b${index}-\${V${index - 3}}" }`
      : `  V${index}: { type: ${type}, required: true, description: number ${index} }`;
  });
  const environments = names.map((name, index) => {
    const kind = index === names.length - 1 ? 'production' : 'shared';
    const owns = `buckets: ["${name}-*"], hosts: ["*.${name}.example"], databases: ["${name}_*"], paths: ["/srv/${name}/"], secretPaths: ["/${name}/"]`;
    return `  ${name}: { kind: ${kind}, owns: { ${owns} } }`;
  });
  const file = ['name: bench', 'variables:', ...variables, 'environments:', ...environments, ''];
  writeFileSync(join(folder, 'towpath.yaml'), file.join('\n'));
  mkdirSync(join(folder, 'config'));
  for (const name of names) writeFileSync(join(folder, 'config', `.env.${name}`), formatValues(name));
}

function formatValues(environment: string): string {
  const lines = Array.from({ length: VARIABLES }, (_, index) => {
    const [, value] = kindOf(index);
    return index % 10 === 9 ? '' : `V${index}='${value(environment, index)}'`;
  });
  return `${lines.join('\n')}\n`;
}

function kindOf(index: number): (typeof KINDS)[number] {
  const kind = KINDS[(index % 10) % KINDS.length];
  if (kind === undefined) throw new Error('no kinds');
  return kind;
}
