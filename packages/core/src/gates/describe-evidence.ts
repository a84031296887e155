// What a gate was judged by, in words with units: the one home of that wording, for the CLI and the console. A key that is not
// listed here (a newer server has others) is read as any JSON is.
import { CLOSURE_WORDS } from '../calendar/closure-words.ts';
import type { JsonValue } from '../graph/canonical-json.ts';
import { formatCount } from '../text/format-count.ts';
import {
  cut,
  type EvidenceFact,
  type EvidenceLine,
  isList,
  isRecord,
  join,
  text,
  toLine,
  toLines,
  toWords,
} from './evidence-parts.ts';

type Evidence = Readonly<Record<string, JsonValue>>;
/** Undefined: another key says it. */
type Describe = (value: JsonValue, key: string, evidence: Evidence) => EvidenceFact | undefined;

/** The facts of a gate's evidence, in its order; what is null was not there, and is left out. */
export function describeEvidence(gate: string, evidence: Evidence): readonly EvidenceFact[] {
  return Object.entries(evidence).flatMap(([key, value]) => {
    if (value === null) return [];
    const describe = find(`${gate}.${key}`) ?? find(key) ?? named(capitalize(toWords(key)));
    return describe(value, key, evidence) ?? [];
  });
}

// Not a member of Object.prototype: keys come from outside.
function find(key: string): Describe | undefined {
  return Object.hasOwn(WORDS, key) ? WORDS[key] : undefined;
}

