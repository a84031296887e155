import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseProject } from '../project-file/read-project.ts';
import { checkCode, checkSource } from './check-code.ts';
import { createEnvironmentNameFinder } from './find-environment-name.ts';

const { declaration } = parseProject(
  '/nowhere',
  `name: finks
environments:
  local: { kind: local }
  dev: { kind: shared, owns: { buckets: ["dev-*"], hosts: ["*.dev.example"] } }
  prod: { kind: production, owns: { buckets: ["prod-*", "archive-main"], databases: ["prod_*"], accounts: ["123456789012"], secretPaths: ["/prod/"] } }
  A: { kind: shared }
`,
);
const find = createEnvironmentNameFinder([...declaration.environments.values()]);
const words = (file: string, source: string) =>
  checkSource(file, source, find).findings.map(
    ({ code, line, column, word }) => `${code === 'ENVIRONMENT_HARD_CODED' ? '' : `${code} `}${line}:${column} ${word}`,
  );

describe('check-code', () => {
  it.each<[string, string, readonly string[]]>([
    ['a.ts', "const b = 'prod-bronze-zone';", ['1:11 prod-bronze-zone']],
    ['a.ts', `const b = \`s3://prod-raw/\${key}\`;`, ['1:12 s3://prod-raw']],
    ['a.ts', "if (environment === 'prod') run();", ['1:21 prod']],
    ['a.ts', "const q = 'select * from prod_dwh.orders where a = 1';", ['1:11 prod_dwh.orders']],
    ['a.ts', "const h = { url: 'https://api.dev.example/v1' };", ['1:18 https://api.dev.example/v1']],
    [
      'a.ts',
      "const r = 'arn:aws:iam::123456789012:role/x'; const n = 'finks-prod'; const z = 'archive-main';",
      ['1:57 finks-prod', '1:81 archive-main'],
    ],
    ['a.tsx', "const x = <a href='https://x.prod.example'>prod</a>;", ['1:19 https://x.prod.example', '1:44 prod']],
    // What says nothing of an environment, or is no value.
    [
      'a.ts',
      "import x from './prod-tools'; import y from 'dev-kit'; type T = 'prod'; const o = { prod: 1, 'prod-x': 2 };",
      [],
    ],
    [
      'a.ts',
      "const s = 'a prod run'; const t = 'non-prod'; const u = 'product'; const v = 'A'; const f = 'settings.prod.json';",
      [],
    ],
    ['a.ts', '// prod-bronze-zone\n/* prod */ const a = 1;', []],
    ['a.py', 'bucket = "prod-bronze-zone"  # prod\n', ['1:10 prod-bronze-zone']],
    ['a.py', 'x = f"/prod/fmp/{key}"\ny = """\nselect 1 from prod_dwh.t\n"""\n', ['1:5 /prod/fmp', '2:5 prod_dwh.t']],
    [
      'a.py',
      "\"\"\"Writes prod-bronze-zone.\"\"\"\ndef f():\n    '''prod-x'''\n    return [\n        \"dev-x\",\n        'it\\'s'\n    ]\n",
      ['5:9 dev-x'],
    ],
    [
      'a.sql',
      "select * from prod_dwh.orders -- prod_x\nwhere e = 'prod' /* 'prod' */ and \"prod_a\" = [prod_b]",
      ['1:15 prod_dwh.orders', '2:11 prod', '2:35 prod_a', '2:46 prod_b'],
    ],
    ['a.sql', "select * from {{ source('prod_dwh', 'orders') }} where product = 1", ['1:25 prod_dwh']],
    [
      'a.yaml',
      'prod:\n  bucket: prod-bronze-zone # prod-x\n  list: [dev, "/prod/x"]\n---\na: &x prod\n',
      ['2:11 prod-bronze-zone', '3:10 dev', '3:15 /prod/x', '5:7 prod'],
    ],
    ['a.yaml', 'a: [', ['CODE_UNREADABLE 1:1 ']],
    ['a.ts', 'const = ;;; }', ['CODE_UNREADABLE 1:1 ']],
    ['a.txt', 'prod-bronze-zone', []],
  ])('A8 %s %j', (file, source, expected) => {
    expect(words(file, source)).toEqual(expected);
  });

  it('A8 a comment with a reason excuses a line or the one below; without a reason it is a finding itself', () => {
    expect(
      checkSource(
        'a.ts',
        "// towpath-ignore: a partner's bucket\nconst b = 'prod-x';\nconst c = 'prod-y'; // towpath-ignore: so is this",
        find,
      ),
    ).toEqual({ ignoredCount: 2, findings: [] });
    expect(words('a.py', 'b = "prod-x"  # towpath: ignore the older word')).toEqual([]);
    expect(words('a.py', 'b = "prod-x"  # towpath-ignore')).toEqual(['IGNORE_WITHOUT_REASON 1:5 prod-x']);
    expect(words('a.sql', "/* towpath-ignore: */ select 'prod'")).toEqual(['IGNORE_WITHOUT_REASON 1:30 prod']);
  });

  it.each([
    ['a.yaml', 'a: { url: "postgres://u:hunter2secret@db.dev.example/x" }'],
    ['a.py', 'URL = "postgres://u:hunter2$ecret@db.dev.example/x"'],
    ['a.ts', "const url = 'https://api.dev.example/v1?key=hunter2';"],
  ])('A4 no password of %s %s is printed', (file, source) => {
    const { findings } = checkSource(file, source, find);
    expect(findings).toMatchObject([{ environment: 'dev' }]);
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });

  it('ends for any text of any language', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '"',
        "'",
        '"""',
        '`',
        '${',
        '}',
        '#',
        '--',
        '/*',
        '*/',
        '\n',
        'prod-x',
        '\\',
        '[',
        ']',
        ':',
        ' ',
        '- ',
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(fc.constantFrom('a.ts', 'a.py', 'a.sql', 'a.yaml'), pieces, (file, parts) => {
        expect(checkSource(file, parts.join(''), find).findings).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });
});

describe('checkCode', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'towpath-code-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('looks at the code of the project, not at what is installed, hidden, tests or configuration, and follows no link', () => {
    const source = "export const b = 'prod-x';\n";
    const files = [
      'pipelines/a.ts',
      'models/b.sql',
      'node_modules/x/c.ts',
      '.github/d.ts',
      'config/config.ts',
      'tests/e.ts',
      'lib/f.test.ts',
      'towpath.yaml',
    ];
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), source);
    }
    symlinkSync(folder, join(folder, 'again'));
    const { fileCount, findings } = checkCode(folder, declaration);
    expect(findings.map(({ file, line }) => `${file}:${line}`)).toEqual(['models/b.sql:1', 'pipelines/a.ts:1']);
    expect(fileCount).toBe(2);
    expect(checkCode(folder, declaration, ['lib/f.test.ts']).findings).toHaveLength(1);
    expect(() => checkCode(folder, declaration, ['nowhere'])).toThrow(
      expect.objectContaining({ code: 'PATH_MISSING' }),
    );
  });
});
