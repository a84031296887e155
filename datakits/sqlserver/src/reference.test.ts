import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { createProgram } from './cli.ts';
import { VARIABLES } from './settings/variables.ts';

const PAGE = new URL('../../../docs/reference/datakit-sqlserver.md', import.meta.url);
const REQUIRED = ['test-connection', 'discover', 'ingest-table', 'ingest-tables', 'ingest-all', 'validate-env'];

/** The text of `--help`, with what is added after it. */
function captureHelp(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => 80,
  });
  command.outputHelp();
  return text.trimEnd();
}

function listCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(listCommands)];
}

it('A27 every command is there, and the manual quotes the help of each', async () => {
  const program = createProgram({ env: {}, signal: new AbortController().signal, print: () => undefined });
  const commands = listCommands(program);
  expect(commands.map((command) => command.name())).toEqual(expect.arrayContaining(REQUIRED));
  const page = await readFile(PAGE, 'utf8');
  for (const command of commands) expect(page).toContain(`\`\`\`text\n${captureHelp(command)}\n\`\`\``);
});

it('the manual lists every variable', async () => {
  const page = await readFile(PAGE, 'utf8');
  for (const { name, description, isRequired } of VARIABLES) {
    expect(page).toContain(`| \`${name}\` | ${description} | ${isRequired ? 'yes' : ''} |`);
  }
});
