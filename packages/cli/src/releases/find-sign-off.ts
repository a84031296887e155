// Which of the words by one name is meant. A name that was freed has words of several people; the server alone knows their accounts, and
// refuses what is not somebody's own.
import type { SignOffView } from '@towpath/api';

/** The refusal that can be lifted: of somebody who has left. Without one, the newest refusal, or word, of which the server says why not. */
export function findRefusalOf(signOffs: readonly SignOffView[], name: string): SignOffView | undefined {
  const standing = listStanding(signOffs, name);
  const refused = standing.filter(({ decision }) => decision === 'refused');
  return refused.find(({ accessRevokedAt }) => accessRevokedAt !== null) ?? refused[0] ?? standing[0];
}

/** The word of who has the name now, or else the newest of before: it is theirs if they have left and come back. */
export function findWordOf(signOffs: readonly SignOffView[], name: string): SignOffView | undefined {
  const standing = listStanding(signOffs, name);
  return standing.find(({ accessRevokedAt }) => accessRevokedAt === null) ?? standing[0];
}

function listStanding(signOffs: readonly SignOffView[], name: string): readonly SignOffView[] {
  return signOffs.filter(({ person, withdrawnAt }) => person === name && withdrawnAt === null);
}
