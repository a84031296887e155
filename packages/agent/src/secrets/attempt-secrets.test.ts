import { parseSecretReference, type SecretReference } from '@towpath/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AttemptSecretsOptions, fetchSecrets, recoverRedactor } from './attempt-secrets.ts';
import type { SecretDemand } from './environment-secrets.ts';
import { createRedactorCache } from './redaction/redactor-cache.ts';
import { secretUnreachable } from './secret-errors.ts';

const reference = (text: string): SecretReference => parseSecretReference(text) ?? expect.fail(`${text} is malformed`);
const API = reference('secret://api#token');

let stored: Map<string, string>;
let demands: SecretDemand[];
let lines: string[];
beforeEach(() => {
  stored = new Map([['api', 'hunter-22']]);
  [demands, lines] = [[], []];
});

/** What an agent works with; its provider is the map. */
const options: AttemptSecretsOptions = {
  redactors: createRedactorCache(({ code, message }) => lines.push(`${code} ${message}`)),
  readSecret: async ({ name }, demand) => {
    demands.push(demand);
    const text = stored.get(name);
    if (text === undefined) throw secretUnreachable('stub', 'It is down.');
    return text;
  },
  agent: { environmentVariables: { PLAIN: 'in-the-clear', OWN: 'as-declared' }, secretVariables: ['PLAIN', 'OWN'] },
  ended: new AbortController().signal,
  log: (line) => lines.push(line),
};

const PLAN = {
  references: new Map([
    ['TOKEN', API],
    ['SAME_TOKEN', API],
  ]),
  specification: {
    attemptId: 'a1',
    environmentVariables: { PLAIN: 'in-the-clear', OWN: 'set by the task', PATH: '/bin' },
  },
};

describe('the secrets of an attempt', () => {
  it('are read once for each reference, for all variables that hold it', async () => {
    const { texts, problem } = await fetchSecrets(options, PLAN);
    expect(texts).toEqual({ TOKEN: 'hunter-22', SAME_TOKEN: 'hunter-22' });
    expect(problem).toBeUndefined();
    expect(demands).toEqual([{ attemptId: 'a1', purpose: 'attempt', variables: ['TOKEN', 'SAME_TOKEN'] }]);
  });

  it('are masked, those without a reference as well; what a task sets itself is none', async () => {
    const { redactor } = await fetchSecrets(options, PLAN);
    expect(redactor.redact('hunter-22 in-the-clear as-declared /bin')).toBe('********* ************ as-declared /bin');
  });

  it('are known to the next agent, whose notes hold none of them', async () => {
    const { notes } = await fetchSecrets(options, PLAN);
    expect(JSON.stringify(notes)).not.toMatch(/hunter|in-the-clear/);
    const redactor = await recoverRedactor(options, { attemptId: 'a1', note: JSON.parse(JSON.stringify(notes)) });
    expect(redactor.redact('hunter-22 in-the-clear fine')).toBe('********* ************ fine');
    expect(demands.at(-1)).toEqual({ attemptId: 'a1', purpose: 'log', variables: [] });
    expect(lines).toEqual([]);
  });

  it.each([
    ['was changed meanwhile', 'SECRET_CHANGED', () => stored.set('api', 'hunter-23')],
    ['can’t be had', 'SECRET_PROVIDER_UNREACHABLE', () => stored.clear()],
  ])('one of which %s make the next agent mask everything', async (_, code, happen) => {
    const { notes } = await fetchSecrets(options, PLAN);
    happen();
    const redactor = await recoverRedactor(options, { attemptId: 'a1', note: notes });
    expect(redactor.redact('fine\nhunter-22')).toBe('****\n*********');
    expect(lines.join()).toContain(code);
  });

  it('that there are none leaves an adopted attempt as it is, whatever lies in its note', async () => {
    for (const note of [undefined, null, 'x', { secrets: 1 }]) {
      const redactor = await recoverRedactor(options, { attemptId: 'a1', note });
      expect(redactor.redact('hunter-22')).toBe('hunter-22');
    }
  });

  it('that are too short are used, not masked, and told', async () => {
    stored.set('api', 'abc');
    const { texts, redactor } = await fetchSecrets(options, PLAN);
    expect([texts.TOKEN, redactor.redact('abc')]).toEqual(['abc', 'abc']);
    await fetchSecrets(options, PLAN);
    expect(lines).toHaveLength(1);
    expect(lines.join()).toMatch(/SECRET_TOO_SHORT.*secret:\/\/api#token/);
  });
});
