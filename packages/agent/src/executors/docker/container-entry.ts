// The first program of a container: it takes the secrets out of their file, deletes that, and becomes the command. So no secret
// stands in the container's configuration, where everybody who may ask the engine reads it.
import { TowpathError } from '@towpath/core';
import { COMMAND_MISSING_STATUS, TOLD_CHARACTERS } from '../command-missing.ts';
import { CONTAINER_PATHS } from '../container-paths.ts';
import type { EntryKind } from '../entry-kind.ts';

/** Label of an image that names its kind of entry. Without it: `sh`, which nearly every image has. */
export const ENTRY_LABEL = 'dev.towpath.entry';

/** Both streams become one, so that the order of what is printed is kept: the engine reads two pipes in any order. */
const SH_ENTRY = `exec 2>&1
if [ -f ${CONTAINER_PATHS.secrets} ]; then
  . ${CONTAINER_PATHS.secrets}
  rm -f ${CONTAINER_PATHS.secrets} || exit 1
fi
case $1 in
  */*) [ -x "$1" ] ;;
  *) command -v "$1" >/dev/null ;;
esac || { printf '%.${TOLD_CHARACTERS}s' "$1" >${CONTAINER_PATHS.commandMissing}; exit ${COMMAND_MISSING_STATUS}; }
exec "$@"`;

/** For images without a shell. Standard error stays a stream of its own there. */
const NODE_ENTRY = `const fs = require('node:fs'), path = require('node:path');
const file = ${JSON.stringify(CONTAINER_PATHS.secrets)};
const env = { ...process.env };
if (fs.existsSync(file)) { Object.assign(env, JSON.parse(fs.readFileSync(file, 'utf8'))); fs.unlinkSync(file); }
const [word, ...rest] = process.argv.slice(1);
const isProgram = (at) => { try { fs.accessSync(at, fs.constants.X_OK); return fs.statSync(at).isFile(); } catch { return false; } };
const found = word.includes('/') ? word : (env.PATH ?? '').split(':').map((folder) => path.join(folder, word)).find(isProgram);
if (found === undefined) { fs.writeFileSync(${JSON.stringify(CONTAINER_PATHS.commandMissing)}, word.slice(0, ${TOLD_CHARACTERS})); process.exit(${COMMAND_MISSING_STATUS}); }
process.execve(found, [word, ...rest], env);`;

/** What an image calls its kind of entry. @throws TowpathError `IMAGE_ENTRY_UNKNOWN` */
export function parseEntryKind(label: string | undefined): EntryKind {
  if (label === undefined) return 'sh';
  if (label === 'sh' || label === 'node' || label === 'none') return label;
  throw new TowpathError({
    code: 'IMAGE_ENTRY_UNKNOWN',
    message: `The image says ${JSON.stringify(label)} in its label ${ENTRY_LABEL}.`,
    cause: 'Known: sh, node, none.',
    fix: 'Build the image with `npx towpath datakit build`, or correct the label.',
  });
}

/** The words that the command follows. */
export function toEntrypoint(kind: EntryKind): readonly string[] {
  if (kind === 'sh') return ['sh', '-c', SH_ENTRY, 'towpath'];
  if (kind === 'node') return ['node', '-e', NODE_ENTRY, '--'];
  return [];
}

/** The file of secrets as this entry reads it. @throws TowpathError `IMAGE_TAKES_NO_SECRETS`, `VARIABLE_NAME_INVALID` */
export function formatSecrets(kind: EntryKind, secrets: Readonly<Record<string, string>>): string {
  if (kind === 'none') throw takesNoSecrets(Object.keys(secrets));
  if (kind === 'node') return JSON.stringify(secrets);
  return Object.entries(secrets)
    .map(([name, value]) => `export ${checkName(name)}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');
}

function checkName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new TowpathError({
    code: 'VARIABLE_NAME_INVALID',
    message: `${JSON.stringify(name)} is no name that a shell can export.`,
    cause: 'It is a secret, which reaches a container by a shell.',
    fix: 'Rename it: letters, digits and underscores.',
  });
}

function takesNoSecrets(names: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'IMAGE_TAKES_NO_SECRETS',
    message: 'The image can be given no secrets.',
    cause: `Its label ${ENTRY_LABEL} is none, and the attempt needs ${names.join(', ')}.`,
    fix: 'Give the image a shell or Node and the label `sh` or `node`, or take the secrets from the datakit.',
  });
}
