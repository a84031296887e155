// docs/reference/access.md: what it shows is what the product takes.
import { readFileSync } from 'node:fs';
import { AccessPolicySchema } from '@towpath/api';
import { ACCESS_PRESETS } from '@towpath/core';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { createProgram } from '../program.ts';
import { createTestContext } from '../testing/test-context.ts';

const PAGE = readFileSync(new URL('../../../../docs/reference/access.md', import.meta.url), 'utf8');

it('the bindings it shows are good ones', () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(PAGE)?.[1] ?? '';
  expect(AccessPolicySchema.parse(parse(yaml)).bindings).toHaveLength(4);
});

it('it has every preset, and every option of the identity provider', () => {
  for (const name of Object.keys(ACCESS_PRESETS)) expect(PAGE).toContain(`\n| \`${name}\` | `);
  const server = createProgram(createTestContext().context, () => undefined).commands.find(
    (command) => command.name() === 'server',
  );
  const options = server?.options.map(({ long }) => long ?? '').filter((long) => /oidc|public-url/.test(long)) ?? [];
  expect(options).toHaveLength(6);
  for (const option of options) expect(PAGE).toContain(`\n| \`${option}\` | `);
});
