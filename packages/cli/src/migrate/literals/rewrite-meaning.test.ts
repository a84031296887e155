// What a rewritten program says is what it said before, once its variables have the values of the environment that was
// written into it: for random strings, in all ways to write them, run by the real languages.
import { execFileSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPythonLanguage } from './python-language.ts';
import { type RewrittenFile, rewriteFile } from './rewrite-file.ts';
import { createTypeScriptLanguage } from './typescript-language.ts';

const KNOWN = { environments: ['prod'], resources: new Set(['analytics']) };

const PIECES = [
  'prod-bronze-zone',
  'prod_analytics',
  'ingest-prod',
  's3://',
  '/prod/a/b',
  '/',
  ' ',
  'a',
  '.',
  '{',
  '}',
  '$',
  '%',
  '-',
];

/** Text between quotes, as source: escapes and quotes among it. */
function createSource(quote: string, more: readonly string[]): fc.Arbitrary<string> {
  const others = ["'", '"', '`'].filter((sign) => sign !== quote[0]);
  const pieces = [...PIECES, ...others, `\\${quote[0]}`, '\\\\', '\\n', ...more];
  return fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
}

/** Values of the variables that a file names, in environment `prod`. */
function listValues({ variables }: RewrittenFile): Readonly<Record<string, string>> {
  const values = variables.map(({ name, template = '' }) => [name, template.replace(/\$\{\w+\}/g, 'prod')]);
  return { ENVIRONMENT: 'prod', ...Object.fromEntries(values) };
}

const TYPESCRIPT = fc.oneof(
  createSource("'", []).map((text) => `'${text}'`),
  createSource('"', []).map((text) => `"${text}"`),
  createSource('`', [`\${1 + 1}`]).map(
    (text) => `\`${text.replaceAll('${', (sign, at: number) => (text.startsWith('${1', at) ? sign : '$\\{'))}\``,
  ),
);

it('TypeScript', () => {
  fc.assert(
    fc.property(fc.array(TYPESCRIPT, { minLength: 1, maxLength: 5 }), (literals) => {
      const source = `[${literals.join(', ')}];\n`;
      const rewritten = rewriteFile({ path: 'x.ts', source }, createTypeScriptLanguage(''), KNOWN);
      const after = runInNewContext(rewritten.source, { config: listValues(rewritten) });
      expect([...after]).toEqual([...runInNewContext(source)]);
    }),
    { numRuns: 500 },
  );
});

const PYTHON = fc.oneof(
  fc.tuple(fc.constantFrom('', 'r'), createSource("'", [])).map(([prefix, text]) => `${prefix}'${text}'`),
  createSource('"', []).map((text) => `"${text}"`),
  createSource('"""', ['\n']).map((text) => `"""${text} """`),
  createSource("'", ['{1 + 1}']).map(
    (text) => `f'${text.replace(/(?<!\{1 \+ 1)\}|\{(?!1 \+ 1\})/g, (sign) => sign + sign)}'`,
  ),
  createSource("'", []).chain((a) => createSource('"', []).map((b) => `'${a}' "${b}"`)),
);

it('Python', () => {
  fc.assert(
    fc.property(fc.array(PYTHON, { minLength: 100, maxLength: 150 }), (literals) => {
      const source = `VALUES = [\n${literals.map((literal) => `    (${literal}),\n`).join('')}]\n`;
      const rewritten = rewriteFile({ path: 'x.py', source }, createPythonLanguage('import Config'), KNOWN);
      const values = JSON.stringify(JSON.stringify(listValues(rewritten)));
      expect(rewritten.source).toContain('Config.');
      const program = `import json\n${source}BEFORE = VALUES
class Config: pass
for name, value in json.loads(${values}).items(): setattr(Config, name, value)
${rewritten.source.replace(/^import Config\n+/, '')}
assert len(VALUES) == ${literals.length}
for at, (before, after) in enumerate(zip(BEFORE, VALUES)): assert before == after, (at, before, after)
`;
      execFileSync('python3', ['-W', 'ignore', '-'], { input: program, stdio: ['pipe', 'ignore', 'pipe'] });
    }),
    // Some 0.1 s each; what fails is not made smaller for minutes.
    { numRuns: 5, interruptAfterTimeLimit: 20_000 },
  );
});
