// Hosts and addresses. One thing has one spelling, or ownership could be walked around: `0x7f.1`, `2130706433` and
// `127.0.0.1` are the same host, so only the last form is taken.
import type { Resource } from './resource.ts';

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const BYTE = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);
const IPV6 = /^\[?([0-9a-f:]{2,39}(?:\.[0-9.]+)?)\]?$/;

/** A host with its port; either may be looked for by patterns. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number | undefined;
}

/** A host in its one spelling: lower case, without a final dot, IPv6 without brackets. Undefined: no host. */
export function parseHost(text: string): string | undefined {
  const host = text.toLowerCase().replace(/\.$/, '');
  if (IPV4.test(host)) return host;
  const [, address] = IPV6.exec(host) ?? [];
  if (address?.includes(':')) return expandIpv6(address);
  const labels = host.split('.');
  // A last label of digits is an address in disguise (WHATWG URL, "ends in a number").
  const isName = labels.every((label) => LABEL.test(label)) && !/^(?:[0-9]+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '');
  return isName && host.length <= 253 ? host : undefined;
}

/** `host`, `host:port`, `[::1]:port`; `defaultPort` where none is written. */
export function parseHostPort(text: string, defaultPort?: number): HostAndPort | undefined {
  const [, name = '', digits] = /^(\[[^\]]*\]|[^:[\]]*)(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const host = parseHost(name);
  const port = digits === undefined ? defaultPort : parsePort(digits);
  if (host === undefined || (digits !== undefined && port === undefined)) return undefined;
  return { host, port };
}

/** 1 to 65535. */
export function parsePort(text: string): number | undefined {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** The host as a place. */
export function toHostResource({ host, port }: HostAndPort): Resource {
  const withPort = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { kind: 'hosts', role: 'place', names: port === undefined ? [host] : [host, withPort] };
}

// All eight groups without leading zeros: `::1` and `0:0:0:0:0:0:0:1` are one host. RFC 4291, section 2.2.
function expandIpv6(address: string): string | undefined {
  if (address.includes('.')) return undefined;
  const halves = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail] = halves;
  const missing = 8 - head.length - (tail?.length ?? 0);
  const isWhole = tail === undefined ? missing === 0 : missing >= 1;
  if (halves.length > 2 || !isWhole) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return undefined;
  const whole = groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
  // An IPv4 address in disguise (RFC 4291, section 2.5.5.2).
  return whole.startsWith('0:0:0:0:0:ffff:') ? undefined : whole;
}
