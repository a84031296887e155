// config/.env.<environment> on disk.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParsedEnvFile, parseEnvFile } from './parse-env-file.ts';

/** Path of an environment's file, relative to the project, with `/`. */
export function envFilePath(environment: string): string {
  return `config/.env.${environment}`;
}

/** Reads and parses the file of an environment; undefined when there is none. */
export function readEnvFile(folder: string, environment: string): ParsedEnvFile | undefined {
  const path = envFilePath(environment);
  try {
    return parseEnvFile(path, readFileSync(join(folder, path), 'utf8'));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}
