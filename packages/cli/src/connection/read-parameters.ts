// Parameters as they are typed: text, which the pipeline's own schema turns into what it wants. The server checks the rest.
import { readFileSync } from 'node:fs';
import { type Client, ListPipelines } from '@towpath/api';
import { type ParameterSchema, TowpathError } from '@towpath/core';
import { parse } from 'yaml';
import { suggestName } from './suggest-name.ts';

/** A value as the API takes it. */
type ParameterValue = string | number | boolean | string[];

/** What was given. */
export interface GivenParameters {
  /** `name=value`; a list is given by several, or with commas. */
  readonly pairs: readonly string[];
  /** JSON or YAML: one document with a value per name. Pairs stand above it. */
  readonly file: string | undefined;
}

/** A pipeline in an environment. */
export interface PipelineKey {
  readonly pipeline: string;
  readonly environment: string;
}

/**
 * The values of a run, by name; undefined when none were given.
 *
 * @throws TowpathError `PARAMETER_INVALID`, `PARAMETERS_FILE_INVALID`
 */
export async function readParameters(
  client: Client,
  { pipeline, environment }: PipelineKey,
  { pairs, file }: GivenParameters,
): Promise<Record<string, ParameterValue> | undefined> {
  if (pairs.length === 0 && file === undefined) return undefined;
  const values = new Map(file === undefined ? [] : Object.entries(readFile(file)));
  if (pairs.length === 0) return Object.fromEntries(values);
  const { pipelines } = await client.call(ListPipelines, { query: { environment } });
  // An unknown pipeline is told by the server, with the parameters or without.
  const schemas = pipelines.find(({ name }) => name === pipeline)?.parameters ?? {};
  for (const [name, texts] of Map.groupBy(pairs.map(splitPair), (pair) => pair.name)) {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    if (!schema) throw unknownParameter(name, pipeline, Object.keys(schemas));
    values.set(
      name,
      parseTexts(
        name,
        schema,
        texts.map(({ text }) => text),
      ),
    );
  }
  return Object.fromEntries(values);
}

function splitPair(pair: string): { readonly name: string; readonly text: string } {
  const at = pair.indexOf('=');
  if (at > 0) return { name: pair.slice(0, at), text: pair.slice(at + 1) };
  throw invalid(`${JSON.stringify(pair.slice(0, 100))} is not name=value.`, 'Give it as --parameter day=2026-01-31');
}

function parseTexts(name: string, schema: ParameterSchema, texts: readonly string[]): ParameterValue {
  if (schema.type === 'array') return texts.flatMap((text) => (text === '' ? [] : text.split(',')));
  const [text = '', ...others] = texts;
  if (others.length > 0)
    throw invalid(`${name} is given ${texts.length} times.`, 'Give it once; only lists take several.');
  if (schema.type === 'string') return text;
  if (schema.type === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true';
    throw invalid(`${name} can't be ${JSON.stringify(text.slice(0, 100))}.`, 'Give true or false.');
  }
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw invalid(
    `${name} can't be ${JSON.stringify(text.slice(0, 100))}.`,
    `Give ${schema.type === 'integer' ? 'a whole number' : 'a number'}.`,
  );
}

function readFile(path: string): Record<string, ParameterValue> {
  const text = readFileSync(path, 'utf8');
  let value: unknown;
  try {
    value = parse(text);
  } catch (thrown) {
    throw fileInvalid(path, thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown));
  }
  if (!isValues(value))
    throw fileInvalid(path, 'It holds something else than a text, number, true, false or list of texts per name.');
  return value;
}

function isValues(value: unknown): value is Record<string, ParameterValue> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (item) =>
      ['string', 'number', 'boolean'].includes(typeof item) ||
      (Array.isArray(item) && item.every((text) => typeof text === 'string')),
  );
}

function unknownParameter(name: string, pipeline: string, known: readonly string[]): TowpathError {
  const none = `${pipeline} takes none; leave it out.`;
  return invalid(
    `${pipeline} has no parameter ${JSON.stringify(name.slice(0, 100))}.`,
    suggestName(name, known) ?? none,
  );
}

function invalid(message: string, fix: string): TowpathError {
  return new TowpathError({ code: 'PARAMETER_INVALID', message, fix });
}

function fileInvalid(path: string, cause: string): TowpathError {
  return new TowpathError({
    code: 'PARAMETERS_FILE_INVALID',
    message: `${path} can't be read as parameters.`,
    cause,
    fix: 'Write one document, in JSON or YAML, with a value per name: { "day": "2026-01-31" }',
  });
}
