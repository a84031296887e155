// Options of `secrets:` of an environment, by provider. Credentials of the agent itself never stand in the project file:
// options name the file or the variable they are in.
import { findNearest, TowpathError } from '@towpath/core';
import { z } from 'zod';
import { SECRETS_DOCS } from './secret-errors.ts';

const Text = z.string().min(1);

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Tells whether a token may be sent there: over TLS, or within this machine. */
export function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname));
}

const SafeUrl = Text.refine(isSafeUrl, 'must be a URL with https');

/** Values in config/.env.<environment>.secrets, or in the environment's file itself. */
const DotenvOptions = z.strictObject({});

/** One file for each name in a folder, or a folder with a file for each field. */
const FileOptions = z.strictObject({ folder: Text });

/** Secrets of the namespace, asked of the API server, or mounted. */
const KubernetesOptions = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('api').default('api'),
    namespace: Text.optional(),
    apiServer: SafeUrl.optional(),
    tokenFile: Text.optional(),
    caFile: Text.optional(),
  }),
  z.strictObject({ source: z.literal('mounted'), folder: Text }),
]);

/** Delinea Secret Server, or the one behind Delinea Platform. */
const DelineaOptions = z.strictObject({
  url: SafeUrl,
  product: z.enum(['secret-server', 'platform']).default('secret-server'),
  /** User of Secret Server, client id of Platform. */
  account: Text.optional(),
  accountVariable: Text.default('DELINEA_ACCOUNT'),
  domain: Text.optional(),
  passwordFile: Text.optional(),
  passwordVariable: Text.default('DELINEA_PASSWORD'),
  /** Folder that relative names start from. */
  folder: Text.optional(),
  caFile: Text.optional(),
});

/** AWS Secrets Manager. */
const AwsOptions = z.strictObject({
  region: Text,
  /** What relative names start with; default `/<environment>/`. */
  pathPrefix: Text.regex(/^\/.*\/$/, 'must begin and end with /').optional(),
  endpoint: SafeUrl.optional(),
  profile: Text.optional(),
});

const Secrets = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('dotenv'), options: DotenvOptions }),
  z.strictObject({ provider: z.literal('file'), options: FileOptions }),
  z.strictObject({ provider: z.literal('kubernetes'), options: KubernetesOptions }),
  z.strictObject({ provider: z.literal('delinea'), options: DelineaOptions }),
  z.strictObject({ provider: z.literal('aws'), options: AwsOptions }),
]);

const PROVIDERS = Secrets.options.map((option) => option.shape.provider.value);

/** Options that were checked, with the provider they belong to. */
export type SecretsOptions = z.output<typeof Secrets>;
export type FileProviderOptions = z.output<typeof FileOptions>;
export type KubernetesProviderOptions = z.output<typeof KubernetesOptions>;
export type DelineaProviderOptions = z.output<typeof DelineaOptions>;
export type AwsProviderOptions = z.output<typeof AwsOptions>;

/** As a declaration holds them, see `SecretsDeclaration` in core. */
export interface UncheckedSecretsOptions {
  readonly provider: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Checks the options of an environment's provider.
 *
 * @throws TowpathError `SECRET_PROVIDER_UNKNOWN`, `SECRET_OPTIONS_INVALID`
 */
export function parseSecretsOptions(
  environment: string,
  { provider, options }: UncheckedSecretsOptions,
): SecretsOptions {
  if (!PROVIDERS.some((name) => name === provider)) throw providerUnknown(environment, provider);
  const parsed = Secrets.safeParse({ provider, options });
  if (parsed.success) return parsed.data;
  throw new TowpathError({
    code: 'SECRET_OPTIONS_INVALID',
    message: `[${environment.toUpperCase()}] The options of secret provider ${provider} are wrong.`,
    // Names of keys and what they should be; a value that somebody wrote there by mistake is not told.
    cause: z.prettifyError(parsed.error).replaceAll(/\s*\n\s*/g, ' '),
    fix: `See ${SECRETS_DOCS} for the options of ${provider}.`,
    docs: SECRETS_DOCS,
  });
}

function providerUnknown(environment: string, provider: string): TowpathError {
  const nearest = findNearest(provider, PROVIDERS);
  return new TowpathError({
    code: 'SECRET_PROVIDER_UNKNOWN',
    message: `[${environment.toUpperCase()}] There is no secret provider ${provider}.`,
    cause: nearest === undefined ? 'Nothing of a similar name exists.' : `Did you mean ${nearest}?`,
    fix: `Choose one of ${PROVIDERS.join(', ')}.`,
    docs: SECRETS_DOCS,
  });
}
