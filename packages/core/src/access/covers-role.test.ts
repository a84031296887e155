import { expect, test } from 'vitest';
import type { PersonRole } from '../promotion/policy.ts';
import { coversRole } from './covers-role.ts';
import type { Grant } from './grants.ts';

const grant = (role: PersonRole, environments: readonly string[] | null = null): Grant => ({
  role,
  environments,
  from: 'x',
});

const ADMINISTRATOR = grant('administrator');
const RELEASING = [ADMINISTRATOR, grant('release-manager', ['prod'])];

test.each([
  ['an administrator has what an engineer has', coversRole([ADMINISTRATOR], 'engineer', null), true],
  ['and what a viewer has', coversRole([ADMINISTRATOR], 'viewer', ['int']), true],
  ['but is no release manager', coversRole([ADMINISTRATOR], 'release-manager', ['int']), false],
  ['unless they are that, too', coversRole(RELEASING, 'release-manager', ['prod']), true],
  ['there alone', coversRole(RELEASING, 'release-manager', ['int', 'prod']), false],
  ['what holds where one is holds not where one will be', coversRole(RELEASING, 'release-manager', null), false],
  ['an engineer is no administrator', coversRole([grant('engineer')], 'administrator', null), false],
  ['nor on call', coversRole([grant('engineer')], 'on-call', ['int']), false],
  ['nobody has anything', coversRole([], 'viewer', ['int']), false],
])('%s', (_, isCovered, expected) => {
  expect(isCovered).toBe(expected);
});
