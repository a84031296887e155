// Dynatrace by its environment API v2: open problems, and metrics around a moment. Tokens have the scopes `problems.read` and
// `metrics.read`. https://docs.dynatrace.com/docs/dynatrace-api/environment-api
import type { EvidenceQuestion, SourceDeclaration } from '@towpath/core';
import type { z } from 'zod';
import { type AskOptions, EvidenceRefusal, type EvidenceSource, type FoundEvidence } from '../../evidence-source.ts';
import { askJson } from '../../http/ask-json.ts';
import { joinUrl } from '../../http/join-url.ts';
import { averageOf, MetricPage, ProblemPage, toOpenIncident } from './dynatrace-pages.ts';

type Declaration = Extract<SourceDeclaration, { service: 'dynatrace' }>;

const PAGE = 500;
/** Two thousand open problems need not be counted on; series of a metric come in smaller pages. */
const MAX_PROBLEM_PAGES = 4;
const MAX_METRIC_PAGES = 20;
const HOUR_MS = 3600 * 1000;
/** Without a start only problems of the last two hours are listed, and one that nobody ended may be older. */
const PROBLEM_DAYS = 365;

/** Creates it. */
export function createDynatraceSource(
  declaration: Declaration,
  secret: string | undefined,
): Pick<EvidenceSource, 'ask'> {
  const headers: Readonly<Record<string, string>> =
    secret === undefined ? {} : { authorization: `Api-Token ${secret}` };
  return {
    ask: (question, options) => {
      if (question.kind === 'incidents') return askProblems(declaration, question, { ...options, headers });
      if (question.kind === 'metrics') return askMetrics(declaration, question, { ...options, headers });
      throw new EvidenceRefusal('QUESTION_UNSUPPORTED');
    },
  };
}

interface Asking extends AskOptions {
  readonly headers: Readonly<Record<string, string>>;
}

async function askProblems(
  { url, entitySelector, problemSelector }: Declaration,
  { priorities }: Extract<EvidenceQuestion, { kind: 'incidents' }>,
  asking: Asking,
): Promise<FoundEvidence> {
  const parameters = {
    problemSelector: ['status("open")', problemSelector].filter(Boolean).join(','),
    entitySelector,
    from: new Date(asking.nowMs - PROBLEM_DAYS * 24 * HOUR_MS).toISOString(),
    pageSize: PAGE,
  };
  const { pages, excerpt } = await askPages(
    ProblemPage,
    { url, path: '/api/v2/problems', parameters, maxPages: MAX_PROBLEM_PAGES },
    asking,
  );
  const open = pages.flatMap(({ problems }) => problems.filter(({ status }) => status === 'OPEN').map(toOpenIncident));
  const wanted = open.filter(({ priority }) => priority === null || priorities.includes(priority));
  return { answer: { kind: 'incidents', open: wanted }, excerpt, link: `${joinUrl(url, '/')}#problems` };
}

async function askMetrics(
  { url, entitySelector }: Declaration,
  { selector, aroundAt, hours }: Extract<EvidenceQuestion, { kind: 'metrics' }>,
  asking: Asking,
): Promise<FoundEvidence> {
  const aroundMs = Date.parse(aroundAt);
  const query = async (from: number, to: number) => {
    // One value per series, over the whole time.
    const parameters = { metricSelector: selector, entitySelector, resolution: 'Inf', from, to };
    const { pages, excerpt } = await askPages(
      MetricPage,
      { url, path: '/api/v2/metrics/query', parameters, maxPages: MAX_METRIC_PAGES },
      asking,
    );
    return { average: averageOf(pages), excerpt };
  };
  const before = await query(aroundMs - hours * HOUR_MS, aroundMs);
  const untilMs = Math.min(aroundMs + hours * HOUR_MS, asking.nowMs);
  const after = untilMs > aroundMs ? await query(aroundMs, untilMs) : { average: null, excerpt: '' };
  const comparison = { selector, before: before.average, after: after.average };
  const excerpt = [before.excerpt, after.excerpt].filter(Boolean).join('\n');
  return { answer: { kind: 'metrics', comparison }, excerpt, link: null };
}

interface PageRequest {
  readonly url: string;
  readonly path: string;
  readonly maxPages: number;
  readonly parameters: Readonly<Record<string, string | number | undefined>>;
}

/** All pages: the first by the parameters, each further one by its key alone, as the service wants it. */
async function askPages<S extends z.ZodType<{ readonly nextPageKey?: string | null | undefined }>>(
  schema: S,
  { url, path, parameters, maxPages }: PageRequest,
  asking: Asking,
): Promise<{ readonly pages: readonly z.output<S>[]; readonly excerpt: string }> {
  const pages: z.output<S>[] = [];
  let excerpt = '';
  let next = parameters;
  while (pages.length < maxPages) {
    const { body, text } = await askJson(schema, { url: joinUrl(url, path, next), ...asking });
    pages.push(body);
    excerpt ||= text;
    const { nextPageKey } = body;
    if (nextPageKey === undefined || nextPageKey === null) return { pages, excerpt };
    next = { nextPageKey };
  }
  throw new EvidenceRefusal('TOO_LARGE', `More than ${maxPages} pages.`);
}
