// Guards are CEL (https://cel.dev): it ends always, has no side effects and calls nothing of the host. The library's limits on
// size and depth are those of the CEL specification.
import { Environment } from '@marcbachmann/cel-js';
import type { ExpressionChecker, GuardEvaluator } from '@towpath/core';

const dynamic = new Environment({ unlistedVariablesAreDyn: true });

/** Evaluates an expression. Errors are told by what the library says of the expression, never by values. */
export const evaluateGuard: GuardEvaluator = (expression, context) => {
  try {
    const result: unknown = dynamic.evaluate(expression, toCelContext(context));
    return typeof result === 'boolean' ? result : { error: `it gives a ${typeof result}, not true or false` };
  } catch (thrown) {
    return { error: firstLine(thrown) };
  }
};

/** Says what is wrong with an expression before any value is known; undefined when nothing is. */
export const checkExpression: ExpressionChecker = (expression, names) => {
  try {
    const strict = new Environment({ unlistedVariablesAreDyn: false });
    for (const name of ['kind', 'environment']) strict.registerVariable(name, 'string');
    for (const name of names) strict.registerVariable(name, 'dyn');
    const { valid, type, error } = strict.check(expression);
    if (!valid) return firstLine(error);
    return type === 'bool' || type === 'dyn' ? undefined : `it gives a ${type}, not true or false`;
  } catch (thrown) {
    return firstLine(thrown);
  }
};

// Whole numbers are CEL's int, as people write them in expressions: `WORKERS > 2`.
function toCelContext(context: Parameters<GuardEvaluator>[1]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(context).map(([name, value]) => [
      name,
      typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value,
    ]),
  );
}

function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.split('\n')[0] ?? text;
}
