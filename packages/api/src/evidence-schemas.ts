// Sources of evidence and the rules that name them, as a policy writes them down.
import { DEFAULT_CHANGE_STATES, DEFAULT_PERFORMANCE, SECRET_VARIABLE_PATTERN } from '@towpath/core';
import { z } from 'zod';

const Text = z.string().min(1).max(200);

/** Name of a source: a word. */
export const SourceName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

/** Number of a change record, as its service writes it. */
export const ChangeNumber = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/);

// Words of other people's query languages: what could end a condition there, or be run, is refused here.
const ServiceNowName = Text.regex(/^(?!.*javascript:)[^^\n\r]+$/i);

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

/** Credentials go to such addresses: encrypted, or not off the machine. They hold none themselves. */
function isUsableUrl(text: string): boolean {
  const url = URL.parse(text.replaceAll(/\{[A-Za-z]+\}/g, 'x'));
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}

const ServiceUrl = z
  .string()
  .max(1000)
  .refine(isUsableUrl, 'must be https (http on loopback only) and hold no credentials')
  .refine((text) => !/[{}?#]/.test(text), 'must have no places, query or fragment');

const TemplateUrl = z
  .string()
  .max(1000)
  .refine(isUsableUrl, 'must be https (http on loopback only) and hold no credentials')
  .refine((text) => !/^[^/]*\/\/[^/?#]*[{}]/.test(text), 'must have no place for a value in its host')
  .refine((text) => originOf(text, 'x') === originOf(text, 'y'), 'must have no place for a value in its host');

function originOf(template: string, value: string): string | undefined {
  return URL.parse(template.replaceAll(/\{[A-Za-z]+\}/g, value))?.origin;
}

const SecretVariable = z.string().regex(SECRET_VARIABLE_PATTERN, 'must be named TOWPATH_EVIDENCE_…');

const FilePath = z
  .string()
  .min(1)
  .max(200)
  .regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[\w./-]+$/, 'must lie in the folder of evidence');

export const SourceDeclarationSchema = z.discriminatedUnion('service', [
  z.strictObject({
    service: z.literal('servicenow'),
    url: ServiceUrl,
    user: Text.optional(),
    secretFrom: SecretVariable,
    configurationItem: ServiceNowName.optional(),
    businessService: ServiceNowName.optional(),
  }),
  z.strictObject({
    service: z.literal('dynatrace'),
    url: ServiceUrl,
    secretFrom: SecretVariable,
    entitySelector: z.string().min(1).max(1000).optional(),
    problemSelector: z.string().min(1).max(1000).optional(),
  }),
  z.strictObject({
    service: z.literal('github'),
    url: ServiceUrl.default('https://api.github.com'),
    repository: z.string().regex(/^[A-Za-z0-9-]{1,39}\/(?!\.{1,2}$)[\w.-]{1,100}$/),
    secretFrom: SecretVariable.optional(),
  }),
  z.strictObject({
    service: z.literal('http'),
    url: TemplateUrl,
    secretFrom: SecretVariable.optional(),
    pointer: z
      .string()
      .max(500)
      .regex(/^(?:\/(?:[^~]|~[01])*)?$/),
    equals: z.union([z.string().max(500), z.number(), z.boolean()]).optional(),
  }),
  z.strictObject({ service: z.literal('file'), path: FilePath }),
]);

/** Sources by name. */
export const DeclaredSourcesSchema = z.record(SourceName, SourceDeclarationSchema);

const Priorities = z.array(z.number().int().min(1).max(5)).min(1).max(5);

const ChangeRulesSchema = z.strictObject({
  source: SourceName,
  states: z
    .array(Text)
    .min(1)
    .max(20)
    .default([...DEFAULT_CHANGE_STATES]),
});

const IncidentRulesSchema = z.strictObject({
  sources: z.array(SourceName).min(1).max(10),
  priorities: Priorities.default([1, 2]),
});

const PerformanceRulesSchema = z.strictObject({
  tolerance: z.number().min(1).max(100).default(DEFAULT_PERFORMANCE.tolerance),
  runs: z.number().int().min(1).max(100).default(DEFAULT_PERFORMANCE.runs),
  graceSeconds: z.number().min(0).max(86_400).default(DEFAULT_PERFORMANCE.graceSeconds),
  metrics: z
    .array(
      z.strictObject({
        source: SourceName,
        selector: z.string().min(1).max(1000),
        hours: z.number().min(0.1).max(744).default(24),
      }),
    )
    .max(20)
    .default([]),
});

const CheckRulesSchema = z.strictObject({
  source: SourceName,
  names: z.array(Text).max(50).default([]),
  needsRelease: z.boolean().default(false),
});

/** Rules about evidence, to be spread into those of a policy. */
export const EVIDENCE_RULES = {
  change: ChangeRulesSchema.nullable(),
  incidents: IncidentRulesSchema.nullable(),
  performance: PerformanceRulesSchema.nullable(),
  checks: CheckRulesSchema.nullable(),
  confirmations: z.array(SourceName).max(20),
  evidenceMinutes: z.number().min(3).max(1440),
};
