import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MASK, SecretValue } from '../secret-value.ts';
import { createByteAutomaton } from './byte-automaton.ts';
import { createRedactor } from './create-redactor.ts';
import { createRedactingStream } from './redacting-stream.ts';

const PEM = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC+/x1\n'.repeat(25)}-----END PRIVATE KEY-----\n`;

function createFor(...values: (string | Buffer)[]) {
  return createRedactor(values.map((value, at) => ({ name: `secret-${at}`, value: new SecretValue(value) })));
}

/** Cuts at these places, given as shares of the length. */
function cutAt(data: Buffer, shares: readonly number[]): Buffer[] {
  const places = shares.map((share) => Math.floor(share * data.length)).sort((a, b) => a - b);
  return [...places, data.length].map((place, at) => data.subarray(places[at - 1] ?? 0, place));
}

/** The definition: all bytes of any find are replaced, touching finds by one mark. */
function redactNaively(data: Buffer, patterns: readonly Buffer[]): string {
  const covered = new Uint8Array(data.length);
  for (const pattern of patterns) {
    for (let at = data.indexOf(pattern); at >= 0; at = data.indexOf(pattern, at + 1)) {
      covered.fill(1, at, at + pattern.length);
    }
  }
  let text = '';
  for (let at = 0; at < data.length; at += 1) {
    if (covered[at] === 0) text += String.fromCharCode(data[at] ?? 0);
    else if (at === 0 || covered[at - 1] === 0) text += MASK;
  }
  return text;
}

describe('a redactor', () => {
  it('takes a secret out of a text and leaves the rest', () => {
    const { redact, problems } = createFor('hunter-22', 'päss "w" <1>');
    expect(redact('login loader/hunter-22 at päss "w" <1>!')).toBe(`login loader/${MASK} at ${MASK}!`);
    expect(redact('hunter-2 and nothing else 🔑')).toBe('hunter-2 and nothing else 🔑');
    expect(problems).toEqual([]);
  });

  it.each([
    ['a URL', 'postgres://u:p%C3%A4ss%20%22w%22%20%3C1%3E%2Fx@host', 'postgres://u:[secret]@host'],
    ['a form', 'login=p%C3%A4ss+%22w%22+%3C1%3E%2Fx&x=1', 'login=[secret]&x=1'],
    ['Python’s quote', 'p%C3%A4ss%20%22w%22%20%3C1%3E/x', '[secret]'],
    ['digits in lower case', '/p%c3%a4ss%20%22w%22%20%3c1%3e%2fx/', '/[secret]/'],
    ['JSON', '{"login":"päss \\"w\\" <1>/x"}', '{"login":"[secret]"}'],
    ['JSON of Python', '{"login": "p\\u00e4ss \\"w\\" <1>/x"}', '{"login": "[secret]"}'],
    ['JSON of PHP', '{"login":"p\\u00e4ss \\"w\\" <1>\\/x"}', '{"login":"[secret]"}'],
    ['JSON of Go', '{"login":"päss \\"w\\" \\u003c1\\u003e/x"}', '{"login":"[secret]"}'],
    [
      'JSON in JSON',
      '{"body":"{\\"login\\":\\"päss \\\\\\"w\\\\\\" <1>/x\\"}"}',
      '{"body":"{\\"login\\":\\"[secret]\\"}"}',
    ],
  ])('finds it in %s', (_, text, expected) => {
    expect(createFor('päss "w" <1>/x').redact(text)).toBe(expected);
  });

  it('finds it in base64 at any alignment, as a property', () => {
    const bytes = fc.uint8Array({ maxLength: 7 });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 4, maxLength: 200 }),
        bytes,
        bytes,
        fc.boolean(),
        (secret, before, after, isUrl) => {
          const value = Buffer.from(secret);
          fc.pre(value.toString('latin1').trim().length >= 4);
          const text = Buffer.concat([before, secret, after]).toString(isUrl ? 'base64url' : 'base64');
          const from = Math.ceil((before.length * 8) / 6);
          const own = text.slice(from, Math.floor(((before.length + secret.length) * 8) / 6));
          const { redact, problems } = createFor(value);
          fc.pre(problems.length === 0);
          expect(redact(`x ${text} y`)).not.toContain(own);
        },
      ),
    );
  });

  it('finds the lines of a private key, its base64 broken into lines, and all of it', () => {
    const { redact } = createFor(PEM);
    const [line = ''] = PEM.split('\n').slice(1, 2);
    expect(redact(`key: ${line}`)).toBe(`key: ${MASK}`);
    for (const width of [64, 76]) {
      const broken = Buffer.from(PEM)
        .toString('base64')
        .replaceAll(new RegExp(`.{${width}}`, 'g'), '$&\n');
      expect(redact(broken).replaceAll(MASK, '')).toMatch(/^[\s=]*$/);
    }
    expect(redact(PEM)).toBe(MASK);
    expect(redact(JSON.stringify({ key: PEM }))).toBe(`{"key":"${MASK}"}`);
  });

  it('finds it without the line break an editor left', () => {
    const value = new SecretValue('hunter-22\n', { dropsFinalNewline: true });
    expect(createRedactor([{ name: 'a', value }]).redact('hunter-22.')).toBe(`${MASK}.`);
  });

  it('tells of secrets that are too short, by name', () => {
    const { redact, problems } = createFor('abc', '  x  ', 'abcd');
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['SECRET_TOO_SHORT', 'Secret secret-0 is not taken out of logs.'],
      ['SECRET_TOO_SHORT', 'Secret secret-1 is not taken out of logs.'],
    ]);
    expect(redact('abc abcd x')).toBe(`abc ${MASK} x`);
  });

  it('without secrets changes no byte', () => {
    const data = Buffer.from([0, 255, 128, 10]);
    const stream = createFor().openStream();
    expect(Buffer.concat([stream.push(data), stream.end()])).toEqual(data);
  });
});

