import { expect, test } from 'vitest';
import { findVersionConflict } from './find-version-conflict.ts';

test.each([
  [[], '1.3.3', false],
  [['datakit-sqlserver-v1.3.3'], '1.3.3', false],
  [['v9', 'platform-v2.0.0', 'datakit-sqlserver-bronze-v7.0.0', 'datakit-sqlserver-vnext'], '1.3.3', false],
  [['datakit-sqlserver-v1.3.2'], '1.3.3', true],
  [['datakit-sqlserver-v1.3.3', 'datakit-sqlserver-v1.3.4'], '1.3.3', true],
  [['datakit-sqlserver-v1.3.3'], '1.3.2', true],
  [[], '1.3.4', true],
  [[], undefined, false],
])('A16 tags %j and label %s of manifest 1.3.3: conflict %s', (gitTags, label, isConflict) => {
  const conflict = findVersionConflict({ name: 'sqlserver', manifest: '1.3.3', gitTags, label });
  expect(conflict !== undefined).toBe(isConflict);
  if (conflict !== undefined) expect(conflict.fix).toContain('datakit-sqlserver-v1.3.3');
});
