// Scripts name their interpreter in their first line. A base image may lack it, or lack /usr/bin/env, which finds it by PATH: told
// or settled when the image is built, not when an attempt fails.
import { posix } from 'node:path';
import { TowpathError } from '@towpath/core';
import { type BaseImage, findFiles, type LayerFile, listPathFolders } from '@towpath/oci';
import type { ImageSection } from '../manifest/manifest-schema.ts';

interface Script {
  readonly file: LayerFile;
  /** `/bin/sh`; undefined where env looks for it. */
  readonly interpreter: string | undefined;
  /** `node` of `#!/usr/bin/env node`. */
  readonly program: string | undefined;
}

const ENV = '/usr/bin/env';

/**
 * The same files; where the base has no env, first lines name the program itself. The program of the image's entry must be there, too.
 *
 * @throws TowpathError `IMAGE_INTERPRETER_MISSING`
 */
export async function fitInterpreters(
  files: readonly LayerFile[],
  base: BaseImage,
  entry: ImageSection['entry'],
): Promise<readonly LayerFile[]> {
  const scripts = files.flatMap(toScript);
  const folders = listPathFolders(base.config);
  const candidates = (program: string): readonly string[] => folders.map((folder) => posix.join(folder, program));
  const programs = [...scripts.flatMap(({ program = [] }) => program), ...(entry === 'none' ? [] : [entry])];
  const wanted = [ENV, ...scripts.flatMap(({ interpreter = [] }) => interpreter), ...programs.flatMap(candidates)];
  const found = await findFiles(base.layers, wanted.flatMap(listSpellings));
  const has = (path: string): boolean => listSpellings(path).some((spelling) => found.has(spelling));
  const fit = ({ file, interpreter, program = '' }: Script): LayerFile => {
    const path = interpreter ?? candidates(program).find(has);
    if (path === undefined || !has(path)) throw interpreterMissing(file.path, interpreter ?? program, base);
    return interpreter === undefined && !has(ENV) ? withFirstLine(file, `#!${path}`) : file;
  };
  const fitted = new Map(scripts.map((script) => [script.file, fit(script)]));
  if (entry !== 'none' && !candidates(entry).some(has)) throw interpreterMissing('An attempt', entry, base);
  return files.map((file) => fitted.get(file) ?? file);
}

function toScript(file: LayerFile): Script[] {
  if (!file.isExecutable) return [];
  const line = Buffer.from(file.bytes.subarray(0, 256)).toString('latin1').split('\n', 1)[0] ?? '';
  const [, interpreter, first = ''] = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(line) ?? [];
  if (interpreter === undefined) return [];
  if (interpreter !== ENV) return [{ file, interpreter, program: undefined }];
  // With options for env itself the line is left as it is.
  return [
    first.startsWith('-')
      ? { file, interpreter: ENV, program: undefined }
      : { file, interpreter: undefined, program: first },
  ];
}

/** In most distributions /bin is a link to /usr/bin, and a layer names the one that is none. */
function listSpellings(path: string): readonly string[] {
  const short = path.replace(/^\/usr\//, '/');
  return [short, `/usr${short}`];
}

function withFirstLine(file: LayerFile, line: string): LayerFile {
  const bytes = Buffer.from(file.bytes);
  const end = bytes.indexOf('\n');
  return { ...file, bytes: Buffer.concat([Buffer.from(line), end < 0 ? Buffer.alloc(0) : bytes.subarray(end)]) };
}

function interpreterMissing(path: string, interpreter: string, { config, digest }: BaseImage): TowpathError {
  return new TowpathError({
    code: 'IMAGE_INTERPRETER_MISSING',
    message: `${path} could not be started in the image.`,
    cause: `It takes ${interpreter} to start it, and the base image (${digest}) has none in ${listPathFolders(config).join(', ')}.`,
    fix: 'Choose a base image that has it (`image.base` of datakit.yaml, or --base), or another `image.entry`.',
  });
}
