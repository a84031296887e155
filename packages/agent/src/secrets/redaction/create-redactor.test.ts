import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretValue } from '../secret-value.ts';
import { createByteAutomaton } from './byte-automaton.ts';
import { createRedactor } from './create-redactor.ts';

const PEM = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC+/x1\n'.repeat(25)}-----END PRIVATE KEY-----\n`;

function createFor(...values: (string | Buffer)[]) {
  return createRedactor(values.map((value, at) => ({ name: `secret-${at}`, value: new SecretValue(value) })));
}

const stars = (text: string): string => '*'.repeat(Buffer.byteLength(text));

/** The definition: all bytes of any find are masked. */
function maskNaively(data: Buffer, patterns: readonly Buffer[]): string {
  const masked = Buffer.from(data);
  for (const pattern of patterns) {
    for (let at = data.indexOf(pattern); at >= 0; at = data.indexOf(pattern, at + 1)) {
      masked.fill('*', at, at + pattern.length);
    }
  }
  return masked.toString('latin1');
}

describe('a redactor', () => {
  it('masks each byte of a secret and leaves the rest', () => {
    const { redact, problems } = createFor('hunter-22', 'päss "w" <1>');
    expect(redact('login loader/hunter-22 at päss "w" <1>!')).toBe(
      `login loader/********* at ${stars('päss "w" <1>')}!`,
    );
    expect(redact('hunter-2 and nothing else 🔑')).toBe('hunter-2 and nothing else 🔑');
    expect(problems).toEqual([]);
  });

  it.each([
    ['a URL', 'postgres://u:', 'p%C3%A4ss%20%22w%22%20%3C1%3E%2Fx', '@host'],
    ['a form', 'login=', 'p%C3%A4ss+%22w%22+%3C1%3E%2Fx', '&x=1'],
    ['Python’s quote', '', 'p%C3%A4ss%20%22w%22%20%3C1%3E/x', ''],
    ['digits in lower case', '/', 'p%c3%a4ss%20%22w%22%20%3c1%3e%2fx', '/'],
    ['JSON', '{"login":"', 'päss \\"w\\" <1>/x', '"}'],
    ['JSON of Python', '{"login": "', 'p\\u00e4ss \\"w\\" <1>/x', '"}'],
    ['JSON of PHP', '{"login":"', 'p\\u00e4ss \\"w\\" <1>\\/x', '"}'],
    ['JSON of Go', '{"login":"', 'päss \\"w\\" \\u003c1\\u003e/x', '"}'],
    ['HTML', '<b>', 'päss &quot;w&quot; &lt;1&gt;/x', '</b>'],
    ['bytea', '\\x', '70c3a4737320227722203c313e2f78', ''],
    ['hexadecimal', '0x', '70C3A4737320227722203C313E2F78', ''],
    ['JSON in JSON', '{"body":"{\\"login\\":\\"', 'päss \\\\\\"w\\\\\\" <1>/x', '\\"}"}'],
  ])('finds it in %s', (_, before, form, after) => {
    expect(createFor('päss "w" <1>/x').redact(`${before}${form}${after}`)).toBe(`${before}${stars(form)}${after}`);
  });

  it('finds it in base64 at any alignment, as a property', () => {
    const bytes = fc.uint8Array({ maxLength: 7 });
    const secrets = fc.uint8Array({ minLength: 4, maxLength: 200 });
    fc.assert(
      fc.property(secrets, bytes, bytes, fc.boolean(), (secret, before, after, isUrl) => {
        const { redact, problems } = createFor(Buffer.from(secret));
        fc.pre(problems.length === 0);
        const text = Buffer.concat([before, secret, after]).toString(isUrl ? 'base64url' : 'base64');
        const from = Math.ceil((before.length * 8) / 6);
        const own = text.slice(from, Math.floor(((before.length + secret.length) * 8) / 6));
        expect(redact(`x ${text} y`)).not.toContain(own);
      }),
    );
  });

  it('finds the lines of a private key, its base64 broken into lines, and all of it', () => {
    const { redact } = createFor(PEM);
    const [line = ''] = PEM.split('\n').slice(1, 2);
    expect(redact(`key: ${line}`)).toBe(`key: ${stars(line)}`);
    for (const width of [64, 76]) {
      const broken = Buffer.from(PEM)
        .toString('base64')
        .replaceAll(new RegExp(`.{${width}}`, 'g'), '$&\n');
      expect(redact(broken)).toMatch(/^[*\s=]*$/);
    }
    expect(redact(PEM)).toMatch(/^\*+$/);
    expect(redact(JSON.stringify({ key: PEM }))).toMatch(/^\{"key":"\*+"\}$/);
  });

  it.each([
    ['the password of a URL', 'postgres://loader:s3cr%20et-pw@db.example/sales', 's3cr et-pw'],
    ['a token in the query of a URL', 'https://hook.example/in?token=t0p-secret&v=1', 't0p-secret'],
    ['the password of a connection string', 'Server=db;Database=x;User Id=u;Password={s3;cret};', 's3;cret'],
    ['the password of libpq', 'host=db user=u password=s3cret-pw', 's3cret-pw'],
    ['what is called a password in JSON', '{"host":"db.example","auth":{"password":"s3cret-pw"}}', 's3cret-pw'],
    ['what base64 stands for', Buffer.from('hunter-22 and more').toString('base64'), 'hunter-22 and more'],
  ])('finds %s by itself', (_, secret, part) => {
    const { redact } = createFor(secret);
    expect(redact(`refused: ${part}!`)).toMatch(/^refused: \*+!?$/);
    expect(redact('db.example loader sales')).toBe('db.example loader sales');
  });

  it('finds it without the line break an editor left', () => {
    const value = new SecretValue('hunter-22\n', { dropsFinalNewline: true });
    expect(createRedactor([{ name: 'a', value }]).redact('hunter-22.')).toBe('*********.');
  });

  it('tells of secrets that are too short, by name', () => {
    const { redact, problems } = createFor('abc', '  x  ', 'abcd');
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['SECRET_TOO_SHORT', 'Secret secret-0 is not taken out of logs.'],
      ['SECRET_TOO_SHORT', 'Secret secret-1 is not taken out of logs.'],
    ]);
    expect(redact('abc abcd x')).toBe('abc **** x');
  });

  it('finds a file of certificates, whole, in JSON, in base64 and by its lines, and refuses to look for a longer one', () => {
    const file = Array.from({ length: 1200 }, (_, at) => `certificate line ${at} ${'x'.repeat(at % 40)}`).join('\n');
    const { redact, problems } = createFor(file, 'x'.repeat(70_000));
    expect(problems.map(({ code }) => code)).toEqual(['SECRET_TOO_LONG']);
    expect(redact(file)).toMatch(/^\*+$/);
    expect(redact(`at ${file.split('\n')[700]}.`)).toMatch(/^at \*+\.$/);
    expect(redact(JSON.stringify({ file }))).toMatch(/^\{"file":"\*+"\}$/);
    expect(redact(Buffer.from(`a${file}`).toString('base64'))).toMatch(/^.{2}\*+=*$/);
  });

  it('does as the definition says', () => {
    const text = (maxLength: number, minLength = 0) =>
      fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength, maxLength });
    fc.assert(
      fc.property(text(60), fc.array(text(6, 1), { maxLength: 6, minLength: 1 }), (shown, secrets) => {
        const patterns = secrets.map((secret) => Buffer.from(secret));
        const { next, matchOf } = createByteAutomaton(patterns);
        const data = Buffer.from(shown);
        let state = 0;
        for (const [at, byte] of Buffer.from(shown).entries()) {
          state = next(state, byte);
          data.fill('*', at + 1 - matchOf(state), at + 1);
        }
        expect(data.toString('latin1')).toBe(maskNaively(Buffer.from(shown), patterns));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes time in proportion to the text, also where every byte could begin a secret', () => {
    const { redact } = createFor(`${'ab'.repeat(2000)}c`, 'a'.repeat(3000));
    // Steps in proportion to text × secret would be some 10^9 here: minutes, not a second.
    expect(redact('ab'.repeat(150_000))).toBe('ab'.repeat(150_000));
    expect(redact('a'.repeat(300_000))).toBe('*'.repeat(300_000));
  });
});
