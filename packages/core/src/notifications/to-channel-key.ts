/**
 * The same text for addresses that lead to the same place: schemes and hosts (and the domains of mail) ignore case, default
 * ports and closing slashes say nothing, and neither does what clients of HTTP repair by themselves (WHATWG URL: backslashes,
 * blanks, dots and encoded letters). A mailbox is compared without case too: no host in use tells `Ops@` from `ops@`.
 */
export function toChannelKey(channel: string): string {
  const text = channel.trim().replace(/[\t\n\r]/g, '');
  const [whole, scheme = '', authority = '', path = '', query = ''] =
    /^(https?:[\\/]*|[a-z][a-z0-9+.-]*:\/\/)([^\\/?#]*)([^?#]*)(\?[^#]*)?/i.exec(text) ?? [];
  if (whole === undefined) return text.toLowerCase().replace(/\.$/, '');
  const host = toHost(authority);
  const known = IGNORES_QUERY.has(host) || query === '?' ? '' : query;
  const name = scheme
    .toLowerCase()
    .replace(/:.*$/, '')
    .replace(/^https$/, 'http');
  return `${name}://${[host, ...listSegments(path)].join('/')}${known}`;
}

/** Receivers that look at the path only. */
const IGNORES_QUERY: ReadonlySet<string> = new Set(['hooks.slack.com', 'discord.com']);

function toHost(authority: string): string {
  const host = decode(authority.replace(/^.*@/s, '')).normalize('NFKC').toLowerCase();
  return host
    .replace(/:0*(?:80|443)?$/, '')
    .replace(/:0+(?=[0-9])/, ':')
    .replace(/\.(?=:|$)/, '');
}

function listSegments(path: string): readonly string[] {
  const segments: string[] = [];
  for (const segment of path.split(/[\\/]/).map(decode)) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
