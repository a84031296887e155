import { parseProject } from '@towpath/config';
import { describe, expect, it } from 'vitest';
import { planMigration } from './plan-migration.ts';

function plan(files: Readonly<Record<string, string>>, environments: readonly string[] = ['dev', 'prod']) {
  return planMigration(new Map(Object.entries(files)), { projectName: 'x', environments });
}

function after(files: Readonly<Record<string, string>>, path: string): string | undefined {
  return plan(files).changes.find((change) => change.path === path)?.after;
}

const CODE = { 'a.py': 'A = "s3://prod-bronze-zone/x"\nB = "/prod/fmp/api_key"\n' };

it('applied, it plans nothing more, whatever was there before', () => {
  const starts: readonly Readonly<Record<string, string>>[] = [
    CODE,
    { ...CODE, '.gitignore': '.env*' },
    {
      ...CODE,
      'config/config.py':
        'import os\n\nclass Config:\n    """All."""\n\n    A = os.getenv("A")\n    T = os.getenv("DBT_TARGET", os.getenv("lower"))\n\n\nprint(Config.A)\n',
    },
    { ...CODE, 'towpath.yaml': 'name: x\nenvironments:\n  dev: { kind: shared }\n  prod: { kind: production }\n' },
    { 'a.ts': "export const a = 'prod-gold-zone';\n" },
    {},
  ];
  for (const files of starts) {
    const changed = {
      ...files,
      ...Object.fromEntries(plan(files).changes.map((change) => [change.path, change.after])),
    };
    expect(plan(changed).changes).toEqual([]);
    expect([...parseProject('/x', changed['towpath.yaml'] ?? '').declaration.environments.keys()]).toEqual([
      'dev',
      'prod',
    ]);
  }
});

