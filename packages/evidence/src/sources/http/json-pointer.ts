/** What a JSON pointer (RFC 6901) points at; the empty one at the whole. Undefined: nothing is there. */
export function findByPointer(document: unknown, pointer: string): unknown {
  const steps = pointer.split('/').slice(1).map(toName);
  return steps.reduce(step, document);
}

function toName(text: string): string {
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}

function step(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
