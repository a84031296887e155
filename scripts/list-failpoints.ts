// Every failpoint, read from the code, so that no list can forget one. `node scripts/list-failpoints.ts` prints them.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a process can be made to die. */
export interface Failpoint {
  readonly name: string;
  /** Which process passes it. */
  readonly process: 'server' | 'agent' | 'shim';
  /** Executor in whose code it is; undefined for code that all share. */
  readonly executor: string | undefined;
  /** It is on the way of a release into an environment, which no run alone takes. */
  readonly isOfPromotion: boolean;
  /** It is passed only where a deploy command makes plans. */
  readonly isOfDeployPlan: boolean;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const CALL = /\bfailpoint\('([a-z.-]+)'\)/g;
const TRANSACTION = /\bwithTransaction\([\w.]+, '([a-z-]+)'/g;
/** The shim is a shell script; a comment there costs nothing, and a test writes a command in its place. */
const SHIM_COMMENT = /^# failpoint: (\S+)$/gm;

/** Lists them in the order of files and lines. Throws when a name stands for two points: a test could not tell which. */
export function listFailpoints(): readonly Failpoint[] {
  const points = [...listOf('server'), ...listOf('agent')];
  const doubled = points.filter(({ name }, at) => points.findIndex((point) => point.name === name) !== at);
  if (doubled.length > 0) throw new Error(`failpoints of the same name: ${doubled.map(({ name }) => name).join(', ')}`);
  return points;
}

function listOf(process: 'server' | 'agent'): Failpoint[] {
  const files = globSync(`packages/${process}/src/**/*.ts`, { cwd: ROOT }).filter((path) => !path.endsWith('.test.ts'));
  return files.sort().flatMap((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const isOfPromotion = /\/src\/(?:promotions|releases)\//.test(path);
    const executor = /\/executors\/(?<name>[a-z]+)\//.exec(path)?.groups?.name;
    return [
      ...find(text, CALL).map((name) => ({ name, process, executor, isOfPromotion, isOfDeployPlan: isPlan(name) })),
      ...find(text, TRANSACTION).flatMap((name) =>
        ['before-commit', 'after-commit'].map((moment) => ({
          name: `${name}.${moment}`,
          process,
          executor,
          isOfPromotion,
          isOfDeployPlan: isPlan(name),
        })),
      ),
      ...find(text, SHIM_COMMENT).map((name) => ({
        ...{ name, process: 'shim' as const, executor, isOfPromotion, isOfDeployPlan: false },
      })),
    ];
  });
}

/** `deploy.` are passed by every command of an environment, also one that makes a plan. */
function isPlan(name: string): boolean {
  return name.startsWith('deploy.') || name.includes('deploy-plan');
}

function find(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { name, process: where } of listFailpoints()) console.log(`${where.padEnd(7)} ${name}`);
}
