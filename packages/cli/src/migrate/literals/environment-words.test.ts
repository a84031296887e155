import { expect, it } from 'vitest';
import { findEnvironmentWords } from './environment-words.ts';

const KNOWN = { environments: ['dev', 'staging', 'prod'], resources: new Set(['analytics', 'athena-results']) };

it.each([
  ['prod-bronze-zone', 'BRONZE_BUCKET', `\${S3_BUCKET_PREFIX}-bronze-zone`],
  ['s3://dev-silver-zone/x', 'SILVER_BUCKET', `\${S3_BUCKET_PREFIX}-silver-zone`],
  ['s3://prod-exports/x', 'EXPORTS_BUCKET', `\${S3_BUCKET_PREFIX}-exports`],
  ['prod-athena-results', 'ATHENA_RESULTS_BUCKET', `\${S3_BUCKET_PREFIX}-athena-results`],
  ['from staging_analytics.orders', 'ANALYTICS_DATABASE', `\${ENVIRONMENT}_analytics`],
  ['/prod/fmp/api_key', 'FMP_API_KEY_PATH', `/\${ENVIRONMENT}/fmp/api_key`],
  ['https://prefect.prod.example.com/api', 'PREFECT_HOST', `prefect.\${ENVIRONMENT}.example.com`],
  ['api-dev.example.com', 'API_HOST', `api-\${ENVIRONMENT}.example.com`],
  ['ingest-fmp-prod', 'ENVIRONMENT', `\${ENVIRONMENT}`],
])('%s becomes %s', (text, variable, template) => {
  expect(findEnvironmentWords(text, KNOWN)).toMatchObject([{ replacement: { variable, template } }]);
});

it.each(['prod', 'dev-mode', 'non-prod', 'settings.prod.json', 'prod_token', 'a text about prod', '.env.prod'])(
  '%s is left to a person',
  (text) => {
    expect(findEnvironmentWords(text, KNOWN)).toMatchObject([{ replacement: undefined, byHand: expect.any(String) }]);
  },
);

it.each(['production', 'develop', 'products-bronze-zone', 'device', 'bronze-zone'])(
  '%s is of no environment',
  (text) => {
    expect(findEnvironmentWords(text, KNOWN)).toEqual([]);
  },
);
