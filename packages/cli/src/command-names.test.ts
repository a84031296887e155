import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createProgram } from './program.ts';
import { createTestContext } from './testing/test-context.ts';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

const commands = createProgram(createTestContext().context, () => undefined).commands;

it('every text that names a command says npx towpath', () => {
  const names = commands.map((command) => command.name()).join('|');
  // Behind a quote or backtick and outside of comments it is read by a person; `npx towpath` works in every project.
  const bare = new RegExp(`(?<!npx )\\btowpath (?:${names})\\b`);
  const files = globSync(['packages/{api,agent,cli,core,sdk,server,tds}/src/**/*.ts', 'datakits/*/src/**/*.ts'], {
    cwd: REPOSITORY,
  });
  const found = files
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const lines = readFileSync(join(REPOSITORY, file), 'utf8').split('\n');
      return lines
        .filter((line) => bare.test(line) && !/^\s*(?:\/\/|\*|\/\*\*)/.test(line))
        .map((line) => `${file}: ${line.trim()}`);
    });
  expect(files.length).toBeGreaterThan(300);
  // Names of connections, reasons kept with a run and the history of an image are no commands to type.
  const allowed = /application_name|appName|was stopped|createdBy/;
  expect(found.filter((line) => !allowed.test(line))).toEqual([]);
});

it('every command that prints data can print JSON', () => {
  // These run in the foreground, print what is a format of its own (NDJSON, one line of JSON), or what `status --json` has.
  const without = [
    'dev',
    'up',
    'part',
    'platform',
    'mock-sqlserver',
    'server',
    'agent',
    'export',
    'checkpoint',
    'set',
    'give-up',
    'help',
    'environment',
    'config',
    'datakit',
    'release',
    'signoff',
    'freeze',
    'policy',
    'access',
    'tokens',
    'evidence',
    'example',
    'types',
  ];
  const all = commands.flatMap((command) => [command, ...command.commands]);
  const missing = all.filter(
    (command) => !without.includes(command.name()) && !command.options.some(({ long }) => long === '--json'),
  );
  // Subcommands inherit it from their parent: `audit verify --json` is read by `audit`.
  expect(
    missing
      .filter(({ parent }) => !parent?.options.some(({ long }) => long === '--json'))
      .map((command) => command.name()),
  ).toEqual([]);
});
