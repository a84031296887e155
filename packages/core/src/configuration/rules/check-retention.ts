// Days of a zone that there is not: the zone that was meant would be kept as long as all others, perhaps for too short.
import { findNearest } from '../../naming/find-nearest.ts';
import type { ConfigProblem } from '../configuration-problem.ts';
import { createProblem } from '../create-problem.ts';
import type { ProjectDeclaration } from '../declaration.ts';

/** One problem for each unknown zone. */
export function checkRetention({ environments }: ProjectDeclaration): readonly ConfigProblem[] {
  return [...environments.values()].flatMap(({ name: environment, sizing, zones, place }) =>
    Object.keys(sizing.zoneRetentionDays ?? {})
      .filter((zone) => !zones.has(zone))
      .map((zone) => {
        const nearest = findNearest(zone, [...zones.keys()]);
        return createProblem({
          code: 'RETENTION_ZONE_UNKNOWN',
          environment,
          place,
          expected: `one of ${[...zones.keys()].join(', ')}`,
          received: zone,
          message: `sizing.zoneRetentionDays names ${zone}, which is no zone of ${environment}.`,
          fix: nearest === undefined ? undefined : `Did you mean ${nearest}?`,
        });
      }),
  );
}
