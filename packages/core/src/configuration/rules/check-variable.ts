// What is said of one variable, against itself.
import type { ConfigProblem } from '../configuration-problem.ts';
import { createProblem } from '../create-problem.ts';
import type { VariableDeclaration } from '../declaration.ts';
import { checkPattern, checkRange } from '../resolve/check-value.ts';
import { parseValue } from '../resources/parse-value.ts';
import { isSecretReference } from '../secret-reference.ts';
import { isValuePattern } from '../value-pattern.ts';

/** Problems of one variable's declaration. */
export function checkVariable(variable: VariableDeclaration): readonly ConfigProblem[] {
  const { name, place } = variable;
  const wrong = [
    ...listContradictions(variable),
    ...(variable.pattern === undefined || isValuePattern(variable.pattern)
      ? listBadTexts(variable)
      : ['a pattern that is no regular expression of RE2, which has no look-around and no back-references']),
  ];
  return wrong.map((what) =>
    createProblem({
      code: 'VARIABLE_DECLARATION_INVALID',
      variable: name,
      place,
      expected: 'a declaration that fits together',
      message: `${name} has ${what}.`,
    }),
  );
}

function listContradictions({
  type,
  values,
  template,
  default: given,
  isRequired,
  min,
  max,
}: VariableDeclaration): readonly string[] {
  const isComputed = template !== undefined;
  const findings: readonly (readonly [boolean, string])[] = [
    [type === 'enum' && values.length === 0, 'the type enum but no values'],
    [type !== 'enum' && values.length > 0, `values, which only an enum has, but the type ${type}`],
    [isComputed && given !== undefined, 'a computed value and a default'],
    [isComputed && isRequired, 'a computed value and `required`, which is for values that somebody sets'],
    [min !== undefined && max !== undefined && min > max, 'a min above its max'],
  ];
  return findings.flatMap(([isWrong, what]) => (isWrong ? [what] : []));
}

function listBadTexts(variable: VariableDeclaration): readonly string[] {
  const texts = [
    ['default', variable.default?.text],
    ['example', variable.example],
  ] as const;
  return texts.flatMap(([what, text]) => {
    if (text === undefined || text === '' || isSecretReference(text)) return [];
    const parsed = parseValue(variable.type, text, variable.values);
    const expected =
      'expected' in parsed ? parsed.expected : (checkPattern(variable, text) ?? checkRange(variable, text))?.expected;
    return expected === undefined ? [] : [`${what === 'default' ? 'a default' : 'an example'} that is not ${expected}`];
  });
}
