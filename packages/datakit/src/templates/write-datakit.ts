import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TowpathError } from '@towpath/core';
import type { TemplateFile } from './template-file.ts';

/** Writes a new datakit. @throws TowpathError `DATAKIT_FOLDER_TAKEN` when the folder holds anything */
export function writeDatakit(folder: string, files: readonly TemplateFile[]): void {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new TowpathError({
      code: 'DATAKIT_FOLDER_TAKEN',
      message: `${folder} is not empty.`,
      cause: 'A new datakit is written into a folder of its own, and nothing is overwritten.',
      fix: 'Choose another name.',
    });
  }
  for (const { path, content, isExecutable } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode: isExecutable ? 0o755 : 0o644 });
  }
}