describe('a redacting stream', () => {
  const text = (maxLength: number, minLength = 0) =>
    fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength, maxLength }).map((value) => Buffer.from(value));

  it('does as the definition says, wherever chunks are cut', () => {
    const patterns = fc.array(text(6, 1), { maxLength: 6 });
    const pieces = fc.tuple(text(60), patterns, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }));
    fc.assert(
      fc.property(pieces, ([data, forms, shares]) => {
        const stream = createRedactingStream(createByteAutomaton(forms), Buffer.from(MASK));
        const parts = cutAt(data, shares).map((chunk) => stream.push(chunk));
        const all = Buffer.concat([...parts, stream.end()]).toString('latin1');
        expect(all).toBe(redactNaively(data, forms));
      }),
      { numRuns: 1000 },
    );
  });

  it('no cut of chunks lets a form of a secret through', () => {
    const secret = fc
      .string({ unit: 'grapheme', minLength: 4, maxLength: 40 })
      .filter((value) => value.trim().length >= 4);
    const form = fc.constantFrom<(value: string) => string>(
      (value) => value,
      encodeURIComponent,
      (value) => JSON.stringify(value).slice(1, -1),
      (value) => Buffer.from(value).toString('base64').replace(/=+$/, ''),
    );
    const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(secret, form, shares, (value, encode, places) => {
        const shown = encode(value.toWellFormed());
        const stream = createFor(value.toWellFormed()).openStream();
        const chunks = cutAt(Buffer.from(`«${shown}» then «${shown}»`), places);
        const all = Buffer.concat([...chunks.map((chunk) => stream.push(chunk)), stream.end()]).toString('utf8');
        expect(all).toBe(`«${MASK}» then «${MASK}»`);
      }),
      { numRuns: 200 },
    );
  });

  it('passes on at once what can be no secret', () => {
    const stream = createFor('hunter-22').openStream();
    expect(stream.push(Buffer.from('line\n')).toString()).toBe('line\n');
    expect(stream.push(Buffer.from('hunt')).toString()).toBe('');
    expect(stream.push(Buffer.from('ing\n')).toString()).toBe('hunting\n');
    expect(stream.push(Buffer.from('hunter-22')).toString() + stream.end().toString()).toBe(MASK);
    expect(stream.push(Buffer.from('er-22')).toString()).toBe('er-22');
  });

  it('takes time in proportion to the text, also where every byte could begin a secret', () => {
    const stream = createFor(`${'ab'.repeat(2000)}c`, 'a'.repeat(3000)).openStream();
    const [almost, all] = [Buffer.from('ab'.repeat(150_000)), Buffer.from('a'.repeat(300_000))];
    // Steps in proportion to text × secret would be some 10^9 here: minutes, not a second.
    let length = 0;
    for (const data of [almost, all, almost]) {
      for (let at = 0; at < data.length; at += 1000) length += stream.push(data.subarray(at, at + 1000)).length;
    }
    length += stream.end().length;
    // The `a` after the run belongs to it.
    expect(length).toBe(300_000 + MASK.length + 299_999);
  });
});
