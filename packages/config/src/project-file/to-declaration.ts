// From what the schema accepted to the declaration that rules look at: defaults filled in, places attached.
import type { ProjectDeclaration, VariableDeclaration } from '@towpath/core';
import { isCalledSecret } from './called-secret.ts';
import { findText } from './find-text.ts';
import type { ProjectFileInput } from './project-schema.ts';
import { toEnvironment } from './to-environment.ts';
import { toOwnership } from './to-ownership.ts';
import type { VariableInput } from './variable-schema.ts';
import type { YamlTree } from './yaml-tree.ts';

/** What a project without `environments` has. */
const ONLY_LOCAL = { local: { kind: 'local' } } as const satisfies ProjectFileInput['environments'];

/** Classes of differences that are allowed where the project does not say. */
const DEFAULT_PARITY = ['id', 'account', 'broker', 'endpoint', 'alert', 'sizing'] as const;

/** The declaration of a parsed towpath.yaml. */
export function toDeclaration(input: ProjectFileInput, tree: YamlTree): ProjectDeclaration {
  const environments = Object.entries(input.environments ?? ONLY_LOCAL);
  return {
    name: input.name,
    defaultEnvironment: input.defaultEnvironment,
    fileWins: input.configuration?.fileWins ?? false,
    variables: new Map(
      Object.entries(input.variables ?? {}).map(([name, variable]) => [name, toVariable(name, variable, tree)]),
    ),
    hasEnvironments: input.environments !== undefined,
    environments: new Map(
      environments.map(([name, environment], position) => [
        name,
        toEnvironment({ project: input.name, name, position, input: environment, tree }),
      ]),
    ),
    shared: toOwnership(input.shared),
    guards: (input.guards ?? []).map((guard, index) => ({
      name: guard.name,
      when: guard.when,
      rule: guard.rule,
      message: guard.message ?? `The guard ${guard.name} does not hold.`,
      fix: guard.fix,
      place: tree.placeOf(['guards', index]),
    })),
    parity: {
      allowed: input.parity?.allowed ?? DEFAULT_PARITY,
      variables: input.parity?.variables ?? [],
      same: input.parity?.same ?? [],
    },
  };
}

function toVariable(name: string, input: VariableInput, tree: YamlTree): VariableDeclaration {
  const path = ['variables', name];
  return {
    name,
    type: input.type,
    isRequired: input.required ?? false,
    isSecret: input.secret ?? looksSecret(name, input.type),
    isImmutable: input.immutable ?? false,
    default: findText(tree, [...path, 'default']),
    template: findText(tree, [...path, 'value']),
    example: tree.textOf([...path, 'example']),
    description: input.description,
    pattern: input.pattern,
    min: input.min,
    max: input.max,
    values: input.values ?? [],
    parity: input.parity ?? 'same',
    place: tree.placeOf(path),
  };
}

// Who forgets `secret: true` should not find a password in a log. `secret: false` says that it is none.
function looksSecret(name: string, type: VariableInput['type']): boolean {
  return type === 'string' && isCalledSecret(name);
}
