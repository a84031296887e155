// Values as documents: one value whose fields are those of a JSON object in it, or fields the provider knows itself.
import type { SecretDocument } from './secret-provider.ts';
import { SecretValue } from './secret-value.ts';

/** A value that has fields when its text is a JSON object. */
export function toContentDocument(value: SecretValue): SecretDocument {
  return { whole: () => value, field: (name) => readField(value, name) };
}

/** Fields the provider keeps apart; a single one is also the whole. */
export function toFieldDocument(fields: ReadonlyMap<string, SecretValue>): SecretDocument {
  const [only, ...others] = fields.values();
  return { whole: () => (others.length === 0 ? only : undefined), field: (name) => fields.get(name) };
}

function readField(value: SecretValue, name: string): SecretValue | undefined {
  const content = parseObject(value);
  const field = content !== undefined && Object.hasOwn(content, name) ? content[name] : undefined;
  const text = toText(field);
  return text === undefined ? undefined : new SecretValue(text);
}

function parseObject(value: SecretValue): Readonly<Record<string, unknown>> | undefined {
  if (!value.isText()) return undefined;
  try {
    const content: unknown = JSON.parse(value.text());
    return isRecord(content) ? content : undefined;
  } catch {
    // The parser's message quotes the text, which is the secret.
    return undefined;
  }
}

function isRecord(content: unknown): content is Readonly<Record<string, unknown>> {
  return typeof content === 'object' && content !== null && !Array.isArray(content);
}

/** A number that JSON can't give back digit by digit would be a wrong password: it is no value. */
function toText(field: unknown): string | undefined {
  if (typeof field === 'string') return field;
  if (typeof field === 'boolean' || Number.isSafeInteger(field)) return String(field);
  return typeof field === 'object' && field !== null ? JSON.stringify(field) : undefined;
}
