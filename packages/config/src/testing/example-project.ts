// A project in a folder of its own, gone after the test.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigProblem } from '@towpath/core';
import { ProjectFileError, readProject } from '../project-file/read-project.ts';
import { resolveConfiguration } from '../resolve/resolve-configuration.ts';
import { validateAll } from '../validate/validate-all.ts';
import type { RuleExample } from './rule-examples.ts';

/** Environments that examples name. */
const ENVIRONMENTS = ['local', 'dev', 'qa', 'prod'];

/** The folder of a project with these files. */
function writeExample({
  yaml,
  files = Object.fromEntries(ENVIRONMENTS.map((name) => [name, ''])),
}: RuleExample): string {
  const folder = mkdtempSync(join(tmpdir(), 'towpath-config-'));
  mkdirSync(join(folder, 'config'));
  writeFileSync(join(folder, 'towpath.yaml'), `name: example\n${yaml}\n`);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'config', `.env.${name}`), text);
  return folder;
}

/** All problems of an example: of its declaration, or else of every environment. */
export function listExampleProblems(example: RuleExample): readonly ConfigProblem[] {
  const folder = writeExample(example);
  try {
    const project = readProject(folder);
    const { process } = example;
    const { problems, notes } = validateAll(project);
    if (process === undefined) return [...problems, ...notes];
    return [...project.declaration.environments.values()].flatMap(
      (environment) => resolveConfiguration({ project, environment, processVariables: process }).problems,
    );
  } catch (thrown) {
    if (thrown instanceof ProjectFileError) return thrown.problems;
    throw thrown;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
