// Hard-coded environments in the code of a project: a text that names an environment, or what one owns, belongs into a
// variable. Only texts are read; no code runs.
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { hideCredentialsAround, type ProjectDeclaration } from '@towpath/core';
import { createEnvironmentNameFinder, type FindEnvironmentName } from './find-environment-name.ts';
import { listCodeFiles } from './list-code-files.ts';
import { listPythonLiterals, listSqlLiterals, listTypeScriptLiterals, listYamlLiterals } from './list-literals.ts';
import type { ListLiterals } from './literal.ts';

/** One finding. `code`: `ENVIRONMENT_HARD_CODED`, `IGNORE_WITHOUT_REASON`, `CODE_UNREADABLE`. */
export interface CodeFinding {
  readonly code: 'ENVIRONMENT_HARD_CODED' | 'IGNORE_WITHOUT_REASON' | 'CODE_UNREADABLE';
  /** Relative to the project, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly environment: string | undefined;
  readonly word: string;
  readonly message: string;
  readonly fix: string;
}

/** What was looked at and found. */
export interface CodeCheck {
  readonly fileCount: number;
  /** Findings that a comment with a reason excuses. */
  readonly ignoredCount: number;
  readonly findings: readonly CodeFinding[];
}

const LANGUAGES: Readonly<Record<string, ListLiterals>> = {
  '.ts': listTypeScriptLiterals,
  '.mts': listTypeScriptLiterals,
  '.cts': listTypeScriptLiterals,
  '.tsx': listTypeScriptLiterals,
  '.js': listTypeScriptLiterals,
  '.mjs': listTypeScriptLiterals,
  '.cjs': listTypeScriptLiterals,
  '.py': listPythonLiterals,
  '.sql': listSqlLiterals,
  '.yaml': listYamlLiterals,
  '.yml': listYamlLiterals,
};

/** `// towpath-ignore: the name of a partner's system`, on the line or the one above; once it was `towpath: ignore`. */
const IGNORE = /towpath(?:-|:[^\S\n]*)ignore\b:?[^\S\n]*(.*?)[^\S\n]*(?:\*\/.*|-->.*)?$/;

/** Checks files and folders of a project; without `paths` all of its code but tests, generated files and what is hidden. */
export function checkCode(
  folder: string,
  { environments }: Pick<ProjectDeclaration, 'environments'>,
  paths: readonly string[] = [],
): CodeCheck {
  const find = createEnvironmentNameFinder([...environments.values()]);
  const files = listCodeFiles(folder, paths, Object.keys(LANGUAGES));
  const results = files.map((file) => checkSource(file, readFileSync(join(folder, file), 'utf8'), find));
  return {
    fileCount: files.length,
    ignoredCount: results.reduce((sum, { ignoredCount }) => sum + ignoredCount, 0),
    findings: results.flatMap(({ findings }) => findings),
  };
}

type SourceCheck = Omit<CodeCheck, 'fileCount'>;

/** Checks one source; `file` decides the language. */
export function checkSource(file: string, source: string, find: FindEnvironmentName): SourceCheck {
  const listLiterals = LANGUAGES[extname(file)];
  if (listLiterals === undefined) return { ignoredCount: 0, findings: [] };
  const lines = source.split('\n');
  try {
    const found = listLiterals(source).flatMap(({ text, line, column }) => {
      const name = find(text);
      if (name === undefined) return [];
      // Findings go into logs of CI: a URL that names production may hold its password.
      const word = hideCredentialsAround(name.word, text);
      return [{ ...name, word, line, column, ignore: findIgnore(lines, line) }];
    });
    return {
      ignoredCount: found.filter(({ ignore }) => ignore).length,
      findings: found
        .filter(({ ignore }) => !ignore)
        .map(({ word, environment, reason, line, column, ignore }) =>
          ignore === ''
            ? {
                code: 'IGNORE_WITHOUT_REASON',
                file,
                line,
                column,
                environment,
                word,
                message: `${word} is ignored without a reason.`,
                fix: 'Say why: towpath-ignore: <reason>.',
              }
            : {
                code: 'ENVIRONMENT_HARD_CODED',
                file,
                line,
                column,
                environment,
                word,
                message: `${word} belongs to ${environment}: ${reason}.`,
                fix: 'Declare a variable and take its value; or say why not: towpath-ignore: <reason>.',
              },
        ),
    };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return {
      ignoredCount: 0,
      findings: [
        {
          code: 'CODE_UNREADABLE',
          file,
          line: 1,
          column: 1,
          environment: undefined,
          word: '',
          message: `${file} can't be read: ${why}`,
          fix: 'Correct it, or leave it out by naming the paths to check.',
        },
      ],
    };
  }
}

/** The reason of a comment that excuses a line; empty when there is none, undefined without a comment. */
function findIgnore(lines: readonly string[], line: number): string | undefined {
  for (const text of [lines[line - 1] ?? '', lines[line - 2] ?? '']) {
    const found = IGNORE.exec(text);
    if (found !== null) return found[1] ?? '';
  }
  return undefined;
}
