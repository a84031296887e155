import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PROJECT_FILE } from '@towpath/config';
import type { CommandContext } from '../context.ts';
import { PREFERRED_PORTS } from '../dev/preferred-ports.ts';
import { findStateFolder, STATE_FOLDER } from '../instance/instance-record.ts';
import type { CheckSubject } from './check.ts';
import { LIMITS } from './limits.ts';
import { readSelection } from './read-selection.ts';

/** What a person says of it. */
export interface SubjectOptions {
  readonly state?: string | undefined;
  readonly environment?: string | undefined;
  readonly all?: boolean | undefined;
}

/** What is to be checked, seen from a folder. Reads files, asks nobody. */
export function describeSubject(
  { cwd, env: variables }: Pick<CommandContext, 'cwd' | 'env'>,
  { state, environment, all = false }: SubjectOptions,
): Omit<CheckSubject, 'signal'> {
  const projectFolder = findProjectFolder(cwd);
  const stateFolder = resolve(cwd, state ?? findStateFolder(cwd) ?? join(projectFolder ?? cwd, STATE_FOLDER));
  const ports = PREFERRED_PORTS;
  const selection = readSelection({ folder: cwd, stateFolder, ports, variables, flag: environment, isEvery: all });
  const namedEnvironment = environment || variables.ENVIRONMENT || undefined;
  return { projectFolder, namedEnvironment, stateFolder, ports, variables, selection, limits: LIMITS, now: Date.now };
}

/** Also of a project whose file can't be used. */
function findProjectFolder(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, PROJECT_FILE))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
