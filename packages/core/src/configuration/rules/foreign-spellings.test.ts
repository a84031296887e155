import { describe, expect, it } from 'vitest';
import { parseValue } from '../resources/parse-value.ts';
import { buildEnvironment, buildOwnership, buildProject } from '../testing/build-declaration.ts';
import type { ValueType } from '../value-type.ts';
import { createOwnershipTable, judgeOwnership } from './ownership.ts';

const prod = buildEnvironment('prod', 'production', {
  owns: buildOwnership({
    buckets: ['prod-*'],
    hosts: ['*.prod.example', '10.1.2.3', 'fd00::10', 'nodes.example.', 'any.example:5432', 'any.example:1433'],
    databases: ['prod_*'],
    accounts: ['123456789012'],
    paths: ['data/prod/', '/srv/prod/', './zones/prod/'],
    secretPaths: ['/prod/', '/x/api-secret'],
    urls: ['https://gw.example/prod/'],
  }),
});
const table = createOwnershipTable(buildProject([buildEnvironment('dev'), prod], []));

/** What becomes of a value of dev: refused as of another type, or the verdict about its owner. */
function judge(type: ValueType, text: string): string {
  const parsed = parseValue(type, text);
  return 'expected' in parsed ? 'refused' : judgeOwnership(table, 'dev', parsed.resources, false).verdict;
}

describe('a second spelling of what prod owns', () => {
  it.each<[ValueType, readonly string[]]>([
    [
      'url',
      [
        'https://prod-raw.s3.amazonaws.com/x',
        'https://prod-raw.s3.dualstack.ca-central-1.amazonaws.com/x',
        'https://prod-raw.s3-website-eu-west-1.amazonaws.com/x',
        'https://s3.ca-central-1.amazonaws.com/prod-raw/x',
        'https://storage.googleapis.com/prod-raw/x',
        'gcs://prod-raw/x',
        'abfss://prod-raw@lake.dfs.core.windows.net/x',
        'http://[fd00::10]/',
        'http://[FD00:0:0:0:0:0:0:10]:80/',
        'http://[::ffff:a01:203]/',
        'https://nodes.example/',
        'https://gw.example/prod',
        'https://gw.example/./prod/v1',
        'https://gw.example/%2e/prod/v1',
        'https://gw.example/%70rod/v1',
        'https://gw.example//prod/v1',
        'file:///srv//prod/x',
        'file:///srv/%70rod/x',
        'file:///srv/./prod/x',
        'file:///srv/prod',
        'postgresql://db.dev.example/x?host=db.prod.example',
        'postgresql://db.dev.example/prod_dw',
        'https://a.dev.example/,https://api.prod.example/',
        'https://a.dev.example/x;https://api.prod.example/',
        'https://a.dev.example/?next=https://api.prod.example',
        's3://dev-raw/x,s3://prod-raw/y',
      ],
    ],
    [
      'dsn',
      [
        'postgresql://db.dev.example;a=b@db.prod.example/x',
        'postgresql://db.dev.example#@db.prod.example/x',
        'postgresql://db.dev.example?a=@db.prod.example/x',
        'postgresql://db.dev.example:5432/@db.prod.example/x',
        'postgresql://db.dev.example:5432/x?y=@db.prod.example/z',
        'postgresql://db.dev.example/x?%68ost=db.prod.example',
        'postgresql://any.example/x',
        'postgresql+psycopg://any.example/x',
        'snowflake://acct/prod_dw/public',
        'jdbc:sqlserver://a@db.prod.example;databaseName=x',
        'jdbc:sqlserver://db.dev.example;databaseName={prod_dw}',
        'host=db.dev.example;x=1 host=db.prod.example',
        'host=db.dev.example;x="1 host=db.prod.example application_name="',
        'host=db.dev.example dbname=pro\\d_dw',
        "host=db.dev.example dbname='pro\\d_dw'",
        'host=any.example dbname=x',
        'Server=any.example;Database=x',
        'Server=db.dev.example;Database={prod_dw}',
        'DSN=warehouse;Server=db.dev.example',
        'Server=db.dev.example;HOSTNAME=db.prod.example',
        'postgresql://db.dev.example/x,postgresql://db.prod.example/y',
      ],
    ],
    [
      'string',
      [
        'jdbc:postgresql://db.prod.example/x',
        'postgresql://db.dev.example,db.prod.example/x',
        'postgresql://h/x?host=db.prod.example',
        '["https://api.prod.example"]',
        '{"url":"https://api.prod.example/x"}',
        'https://a.dev.example,https://api.prod.example',
        'https://api.prod.example/a/../b',
        'https://a.dev.example\\@api.prod.example',
        ' https://api.prod.example\n',
        's3://prod-raw/x y',
        'https://api\u3002prod.example/',
        'https://\uff41pi.prod.example/',
        'https://api%2eprod.example/',
        'role arn:aws:iam::123456789012:role/x',
        'host=db.prod.example dbname=x',
        'Server=db.prod.example;Database=x',
      ],
    ],
    [
      'arn',
      [
        'arn:aws:s3:::*',
        'arn:aws:s3:::p*/x',
        'arn:aws:s3:::pro?-raw',
        'arn:aws:s3:::dev-raw,arn:aws:s3:::prod-raw',
        'arn:aws:iam::111111111111:role/x,arn:aws:iam::123456789012:role/x',
        'arn:aws:s3:ca-central-1:123456789012:accesspoint/x',
        'arn:aws:secretsmanager:ca-central-1:111111111111:secret:/x/api-secret',
        'arn:aws:secretsmanager:ca-central-1:111111111111:secret:/p*',
      ],
    ],
    ['host', ['fd00::10', '::ffff:a01:203', 'nodes.example']],
    [
      'path',
      ['data/prod', './data//prod', '/srv/prod', 'zones/prod/x', './zones/prod', 'data/dev:/srv/prod/x', 'a,/srv/prod'],
    ],
    ['bucket', ['s3://dev-raw/x,s3://prod-raw/y', 'dev-raw/x,prod-raw/y']],
    ['database', ['dev_a,prod_b']],
    ['principal', ['arn:aws:iam::111111111111:role/x,arn:aws:iam::123456789012:role/x']],
    ['secretPath', ['/prod', '//prod/x', '/dev/x,/prod/y']],
  ])('is not let through as %s', (type, texts) => {
    for (const text of texts)
      expect([text, judge(type, text)]).toEqual([text, expect.stringMatching(/^(?:refused|foreign)$/)]);
  });

  it.each<[ValueType, string]>([
    ['dsn', 'postgresql://loader:p%40ss@db.dev.example:5432/dev_dw?sslmode=require'],
    ['dsn', 'jdbc:sqlserver://sql.dev.example:1433;database=dev_dw;user=me@corp;password=a#b'],
    ['dsn', 'Server=tcp:sql.dev.example,1433;Database=dev_dw;Application Name=my app;Password={a b}'],
    ['dsn', 'Server=sql.dev.example\\first'],
    ['url', 'https://dev-raw.s3.amazonaws.com/prod-raw/x'],
    ['url', 'https://gw.example/production'],
    ['url', 'https://s3.amazonaws.com.evil.example/prod-raw'],
    ['path', '/srv/production'],
    ['arn', 'arn:aws:s3:::dev-raw/*'],
    ['arn', 'arn:aws:secretsmanager:ca-central-1:111111111111:secret:/dev/*'],
    ['string', 'see https://docs.dev.example/prod, or ask'],
  ])('what is not prod’s is let through as %s: %s', (type, text) => {
    expect(judge(type, text)).toBe('unclaimed');
  });
});
