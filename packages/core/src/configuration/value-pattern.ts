// Patterns of variables are matched in linear time (RE2): a text comes from tasks and files, and `(a+)+b` would keep an agent busy for
// minutes. Look-around and back-references are not in that language, and refused with the declaration.
import { RE2JS } from 're2js';

/** Whether it is one. */
export function isValuePattern(pattern: string): boolean {
  try {
    return compile(pattern) instanceof RE2JS;
  } catch {
    return false;
  }
}

/** Whether the whole text matches; the pattern must be one. */
export function matchesPattern(pattern: string, text: string): boolean {
  return compile(pattern).matches(text);
}

function compile(pattern: string): RE2JS {
  return RE2JS.compile(pattern);
}
