import { describe, expect, it } from 'vitest';
import type { EnvironmentDeclaration } from '../declaration.ts';
import { createOwnershipTable } from '../rules/ownership.ts';
import { buildEnvironment, buildOwnership, buildProject, resolveFor } from '../testing/build-declaration.ts';
import { checkSettings } from './check-settings.ts';

const prod = buildEnvironment('prod', 'production', {
  owns: buildOwnership({ hosts: ['*.prod.example'], paths: ['/srv/prod/'], namespaces: ['finks-prod'] }),
});
const secrets = (options: Readonly<Record<string, unknown>>) => ({
  secrets: { provider: 'any', ttlSeconds: 1, maxStaleSeconds: 1, options },
});
const notify = (url: string): Partial<EnvironmentDeclaration> => ({
  notify: [{ name: 'hook', sink: 'webhook', url, to: [], from: undefined, secret: undefined, severities: [] }],
});
const listProblems = (changes: Partial<EnvironmentDeclaration>) => {
  const dev = buildEnvironment('dev', 'shared', changes);
  const project = buildProject([dev, prod], []);
  const problems = checkSettings(createOwnershipTable(project), dev);
  // They are among the problems of the environment.
  expect(resolveFor(project, dev).problems).toEqual(problems);
  return problems.map(({ code, variable }) => `${code} ${variable}`);
};

describe('checkSettings', () => {
  it.each<[string, Partial<EnvironmentDeclaration>]>([
    ['registry', { registry: 'registry.prod.example/finks' }],
    ['registry', { registry: 'registry.prod.example:5000' }],
    ['secrets.folder', secrets({ folder: '/srv/prod' })],
    ['secrets.namespace', secrets({ namespace: 'finks-prod' })],
    ['secrets.url', secrets({ url: 'https://vault.prod.example/SecretServer' })],
    ['secrets.tokenFile', secrets({ tokenFile: '/srv//prod/token' })],
    ['notify.hook.url', notify('https://alerts.prod.example/x?key=canary')],
  ])('A8 another environment’s is refused: %s', (name, changes) => {
    expect(listProblems(changes)).toEqual([`RESOURCE_OWNED_BY_OTHER ${name}`]);
  });

  it('what nobody owns, and what is a secret, is none of it', () => {
    expect(listProblems({ registry: 'ghcr.io/finks', ...notify('secret://hook#url') })).toEqual([]);
    expect(listProblems(secrets({ folder: '/run/secrets', namespace: 7, region: 'prod' }))).toEqual([]);
  });
});
