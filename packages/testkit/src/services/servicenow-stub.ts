// ServiceNow's Table API, as far as change requests and incidents are read: encoded queries, fields, values with labels, pages by
// `Link`, basic and bearer. A condition that it does not understand is ignored, as an instance does.
import { type ServiceReply, type ServiceRequest, type ServiceStub, startServiceStub } from './service-stub.ts';

/** A row: each field's value, or value and label. */
export type ServiceNowRow = Readonly<Record<string, string | readonly [value: string, label: string]>>;

/** What an instance holds, by table. */
export interface ServiceNowInstance {
  readonly credentials: { readonly user: string; readonly password: string; readonly token: string };
  readonly tables: Record<string, ServiceNowRow[]>;
}

/** A running instance. */
export interface ServiceNowStub extends ServiceStub {
  readonly instance: ServiceNowInstance;
}

/** Starts one that knows user `towpath`, password `pass:word`, and the token `oauth-token`. */
export async function startServiceNowStub(certificate?: {
  readonly key: string;
  readonly cert: string;
}): Promise<ServiceNowStub> {
  const credentials = { user: 'towpath', password: 'pass:word', token: 'oauth-token' };
  const instance: ServiceNowInstance = { credentials, tables: { change_request: [], incident: [] } };
  const stub = await startServiceStub({ answer: (request) => answer(instance, request), certificate });
  return Object.assign(stub, { instance });
}

function answer({ credentials, tables }: ServiceNowInstance, { url, headers }: ServiceRequest): ServiceReply {
  const { user, password, token } = credentials;
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  if (![basic, `Bearer ${token}`].includes(headers.authorization ?? ''))
    return refuse(401, 'User Not Authenticated', 'Required to provide Auth information');
  const table = /^\/api\/now\/table\/(\w+)$/.exec(url.pathname)?.[1];
  const rows = table === undefined ? undefined : tables[table];
  if (!rows) return refuse(400, `Invalid table ${table}`, '');
  const parameter = (name: string, otherwise: string) => url.searchParams.get(name) ?? otherwise;
  const found = rows.filter((row) => matches(row, parameter('sysparm_query', '')));
  const [limit, offset] = [Number(parameter('sysparm_limit', '10000')), Number(parameter('sysparm_offset', '0'))];
  const page = found.slice(offset, offset + limit);
  const fields = parameter('sysparm_fields', '').split(',');
  return {
    headers: { 'x-total-count': String(found.length), ...linkNext(url, offset + limit, found.length) },
    body: { result: page.map((row) => toResult(row, fields, parameter('sysparm_display_value', 'false'))) },
  };
}

function refuse(status: number, message: string, detail: string): ServiceReply {
  return { status, body: { error: { message, detail }, status: 'failure' } };
}

function linkNext(url: URL, next: number, total: number): Readonly<Record<string, string>> {
  const to = (offset: number) => {
    const target = new URL(url);
    target.searchParams.set('sysparm_offset', String(offset));
    return target.href;
  };
  if (next >= total) return {};
  return { link: `<${to(0)}>;rel="first",<${to(next)}>;rel="next",<${to(total - 1)}>;rel="last"` };
}

function readValue(row: ServiceNowRow, field: string): string | undefined {
  const found = row[field];
  return typeof found === 'string' ? found : found?.[0];
}

// `a^b`: both; `a^ORb`: either, binding to the condition before.
function matches(row: ServiceNowRow, query: string): boolean {
  const groups = query.split(/\^(?!OR(?!DER))/);
  return groups.every((group) => group.split('^OR').some((condition) => holds(row, condition)));
}

function holds(row: ServiceNowRow, condition: string): boolean {
  const found = /^([a-z_.]+)(=|IN)(.*)$/.exec(condition);
  const [, field = '', operator, wanted = ''] = found ?? [];
  const value = readValue(row, field);
  if (value === undefined) return true;
  return operator === 'IN' ? wanted.split(',').includes(value) : value === wanted;
}

function toResult(row: ServiceNowRow, fields: readonly string[], display: string): Record<string, unknown> {
  const entries = fields.map((field) => {
    const found = row[field] ?? '';
    const [value, label] = typeof found === 'string' ? [found, found] : found;
    return [field, display === 'all' ? { display_value: label, value } : display === 'true' ? label : value];
  });
  return Object.fromEntries(entries);
}
