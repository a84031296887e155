import type { SignOffView } from '@towpath/api';
import { expect, test } from 'vitest';
import { findRefusalOf, findWordOf } from './find-sign-off.ts';

const LEFT_AT = '2026-06-02T10:00:00.000Z';

function word(id: string, overrides: Partial<SignOffView> = {}): SignOffView {
  return {
    ...{ id, releaseId: 'a'.repeat(64), environment: 'prod', role: 'business', person: 'pat', decision: 'approved' },
    ...{
      note: null,
      givenAt: '2026-06-01T10:00:00.000Z',
      expiresAt: '2026-06-08T10:00:00.000Z',
      accessRevokedAt: null,
    },
    ...{ withdrawnAt: null, withdrawnBy: null, withdrawnWhy: null },
    ...overrides,
  };
}

const refused = (id: string, overrides: Partial<SignOffView> = {}) => word(id, { decision: 'refused', ...overrides });
const NOBODY = word('of nobody', { person: 'bo' });

test.each([
  [
    'of who left, behind a word of who has the name',
    [word('new'), refused('old', { accessRevokedAt: LEFT_AT })],
    'old',
  ],
  [
    'of who left, behind a refusal of who has the name',
    [refused('new'), refused('old', { accessRevokedAt: LEFT_AT })],
    'old',
  ],
  [
    'not an approval of who left',
    [word('old', { accessRevokedAt: LEFT_AT }), refused('older', { accessRevokedAt: LEFT_AT })],
    'older',
  ],
  ['one that stands, for the server to say so', [word('new'), refused('standing')], 'standing'],
  ['an approval, for the server to say so', [NOBODY, word('new')], 'new'],
  ['none that was taken back', [refused('old', { accessRevokedAt: LEFT_AT, withdrawnAt: LEFT_AT })], undefined],
])('A68 the refusal that is lifted is %s', (_, signOffs, id) => {
  expect(findRefusalOf(signOffs, 'pat')?.id).toBe(id);
});

test.each([
  ['of who has the name now', [refused('old', { accessRevokedAt: LEFT_AT }), word('own')], 'own'],
  ['of who left and came back', [NOBODY, refused('own', { accessRevokedAt: LEFT_AT })], 'own'],
  ['none that was taken back', [word('own', { withdrawnAt: LEFT_AT })], undefined],
])('A68 the word that is taken back is %s', (_, signOffs, id) => {
  expect(findWordOf(signOffs, 'pat')?.id).toBe(id);
});
