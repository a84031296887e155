import { CONFIGURATION_RULES, type ConfigurationRuleCode, formatPlace } from '@towpath/core';
import { listExampleProblems } from './example-project.ts';
import { RULE_EXAMPLES, type RuleExample } from './rule-examples.ts';

/** docs/reference/configuration-rules.md: every rule with a configuration that breaks it, and what is said then. */
export function formatRulesPage(): string {
  const sections = Object.entries(CONFIGURATION_RULES).map(([code, { rule, says, fix }]) => {
    const example = RULE_EXAMPLES[toCode(code)];
    const [problem] = listExampleProblems(example).filter((found) => found.code === code);
    const said =
      problem === undefined
        ? ''
        : `${problem.place ? `${formatPlace(problem.place)}\n` : ''}${problem.message}\nfix: ${problem.fix}`;
    return `## ${code}\n\n${says} (\`${rule}\`)\n\n${fix}\n\n${formatExample(example)}\n\`\`\`text\n${said}\n\`\`\`\n`;
  });
  return `# Rules of configuration

Written from the rules and from an example of each that the tests run; a test compares it. How values come to be is told in
[configuration](configuration.md). All problems of a configuration are told together; what is secret is never shown.

${sections.join('\n')}`;
}

function formatExample({ yaml, files = {}, process = {} }: RuleExample): string {
  const texts = Object.entries(files).filter(([, text]) => text !== '');
  return [
    `\`\`\`yaml\nname: example\n${yaml}\n\`\`\`\n`,
    ...texts.map(([name, text]) => `\`config/.env.${name}\`:\n\n\`\`\`sh\n${text}\n\`\`\`\n`),
    ...Object.entries(process).map(([name, text]) => `With \`${name}=${text}\` in the process:\n`),
  ].join('\n');
}

function toCode(code: string): ConfigurationRuleCode {
  for (const known of Object.keys(RULE_EXAMPLES)) if (known === code && isCode(known)) return known;
  throw new Error(`${code} has no example`);
}

function isCode(code: string): code is ConfigurationRuleCode {
  return Object.hasOwn(RULE_EXAMPLES, code);
}
