// What a request to a registry is about (OCI distribution specification 1.1, end-points). Each name is checked here, once.

/** Without `v2/`. Names are lower-case path components (specification, "Pulling manifests"). */
const REPOSITORY = '(?<repository>[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)';
const PATHS = {
  manifest: new RegExp(`^${REPOSITORY}/manifests/(?<reference>sha256:[0-9a-f]{64}|[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127})$`),
  blob: new RegExp(`^${REPOSITORY}/blobs/(?<digest>sha256:[0-9a-f]{64})$`),
  uploads: new RegExp(`^${REPOSITORY}/blobs/uploads/?$`),
  upload: new RegExp(`^${REPOSITORY}/blobs/uploads/(?<upload>[0-9a-f-]{36})$`),
  tags: new RegExp(`^${REPOSITORY}/tags/list$`),
} as const;

export type RegistryPath =
  | { readonly kind: 'base' }
  | { readonly kind: 'manifest'; readonly repository: string; readonly reference: string }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'uploads' | 'tags'; readonly repository: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly upload: string };

const LONGEST_NAME = 255;

/** Undefined: no end-point, or a name that no image has. */
export function parseRegistryPath(pathname: string): RegistryPath | undefined {
  if (pathname === '/v2/' || pathname === '/v2') return { kind: 'base' };
  const rest = pathname.startsWith('/v2/') ? pathname.slice('/v2/'.length) : '';
  for (const [kind, pattern] of Object.entries(PATHS)) {
    const groups = pattern.exec(rest)?.groups;
    if (groups === undefined || (groups.repository?.length ?? 0) > LONGEST_NAME) continue;
    // The groups of each pattern are the members of its kind.
    return { kind, ...groups } as RegistryPath;
  }
  return undefined;
}

/** `sha256:<hex>` */
export function isDigest(text: string | null): text is string {
  return text !== null && /^sha256:[0-9a-f]{64}$/.test(text);
}
