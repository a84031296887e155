// Texts and names of SQL: a schema that is written out is as hard-coded as a string. Comments and parts of templates
// (`{{ … }}`, `{% … %}`, whose strings are read) are told apart.
import { createLocator, type ListLiterals, type Literal } from '../literal.ts';

const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\{#[\s\S]*?#\}|'((?:''|[^'])*)'|"((?:""|[^"])*)"|`([^`]*)`|\[([^\]\n]*)\]|([A-Za-z_][\w$]*(?:\.[A-Za-z_][\w$]*)*)/g;

/** Strings and names. */
export const listSqlLiterals: ListLiterals = (source) => {
  const locate = createLocator(source);
  return [...source.matchAll(TOKEN)].flatMap((match): readonly Literal[] => {
    const text = match.slice(1).find((part) => part !== undefined);
    return text === undefined ? [] : [{ text, ...locate(match.index) }];
  });
};
