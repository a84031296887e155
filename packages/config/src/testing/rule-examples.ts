// One configuration that breaks each rule: the tests run it, and docs/reference/configuration-rules.md shows it.
import type { ConfigurationRuleCode } from '@towpath/core';

/** A project that breaks one rule. */
export interface RuleExample {
  /** towpath.yaml without its name. */
  readonly yaml: string;
  /** Texts of config/.env.<environment>; absent: an empty file for each environment. */
  readonly files?: Readonly<Record<string, string>>;
  readonly process?: Readonly<Record<string, string>>;
}

const PROD = 'environments: { prod: { kind: production } }';

export const RULE_EXAMPLES: Readonly<Record<ConfigurationRuleCode, RuleExample>> = {
  PROJECT_YAML_INVALID: { yaml: 'variables: {}\nvariables: {}' },
  PROJECT_KEY_UNKNOWN: { yaml: 'enviroments: {}' },
  PROJECT_KEY_INVALID: { yaml: 'environments: { dev: { kind: test } }' },
  VARIABLE_RESERVED: { yaml: 'variables: { DBT_TARGET: { type: string } }' },
  VARIABLE_DECLARATION_INVALID: { yaml: 'variables: { PORT: { type: port, default: http } }' },
  TEMPLATE_INVALID: {
    yaml: `variables: { BUCKET: { type: bucket, value: "\${PREFX}-raw" }, PREFIX: { type: prefix } }`,
  },
  ENVIRONMENT_VALUE_UNDECLARED: {
    yaml: 'variables: { REGION: { type: string } }\nenvironments: { dev: { kind: shared, values: { REGON: eu } } }',
  },
  DEFAULT_ENVIRONMENT_UNKNOWN: { yaml: 'defaultEnvironment: dve\nenvironments: { dev: { kind: shared } }' },
  RETENTION_ZONE_UNKNOWN: {
    yaml: 'environments: { dev: { kind: shared, sizing: { retentionDays: 7, zoneRetentionDays: { glod: 365 } } } }',
  },
  RETENTION_DAYS_MISSING: { yaml: 'environments: { dev: { kind: shared, sizing: { retentionDaily: true } } }' },
  ENVIRONMENT_NAMES_CLASH: { yaml: 'environments: { qa-1: { kind: shared }, QA_1: { kind: shared } }' },
  NAMESPACE_INVALID: {
    yaml: `environments: { an-environment-with-a-name-that-is-as-long-as-names-can-be: { kind: shared } }`,
  },
  OWNERSHIP_CLASH: {
    yaml: 'environments:\n  dev: { kind: shared, owns: { buckets: ["data-*"] } }\n  prod: { kind: production, owns: { buckets: ["data-*"] } }',
  },
  CHANNEL_OF_OTHER_ENVIRONMENT: {
    yaml: 'environments:\n  int: { kind: shared, notify: [ { sink: slack, url: "https://hooks.example/a" } ] }\n  prod: { kind: production, notify: [ { sink: webhook, url: "https://hooks.example/a" } ] }',
  },
  GUARD_INVALID: { yaml: 'variables: { REGION: { type: string } }\nguards: [ { name: eu-only, rule: "REGON == 1" } ]' },
  ENVIRONMENT_FILE_MISSING: {
    yaml: 'variables: { REGION: { type: string } }\nenvironments: { dev: { kind: shared } }',
    files: {},
  },
  ENVIRONMENT_FILE_INVALID: {
    yaml: 'variables: { REGION: { type: string } }\nenvironments: { dev: { kind: shared } }',
    files: { dev: '# where it runs\nREGION="eu-west-1' },
  },
  VARIABLE_MISSPELT: {
    yaml: 'variables: { REGION: { type: string } }\nenvironments: { dev: { kind: shared } }',
    files: { dev: 'REGOIN=eu-west-1' },
  },
  VARIABLE_UNDECLARED: {
    yaml: 'variables: { REGION: { type: string } }\nenvironments: { dev: { kind: shared } }',
    files: { dev: 'REGION=eu-west-1\nFOOBAR=1' },
  },
  VARIABLE_UNSET: {
    yaml: 'variables: { REGION: { type: string, required: true } }\nenvironments: { dev: { kind: shared } }',
    files: { dev: 'REGION=' },
  },
  COMPUTED_INPUT_UNSET: {
    yaml: `variables: { PREFIX: { type: prefix }, RAW: { type: bucket, value: "\${PREFIX}-raw" } }\nenvironments: { dev: { kind: shared } }`,
  },
  COMPUTED_CONTRADICTED: {
    yaml: `variables: { RAW: { type: bucket, value: "\${ENVIRONMENT}-raw" } }\nenvironments: { dev: { kind: shared } }`,
    process: { RAW: 'another-raw' },
  },
  COMPUTED_FROM_REFERENCE: {
    yaml: `variables: { KEY: { type: string }, URL: { type: url, value: "https://api.example/\${KEY}" } }\nenvironments: { dev: { kind: shared, secrets: { provider: file } } }`,
    files: { dev: 'KEY=secret://fmp#key' },
  },
  VALUE_TYPE: {
    yaml: 'variables: { PORT: { type: port } }\nenvironments: { dev: { kind: shared } }',
    files: { dev: 'PORT=http' },
  },
  VALUE_PATTERN: {
    yaml: 'variables: { REGION: { type: string, pattern: "eu-[a-z]+-[0-9]" } }\nenvironments: { dev: { kind: shared } }',
    files: { dev: 'REGION=us-east-1' },
  },
  VALUE_RANGE: {
    yaml: 'variables: { WORKERS: { type: integer, min: 1, max: 8 } }\nenvironments: { dev: { kind: shared } }',
    files: { dev: 'WORKERS=80' },
  },
  SECRET_REFERENCE_INVALID: {
    yaml: 'variables: { KEY: { type: string, secret: true } }\nenvironments: { dev: { kind: shared, secrets: { provider: file } } }',
    files: { dev: 'KEY=secret://' },
  },
  SECRET_PROVIDER_MISSING: {
    yaml: 'variables: { KEY: { type: string, secret: true } }\nenvironments: { dev: { kind: shared } }',
    files: { dev: 'KEY=secret://fmp#key' },
  },
  TARGET_INVALID: {
    yaml: `variables: { LAKE: { type: path } }\nenvironments: { dev: { kind: shared, targets: { lake: { type: folder, location: "\${LAKE}" } } } }`,
  },
  RESOURCE_OWNED_BY_OTHER: {
    yaml: 'variables: { WAREHOUSE: { type: dsn, secret: true } }\nenvironments:\n  dev: { kind: shared }\n  prod: { kind: production, owns: { hosts: ["*.prod.example"] } }',
    files: { dev: 'WAREHOUSE=postgresql://me:pw@db.prod.example/orders', prod: '' },
  },
  RESOURCE_UNOWNED: {
    yaml: `variables: { API: { type: url } }\n${PROD}`,
    files: { prod: 'API=https://api.example/v1' },
  },
  IDENTITY_SHARED: {
    yaml: 'variables: { RAW: { type: bucket } }\nenvironments: { dev: { kind: shared }, qa: { kind: shared } }',
    files: { dev: 'RAW=raw-data', qa: 'RAW=raw-data' },
  },
  PRODUCTION_PREFIX: {
    yaml: `variables: { PREFIX: { type: prefix } }\n${PROD}`,
    files: { prod: 'PREFIX=production' },
  },
  PRODUCTION_DEBUG: {
    yaml: `variables: { DEBUG_MODE: { type: boolean } }\n${PROD}`,
    files: { prod: 'DEBUG_MODE=true' },
  },
  PRODUCTION_LOG_LEVEL: {
    yaml: `variables: { LOG_LEVEL: { type: logLevel } }\n${PROD}`,
    files: { prod: 'LOG_LEVEL=DEBUG' },
  },
  GUARD_BROKEN: {
    yaml: `variables: { REGION: { type: string } }\n${PROD}\nguards:\n  - name: eu-only\n    when: kind == 'production'\n    rule: REGION.startsWith('eu-')\n    message: Data of customers stays in Europe.\n    fix: Choose a region that begins with eu-.`,
    files: { prod: 'REGION=us-east-1' },
  },
};
