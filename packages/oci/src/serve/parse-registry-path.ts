// What a request to a registry is about (OCI distribution specification 1.1, end-points). Each name is checked here, once.

/** Lower-case path components (specification, "Pulling manifests"). */
const REPOSITORY = '(?<repository>[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)';
const ENDPOINTS = {
  manifest: new RegExp(`^${REPOSITORY}/manifests/(?<name>sha256:[0-9a-f]{64}|[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127})$`),
  blob: new RegExp(`^${REPOSITORY}/blobs/(?<name>sha256:[0-9a-f]{64})$`),
  uploads: new RegExp(`^${REPOSITORY}/blobs/uploads/?$`),
  upload: new RegExp(`^${REPOSITORY}/blobs/uploads/(?<name>[0-9a-f-]{36})$`),
  tags: new RegExp(`^${REPOSITORY}/tags/list$`),
} as const;

export interface RegistryPath {
  readonly endpoint: 'base' | keyof typeof ENDPOINTS;
  readonly repository: string;
  /** Tag or digest of a manifest, digest of a blob, id of an upload. */
  readonly name: string;
}

const LONGEST_REPOSITORY = 255;

/** Undefined: no end-point, or a name that no image has. */
export function parseRegistryPath(pathname: string): RegistryPath | undefined {
  if (pathname === '/v2/' || pathname === '/v2') return { endpoint: 'base', repository: '', name: '' };
  const rest = pathname.startsWith('/v2/') ? pathname.slice('/v2/'.length) : '';
  for (const endpoint of ['manifest', 'blob', 'uploads', 'upload', 'tags'] as const) {
    const { repository = '', name = '' } = ENDPOINTS[endpoint].exec(rest)?.groups ?? {};
    if (repository !== '' && repository.length <= LONGEST_REPOSITORY) return { endpoint, repository, name };
  }
  return undefined;
}

/** `sha256:<hex>` */
export function isDigest(text: string | null): text is string {
  return text !== null && /^sha256:[0-9a-f]{64}$/.test(text);
}
