// Every server that the environment is declared to speak TLS with.
import { isSecretReference } from '@towpath/core';
import type { CheckedEnvironment, CheckSubject } from './check.ts';
import { parseRegistry } from './parse-registry.ts';
import { findReachable } from './reachable-environment.ts';

/** A server, and who names it. */
export interface TlsEndpoint {
  /** `API_URL`; an address that may be secret is not part of it. */
  readonly label: string;
  readonly host: string;
  readonly port: number;
  /** File of certificates that are trusted instead of the usual ones. */
  readonly caFile: string | undefined;
  /** Another check tells when it does not answer. */
  readonly isAskedElsewhere: boolean;
  /** Nothing of its address may be shown. */
  readonly isSecret: boolean;
}

const HTTPS_PORT = 443;

/** Lists them, each place once. */
export function listTlsEndpoints(subject: CheckSubject): readonly TlsEndpoint[] {
  const { TOWPATH_SERVER: server } = subject.variables;
  const environment = findReachable(subject);
  const own = server ? toEndpoint('TOWPATH_SERVER', server, { isAskedElsewhere: true }) : [];
  const declared = environment ? listDeclared(environment) : [];
  const byPlace = Map.groupBy([...own, ...declared], ({ host, port }) => `${host}:${port}`);
  return [...byPlace.values()].flatMap(unite);
}

function unite(same: readonly TlsEndpoint[]): readonly TlsEndpoint[] {
  const [first] = same;
  const labels = new Set(same.map(({ label }) => label));
  const isSecret = same.some((one) => one.isSecret);
  return first === undefined ? [] : [{ ...first, isSecret, label: [...labels].join(', ') }];
}

function listDeclared({ configuration, agent }: CheckedEnvironment): readonly TlsEndpoint[] {
  const { registry, secrets } = configuration.environment;
  const values = [...configuration.values.values()].filter(({ type }) => type === 'url');
  const sinks = (agent?.sinks ?? []).filter(({ url }) => !isSecretReference(url));
  return [
    ...values.flatMap(({ name, text, isSecret }) => toEndpoint(name, text, { isSecret })),
    ...sinks.flatMap(({ name, url }) => toEndpoint(`sink ${name}`, url, { isSecret: true })),
    ...listOfRegistry(registry),
    ...listOfProvider(secrets?.provider ?? '', secrets?.options ?? {}),
  ];
}

// Docker asks no certificate of a registry on this machine.
function listOfRegistry(text: string | undefined): readonly TlsEndpoint[] {
  const registry = text === undefined ? undefined : parseRegistry(text);
  if (registry === undefined || registry.isLoopback) return [];
  return toEndpoint('registry', `https://${registry.authority}`, { isAskedElsewhere: true });
}

function listOfProvider(provider: string, options: Readonly<Record<string, unknown>>): readonly TlsEndpoint[] {
  const caFile = typeof options.caFile === 'string' ? options.caFile : undefined;
  const texts = Object.values(options).filter((value) => typeof value === 'string');
  return texts.flatMap((text) => toEndpoint(`provider ${provider}`, text, { caFile }));
}

type EndpointFacts = Partial<Pick<TlsEndpoint, 'caFile' | 'isAskedElsewhere' | 'isSecret'>>;

function toEndpoint(
  label: string,
  text: string,
  { caFile, isAskedElsewhere = false, isSecret = false }: EndpointFacts = {},
): readonly TlsEndpoint[] {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' || url.hostname === '') return [];
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return [{ label, host, port: Number(url.port) || HTTPS_PORT, caFile, isAskedElsewhere, isSecret }];
}
