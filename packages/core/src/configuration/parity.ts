// Two environments beside each other: every difference, and whether the project allows it.
import type { EnvironmentDeclaration, ProjectDeclaration } from './declaration.ts';
import { formatSize } from './format-size.ts';
import { describeValue } from './mask.ts';
import type { ResolvedConfiguration, ResolvedValue } from './resolved-configuration.ts';
import type { ParityClass } from './value-type.ts';

/** One difference. `left`, `right` are masked; null: there is none. */
export interface ParityDifference {
  /** A variable, or a key of the environment: `sizing.cpu`, `secrets.provider`. */
  readonly subject: string;
  readonly left: string | null;
  readonly right: string | null;
  readonly class: ParityClass;
  readonly isAllowed: boolean;
  /** Why it is allowed, or that it is not. */
  readonly reason: string;
}

/** What is compared. */
export type ParitySide = Pick<ResolvedConfiguration, 'environment' | 'values'>;

/** All differences, in the order of the declaration. Names that follow from the environment's own differ by design and are left out. */
export function compareEnvironments(
  project: ProjectDeclaration,
  left: ParitySide,
  right: ParitySide,
): readonly ParityDifference[] {
  const variables = [...project.variables.values()].flatMap(({ name, parity }) => {
    const sides = [left, right].map(({ values }) => values.get(name));
    return isSame(sides[0], sides[1], left, right) ? [] : [tellMasked(judge(project, name, parity, sides.map(show)))];
  });
  const keys = listKeys(left.environment).map(([subject, kind]) => [subject, kind] as const);
  const [leftKeys, rightKeys] = [left, right].map(
    ({ environment }) => new Map(listKeys(environment).map(([subject, , text]) => [subject, text])),
  );
  const settings = keys.flatMap(([subject, kind]) => {
    const texts = [leftKeys?.get(subject) ?? null, rightKeys?.get(subject) ?? null];
    return texts[0] === texts[1] ? [] : [judge(project, subject, kind, texts)];
  });
  return [...variables, ...settings];
}

/** Whether a variable's value may be another one in another environment; what follows from an environment's name does so by design. */
export function mayDiffer(
  project: ProjectDeclaration,
  { name, source }: Pick<ResolvedValue, 'name' | 'source'>,
): boolean {
  const variable = project.variables.get(name);
  if (source === 'computed' || variable === undefined) return true;
  return judge(project, name, variable.parity, []).isAllowed;
}

function judge(
  project: ProjectDeclaration,
  subject: string,
  kind: ParityClass,
  texts: readonly (string | null)[],
): ParityDifference {
  const [left = null, right = null] = texts;
  const { same, variables, allowed } = project.parity;
  const isDemanded = same.includes(subject);
  const isNamed = !isDemanded && variables.includes(subject);
  const isAllowed = !isDemanded && (isNamed || (kind !== 'same' && allowed.includes(kind)));
  const reason = isDemanded
    ? 'named in parity.same'
    : isNamed
      ? 'named in parity.variables'
      : describeClass(kind, isAllowed);
  return { subject, left, right, class: kind, isAllowed, reason };
}

// Masks show a class of lengths only: two that look alike are not the same.
function tellMasked(difference: ParityDifference): ParityDifference {
  const { left, right, reason } = difference;
  return left === right ? { ...difference, reason: `they differ (masked); ${reason}` } : difference;
}

function describeClass(kind: ParityClass, isAllowed: boolean): string {
  if (isAllowed) return `differences of class ${kind} are allowed`;
  return kind === 'same' ? 'must be the same' : `differences of class ${kind} are not allowed`;
}

// `dev-bronze-zone` and `prod-bronze-zone` say the same of their environments, so only what remains is compared.
function isSame(
  a: ResolvedValue | undefined,
  b: ResolvedValue | undefined,
  left: ParitySide,
  right: ParitySide,
): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.text === b.text) return true;
  return a.source === 'computed' && b.source === 'computed' && left.environment.name !== right.environment.name;
}

function show(value: ResolvedValue | undefined): string | null {
  return value === undefined ? null : describeValue(value);
}

type Key = readonly [subject: string, kind: ParityClass, text: string | null];

function listKeys({ executor, sizing, secrets, targets, zones, notify }: EnvironmentDeclaration): readonly Key[] {
  const sizes = Object.entries(sizing).map(([name, size]): Key => [`sizing.${name}`, 'sizing', formatSize(size)]);
  return [
    ['executor', 'same', executor ?? null],
    ...sizes,
    ['secrets.provider', 'same', secrets?.provider ?? null],
    ['targets', 'same', formatPairs([...targets].map(([name, { type }]) => [name, type]))],
    ['zones', 'same', formatList([...zones.keys()])],
    ['notify', 'alert', formatPairs(notify.map(({ sink, severities }) => [sink, severities.join('+')]))],
  ];
}

function formatPairs(pairs: readonly (readonly [string, string])[]): string | null {
  return formatList(pairs.map(([name, text]) => `${name}: ${text}`));
}

function formatList(words: readonly string[]): string | null {
  return words.length === 0 ? null : [...words].sort().join(', ');
}
