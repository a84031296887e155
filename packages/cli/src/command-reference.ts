import type { Command } from 'commander';

/** The reference of all commands as Markdown, written from the same texts that `--help` prints. */
export function formatCommandReference(program: Command): string {
  const sections = listCommands(program).map(({ name, command }) => {
    const help = captureHelp(command).trimEnd();
    return `## ${name}\n\n\`\`\`text\n${help}\n\`\`\`\n`;
  });
  return `# Commands\n\nWritten from \`--help\`; a test compares it.\n\n${sections.join('\n')}`;
}

// With the texts added after a help, which `helpInformation` leaves out.
function captureHelp(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => 100,
  });
  command.outputHelp();
  return text;
}

interface NamedCommand {
  readonly name: string;
  readonly command: Command;
}

function listCommands(command: Command, prefix = ''): readonly NamedCommand[] {
  const name = `${prefix}${command.name()}`;
  return [
    { name, command },
    ...command
      .createHelp()
      .visibleCommands(command)
      .filter((child) => child.name() !== 'help')
      .flatMap((child) => listCommands(child, `${name} `)),
  ];
}
