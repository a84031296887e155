// Secrets of a laptop: `config/.env.<environment>.secrets`, and after it the environment's own file. Names become names of
// variables, so that a reference that leads to a vault in production works here: `fmp/api_key` is FMP_API_KEY, and
// `warehouse#password` WAREHOUSE_PASSWORD or field `password` of the JSON object WAREHOUSE.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { envFilePath, type ParsedEnvFile, parseEnvFile } from '@towpath/config';
import { isSecretReference } from '@towpath/core';
import type { ProviderContext } from '../provider-context.ts';
import { toContentDocument } from '../secret-document.ts';
import { type SecretFailure, secretMissing } from '../secret-errors.ts';
import type { SecretDocument, SecretProvider } from '../secret-provider.ts';
import { SecretValue } from '../secret-value.ts';
import { toRootedPath } from '../to-path.ts';

/** Reads the two files anew for each question. */
export function createDotenvProvider({ environment, projectFolder }: ProviderContext): SecretProvider {
  const file = envFilePath(environment);
  const paths = [`${file}.secrets`, file];
  return {
    name: 'dotenv',
    isLocal: true,
    fetch: async (name) => {
      const files = await Promise.all(paths.map((path) => readValues(projectFolder, path)));
      return toDocument(name, files) ?? fail(missing(name, paths, files));
    },
    toPath: toRootedPath,
    close: () => undefined,
  };
}

type EnvFile = ParsedEnvFile | undefined;

async function readValues(folder: string, path: string): Promise<EnvFile> {
  try {
    return parseEnvFile(path, await readFile(join(folder, path), 'utf8'));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}

function toDocument(name: string, files: readonly EnvFile[]): SecretDocument | undefined {
  const look = (variable: string) => findValue(files, variable);
  const content = look(name) ?? look(toVariable(name));
  const whole = content === undefined ? undefined : toContentDocument(content);
  const prefix = `${toVariable(name)}_`;
  const hasFields = files.some((file) => [...(file?.values.keys() ?? [])].some((key) => key.startsWith(prefix)));
  if (whole === undefined && !hasFields) return undefined;
  return {
    whole: () => content,
    field: (field) => look(prefix + toVariable(field)) ?? whole?.field(field),
  };
}

/** A reference in the environment's file is what asks for the secret, not the secret. */
function findValue(files: readonly EnvFile[], variable: string): SecretValue | undefined {
  const texts = files.map((file) => file?.values.get(variable)?.text);
  const text = texts.find((each) => each !== undefined && !isSecretReference(each));
  return text === undefined ? undefined : new SecretValue(text);
}

function toVariable(name: string): string {
  return name
    .replace(/^\//, '')
    .replaceAll(/[^A-Za-z0-9]/g, '_')
    .toUpperCase();
}

function missing(name: string, paths: readonly string[], files: readonly EnvFile[]): SecretFailure {
  const unread = files.flatMap((file, at) => (file?.problems ?? []).map(({ line }) => `${paths[at]}:${line}`));
  const hint = unread.length === 0 ? '' : `; unreadable: ${unread.join(', ')}`;
  const variable = toVariable(name);
  return secretMissing(name, `Neither file has ${variable}${hint}.`, `Add ${variable}=… to ${paths[0]}.`);
}

function fail(failure: SecretFailure): never {
  throw failure;
}
