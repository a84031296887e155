import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PolicyFileSchema } from '@towpath/api';
import { listPolicyProblems, TowpathError } from '@towpath/core';
import { parse } from 'yaml';
import { z } from 'zod';
import type { CommandContext } from '../context.ts';

/** What a policy file says: the policy, and examples of what it decides. */
export function readPolicyFile({ cwd }: CommandContext, file: string) {
  const path = resolve(cwd, file);
  const parsed = PolicyFileSchema.safeParse(readYaml(path));
  if (!parsed.success) throw policyInvalid(path, z.prettifyError(parsed.error));
  const { examples, ...policy } = parsed.data;
  const problems = listPolicyProblems(policy);
  if (problems.length > 0) throw policyInvalid(path, problems.join(' '));
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

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw new TowpathError(
      {
        code: 'POLICY_INVALID',
        message: `${path} can not be read.`,
        cause: thrown instanceof Error ? thrown.message : String(thrown),
        fix: 'Give the path of a YAML file.',
      },
      { cause: thrown },
    );
  }
}
