// Delinea Secret Server, REST API v1: `/secrets/<id>`, `/secrets/0?secretPath=\Folder\Name`, `/secrets/<id>/fields/<slug>`.
// A name of digits is an id. An id tells no path, so that the guard between environments can't see whose it is: what keeps
// environments apart there is an account of its own for each.
import type { ProviderContext } from '../provider-context.ts';
import type { SecretDocument, SecretProvider } from '../secret-provider.ts';
import { SecretValue } from '../secret-value.ts';
import type { DelineaProviderOptions } from '../secrets-options.ts';
import { toRootedPath } from '../to-path.ts';
import { type DelineaItem, type DelineaSecret, readFile, readSecret } from './delinea-replies.ts';
import { createDelineaSession, type DelineaSession } from './delinea-session.ts';

/** Fetches a secret with all its fields, files included. */
export function createDelineaProvider(options: DelineaProviderOptions, context: ProviderContext): SecretProvider {
  const session = createDelineaSession(options, context);
  const toPath = (name: string) => {
    if (isId(name)) return undefined;
    const folder = (options.folder ?? '').replaceAll('\\', '/').replace(/\/+$/, '');
    return toRootedPath(name.startsWith('/') ? name : `${folder}/${name}`);
  };
  return {
    name: 'delinea',
    isLocal: false,
    fetch: async (name, signal) => {
      const path = toPath(name);
      const query = path === undefined ? name : `0?secretPath=${encodeURIComponent(path.replaceAll('/', '\\'))}`;
      const secret = readSecret(await session.get(`secrets/${query}`, signal), name);
      return readFields(session, secret, name, signal);
    },
    toPath,
    close: () => session.close(),
  };
}

function isId(name: string): boolean {
  return /^\d+$/.test(name);
}

async function readFields(
  session: DelineaSession,
  secret: DelineaSecret,
  name: string,
  signal: AbortSignal,
): Promise<SecretDocument> {
  const fields = new Map<string, SecretValue>();
  for (const item of secret.items) {
    const value = await readValue(session, secret.id, item, { name, signal });
    if (value !== undefined) fields.set(item.slug, value);
  }
  const slugs = new Map(secret.items.flatMap(({ fieldName, slug }) => (fieldName ? [[fieldName, slug]] : [])));
  const [main, ...others] = secret.items.filter((item) => item.isPassword);
  const [only, ...more] = fields.values();
  return {
    // "The secret" of a template with user, password and notes is its password.
    whole: () => {
      if (main !== undefined && others.length === 0) return fields.get(main.slug);
      return more.length === 0 ? only : undefined;
    },
    field: (field) => fields.get(field) ?? fields.get(slugs.get(field) ?? ''),
  };
}

async function readValue(
  session: DelineaSession,
  id: number,
  item: DelineaItem,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): Promise<SecretValue | undefined> {
  if (!item.isFile) return item.itemValue == null ? undefined : new SecretValue(item.itemValue);
  // `itemValue` of a file says "*** Not Valid For Display ***".
  if (!item.fileAttachmentId) return undefined;
  const reply = await session.get(`secrets/${id}/fields/${encodeURIComponent(item.slug)}`, signal);
  return new SecretValue(readFile(reply, name));
}
