import { expect, test } from 'vitest';
import {
  formatAbortCommand,
  formatFreezeCommand,
  formatPromoteCommand,
  formatRollbackCommand,
  formatSignOffCommand,
} from './format-promotion-command.ts';
import { toInstant } from './to-instant.ts';

test('the commands behind the buttons can be pasted, whatever was typed', () => {
  expect(formatPromoteCommand('v1.3.3', 'prod', { rollbackPlan: "it's easy", notBefore: '2026-12-01T20:00:00Z' })).toBe(
    "npx towpath promote v1.3.3 --to prod --not-before 2026-12-01T20:00:00Z --rollback-plan 'it'\\''s easy'",
  );
  expect(formatSignOffCommand('v1.3.3', 'prod', { decision: 'refused', note: '$(rm -rf /)' })).toBe(
    "npx towpath signoff give v1.3.3 --environment prod --refuse --note '$(rm -rf /)'",
  );
  expect(formatRollbackCommand('prod', 'v1.3.3', 'twice', { models: ['model.shop.a', 'b'], pipeline: 'x' })).toBe(
    'npx towpath rollback prod --from v1.3.3 --full-refresh model.shop.a,b --by x --reason twice',
  );
  expect(formatRollbackCommand('prod', 'v1.3.3', 'twice')).toBe(
    'npx towpath rollback prod --from v1.3.3 --reason twice',
  );
  expect(formatFreezeCommand('prod', { reason: 'x', until: undefined })).toBe(
    'npx towpath freeze declare prod --reason x',
  );
});

test('until a reason is typed, its place is shown', () => {
  expect(formatAbortCommand('prod', undefined)).toBe('npx towpath promotions abort prod --reason …');
});

test('a time that is half typed is none', () => {
  expect(toInstant('')).toBeUndefined();
  expect(toInstant('2026-12-')).toBeUndefined();
  expect(toInstant('2026-12-01T20:00')).toMatch(/^2026-12-01T\d\d:00:00\.000Z$|^2026-12-02T/);
});
