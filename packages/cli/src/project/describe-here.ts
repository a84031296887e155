import { join } from 'node:path';
import type { ConfigurationInputs, Project } from '@towpath/config';
import type { EnvironmentDeclaration } from '@towpath/core';
import type { CommandContext } from '../context.ts';
import { describeBrought, isServedByDev, toDevInputs } from '../dev/brought-variables.ts';
import { findStateFolder, STATE_FOLDER } from '../instance/instance-record.ts';

/** What an environment stands on besides files and process, seen from this machine: `local` has what `npx towpath dev` brings. */
export function describeHere(
  { env, cwd }: Pick<CommandContext, 'env' | 'cwd'>,
  project: Pick<Project, 'folder'>,
  environment: EnvironmentDeclaration,
): Pick<ConfigurationInputs, 'devVariables' | 'missingFile'> {
  if (!isServedByDev(environment, env)) return {};
  return toDevInputs(describeBrought(findStateFolder(cwd) ?? join(project.folder, STATE_FOLDER)).variables);
}
