import { describe, expect, it } from 'vitest';
import { PERMISSIONS, ROLES, roleHas } from './permissions.ts';

describe('roles', () => {
  it('an agent may do nothing that a person may do, and the other way round', () => {
    const shared = ROLES.agent.filter((permission) => roleHas('engineer', permission) || roleHas('viewer', permission));
    expect(shared).toEqual([]);
  });

  it('an attempt may fetch its bundle, which nobody else may by this permission, and nothing more', () => {
    expect(ROLES.attempt).toEqual(['bundles:fetch']);
    expect(Object.keys(ROLES).filter((role) => roleHas(role as keyof typeof ROLES, 'bundles:fetch'))).toEqual([
      'attempt',
    ]);
  });

  it('a viewer changes nothing', () => {
    expect(PERMISSIONS.filter((permission) => roleHas('viewer', permission) && !permission.endsWith(':read'))).toEqual(
      [],
    );
  });
});
