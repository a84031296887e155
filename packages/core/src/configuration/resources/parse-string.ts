// Any text is a string. What it says all the same of places (URLs, names of Amazon, connection strings, alone, in a list or in JSON)
// must not lead to what another environment owns.
import { parseArn } from './parse-arn.ts';
import { isDatabaseUrl, parseDsn } from './parse-dsn.ts';
import { parseHostPort, toHostResource } from './parse-host.ts';
import { parseUrl } from './parse-url.ts';
import type { ParsedValue, Resource } from './resource.ts';

/** Up to where a URL surely ends; lists of URLs are cut at each scheme. */
const URLS = /(?:jdbc:)?\b[a-z][a-z0-9+.-]{0,31}:\/\/(?:(?!,[a-z][a-z0-9+.-]{0,31}:\/\/)[^\s"'`<>])+/gi;
const ARNS = /\barn:aws[a-z-]*:[^\s"'`<>,;]+/g;
const PAIRS = /(?:^|[\s;])(?:host|hostaddr|server|data source)\s*=/i;

/** Everything that a text names besides being a text; nobody has to own any of it. */
export function parseString(given: string): ParsedValue {
  // Wide letters and ideographic dots are what they look like, to who asks for them (UTS 46).
  const text = given.normalize('NFKC').replace(/[\u3002\uff61]/g, '.');
  // No program can be given it: its environment would end there, or it would not start with an error that quotes the text.
  if (text.includes('\0')) return { expected: 'a text without NUL characters' };
  const urls = text.includes('://') ? (text.match(URLS) ?? []).flatMap(readUrl) : [];
  const arns = text.includes('arn:') ? (text.match(ARNS) ?? []).map(parseArn).flatMap(toResources) : [];
  const pairs = PAIRS.test(text) ? toResources(parseDsn(text)) : [];
  return { resources: [...urls, ...arns, ...pairs].map((resource) => ({ ...resource, role: 'actor' as const })) };
}

function readUrl(url: string): readonly Resource[] {
  const plain = toResources(parseUrl(url));
  const database = isDatabaseUrl(url) ? toResources(parseDsn(url)) : [];
  return plain.length + database.length > 0 ? [...plain, ...database] : listHosts(url);
}

// Of a URL that is read in several ways, or is part of something else, whatever looks like a host could be asked.
function listHosts(url: string): readonly Resource[] {
  const words = decode(url.slice(url.indexOf('://') + 3)).split(/[^A-Za-z0-9._:-]+/);
  return words.flatMap((word) => {
    const host = parseHostPort(word);
    return host === undefined ? [] : [toHostResource(host)];
  });
}

function decode(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function toResources(parsed: ParsedValue): readonly Resource[] {
  return 'resources' in parsed ? parsed.resources : [];
}
