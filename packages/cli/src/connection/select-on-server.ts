// Which environment of a server a command means. With a project around it is decided by the selector that `config`, `agent`
// and `dev` use; a flag also names what the project does not declare, which the server then knows or not.
import { getProject, type Project, ProjectFileError, selectEnvironment } from '@towpath/config';
import { formatEnvironmentTag, TowpathError } from '@towpath/core';
import type { CommandContext } from '../context.ts';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';

/** Options of a command that names an environment on a server. */
export interface SelectionOptions {
  readonly environment?: string | undefined;
}

/** Help of `--environment` where a command is about one environment. */
export const ONE_ENVIRONMENT = 'default: ENVIRONMENT, then DBT_TARGET, then defaultEnvironment';

/**
 * The environment that --environment, ENVIRONMENT or DBT_TARGET names; undefined: none is named, so that a list shows all.
 *
 * @throws TowpathError as `findSelectedEnvironment`
 */
export function findNamedEnvironment(context: CommandContext, options: SelectionOptions): string | undefined {
  const { ENVIRONMENT, DBT_TARGET } = context.env;
  return options.environment || ENVIRONMENT || DBT_TARGET ? findSelectedEnvironment(context, options) : undefined;
}

/**
 * The environment that is named, else the one that the project selects, which standard error is told; undefined where there is
 * neither a name nor a project.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `ENVIRONMENT_UNSET`, `SELECTOR_CONTRADICTION`, or of the project file
 */
export function findSelectedEnvironment(context: CommandContext, options: SelectionOptions): string | undefined {
  const { environment: flag } = options;
  const { ENVIRONMENT, DBT_TARGET } = context.env;
  const project = findProject(context, flag);
  if (project === undefined) return flag || ENVIRONMENT || DBT_TARGET || undefined;
  const { environments } = project.declaration;
  if (flag && !environments.has(flag)) return flag;
  if (!flag && isOfDev(context, project)) return tellLocal(context);
  try {
    const selection = selectEnvironment(project.declaration, { flag, processVariables: context.env });
    if (selection.banner !== undefined) context.err(`${selection.banner}\n`);
    return selection.environment.name;
  } catch (thrown) {
    throw thrown instanceof TowpathError && thrown.code === 'SELECTOR_CONTRADICTION' ? withoutOption(thrown) : thrown;
  }
}

/** A flag says enough where the file can't be read: what runs can be cancelled also then. */
function findProject(context: CommandContext, flag: string | undefined): Project | undefined {
  try {
    return getProject(context.cwd);
  } catch (thrown) {
    const isMissing = thrown instanceof TowpathError && thrown.code === 'PROJECT_MISSING';
    if (isMissing || (flag && thrown instanceof ProjectFileError)) return undefined;
    throw thrown;
  }
}

/**
 * `npx towpath dev` serves `local` in every project; where one is declared, or a default, the selector decides. A server that
 * is named by its address, or a cluster, is no laptop's.
 */
function isOfDev({ env }: CommandContext, { declaration }: Project): boolean {
  if (declaration.environments.has(LOCAL_ENVIRONMENT) || env.TOWPATH_SERVER || env.KUBERNETES_SERVICE_HOST)
    return false;
  const names = [env.ENVIRONMENT, env.DBT_TARGET].filter(Boolean);
  if (names.length > 0) return names.every((name) => name === LOCAL_ENVIRONMENT);
  return declaration.defaultEnvironment === undefined;
}

function tellLocal({ env, err }: CommandContext): string {
  const how = env.DBT_TARGET ? 'selected by DBT_TARGET alone' : 'is what `npx towpath dev` serves here';
  if (!env.ENVIRONMENT) err(`${formatEnvironmentTag(LOCAL_ENVIRONMENT)} ${how}; ENVIRONMENT is not set.\n`);
  return LOCAL_ENVIRONMENT;
}

/** These commands take no --allow-contradiction: nothing of theirs could be told to the audit before the work begins. */
function withoutOption(error: TowpathError): TowpathError {
  const fix = 'Unset what contradicts, or make it agree with the environment.';
  return new TowpathError({ code: error.code, message: error.message, cause: error.reason, fix }, { cause: error });
}
