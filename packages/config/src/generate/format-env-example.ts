// config/.env.example: every variable that an environment can set, with what it is. No value of a secret is ever in it.
import type { ProjectDeclaration, VariableDeclaration } from '@towpath/core';

/** Where the example lies in a project. */
export const ENV_EXAMPLE_PATH = 'config/.env.example';

/** The text of config/.env.example; copied and filled in it is a complete file of an environment. */
export function formatEnvExample({ variables }: Pick<ProjectDeclaration, 'variables'>): string {
  const head = `# Written by \`npx towpath config example --write\` from towpath.yaml: every variable of an environment.
# cp ${ENV_EXAMPLE_PATH} config/.env.<environment>, and fill it in. A value with # or blanks at its ends needs quotes.
`;
  return [head, ...[...variables.values()].map(formatVariable)].join('\n');
}

function formatVariable(variable: VariableDeclaration): string {
  const { name, template, description, isSecret } = variable;
  const comments = [
    ...(description ?? '').split('\n').filter((line) => line !== ''),
    `(${listFacts(variable).join(', ')})`,
  ];
  const comment = comments.map((line) => `# ${line}`).join('\n');
  if (template !== undefined) return `${comment}\n# ${name} is computed: ${template.text}\n`;
  const text = isSecret ? (variable.example ?? '') : (variable.example ?? variable.default?.text ?? '');
  return `${comment}\n${name}=${quoteEnvValue(text)}\n`;
}

function listFacts({
  type,
  values,
  isRequired,
  isSecret,
  default: given,
  template,
  pattern,
  min,
  max,
}: VariableDeclaration): readonly string[] {
  return [
    type === 'enum' ? `one of ${values.join(' | ')}` : type,
    ...(isRequired ? ['required'] : template === undefined ? ['optional'] : []),
    ...(isSecret ? ['secret: better a reference, secret://name#field'] : []),
    ...(given !== undefined && !isSecret ? [`default ${given.text}`] : []),
    ...(pattern === undefined ? [] : [`matches ${pattern}`]),
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ];
}

/**
 * A value as `parseEnvFile` and dotenv read it back. Quotes of all three kinds in one text, which no quoting of dotenv can
 * hold, lose their double quotes' meaning: such a text can't be an example, and comes out empty.
 */
export function quoteEnvValue(text: string): string {
  if (/^[A-Za-z0-9_./:@,=+${}-]*$/.test(text) || /^secret:\/\/\S+$/.test(text)) return text;
  if (/[\r\\]/.test(text)) return '';
  const quote = ["'", '"', '`'].find((mark) => !text.includes(mark));
  return quote === undefined ? '' : `${quote}${text}${quote}`;
}
