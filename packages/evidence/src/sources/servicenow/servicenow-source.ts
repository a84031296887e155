// ServiceNow by its Table API (`/api/now/table/…`). With `sysparm_display_value=all` each field has its value, dates in UTC, and its
// label. An instance ignores conditions that it does not understand and sends more rows then: a change record is taken by its
// number only, and incidents that should not be there are red, never green.
// https://www.servicenow.com/docs/r/api-reference/rest-apis/c_TableAPI.html
import type { EvidenceQuestion, SourceDeclaration } from '@towpath/core';
import { type AskOptions, EvidenceRefusal, type EvidenceSource, type FoundEvidence } from '../../evidence-source.ts';
import { askJson } from '../../http/ask-json.ts';
import { joinUrl } from '../../http/join-url.ts';
import { joinConditions, toQueryValue } from './servicenow-query.ts';
import {
  CHANGE_FIELDS,
  ChangeRows,
  INCIDENT_FIELDS,
  IncidentRows,
  toChangeRecord,
  toOpenIncident,
} from './servicenow-rows.ts';

type Declaration = Extract<SourceDeclaration, { service: 'servicenow' }>;

const PAGE = 100;
/** Who has two thousand open incidents of the worst kinds need not count on. */
const MAX_PAGES = 20;

/** Creates it; the secret is a password when the declaration names a user, else a token of OAuth. */
export function createServiceNowSource(
  declaration: Declaration,
  secret: string | undefined,
): Pick<EvidenceSource, 'ask'> {
  const headers = toHeaders(declaration, secret);
  return {
    ask: (question, options) => {
      if (question.kind === 'change') return askChange(declaration, question.number, { ...options, headers });
      if (question.kind === 'incidents') return askIncidents(declaration, question, { ...options, headers });
      throw new EvidenceRefusal('QUESTION_UNSUPPORTED');
    },
  };
}

interface Asking extends AskOptions {
  readonly headers: Readonly<Record<string, string>>;
}

function toHeaders({ user }: Declaration, secret: string | undefined): Readonly<Record<string, string>> {
  if (secret === undefined) return {};
  const basic = Buffer.from(`${user}:${secret}`, 'utf8').toString('base64');
  return { authorization: user === undefined ? `Bearer ${secret}` : `Basic ${basic}` };
}

async function askChange({ url: base }: Declaration, number: string, asking: Asking): Promise<FoundEvidence> {
  const url = joinUrl(base, '/api/now/table/change_request', {
    sysparm_query: `number=${toQueryValue(number)}`,
    sysparm_fields: CHANGE_FIELDS.join(','),
    sysparm_display_value: 'all',
    sysparm_exclude_reference_link: 'true',
    sysparm_limit: 2,
  });
  const { body, text } = await askJson(ChangeRows, { url, ...asking });
  const row = body.result.find((one) => one.number.value === number);
  const link = row ? joinUrl(base, '/change_request.do', { sys_id: row.sys_id.value }) : null;
  return { answer: { kind: 'change', record: row ? toChangeRecord(row) : null }, excerpt: text, link };
}

async function askIncidents(
  declaration: Declaration,
  { priorities }: Extract<EvidenceQuestion, { kind: 'incidents' }>,
  asking: Asking,
): Promise<FoundEvidence> {
  const query = joinConditions(['active=true', `priorityIN${priorities.join(',')}`, toRelated(declaration)]);
  const rows: IncidentRows['result'] = [];
  let excerpt = '';
  for (let page = 0; ; page += 1) {
    if (page === MAX_PAGES) throw new EvidenceRefusal('TOO_LARGE', `More than ${MAX_PAGES * PAGE} incidents.`);
    const url = joinUrl(declaration.url, '/api/now/table/incident', {
      sysparm_query: `${query}^ORDERBYnumber`,
      sysparm_fields: INCIDENT_FIELDS.join(','),
      sysparm_display_value: 'all',
      sysparm_exclude_reference_link: 'true',
      sysparm_limit: PAGE,
      sysparm_offset: page * PAGE,
    });
    const { body, text, headers } = await askJson(IncidentRows, { url, ...asking });
    rows.push(...body.result);
    excerpt ||= text;
    if (!hasNextPage(headers)) break;
  }
  const link = joinUrl(declaration.url, '/incident_list.do', { sysparm_query: query });
  return { answer: { kind: 'incidents', open: rows.map(toOpenIncident) }, excerpt, link };
}

// Either of the two relates an incident: `^OR` binds to the condition before it.
function toRelated({ configurationItem, businessService }: Declaration): string {
  const items = [
    configurationItem === undefined ? '' : `cmdb_ci.name=${toQueryValue(configurationItem)}`,
    businessService === undefined ? '' : `business_service.name=${toQueryValue(businessService)}`,
  ];
  return items.filter(Boolean).join('^OR');
}

// Rows that the credential may not read are missing from a page, so its length says nothing.
function hasNextPage(headers: Headers): boolean {
  return /;\s*rel="?next"?/.test(headers.get('link') ?? '');
}
