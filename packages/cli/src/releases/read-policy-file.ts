import { resolve } from 'node:path';
import { PolicyFileSchema } from '@towpath/api';
import { listPolicyProblems, TowpathError } from '@towpath/core';
import type { CommandContext } from '../context.ts';
import { readYamlFile } from '../rendering/read-yaml-file.ts';

/** What a policy file says: the policy, and examples of what it decides. @throws TowpathError `POLICY_INVALID` */
export function readPolicyFile({ cwd }: CommandContext, file: string) {
  const path = resolve(cwd, file);
  const refuse = (cause: string): TowpathError => policyInvalid(path, cause);
  const { examples, ...policy } = readYamlFile(path, PolicyFileSchema, refuse);
  const problems = listPolicyProblems(policy);
  if (problems.length > 0) throw refuse(problems.join(' '));
  return { policy, examples };
}

function policyInvalid(path: string, cause: string): TowpathError {
  return new TowpathError({
    code: 'POLICY_INVALID',
    message: `${path} is no policy.`,
    cause,
    fix: 'Correct it; docs/reference/promotion.md lists all keys.',
    docs: 'reference/promotion.md',
  });
}
