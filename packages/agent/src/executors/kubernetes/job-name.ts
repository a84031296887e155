// Names and label values out of what people call their tasks. Names follow from the attempt alone, so that "already exists" means
// "this one".
import { createHash } from 'node:crypto';

/** A Job's Pods get its name and six characters more; beyond 63 Kubernetes cuts it, and two Pods would look like one Job's. */
const LONGEST_NAME = 57;
const LONGEST_LABEL = 63;

/** `<task>-<datakit>-<attempt>`: what people look for, then what makes it the only one. */
export function toJobName(attemptId: string, variables: Readonly<Record<string, string>>): string {
  const own = /^[a-z0-9]([a-z0-9-]{0,34}[a-z0-9])?$/.test(attemptId) ? attemptId : hash(attemptId).slice(0, 32);
  const words = [variables.TOWPATH_TASK_ID, variables.DATAKIT_NAME]
    .map((word) => toDnsWord(word ?? ''))
    .filter(Boolean);
  const readable = words.join('-').slice(0, LONGEST_NAME - own.length - 1);
  return `${toDnsWord(readable) || 'towpath'}-${own}`;
}

/** Lower case, digits and single dashes inside; what is left of any other script may be nothing. */
function toDnsWord(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

/** A label may not hold every text: what it can't is told by its hash, and stands whole in an annotation. */
export function toLabelValue(text: string): string {
  const isValid = text.length <= LONGEST_LABEL && /^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$/.test(text);
  return isValid ? text : hash(text).slice(0, 32);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
