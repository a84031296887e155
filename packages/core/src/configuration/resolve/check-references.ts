// References to secrets that are no variable's: of targets and of sinks. Whose a path is, is asked of them as well.
import type { ConfigProblem } from '../configuration-problem.ts';
import type { EnvironmentDeclaration } from '../declaration.ts';
import type { Place } from '../place.ts';
import type { OwnershipTable } from '../rules/ownership.ts';
import { parseSecretReference } from '../secret-reference.ts';
import { checkOwner } from './check-owner.ts';
import type { ResolvedTarget } from './resolve-targets.ts';

/** A problem for each reference that leads to another environment's secret. */
export function checkReferences(
  table: OwnershipTable,
  environment: EnvironmentDeclaration,
  targets: readonly ResolvedTarget[],
): readonly ConfigProblem[] {
  const ofTargets = targets.flatMap(({ name, target }) => listTexts(`targets.${name}`, target, target.place));
  const ofSinks = environment.notify.flatMap((sink) => listTexts(`notify.${sink.name}`, sink, sink.place));
  return [...ofTargets, ...ofSinks].flatMap(({ name, text, place }) => {
    const secretReference = parseSecretReference(text);
    if (secretReference === undefined) return [];
    const value = { name, text, place, secretReference, type: 'string', isSecret: true, resources: [] } as const;
    return checkOwner(table, environment, value) ?? [];
  });
}

interface NamedText {
  readonly name: string;
  readonly text: string;
  readonly place: Place | undefined;
}

function listTexts(prefix: string, parts: object, place: Place | undefined): readonly NamedText[] {
  return Object.entries(parts).flatMap(([key, text]: [string, unknown]) =>
    typeof text === 'string' ? [{ name: `${prefix}.${key}`, text, place }] : [],
  );
}
