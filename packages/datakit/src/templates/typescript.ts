import { formatManifest } from './format-manifest.ts';
import type { TemplateFile } from './template-file.ts';

/** In TypeScript, which Node 24 runs as it is; its image holds plain JavaScript, packages included. */
export function formatTypescript(name: string): readonly TemplateFile[] {
  return [
    { path: 'datakit.yaml', content: formatManifest(name, MANIFEST) },
    { path: 'package.json', content: '{ "private": true, "type": "module" }\n' },
    { path: `bin/${name}`, content: COMMAND, isExecutable: true },
    { path: 'src/count-lines.ts', content: SOURCE },
    { path: 'src/main.ts', content: MAIN },
    { path: 'tests/count-lines.test.ts', content: TEST },
  ];
}

const MANIFEST = `image:
  base: node:24-bookworm-slim
  files: [package.json, dist]
  bundle: { dist/main.js: src/main.ts }
  entry: node
tests: node --test tests/count-lines.test.ts
`;

const COMMAND = `#!/usr/bin/env node
// Starts the bundled program when it is there, as in the image, else the source.
import { existsSync } from 'node:fs';

const bundled = new URL('../dist/main.js', import.meta.url);
await import(existsSync(bundled) ? bundled.href : new URL('../src/main.ts', import.meta.url).href);
`;

const SOURCE = `/** Lines of a text; an end of line at its end begins no other. */
export function countLines(text: string, skipEmpty: boolean): number {
  const lines = text.replace(/\\n$/, '').split('\\n');
  return text === '' ? 0 : lines.filter((line) => line !== '' || !skipEmpty).length;
}
`;

const MAIN = `import { readFileSync, writeFileSync } from 'node:fs';
import { countLines } from './count-lines.ts';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined || rest.length > 0) {
  console.error('usage: FILE');
  process.exit(2);
}
const lines = countLines(readFileSync(file, 'utf8'), process.env.SKIP_EMPTY === 'yes');
console.log(\`\${lines} lines\`);
// What an attempt leaves there is shown with it, and given to the tasks behind it.
if (process.env.TOWPATH_RESULT) writeFileSync(process.env.TOWPATH_RESULT, JSON.stringify({ lines }));
`;

const TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countLines } from '../src/count-lines.ts';

test('empty lines count unless they are left out', () => {
  assert.equal(countLines('one\\n\\ntwo\\n', false), 3);
  assert.equal(countLines('one\\n\\ntwo\\n', true), 2);
  assert.equal(countLines('', false), 0);
});
`;
