// In a cluster the identity provider is named by variables; the client's secret comes from a Secret, which need not have one.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createTestContext } from '../testing/test-context.ts';
import { readOidcOptions, readPublicUrl } from './server-identity.ts';

const MANIFEST = new URL('../../../../deploy/kubernetes/server/server.yaml', import.meta.url);
const PAGE = readFileSync(new URL('../../../../docs/reference/kubernetes-install.md', import.meta.url), 'utf8');

const contextOf = (env: Record<string, string>) => ({ ...createTestContext().context, env });

test('every option of the identity provider may be a variable, and an option counts more', () => {
  const context = contextOf({
    TOWPATH_OIDC_ISSUER: 'https://login.example.com',
    TOWPATH_OIDC_CLIENT_ID: 'towpath',
    TOWPATH_OIDC_CLIENT_SECRET: 's',
    TOWPATH_OIDC_SCOPES: 'email',
    TOWPATH_OIDC_NAME_CLAIM: 'upn',
    TOWPATH_OIDC_GROUPS_CLAIM: 'roles',
    TOWPATH_PUBLIC_URL: 'https://towpath.example.com',
  });
  const all = { clientId: 'towpath', clientSecret: 's', scopes: 'email', nameClaim: 'upn', groupsClaim: 'roles' };
  expect(readOidcOptions(context, {})).toEqual({ issuer: 'https://login.example.com', ...all });
  expect(readOidcOptions(context, { oidcIssuer: 'https://other' })).toEqual({ issuer: 'https://other', ...all });
  expect(readPublicUrl(context, {})).toBe('https://towpath.example.com');
  expect(readPublicUrl(context, { publicUrl: 'https://other' })).toBe('https://other');
});

test('what is set to nothing is not given', () => {
  const context = contextOf({ TOWPATH_OIDC_ISSUER: '', TOWPATH_OIDC_CLIENT_SECRET: '', TOWPATH_PUBLIC_URL: '' });
  expect(readOidcOptions(context, {})).toBeUndefined();
  expect(readPublicUrl(context, {})).toBeUndefined();
  const named = readOidcOptions(context, { oidcIssuer: 'https://x', oidcClientId: 'y' });
  expect(named?.clientSecret).toBeUndefined();
});

test("the server's manifest takes the secret by reference, and the variables of the page from its ConfigMap", () => {
  const [deployment] = parseAllDocuments(readFileSync(MANIFEST, 'utf8')).map((document): unknown => document.toJS());
  expect(deployment).toMatchObject({ kind: 'Deployment' });
  const text = JSON.stringify(deployment);
  expect(text).toContain(
    '{"name":"TOWPATH_OIDC_CLIENT_SECRET","valueFrom":{"secretKeyRef":{"name":"towpath-server","key":"oidc-client-secret","optional":true}}}',
  );
  const literals = Object.fromEntries(
    [...PAGE.matchAll(/^ +- (TOWPATH_\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]),
  );
  expect(readOidcOptions(contextOf(literals), {})).toMatchObject({ issuer: expect.any(String), clientId: 'towpath' });
  expect(readPublicUrl(contextOf(literals), {})).toBe('https://towpath.example.com');
});
