import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeText } from '../mask.ts';
import { VALUE_TYPES, type ValueType } from '../value-type.ts';
import { parseHost } from './parse-host.ts';
import { parseBoolean, parseValue } from './parse-value.ts';

const listNames = (type: ValueType, text: string): readonly string[] => {
  const parsed = parseValue(type, text, ['one', 'two']);
  return 'expected' in parsed ? ['refused'] : parsed.resources.map(({ kind, names }) => `${kind} ${names.join(' = ')}`);
};

describe('parseValue', () => {
  it.each<[ValueType, string, readonly string[]]>([
    [
      'url',
      'https://API.prod.example/v1?key=1',
      [
        'hosts api.prod.example = api.prod.example:443',
        'urls https://api.prod.example/v1 = https://api.prod.example:443/v1',
      ],
    ],
    ['url', 's3://prod-bronze-zone/a/b', ['buckets prod-bronze-zone']],
    ['url', 'file:///srv/prod', ['paths /srv/prod']],
    [
      'url',
      'http://[::1]:80/',
      ['hosts 0:0:0:0:0:0:0:1 = [0:0:0:0:0:0:0:1]:80', 'urls http://0:0:0:0:0:0:0:1/ = http://[0:0:0:0:0:0:0:1]:80/'],
    ],
    [
      'dsn',
      'postgresql://me:pw@db.prod.example/orders',
      ['hosts db.prod.example = db.prod.example:5432', 'databases orders', 'principals me'],
    ],
    [
      'dsn',
      'postgresql://a.example,b.example:6000/x?host=c.example&dbname=y&user=u',
      [
        'hosts a.example = a.example:5432',
        'hosts b.example = b.example:6000',
        'hosts c.example = c.example:5432',
        'databases x',
        'databases y',
        'principals u',
      ],
    ],
    [
      'dsn',
      'jdbc:sqlserver://sql.example:1433;databaseName=Dwh;user=svc',
      ['hosts sql.example = sql.example:1433', 'databases Dwh', 'principals svc'],
    ],
    [
      'dsn',
      'Server=tcp:sql.example,1433;Initial Catalog=Dwh;User Id=svc;Password=x',
      ['hosts sql.example = sql.example:1433', 'databases Dwh', 'principals svc'],
    ],
    [
      'dsn',
      "host=db.example port=6000 dbname='my db' user=u",
      ['hosts db.example = db.example:6000', 'databases my db', 'principals u'],
    ],
    ['host', 'DB.example.', ['hosts db.example']],
    [
      'hostPort',
      'k1.example:9092, k2.example:9092',
      ['hosts k1.example = k1.example:9092', 'hosts k2.example = k2.example:9092'],
    ],
    ['bucket', 'gs://prod-raw/x', ['buckets prod-raw']],
    [
      'arn',
      'arn:aws:iam::123456789012:role/prod-loader',
      ['accounts 123456789012', 'principals arn:aws:iam::123456789012:role/prod-loader = role/prod-loader'],
    ],
    ['arn', 'arn:aws:s3:::prod-raw/x', ['buckets prod-raw']],
    [
      'arn',
      'arn:aws:secretsmanager:eu-west-1:123456789012:secret:/prod/fmp/api_key-AbCdEf',
      [
        'accounts 123456789012',
        'secretPaths /prod/fmp/api_key = /prod/fmp/api_key-AbCdEf = secret:/prod/fmp/api_key-AbCdEf',
      ],
    ],
    ['principal', 'svc/host.example@PROD.EXAMPLE', ['principals svc/host.example@PROD.EXAMPLE', 'realms PROD.EXAMPLE']],
    ['path', './data//prod/./x', ['paths data/prod/x']],
    ['secretPath', '/prod/fmp/api_key', ['secretPaths /prod/fmp/api_key']],
    ['prefix', 'prod', ['buckets prod-']],
    ['database', 'prod_analytics', ['databases prod_analytics']],
    ['namespace', 'finks-prod', ['namespaces finks-prod']],
    ['account', 'markets-prod-12345', ['accounts markets-prod-12345']],
    ['realm', 'PROD.EXAMPLE', ['realms PROD.EXAMPLE']],
    [
      'string',
      'https://api.prod.example',
      ['hosts api.prod.example = api.prod.example:443', 'urls https://api.prod.example = https://api.prod.example:443'],
    ],
    ['string', 'just text', []],
    ['enum', 'two', []],
    ['duration', '1h30m', []],
    ['duration', 'PT1H', []],
    ['email', 'a@b.example', []],
    ['logLevel', 'info', []],
    ['port', '65535', []],
    ['number', '-1.5e3', []],
    ['integer', '007', []],
  ])('A8 %s %j names what can be owned', (type, text, names) => {
    expect(listNames(type, text)).toEqual(names);
  });

  it.each<[ValueType, readonly string[]]>([
    [
      'url',
      [
        'api.example',
        'http://a b',
        'http://a\\b',
        'http://0x7f.1/',
        'http://2130706433/',
        'http://a/../b',
        'http://a/%2e%2e/b',
        'http://a%2eb/',
      ],
    ],
    [
      'dsn',
      [
        '',
        'postgresql:///x',
        'service=prod',
        'postgresql://a@b@c/x',
        'postgresql://h/x?service=prod',
        'postgresql://0177.0.0.1/x',
        'nonsense',
        'host=a port=x',
      ],
    ],
    ['host', ['a b', '1.2.3', '0x10', '-', 'a..b', '256.1.1.1', ':::']],
    ['hostPort', ['a', 'a:0', 'a:65536', 'a:1,b']],
    ['string', ['a\0b']],
    ['bucket', ['undefined-bronze-zone', 'Prod', 'a', 's3://x', 'a/../b']],
    ['arn', ['arn:aws:iam', 'arn:aws:sqs:eu-west-1::q']],
    ['path', ['a/../b', 'a\\b', '..']],
    ['boolean', ['maybe', '']],
    ['integer', ['1.5', '', 'x']],
    ['number', ['', 'NaN', 'Infinity', '0x10']],
    ['port', ['0', '65536', '-1']],
    ['namespace', ['A', '-a', 'a'.repeat(64)]],
    ['enum', ['three']],
    ['duration', ['', '5', 'P', 'PT', '5 m']],
    ['email', ['a', 'a@b', 'a b@c.example']],
    ['logLevel', ['LOUD']],
    ['principal', ['', '@R', 'a@b@c']],
    ['prefix', ['undefined', 'null', 'None', '', 'a/b']],
    ['account', ['', 'a/b']],
    ['realm', ['', 'a b']],
    ['database', ['bronze_undefined', '', 'a/b', 'a;b']],
  ])('refuses what is no %s', (type, texts) => {
    for (const text of texts) expect([text, listNames(type, text)]).toEqual([text, ['refused']]);
  });

  it('A8 one host has one spelling: an address that is not written plainly is refused', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xff_ff_ff_ff }), (address) => {
        const bytes = [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff);
        expect(parseHost(bytes.join('.'))).toBe(bytes.join('.'));
        expect(parseHost(String(address))).toBeUndefined();
        expect(parseHost(`0x${address.toString(16)}`)).toBeUndefined();
        expect(parseHost(bytes.map((byte) => `0${byte.toString(8)}`).join('.'))).toBeUndefined();
      }),
    );
  });

  it('a URL is asked at the host that the platform asks', () => {
    const host = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
    );
    fc.assert(
      fc.property(host, fc.option(fc.integer({ min: 1, max: 65_535 })), fc.webPath(), (name, port, path) => {
        const text = `http://${name}${port === null ? '' : `:${port}`}${path}`;
        const parsed = parseValue('url', text);
        if ('expected' in parsed) return;
        const { hostname } = new URL(text);
        const [asked = ''] = parsed.resources[0]?.names ?? [];
        expect(new URL(asked.includes(':') ? `http://[${asked}]/` : `http://${asked}/`).hostname).toBe(hostname);
      }),
    );
  });

  it('takes time in proportion to the text, whatever it is made of', () => {
    const pieces = ['a', ' ', 'a ', 'a=', 'a.', 'a://', '1', 'a=b;', ' server =', 'ab1.-', './', '%41', "\\'"];
    for (const type of VALUE_TYPES) {
      for (const piece of pieces) {
        const text = `${piece.repeat(50_000 / piece.length)}!`;
        const startedAt = performance.now();
        parseValue(type, text, ['one']);
        describeText(type, text);
        // Linear ones take a few milliseconds, and squares some seconds.
        expect([type, piece, performance.now() - startedAt < 500]).toEqual([type, piece, true]);
      }
    }
  });

  it('ends for any text of any type, and reads booleans both ways', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<ValueType>('url', 'dsn', 'arn', 'principal', 'hostPort', 'path'),
        fc.string(),
        (type, text) => {
          expect(parseValue(type, text)).toBeDefined();
        },
      ),
    );
    expect(['true', 'NO', '1', 'off', 'x'].map(parseBoolean)).toEqual([true, false, true, false, undefined]);
  });
});
