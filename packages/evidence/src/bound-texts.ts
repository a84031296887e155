/** A title that somebody reads in a table is shorter; a state or name that decides, too. */
const MAX_CHARACTERS = 500;

/**
 * An answer whose texts can be kept and shown, whatever a service writes: none is longer than 500 characters, none holds a credential that the service sent back (`mask`), nor what
 * PostgreSQL can't store (NUL, half of a surrogate pair). Anything but texts stays.
 */
export function boundTexts<T>(value: T, mask: (text: string) => string): T {
  // The copy has the shape of the original: only texts differ.
  return copy(value, mask) as T;
}

function copy(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value).slice(0, MAX_CHARACTERS).replaceAll('\0', '').toWellFormed();
  if (Array.isArray(value)) return value.map((member) => copy(member, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copy(member, mask)]));
}
