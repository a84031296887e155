// Where a release is, and where it is on its way to.
import type { BoardRow, PromotionView } from '@towpath/api';

/** An environment of the release's project, with what it has to do with the release. */
export interface Place {
  readonly row: BoardRow;
  /** `here`: it runs there. `coming`: a promotion of it waits or runs. `was`: it ran there. `not`: it never came. */
  readonly how: 'here' | 'coming' | 'was' | 'not';
  /** Its newest promotion or rollback there. */
  readonly last: PromotionView | undefined;
}

interface Asked {
  readonly releaseId: string;
  readonly project: string;
  readonly rows: readonly BoardRow[];
  /** Newest first. */
  readonly promotions: readonly PromotionView[];
}

/** Places in order. Environments that no project declared take releases of any. */
export function findPlaces({ releaseId, project, rows, promotions }: Asked): readonly Place[] {
  return rows
    .filter((row) => row.project === null || row.project === project)
    .map((row) => {
      const own = promotions.filter((one) => one.environment === row.environment && one.release.id === releaseId);
      return { row, how: findHow(row, releaseId, own), last: own[0] };
    });
}

function findHow(row: BoardRow, releaseId: string, own: readonly PromotionView[]): Place['how'] {
  if (row.deployment?.release.id === releaseId) return 'here';
  if (row.promotion?.release.id === releaseId) return 'coming';
  return own.some(({ state }) => state === 'succeeded') ? 'was' : 'not';
}

/** The page's answer: `v1.3.3 runs in int, waits for prod`. */
export function describePlaces(version: string, places: readonly Place[]): string {
  const names = (how: Place['how']): string =>
    places
      .filter((place) => place.how === how)
      .map(({ row }) => row.environment)
      .join(', ');
  const parts = [
    names('here') ? `runs in ${names('here')}` : '',
    names('coming') ? `is on its way to ${names('coming')}` : '',
    names('was') ? `ran in ${names('was')}` : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? `${version} ${parts.join(', ')}` : `${version} is nowhere yet`;
}
