import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PersonRole } from '../promotion/policy.ts';
import { type AccessPolicy, formatServiceAccount, type RoleBinding } from './access-policy.ts';
import { ACCESS_PRESETS } from './access-presets.ts';
import { environmentsOf, type Grant, judgeAccess, listGrants, rolesAt } from './grants.ts';
import { PERMISSIONS } from './permissions.ts';

const as = (preset: AccessPolicy, name: string, ...groups: string[]) => ({
  name,
  grants: listGrants(preset, { name, groups }),
});

const mayDeploy = (preset: AccessPolicy, who: string, groups: readonly string[], environment: string) =>
  judgeAccess(as(preset, who, ...groups), 'promotions:write', { environment }).isAllowed;

describe('A72 the presets', () => {
  const two = ACCESS_PRESETS['two-stage'];
  const three = ACCESS_PRESETS['three-stage'];

  it.each([
    ['erin', ['engineers'], { int: true, prod: false }],
    ['rita', ['release-managers'], { int: true, prod: true }],
    ['bo', ['business'], { int: false, prod: false }],
    [formatServiceAccount('ci'), [], { int: true, prod: false }],
    ['nobody', [], { int: false, prod: false }],
    ['stranger', ['other'], { int: false, prod: false }],
  ])('two-stage: %s of %j deploys as document 002 says', (who, groups, allowed) => {
    for (const [environment, expected] of Object.entries(allowed))
      expect([environment, mayDeploy(two, who, groups, environment)]).toEqual([environment, expected]);
  });

  it.each([
    ['dev', ['engineers'], { dev: true, staging: false, prod: false }],
    ['senior', ['engineers', 'senior-engineers'], { dev: true, staging: true, prod: false }],
    [formatServiceAccount('ci'), [], { dev: true, staging: true, prod: false }],
    ['rita', ['release-managers'], { dev: true, staging: true, prod: true }],
    ['nobody', [], { dev: false, staging: false, prod: false }],
  ])('three-stage: %s of %j deploys as document 004 says', (who, groups, allowed) => {
    for (const [environment, expected] of Object.entries(allowed))
      expect([environment, mayDeploy(three, who, groups, environment)]).toEqual([environment, expected]);
  });
});

describe('grants', () => {
  it('nobody whom no binding names may do anything anywhere', () => {
    const nobody = { name: 'nobody', grants: [] };
    for (const permission of PERMISSIONS)
      for (const place of ['some', 'every', { environment: 'int' }] as const)
        expect(judgeAccess(nobody, permission, place).isAllowed).toBe(false);
  });

  it('a person named as a service account is not it, and the other way round', () => {
    const bindings: RoleBinding[] = [{ person: 'ci', role: 'administrator' }];
    const policy = { schemaVersion: 1, bindings } as const;
    expect(listGrants(policy, { name: formatServiceAccount('ci'), groups: [] })).toEqual([]);
    const posing = [{ person: formatServiceAccount('ci'), role: 'administrator' as const }];
    expect(listGrants({ ...policy, bindings: posing }, { name: formatServiceAccount('ci'), groups: [] })).toEqual([]);
  });

  it('a group is no person of that name', () => {
    const policy = { schemaVersion: 1, bindings: [{ group: 'erin', role: 'engineer' }] } as const;
    expect(listGrants(policy, { name: 'erin', groups: [] })).toEqual([]);
  });

  it('a service account signs nothing off', () => {
    const grants: Grant[] = [{ role: 'release-manager', environments: null, from: 'token' }];
    const place = { environment: 'int' };
    expect(judgeAccess({ name: formatServiceAccount('ci'), grants }, 'sign-offs:write', place).isAllowed).toBe(false);
    expect(judgeAccess({ name: 'rita', grants }, 'sign-offs:write', place).isAllowed).toBe(true);
  });

  it('all listed environments together are not every one: another may come', () => {
    const grants: Grant[] = [{ role: 'administrator', environments: ['int', 'prod'], from: 'token' }];
    expect(judgeAccess({ name: 'a', grants }, 'policies:write', 'every').isAllowed).toBe(false);
    expect(environmentsOf(grants, 'policies:write')).toEqual(['int', 'prod']);
    expect(rolesAt(grants, { environment: 'dev' })).toEqual([]);
  });

  it('one more binding never takes anything away, and gives nothing in environments that it does not name', () => {
    const grant = fc.record({
      role: fc.constantFrom<PersonRole>('viewer', 'business', 'engineer', 'release-manager', 'administrator'),
      environments: fc.option(fc.subarray(['int', 'staging', 'prod'])),
      from: fc.constant('x'),
    });
    fc.assert(
      fc.property(fc.array(grant), grant, fc.constantFrom(...PERMISSIONS), (grants, added, permission) => {
        for (const environment of ['int', 'staging', 'prod']) {
          const before = judgeAccess({ name: 'a', grants }, permission, { environment }).isAllowed;
          const after = judgeAccess({ name: 'a', grants: [...grants, added] }, permission, { environment }).isAllowed;
          if (before) expect(after).toBe(true);
          else if (after) expect(added.environments === null || added.environments.includes(environment)).toBe(true);
        }
      }),
    );
  });
});
