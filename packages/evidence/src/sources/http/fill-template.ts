// Addresses with places for values. A value fills its place and nothing else: it can't end a path, begin a query or name a host.
import { EvidenceRefusal } from '../../evidence-source.ts';

const PLACE = /\{([A-Za-z]+)\}/g;

/** The address. @throws EvidenceRefusal `QUESTION_INVALID` */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  const url = new URL(template.replaceAll(PLACE, (_, name: string) => toPlaced(name, values)));
  // A place within scheme, host or port would let a value choose whom the credential goes to.
  const [one, other] = ['x', 'y'].map((text) => URL.parse(template.replaceAll(PLACE, text))?.origin);
  const isInAuthority = /[{}]/.test(/^[^/]*\/\/[^/?#]*/.exec(template)?.[0] ?? '{');
  if (isInAuthority || one === undefined || one !== other || one !== url.origin)
    throw new EvidenceRefusal('QUESTION_INVALID', 'The host of its address has a place for a value.');
  return url.href;
}

function toPlaced(name: string, values: Readonly<Record<string, string>>): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined || value === '')
    throw new EvidenceRefusal('QUESTION_INVALID', `There is no value for {${name}}.`);
  // Encoded or not, these are steps in a path.
  if (/^\.{1,2}$/.test(value))
    throw new EvidenceRefusal('QUESTION_INVALID', `The value of {${name}} is a step in a path.`);
  return encodeURIComponent(value);
}
