// Precedence: flag > process > config/.env.<environment> > towpath.yaml > default; with `fileWins` the file stands above the
// process. Above all stands what `towpath dev` brings itself. An empty text is no value.
import type { DeclaredText, EnvironmentDeclaration, VariableDeclaration } from '../declaration.ts';
import type { OverriddenValue, ValueSource } from '../resolved-configuration.ts';

/** Values by variable from outside towpath.yaml. */
export interface ValueLayers {
  /** Also of variables that are computed elsewhere. */
  readonly dev?: ReadonlyMap<string, DeclaredText> | undefined;
  readonly flag: ReadonlyMap<string, DeclaredText>;
  readonly process: ReadonlyMap<string, DeclaredText>;
  readonly envFile: ReadonlyMap<string, DeclaredText>;
}

/** The sources of a project, the strongest first. */
export function listSources(fileWins: boolean): readonly ValueSource[] {
  return fileWins
    ? ['dev', 'flag', 'envFile', 'process', 'project', 'default']
    : ['dev', 'flag', 'process', 'envFile', 'project', 'default'];
}

/** Every value that a variable has, the one that wins first. */
export function listCandidates(
  variable: VariableDeclaration,
  environment: EnvironmentDeclaration,
  layers: ValueLayers,
  fileWins: boolean,
): readonly OverriddenValue[] {
  const { name } = variable;
  const texts: Readonly<Partial<Record<ValueSource, DeclaredText | undefined>>> = {
    dev: layers.dev?.get(name),
    flag: layers.flag.get(name),
    process: layers.process.get(name),
    envFile: layers.envFile.get(name),
    project: environment.values.get(name),
    default: variable.default,
  };
  return listSources(fileWins).flatMap((source) => {
    const found = texts[source];
    return found === undefined || found.text === '' ? [] : [{ source, text: found.text, place: found.place }];
  });
}
