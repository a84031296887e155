import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runProgram } from '../program.ts';
import { createTestContext } from '../testing/test-context.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-explain-'));
  mkdirSync(join(folder, 'config'));
  writeFileSync(join(folder, 'config/.env.dev'), 'API_URL=https://api.dev.example\n');
  writeFileSync(
    join(folder, 'towpath.yaml'),
    `name: x
variables:
  BRONZE_PASSWORD: { type: string, secret: true }
  API_URL: { type: url }
environments: { dev: { kind: shared } }
`,
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

async function explain(...args: readonly string[]): Promise<string> {
  const { context, out } = createTestContext({ cwd: folder, env: { ENVIRONMENT: 'dev' } });
  expect(await runProgram(context, ['config', 'explain', ...args])).toBe(0);
  return out();
}

it('A4 shows every key, and says of one without a value that it is unset', async () => {
  expect(await explain()).toMatch(/\nAPI_URL +https:.*\nBRONZE_PASSWORD +unset +towpath\.yaml:3:3\s*\n$/);
  expect(await explain('BRONZE_PASSWORD')).toMatch(/\nBRONZE_PASSWORD +unset/);
  expect(JSON.parse(await explain('--json'))).toMatchObject({ unset: ['BRONZE_PASSWORD'] });
});