function capitalize(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Only its name is another one. */
function named(term: string): Describe {
  return (value, key) => ({ term, lines: toLines(key, value) });
}

/** A number in words. */
function counted(term: string, say: (count: number) => string): Describe {
  return (value, key) => ({ term, lines: typeof value === 'number' ? [[text(say(value))]] : toLines(key, value) });
}

/** A line for each name. */
function perName(term: string, say: (value: JsonValue, key: string) => EvidenceLine): Describe {
  return (value, key) => ({
    term,
    lines: isRecord(value)
      ? cut(Object.entries(value).map(([name, one]) => [text(`${name}: `), ...say(one, key)]))
      : toLines(key, value),
  });
}

/** A line for each object of a list. */
function perItem(term: string, say: (item: Evidence, key: string) => EvidenceLine): Describe {
  return (value, key) => ({
    term,
    lines: isList(value)
      ? cut(value.map((item) => (isRecord(item) ? say(item, key) : toLine(key, item))))
      : toLines(key, value),
  });
}

const count = (number: JsonValue | undefined, noun: string): string =>
  typeof number === 'number' ? formatCount(number, noun) : `unknown ${noun}s`;

const times = (number: number): string => (number === 1 ? 'once' : `${number} times`);

const sayTimes = (value: JsonValue): EvidenceLine => [text(typeof value === 'number' ? times(value) : 'unknown')];

const sayPeople = (people: JsonValue): EvidenceLine =>
  isList(people) && people.length === 0 ? [text('nobody')] : toLine('person', people);

const sayRows = ({ since, baseline }: Evidence): EvidenceLine => [
  text(since === null ? 'nobody told since' : `${count(since, 'row')} since`),
  text(baseline === null ? ', nobody told before' : `, ${count(baseline, 'row')} before`),
];

function sayPipeline({ pipeline, before, after, runs }: Evidence): EvidenceLine {
  const [beforeRuns, afterRuns] = isList(runs) ? runs : [];
  const side = (seconds: JsonValue | undefined, when: string, of: JsonValue | undefined) =>
    typeof seconds === 'number' ? `${seconds} s ${when} (${count(of, 'run')})` : `no run ${when}`;
  return [text(`${pipeline}: ${side(before, 'before', beforeRuns)}, ${side(after, 'since', afterRuns)}`)];
}

function sayMetric({ selector, before, after, why, ...origin }: Evidence): EvidenceLine {
  const values = `${selector}: ${before ?? 'no value'} before, ${after ?? 'no value'} since`;
  const said = selector === undefined ? toLine('why', why ?? null) : [text(values)];
  return [...said, text(' ('), ...sayOrigin(origin), text(')')];
}

/** Who said it, when, and where to look. */
function sayOrigin({ source, askedAt, link, ...rest }: Evidence): EvidenceLine {
  const parts = [
    source === undefined ? [] : toLine('source', source),
    typeof askedAt === 'string' ? [text('asked '), ...toLine('askedAt', askedAt)] : [],
    typeof link === 'string' ? toLine('link', link) : [],
    toLine('rest', rest),
  ];
  return join(parts.filter((part) => part.length > 0));
}

function sayConfirmation({ seen, wanted, ...origin }: Evidence): EvidenceLine {
  const { source, ...asked } = origin;
  const found = `${source} says ${seen === null || seen === undefined ? 'nothing' : JSON.stringify(seen)}`;
  const looked = wanted === null || wanted === undefined ? '' : `, wanted is ${JSON.stringify(wanted)}`;
  return [text(`${found}${looked} (`), ...sayOrigin(asked), text(')')];
}

function sayIncident({ source, id, title, priority }: Evidence): EvidenceLine {
  const worth = priority === null ? 'no priority' : `priority ${priority}`;
  return [text(`${id} ${title} (${worth}, ${source})`)];
}

function sayClosure({ kind, name }: Evidence): EvidenceLine {
  const words = new Map<string, string>(Object.entries(CLOSURE_WORDS)).get(String(kind)) ?? String(kind);
  return [text(`${name} (${words.toLowerCase()})`)];
}

const WORDS: Readonly<Record<string, Describe>> = {
  // Where and since when.
  before: named('Environment before'),
  environment: named('Environment'),
  deployedAt: named('Deployed there'),
  replacedAt: named('Replaced there'),
  rehearsedAt: named('Went back there'),
  'order.release': named('Project of the release'),
  'order.environment': named('Environment, or its project'),
  soakHours: counted('Has to run there for', (hours) => `${hours} h`),
  enoughAt: named('Has run long enough'),
  cycles: counted('Each pipeline has to go through', (number) => `${times(number)} in a row`),
  successesInARow: perName('Went through in a row', sayTimes),
  // Quarantined rows.
  'quarantine.method': (method, key, { runs }) =>
    typeof method === 'string' && typeof runs === 'number'
      ? {
          term: 'Compared',
          lines: [
            [
              text(
                `${method === 'max' ? 'the most rows' : `the ${method} of rows`} of the last ${count(runs, 'run')}, before and since`,
              ),
            ],
          ],
        }
      : named('Compared')(method, key, {}),
  'quarantine.runs': (runs, key, { method }) => (typeof method === 'string' ? undefined : named('Runs')(runs, key, {})),
  mayExceedBy: counted('May be above by', (rows) => count(rows, 'row')),
  rows: perName('Quarantined', (value, key) => (isRecord(value) ? sayRows(value) : toLine(key, value))),
  // Performance.
  'performance.method': named('Compared'),
  tolerance: counted('Allowed', (factor) => `${factor} times as much`),
  graceSeconds: counted('Never too long', (seconds) => `${seconds} s more`),
  pipelines: perItem('Pipelines', sayPipeline),
  metrics: perItem('Metrics', sayMetric),
  // Declarations.
  areValuesCompared: named('Values compared, too'),
  lacking: named('The environment lacks'),
  otherwise: named('Declared otherwise'),
  unset: named('Without a value'),
  differences: named('Differs and must not'),
  // People.
  given: perName('Signed off', sayPeople),
  'deploy-plan.given': perName('Approved', sayPeople),
  'emergency.given': perName('Approved', sayPeople),
  missing: named('Missing'),
  'sign-offs.missing': perName('Missing, by role', toLineOf('role')),
  'deploy-plan.missing': perName('Missing, by role', toLineOf('role')),
  'emergency.missing': perName('Missing, by role', toLineOf('role')),
  accessRevoked: perName('Count no more, since access was revoked', toLineOf('at')),
  by: named('Refused by'),
  role: named('As'),
  note: named('Their reason'),
  accessRevokedAt: named('Their access was revoked'),
  // The plan of a deploy command, and the way back.
  planId: named('Plan'),
  agent: named('Made by agent'),
  sha256: named('SHA-256 of the plan'),
  'deploy-plan.expiresAt': named('The plan counts until'),
  plan: named('Rollback plan'),
  // Time.
  window: named('Weekly window'),
  windows: named('Weekly windows'),
  'window.until': named('Open until'),
  nextOpen: named('Opens next'),
  closedBy: perItem('Closed by', sayClosure),
  timeZone: named('Days by the clock of'),
  notBefore: named('Not before'),
  // Emergencies.
  'emergency.reason': named('Why it can not wait'),
  skipped: named('Skips the gates'),
  'emergency.expiresAt': named('Denied if it still waits'),
  // What outside services said.
  asked: perItem('Asked', sayOrigin),
  source: named('Source'),
  askedAt: named('Asked'),
  link: named('See'),
  why: named('Because'),
  number: named('Change record'),
  'change.state': named('Its state'),
  'change.wanted': named('States in which work may be done'),
  startsAt: named('Planned from'),
  endsAt: named('Planned until'),
  priorities: named('Priorities that count'),
  count: counted('Open', (number) => count(number, 'incident')),
  open: perItem('Incidents', sayIncident),
  'checks.release': named('Release where the commit comes from'),
  said: perItem('Confirmed', sayConfirmation),
};

function toLineOf(key: string): (value: JsonValue) => EvidenceLine {
  return (value) => toLine(key, value);
}
