import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSecretOwner, type SecretPaths } from './find-secret-owner.ts';

function paths(own: string[], others: Record<string, string[]>, shared: string[] = []): SecretPaths {
  return { own, shared, others: Object.entries(others).map(([environment, patterns]) => ({ environment, patterns })) };
}

describe('the owner of a secret’s path', () => {
  it.each<[string, SecretPaths, string | undefined]>([
    ['/prod/fmp/api_key', paths([], { prod: [] }), 'prod'],
    ['/PROD/fmp/api_key', paths([], { prod: [] }), 'prod'],
    ['prod/fmp', paths([], { prod: [] }), 'prod'],
    ['/dev/fmp/api_key', paths([], { prod: [] }), undefined],
    ['/dev/prod/api_key', paths([], { prod: [] }), undefined],
    ['/production/x', paths([], { prod: [] }), undefined],
    ['/prod', paths([], { prod: [] }), 'prod'],
    ['/\uff50rod/x', paths([], { prod: [] }), 'prod'],
    ['/common/smtp', paths([], { prod: [] }), undefined],
    // Declared patterns.
    ['/live/db', paths([], { prod: ['/live/'] }), 'prod'],
    ['/live/db', paths([], { prod: ['/live'] }), undefined],
    ['/apps/a/live/db', paths([], { prod: ['/apps/*/live/*'] }), 'prod'],
    ['/apps/a/dev/db', paths([], { prod: ['/apps/*/live/*'] }), undefined],
    ['/prod-key', paths([], { prod: ['*prod*'] }), 'prod'],
    // The more certain pattern decides; on a tie the other owns it.
    ['/dev/db', paths(['/dev/'], { prod: ['/'] }), undefined],
    ['/x/db', paths(['/dev/'], { prod: ['/'] }), 'prod'],
    ['/team/db', paths(['/team/'], { prod: ['/team/'] }), 'prod'],
    ['/prod/shared/smtp', paths([], { prod: [] }, ['/prod/shared/']), undefined],
    ['/prod/other', paths([], { prod: [] }, ['/prod/shared/']), 'prod'],
    // A list of all environments may hold our own.
    ['/dev/db', paths([], { dev: ['/dev/'], prod: [] }), undefined],
    ['/staging/db', paths([], { prod: [], staging: [] }), 'staging'],
  ])('%s', (path, declared, owner) => {
    expect(findSecretOwner(path, 'dev', declared)).toBe(owner);
  });

  it('is the other for all below its path, whatever else is declared as long as nothing more certain is', () => {
    const rest = fc.string({ unit: fc.constantFrom('a', '/', '*', '.', 'P'), maxLength: 12 });
    const own = fc.array(fc.constantFrom('*', '/', '/p*', '/dev/', '*prod*', '/pro*'), { maxLength: 4 });
    fc.assert(
      fc.property(rest, own, (below, patterns) => {
        expect(findSecretOwner(`/prod/${below}`, 'dev', paths(patterns, { prod: [] }))).toBe('prod');
      }),
    );
  });

  it('a pattern of many stars is matched in no time', () => {
    const declared = paths([], { prod: [`${'*a'.repeat(200)}*b`] });
    expect(findSecretOwner(`/${'a'.repeat(5000)}`, 'dev', declared)).toBeUndefined();
  });
});