it('a project file that is there keeps its comments and order, and gets what it lacks', () => {
  const before = `# ours
name: x
variables:
  AAA: { type: string } # first
environments:
  dev: { kind: shared }
  prod: { kind: production }
`;
  const text = after({ ...CODE, 'towpath.yaml': before }, 'towpath.yaml') ?? '';
  expect(text).toMatch(/^# ours\nname: x\nvariables:\n {2}AAA: \{ type: string \} # first\n/);
  expect([...parseProject('/x', text).declaration.variables.keys()]).toEqual([
    'AAA',
    'S3_BUCKET_PREFIX',
    'BRONZE_BUCKET',
    'FMP_API_KEY_PATH',
  ]);
});

it('attributes go to the end of class Config, with its indentation; a loader without that class stays', () => {
  const loader = 'import os\nclass Config:\n  A = os.getenv("A")\n\n  B = 1\n\nprint(1)\n';
  expect(after({ ...CODE, 'config/config.py': loader }, 'config/config.py')).toMatch(
    /\n {2}B = 1\n {2}ENVIRONMENT = os\.environ\["ENVIRONMENT"\]\n {2}S3_BUCKET_PREFIX = os\.getenv\("S3_BUCKET_PREFIX"\) or ENVIRONMENT\n {2}BRONZE[\s\S]*\n\nprint\(1\)\n$/,
  );
  expect(after({ ...CODE, 'config/config.py': 'A = 1\n' }, 'config/config.py')).toBeUndefined();
});

describe('environments', () => {
  const names = (files: Readonly<Record<string, string>>) => plan(files, []).environments;

  it('are those of files, profiles and workflows, in the usual order', () => {
    expect(names({ 'config/.env.prod': '', 'config/.env.dev': '', 'config/.env.example': '' })).toEqual([
      'dev',
      'prod',
    ]);
    expect(names({ 'profiles.yml': 'x: { outputs: { qa: {}, int: {} }, target: int }\n' })).toEqual(['int', 'qa']);
    expect(names({ '.github/workflows/a.yml': 'jobs:\n  deploy-prod:\n    x: 1\n  deploy-dev:\n    x: 1\n' })).toEqual([
      'dev',
      'prod',
    ]);
  });

  it('of the project file stand above what is seen', () => {
    const declared = 'name: x\nenvironments:\n  b: { kind: shared }\n  a: { kind: shared }\n';
    expect(names({ 'towpath.yaml': declared, 'config/.env.prod': '' })).toEqual(['b', 'a']);
  });
});

it.each([
  ['', true],
  ['.env\n', true],
  ['.env*\n', true],
  ['!.env.example\n.env.*\n', true],
  ['.env.*\n!.env.example\n', false],
  ['config/.env.*\n!config/.env.example', false],
])('ignore rules %j are added to: %s', (text, isChanged) => {
  expect(after({ '.gitignore': text }, '.gitignore') !== undefined).toBe(isChanged);
});

it('a job that says another environment than its name is left alone, and said', () => {
  const workflow = 'jobs:\n  deploy-prod:\n    env:\n      ENVIRONMENT: dev\n    runs-on: x\n';
  const { changes, notes } = plan({ '.github/workflows/a.yml': workflow });
  expect(changes.map(({ path }) => path)).not.toContain('.github/workflows/a.yml');
  expect(notes).toEqual(['.github/workflows/a.yml: job deploy-prod says ENVIRONMENT: dev; by its name it is of prod']);
});

it.each([
  ['a.yml', `a: postgres://u:hunter2@db.prod.example.com/x\nb: postgres://u:\${PASSWORD}@db.example.com/x\n`],
  ['a.py', 'A = "https://u:prod-hunter2@wiki.example.com"\n'],
  ['a.ts', `const a = \`postgres://u:hunter2@\${'host'}/x\`;\n`],
  ['a.sql', "select * from prod_x, dblink('postgres://u:hunter2@db.prod.example.com')\n"],
])('A99 a password in %s is listed once as a secret to be, and never shown', (path, source) => {
  const { values, changes } = plan({ [path]: source });
  const passwords = values.filter(({ byHand }) => byHand?.startsWith('it holds a password'));
  expect(passwords).toHaveLength(1);
  expect(passwords[0]?.text).toMatch(/^[a-z]+:\/\/\*\*\*/);
  expect(JSON.stringify([values, changes])).not.toContain('hunter2');
});

it('A99 a loader that has a prefix of its own makes no text without it', () => {
  const loader = 'import os\nclass Config:\n    S3_BUCKET_PREFIX = os.getenv("S3_BUCKET_PREFIX")\n';
  expect(after({ ...CODE, 'config/config.py': loader }, 'config/config.py')).toContain(
    '\n    if not S3_BUCKET_PREFIX:\n        raise RuntimeError(',
  );
});

it('A99 what jobs run is listed, and what says of which environment a job is, is not', () => {
  const workflow = `jobs:
  deploy-prod:
    needs: deploy-dev
    if: github.ref == 'refs/heads/prod'
    environment: prod
    steps:
      - name: to prod
        run: |
          ./deploy.sh --bucket prod-bronze-zone
        env: { ENVIRONMENT: prod, ZONE: prod-gold-zone }
      - with: { bucket: prod-silver-zone }
`;
  const { values } = plan({ '.github/workflows/a.yml': workflow });
  expect(values).toMatchObject([
    { line: 9, column: 32, text: 'prod-bronze-zone', byHand: expect.stringContaining('a workflow has none') },
    { line: 10, text: 'prod-gold-zone' },
    { line: 11, text: 'prod-silver-zone' },
  ]);
});

it('A99 what differs between files of values may differ, and what has no value yet is said', () => {
  const files = {
    ...CODE,
    'config/.env.dev': 'MODE=fast\nAPI_TOKEN=x\nKIND=a\n',
    'config/.env.prod': 'MODE=slow\nKIND=a\n',
  };
  expect(after(files, 'towpath.yaml')).toMatch(
    /MODE: \{ type: string, parity: id \}\n.*API_TOKEN: .*parity: id \}\n.*KIND: \{ type: string \}/,
  );
  expect(plan(files).notes).toContain('config/.env.prod: no value yet for API_TOKEN');
});

it('a file that its language refuses is said, and no reason to leave others', () => {
  const { notes, changes } = plan({ 'a.ts': "const a = 'prod-gold-zone", 'b.ts': "f('prod-gold-zone');\n" });
  expect(notes).toEqual([expect.stringMatching(/^a\.ts can't be read: /)]);
  expect(changes.map(({ path }) => path)).toContain('b.ts');
});
