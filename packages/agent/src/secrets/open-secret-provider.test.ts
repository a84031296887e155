import { describe, expect, it } from 'vitest';
import { createTestContext } from '../testing/test-context.ts';
import { openSecretProvider } from './open-secret-provider.ts';

const open = (provider: string, options: Readonly<Record<string, unknown>> = {}) =>
  openSecretProvider({ provider, options }, createTestContext());

describe('the declaration of secrets', () => {
  it.each([
    ['dotenv', {}],
    ['file', { folder: 'secrets' }],
    ['kubernetes', {}],
    ['kubernetes', { source: 'mounted', folder: '/mnt/secrets' }],
    ['delinea', { url: 'https://vault.example/SecretServer' }],
    ['aws', { region: 'ca-central-1' }],
  ])('opens %s %j without asking anything', (provider, options) => {
    const opened = open(provider, options);
    expect(opened.name).toBe(provider);
    opened.close();
  });

  it('names the provider that was meant', () => {
    const expected = { code: 'SECRET_PROVIDER_UNKNOWN', reason: 'Did you mean delinea?' };
    expect(() => open('delina')).toThrow(expect.objectContaining(expected));
    expect(() => open('toString')).toThrow(expect.objectContaining({ code: 'SECRET_PROVIDER_UNKNOWN' }));
  });

  it.each([
    ['delinea', {}],
    ['delinea', { url: 'http://vault.example' }],
    ['delinea', { url: 'https://vault.example', password: 'canary' }],
    ['delinea', { url: 'https://vault.example', product: 'canary' }],
    ['kubernetes', { source: 'mounted' }],
    ['kubernetes', { apiServer: 'http://10.0.0.1' }],
    ['aws', { region: 'ca-central-1', pathPrefix: 'dev/' }],
    ['file', { folder: 'x', ttl: 3 }],
  ])('refuses %s %j and doesn’t repeat what stands there', (provider, options) => {
    const run = () => open(provider, options);
    expect(run).toThrow(expect.objectContaining({ code: 'SECRET_OPTIONS_INVALID' }));
    expect(run).toThrow(/^\[DEV\]/);
    expect(run).not.toThrow(expect.objectContaining({ reason: expect.stringContaining('canary') }));
  });
});
