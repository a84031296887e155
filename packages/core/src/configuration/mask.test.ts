import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeText, describeValue, hideCredentialsAround, maskSecret } from './mask.ts';
import { parseSecretReference } from './secret-reference.ts';
import { VALUE_TYPES } from './value-type.ts';

const type = fc.constantFrom(...VALUE_TYPES);

describe('masking', () => {
  it('A4 a secret shows its type and a class of its length: secrets of one class look the same', () => {
    fc.assert(
      fc.property(
        type,
        fc.string({ minLength: 1, maxLength: 300 }),
        fc.string({ minLength: 1, maxLength: 300 }),
        (kind, a, b) => {
          const shape = /^<(\w+), (?:under 8 characters|(\d+)-(\d+) characters)>$/;
          const shown = describeValue({ type: kind, text: a, isSecret: true });
          expect(shown).toMatch(shape);
          const isOneClass =
            Math.max(a.length, 7) >> 3 === 0
              ? b.length < 8
              : Math.floor(Math.log2(a.length)) === Math.floor(Math.log2(b.length));
          if (isOneClass) expect(maskSecret(kind, b)).toBe(shown);
        },
      ),
    );
    expect(maskSecret('string', 'x'.repeat(5000))).toBe('<string, 1024 characters or more>');
  });

  it('A4 a password inside a URL or a connection string is never shown, whatever the type that was declared', () => {
    const password = fc.stringMatching(/^[A-Z0-9!$%^&*()_+=:;,.~@/-]{6,20}$/).filter((text) => !/^[\d.:]*$/.test(text));
    const ways = [
      (text: string) => `postgresql://me:${text}@db.example:5432/orders`,
      (text: string) => `https://${text}@api.example/v1`,
      (text: string) => `https://api.example/v1?sig=${text}`,
      (text: string) => `jdbc:sqlserver://db.example;password=${text}`,
      (text: string) => `Server=db.example;Database=x;Password=${text}`,
      (text: string) => `host=db.example password=${text}`,
    ];
    fc.assert(
      fc.property(password, (text) => {
        ways.forEach((way, index) => {
          const kinds = index < 3 ? (['url', 'dsn', 'string'] as const) : (['dsn'] as const);
          for (const kind of kinds) expect(describeText(kind, way(text))).not.toContain(text);
        });
      }),
    );
  });

  it.each([
    ['https//api.dev.example/v1', 'https//api.dev.example/v1'],
    ['api.dev.example:8443', 'api.dev.example:8443'],
    ['http:/me:hunter2@api.example/v1?sig=abc', '***@api.example/v1?***'],
    ['https://api.example/a b?token=abc', 'https://api.example/a b?***'],
    ['hunter2-and-more', '<url, 16-31 characters>'],
    ['api.example/0123456789abcdef01234567', '<url, 32-63 characters>'],
  ])('A6 of a URL that is none, %s, %s is shown', (text, shown) => {
    expect(describeText('url', text)).toBe(shown);
  });

  it.each([
    ['postgres://u:hunter2@db.prod.example', 'postgres://u:hunter2@db.prod.example', 'postgres://***@db.prod.example'],
    ['ter@db.prod.example', 'url = u:hun$ter@db.prod.example', '***@db.prod.example'],
    ['u:hunter2@db.prod.example', 'u:hunter2@db.prod.example', '***@db.prod.example'],
    ['prod_x', 'postgres://db.example/a?options=prod_x&password=hunter2', 'postgres://db.example/a?***'],
    ['svc@PROD.EXAMPLE', 'svc@PROD.EXAMPLE', 'svc@PROD.EXAMPLE'],
    ['prod-raw', 's3://prod-raw/x', 'prod-raw'],
  ])('A4 the word %s of %s is shown as %s', (word, text, shown) => {
    expect(hideCredentialsAround(word, text)).toBe(shown);
  });

  it('what is not secret is shown, cut and without control characters', () => {
    expect(describeText('dsn', 'postgresql://me:pw@db.example/orders')).toBe('host=db.example:5432 database=orders');
    expect(describeText('url', 'https://api.example/v1')).toBe('https://api.example/v1');
    expect(describeText('string', '\u001b[31mred')).toBe('\\u001b[31mred');
    expect(describeText('string', 'x'.repeat(500))).toHaveLength(120);
    const secretReference = parseSecretReference('secret://db#password');
    expect(describeValue({ type: 'string', text: 'secret://db#password', isSecret: true, secretReference })).toBe(
      'secret://db#password',
    );
  });

  it('hides what a connection string in a text calls secret, however it is quoted', () => {
    const texts = [
      'Server=x;User Id=sa;Password=hunter2',
      "host=x password = 'hunter 2'",
      'PWD={hunter;2};Database=x',
      'Token="hunter2',
    ];
    for (const text of texts) expect(describeText('string', text)).not.toContain('hunter');
    expect(describeText('string', 'Server=x;Password=hunter2;Database=y')).toBe('Server=x;Password=***;Database=y');
  });
});
