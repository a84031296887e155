// Secrets of every shape that are planted, and every form in which they are looked for.

/** One secret: the reference is `secret://local/<name>#<field>`. */
export interface Canary {
  /** Of the variable that refers to it. */
  readonly variable: string;
  readonly name: string;
  readonly field: string;
  readonly text: string;
  /** What of it must not be found either; pieces of the text itself need not be listed. */
  readonly parts?: readonly string[];
}

const PEM_LINES = [
  'MIICanaryPemLineOne0A1b2C3d4E5f6G7h8',
  'J9k0CanaryPemLineTwo+L1m2N3o4P5q6R7s8',
  'T9uCanaryPemEnd==',
];
const IN_BASE64 = 'canary-in-base64 9f21';
const URL_PASSWORD = 'canary/url pä55';

/** Plain, field of JSON, several lines, base64, password in a URL; and the key of a sink, which no attempt gets. */
export const CANARIES: readonly Canary[] = [
  { variable: 'PLAIN_SECRET', name: 'plain', field: 'value', text: 'canary-plain "7f3a" <9c>' },
  { variable: 'JSON_SECRET', name: 'json', field: 'token', text: 'canary-json-51bd' },
  {
    variable: 'PEM_SECRET',
    name: 'pem',
    field: 'key',
    text: `-----BEGIN PRIVATE KEY-----\n${PEM_LINES.join('\n')}\n-----END PRIVATE KEY-----\n`,
    parts: PEM_LINES,
  },
  {
    variable: 'BASE64_SECRET',
    name: 'base64',
    field: 'value',
    text: Buffer.from(IN_BASE64).toString('base64'),
    parts: [IN_BASE64],
  },
  {
    variable: 'URL_SECRET',
    name: 'url',
    field: 'url',
    text: `postgres://loader:${encodeURIComponent(URL_PASSWORD)}@db.local.example/sales`,
    parts: [URL_PASSWORD, encodeURIComponent(URL_PASSWORD)],
  },
];

/** What the sink signs with. */
export const SINK_CANARY: Canary = { variable: '', name: 'hook', field: 'key', text: 'canary-hook-key-88e0' };

/** Every form of every secret that is searched for. */
export function listSearched(more: readonly string[] = []): readonly string[] {
  const texts = [...CANARIES, SINK_CANARY].flatMap(({ text, parts = [] }) => [text, ...parts]);
  return [...new Set([...texts, ...more].flatMap(listForms))];
}

function listForms(text: string): readonly string[] {
  const inJson = JSON.stringify(text).slice(1, -1);
  const inUrl = encodeURIComponent(text);
  const plain = [text, inJson, JSON.stringify(inJson).slice(1, -1), inUrl, inUrl.replaceAll(/%[0-9A-F]{2}/g, toLower)];
  const base64 = [0, 1, 2].map((before) => encodeAt(text, before));
  return [...plain, ...base64, ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

function toLower(text: string): string {
  return text.toLowerCase();
}

/** What of base64 the text alone decides when so many bytes come before it. */
function encodeAt(text: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
  return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

/** Those of the searched forms that a text has; also when it is bytes read as latin1, or escaped as PostgreSQL prints bytes. */
export function findLeaks(text: string, searched: readonly string[]): readonly string[] {
  return searched.filter((form) => {
    const bytes = Buffer.from(form, 'utf8');
    const octal = [...bytes].map(toOctal).join('');
    return text.includes(form) || text.includes(bytes.toString('latin1')) || text.includes(octal);
  });
}

function toOctal(byte: number): string {
  if (byte === 0x5c) return '\\\\';
  return byte < 0x20 || byte > 0x7e ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte);
}
