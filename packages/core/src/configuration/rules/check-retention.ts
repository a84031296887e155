// Days of a zone that there is not: the zone that was meant would be kept as long as all others, perhaps for too short. And a
// daily deletion without days, which would look as if data went while all of it stays.
import { findNearest } from '../../naming/find-nearest.ts';
import type { ConfigProblem } from '../configuration-problem.ts';
import { createProblem } from '../create-problem.ts';
import type { EnvironmentDeclaration, ProjectDeclaration } from '../declaration.ts';

/** One problem for each unknown zone, and for each environment without days. */
export function checkRetention({ environments }: ProjectDeclaration): readonly ConfigProblem[] {
  return [...environments.values()].flatMap((environment) => [
    ...listUnknownZones(environment),
    ...(lacksDays(environment) ? [daysMissing(environment)] : []),
  ]);
}

function lacksDays({ sizing }: EnvironmentDeclaration): boolean {
  const { retentionDaily, retentionDays, zoneRetentionDays = {} } = sizing;
  return retentionDaily !== undefined && retentionDays === undefined && Object.keys(zoneRetentionDays).length === 0;
}

function daysMissing({ name: environment, place }: EnvironmentDeclaration): ConfigProblem {
  return createProblem({
    code: 'RETENTION_DAYS_MISSING',
    environment,
    place,
    expected: 'sizing.retentionDays',
    message: `sizing.retentionDaily of ${environment} deletes nothing: no days are declared.`,
  });
}

function listUnknownZones({ name: environment, sizing, zones, place }: EnvironmentDeclaration): ConfigProblem[] {
  return Object.keys(sizing.zoneRetentionDays ?? {})
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
    });
}
