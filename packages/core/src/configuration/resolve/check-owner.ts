// One value against what environments own.
import type { ConfigProblem } from '../configuration-problem.ts';
import { createProblem } from '../create-problem.ts';
import type { EnvironmentDeclaration } from '../declaration.ts';
import { describeValue } from '../mask.ts';
import type { ResolvedValue } from '../resolved-configuration.ts';
import type { Resource } from '../resources/resource.ts';
import { judgeOwnership, type OwnershipTable } from '../rules/ownership.ts';

/** What is judged: a variable, or a part of a target. */
export type OwnedValue = Pick<
  ResolvedValue,
  'name' | 'place' | 'type' | 'text' | 'isSecret' | 'secretReference' | 'resources'
>;

/** The problem of a value that another environment owns, or that nobody does in production; undefined when it may be used. */
export function checkOwner(
  table: OwnershipTable,
  { name: environment, kind }: Pick<EnvironmentDeclaration, 'name' | 'kind'>,
  value: OwnedValue,
): ConfigProblem | undefined {
  const verdict = judgeOwnership(table, environment, listJudged(value), kind === 'production');
  const facts = { environment, variable: value.name, place: value.place, received: describeValue(value) };
  if (verdict.verdict === 'foreign') {
    const { resource, owner } = verdict;
    return createProblem({
      ...facts,
      code: 'RESOURCE_OWNED_BY_OTHER',
      expected: `nothing that ${owner.environment} owns`,
      message: `${value.name} names ${describeResource(resource, value)}, which ${owner.environment} owns (${resource.kind}: ${owner.pattern}).`,
    });
  }
  if (verdict.verdict !== 'unowned') return undefined;
  return createProblem({
    ...facts,
    code: 'RESOURCE_UNOWNED',
    expected: `something that ${environment} owns, or that is shared`,
    message: `${value.name} names ${describeResource(verdict.resource, value)}, which nobody owns; in production that is refused.`,
    fix: describeFix(environment, verdict.resource),
  });
}

function describeFix(environment: string, { kind, names: [name = ''] }: Resource): string {
  const list = `List it under environments.${environment}.owns.${kind} of towpath.yaml, or under shared.`;
  if (kind !== 'hosts' || !/^(?:127\.|localhost$|::1$|0:0:0:0:0:0:0:1$)/.test(name)) return list;
  return `It is whatever machine or container an attempt runs in: name the host that ${environment} has. To try ${environment} out on this machine: ${list}`;
}

// The name of a secret leads to the provider of this environment; only another one's path is refused.
function listJudged({ secretReference, resources }: OwnedValue): readonly Resource[] {
  if (secretReference === undefined) return resources;
  const { name } = secretReference;
  return [{ kind: 'secretPaths', role: 'actor', names: [name, `/${name.replace(/^\/+/, '')}`] }];
}

// What a secret names is part of the secret.
function describeResource({ kind, names: [name = ''] }: Resource, { isSecret, secretReference }: OwnedValue): string {
  const word = KIND_WORDS[kind];
  return isSecret && secretReference === undefined ? word : `${word} ${name}`;
}

const KIND_WORDS: Readonly<Record<Resource['kind'], string>> = {
  buckets: 'the bucket',
  hosts: 'the host',
  databases: 'the database',
  accounts: 'the account',
  namespaces: 'the namespace',
  principals: 'the principal',
  realms: 'the realm',
  secretPaths: 'the secret',
  paths: 'the path',
  urls: 'the URL',
};
