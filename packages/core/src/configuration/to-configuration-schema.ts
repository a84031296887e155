// What a project declares of its variables, without where it stands in the file: a release holds the hash of it.
import type { JsonValue } from '../graph/canonical-json.ts';
import type { ProjectDeclaration, VariableDeclaration } from './declaration.ts';

/** Variables by name: types, defaults, templates and rules. Values of environments are no part of it. */
export function toConfigurationSchema({ variables }: Pick<ProjectDeclaration, 'variables'>): JsonValue {
  return Object.fromEntries([...variables].map(([name, variable]) => [name, toSchema(variable)]));
}

function toSchema(variable: VariableDeclaration): JsonValue {
  const { type, isRequired, isSecret, isImmutable, template, pattern, min, max, values, parity } = variable;
  return {
    type,
    isRequired,
    isSecret,
    isImmutable,
    default: variable.default?.text ?? null,
    template: template?.text ?? null,
    pattern: pattern ?? null,
    min: min ?? null,
    max: max ?? null,
    values,
    parity,
  };
}
