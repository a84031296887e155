// Dynatrace's environment API v2, as far as problems and metrics are read: `Api-Token`, pages by key, which must come alone.
import { type ServiceReply, type ServiceRequest, type ServiceStub, startServiceStub } from './service-stub.ts';

/** A problem. */
export interface DynatraceProblem {
  readonly displayId: string;
  readonly title: string;
  readonly status: 'OPEN' | 'CLOSED';
  readonly severityLevel: string;
  readonly startTime: number;
}

/** What an environment holds. */
export interface DynatraceEnvironment {
  readonly token: string;
  readonly problems: DynatraceProblem[];
  /** Values by metric selector: one per series, at an instant in ms since 1970. */
  readonly metrics: Record<string, { readonly atMs: number; readonly value: number | null }[]>;
  /** How many problems or series a page holds, whatever is asked for. */
  pageSize: number;
}

/** A running environment. */
export interface DynatraceStub extends ServiceStub {
  readonly environment: DynatraceEnvironment;
}

/** Starts one that knows the token `dt0c01.token`. */
export async function startDynatraceStub(certificate?: {
  readonly key: string;
  readonly cert: string;
}): Promise<DynatraceStub> {
  const environment: DynatraceEnvironment = { token: 'dt0c01.token', problems: [], metrics: {}, pageSize: 50 };
  const stub = await startServiceStub({ answer: (request) => answer(environment, request), certificate });
  return Object.assign(stub, { environment });
}

function answer(environment: DynatraceEnvironment, { url, headers }: ServiceRequest): ServiceReply {
  if (headers.authorization !== `Api-Token ${environment.token}`)
    return refuse(401, 'Missing authorization parameter.');
  const parameters = Object.fromEntries(url.searchParams);
  const page = readPage(parameters);
  if (page === undefined) return refuse(400, 'nextPageKey must be the only parameter.');
  if (url.pathname === '/api/v2/problems') return listProblems(environment, page);
  if (url.pathname === '/api/v2/metrics/query') return queryMetrics(environment, page);
  return refuse(404, 'Not found');
}

interface Page {
  readonly parameters: Readonly<Record<string, string>>;
  readonly offset: number;
}

// The key holds what was asked first, and where to go on.
function readPage(parameters: Record<string, string>): Page | undefined {
  const { nextPageKey, ...others } = parameters;
  if (nextPageKey === undefined) return { parameters, offset: 0 };
  if (Object.keys(others).length > 0) return undefined;
  return JSON.parse(Buffer.from(nextPageKey, 'base64url').toString()) as Page;
}

function toPageKey({ parameters, offset }: Page): string {
  return Buffer.from(JSON.stringify({ parameters, offset })).toString('base64url');
}

function cut<T>(all: readonly T[], { parameters, offset }: Page, size: number) {
  const next = offset + size;
  return {
    part: all.slice(offset, next),
    nextPageKey: next < all.length ? toPageKey({ parameters, offset: next }) : null,
  };
}

const TWO_HOURS_MS = 2 * 3600 * 1000;

function listProblems({ problems, pageSize }: DynatraceEnvironment, page: Page): ServiceReply {
  const { problemSelector = '', from } = page.parameters;
  const fromMs = from === undefined ? Date.now() - TWO_HOURS_MS : Date.parse(from);
  const onlyOpen = problemSelector.includes('status("open")');
  const found = problems.filter(({ status, startTime }) => startTime >= fromMs && (!onlyOpen || status === 'OPEN'));
  const { part, nextPageKey } = cut(found, page, pageSize);
  const listed = part.map((one) => ({
    problemId: `${one.displayId}_V2`,
    impactLevel: 'SERVICES',
    endTime: -1,
    ...one,
  }));
  return { body: { totalCount: found.length, pageSize, nextPageKey, problems: listed, warnings: [] } };
}

function queryMetrics({ metrics, pageSize }: DynatraceEnvironment, page: Page): ServiceReply {
  const { metricSelector = '', from = '', to = '', resolution = '' } = page.parameters;
  const known = metrics[metricSelector];
  if (!known || resolution !== 'Inf') return refuse(400, `Unknown metric ${metricSelector}`);
  const found = known.filter(({ atMs }) => atMs >= Number(from) && atMs < Number(to));
  const { part, nextPageKey } = cut(found, page, pageSize);
  const data = part.map(({ value }, at) => ({
    dimensions: [`SERVICE-${at}`],
    dimensionMap: { 'dt.entity.service': `SERVICE-${at}` },
    timestamps: [Number(to)],
    values: [value],
  }));
  return {
    body: { totalCount: found.length, nextPageKey, resolution, result: [{ metricId: metricSelector, data }] },
  };
}

function refuse(code: number, message: string): ServiceReply {
  return { status: code, body: { error: { code, message } } };
}
