import {
  type ConfigProblem,
  formatEnvironmentTag,
  formatPlace,
  type ResolvedConfiguration,
  TowpathError,
} from '@towpath/core';

/** A configuration that must not be used, with all its problems. */
export class ConfigurationProblemsError extends TowpathError {
  readonly problems: readonly ConfigProblem[];

  constructor(environment: string, problems: readonly ConfigProblem[]) {
    const [first] = problems;
    const isOne = problems.length === 1;
    super({
      // One problem keeps its own code: scripts and people look for ENVIRONMENT_FILE_MISSING.
      code:
        isOne && first !== undefined
          ? first.code
          : (problems.find(({ code }) => code === 'ENVIRONMENT_FILE_MISSING')?.code ?? 'CONFIGURATION_INVALID'),
      message: `${formatEnvironmentTag(environment)} The configuration of ${environment} can't be used: ${isOne ? 'one problem' : `${problems.length} problems`}.`,
      cause: problems.map(formatProblemLine).join('\n       '),
      fix: isOne
        ? first?.fix
        : (problems.find(({ code }) => code === 'ENVIRONMENT_FILE_MISSING')?.fix ??
          `Correct them; \`npx towpath config validate --environment ${environment}\` shows them with what to do.`),
      docs: 'reference/configuration-rules.md',
    });
    this.problems = problems;
  }
}

/** `config/.env.dev:3 [DEV] PORT must be …` */
export function formatProblemLine({ place, message }: ConfigProblem): string {
  return place === undefined ? message : `${formatPlace(place)} ${message}`;
}

/**
 * Stops before any work when a configuration has problems.
 *
 * @throws ConfigurationProblemsError with the code of the one problem, `ENVIRONMENT_FILE_MISSING`, or `CONFIGURATION_INVALID`
 */
export function assertUsable({ environment, problems }: Pick<ResolvedConfiguration, 'environment' | 'problems'>): void {
  if (problems.length > 0) throw new ConfigurationProblemsError(environment.name, problems);
}
