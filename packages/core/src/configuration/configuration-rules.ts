// Every rule of configuration: its code, what it wants, what to do. docs/reference/configuration-rules.md is written from it,
// and each has a failing example in the tests.

/** What is said of a rule. */
export interface ConfigurationRule {
  /** The rule in a word, as `config explain` shows it. */
  readonly rule: string;
  readonly says: string;
  readonly fix: string;
}

const DECLARATION_RULES = {
  PROJECT_YAML_INVALID: {
    rule: 'yaml',
    says: 'towpath.yaml is YAML without duplicate keys.',
    fix: 'Correct the line that is named.',
  },
  PROJECT_KEY_UNKNOWN: {
    rule: 'schema',
    says: 'Every key of towpath.yaml is known: a misspelt one would be a setting that nobody obeys.',
    fix: 'Use the key that is proposed, or take it out.',
  },
  PROJECT_KEY_INVALID: {
    rule: 'schema',
    says: 'Every key of towpath.yaml holds what the schema allows.',
    fix: 'See the table of keys; an editor checks it with towpath.schema.json.',
  },
  VARIABLE_RESERVED: {
    rule: 'declaration',
    says: 'Names that follow from the environment (`ENVIRONMENT`, `DBT_TARGET`, `TOWPATH_…`) are not declared.',
    fix: 'Take the variable out; set `dbtTarget`, `namespace` or `stack` of the environment.',
  },
  VARIABLE_DECLARATION_INVALID: {
    rule: 'declaration',
    says: 'What is said of a variable fits together: an enum has values, a computed variable has neither default nor `required`, a pattern is a regular expression, default and example meet the rules of the variable.',
    fix: 'Correct the declaration.',
  },
  TEMPLATE_INVALID: {
    rule: 'template',
    says: 'A computed text names set variables, each in braces after a `$`, and not itself, directly or through others.',
    fix: 'Name a declared variable; a doubled `$` before the brace writes it as plain text.',
  },
  ENVIRONMENT_VALUE_UNDECLARED: {
    rule: 'declaration',
    says: 'The values of an environment, and `parity.variables`, name declared variables that are not computed.',
    fix: 'Declare the variable under `variables:`, or correct its name.',
  },
  DEFAULT_ENVIRONMENT_UNKNOWN: {
    rule: 'declaration',
    says: '`defaultEnvironment` is one of the environments.',
    fix: 'Name one of them.',
  },
  RETENTION_ZONE_UNKNOWN: {
    rule: 'retention',
    says: 'Days of retention are declared for zones that the environment has: a misspelt one would be kept for as long as all others.',
    fix: 'Name a zone, or declare it under `zones`.',
  },
  RETENTION_DAYS_MISSING: {
    rule: 'retention',
    says: 'Where `retentionDaily` is declared, `retentionDays` or `zoneRetentionDays` say how long data is kept: without days nothing would ever be deleted.',
    fix: 'Declare days, or take `retentionDaily` away.',
  },
  ENVIRONMENT_NAMES_CLASH: {
    rule: 'declaration',
    says: 'Names of environments differ in more than capitals and punctuation, and so do the namespaces, stacks and zones that follow from them.',
    fix: 'Rename one, or give it a `namespace`, `stack` or `zones` of its own.',
  },
  NAMESPACE_INVALID: {
    rule: 'declaration',
    says: 'A namespace that follows from project and environment fits into 63 characters.',
    fix: 'Give the environment a `namespace`.',
  },
  OWNERSHIP_CLASH: {
    rule: 'owner',
    says: 'A pattern is owned by one environment, and is not shared besides.',
    fix: 'Take it from one of them, or only list it under `shared`.',
  },
  CHANNEL_OF_OTHER_ENVIRONMENT: {
    rule: 'channel',
    says: 'Sinks of two environments do not lead to one channel, unless it is shared and neither is production: an alert of production would look like one of a test.',
    fix: 'Give each environment a channel of its own; those that are not production may name one that stands under `shared`.',
  },
  GUARD_INVALID: {
    rule: 'guard',
    says: 'The expressions of a guard are CEL and name known variables.',
    fix: 'Correct the expression.',
  },
} as const satisfies Readonly<Record<string, ConfigurationRule>>;

const VALUE_RULES = {
  ENVIRONMENT_FILE_MISSING: {
    rule: 'file',
    says: 'A project with variables has a file config/.env.<environment>.',
    fix: 'cp config/.env.example config/.env.<environment>, and fill it in.',
  },
  ENVIRONMENT_FILE_INVALID: {
    rule: 'file',
    says: 'Every line of an environment file is NAME=value, a comment or empty; a quote that opens is closed.',
    fix: 'Correct the line that is named.',
  },
  VARIABLE_MISSPELT: {
    rule: 'file',
    says: 'An environment file does not set a name that is nearly that of a variable without a value.',
    fix: 'Correct the name in the file.',
  },
  VARIABLE_UNDECLARED: {
    rule: 'file',
    says: 'A name that an environment file sets is declared; of others no task gets anything. A note: it stops nothing, and with the provider `dotenv`, whose secrets stand in that file, nothing is said.',
    fix: 'Declare it under `variables:` of towpath.yaml, or take the line out.',
  },
  VARIABLE_UNSET: {
    rule: 'required',
    says: 'A required variable has a value in every environment; an empty one is none.',
    fix: 'Set it in config/.env.<environment>.',
  },
  COMPUTED_INPUT_UNSET: {
    rule: 'computed',
    says: 'Every input of a computed variable has a value, so that text like `undefined-bronze-zone` can’t arise.',
    fix: 'Set the input, or give it a default.',
  },
  COMPUTED_CONTRADICTED: {
    rule: 'computed',
    says: 'A computed variable is set by nothing else, unless to the same text.',
    fix: 'Take the value away, or change the inputs.',
  },
  COMPUTED_FROM_REFERENCE: {
    rule: 'computed',
    says: 'No input of a computed variable is a reference to a secret: that is fetched only by the agent, when an attempt needs it.',
    fix: 'Keep the whole text as one secret, and refer to it.',
  },
  VALUE_TYPE: {
    rule: 'type',
    says: 'A value is of the type of its variable.',
    fix: 'Write it as the type wants it.',
  },
  VALUE_PATTERN: {
    rule: 'pattern',
    says: 'The whole value matches the pattern of its variable.',
    fix: 'Write it as the pattern wants it.',
  },
  VALUE_RANGE: {
    rule: 'range',
    says: 'A number lies between `min` and `max`; a text has as many characters.',
    fix: 'Choose a value within the range.',
  },
  SECRET_REFERENCE_INVALID: {
    rule: 'secret',
    says: 'A reference to a secret is `secret://name` or `secret://name#field`.',
    fix: 'Correct the reference.',
  },
  SECRET_PROVIDER_MISSING: {
    rule: 'secret',
    says: 'An environment whose values refer to secrets says where they come from.',
    fix: 'Give the environment `secrets: { provider: … }`.',
  },
  TARGET_INVALID: {
    rule: 'target',
    says: 'Every part of a target names set variables and is of its type.',
    fix: 'Correct the target.',
  },
} as const satisfies Readonly<Record<string, ConfigurationRule>>;

const ISOLATION_RULES = {
  RESOURCE_OWNED_BY_OTHER: {
    rule: 'owner',
    says: 'No value names anything that another environment owns.',
    fix: "Use this environment's own; what all may use is listed under `shared`.",
  },
  RESOURCE_UNOWNED: {
    rule: 'owner',
    says: 'In production every place that a value names is owned by it, or shared.',
    fix: 'List it under `owns` of the environment, or under `shared`.',
  },
  IDENTITY_SHARED: {
    rule: 'identity',
    says: 'Two environments do not name the same bucket, host, database, account …, unless it is shared.',
    fix: 'Give each its own, or list it under `shared`.',
  },
  PRODUCTION_PREFIX: {
    rule: 'production-prefix',
    says: "In production every variable of type prefix is the environment's name.",
    fix: "Set the prefix to the environment's name.",
  },
  PRODUCTION_DEBUG: {
    rule: 'production-debug',
    says: 'In production DEBUG and DEBUG_MODE are off, also where only the environment file names them.',
    fix: 'Set it to false.',
  },
  PRODUCTION_LOG_LEVEL: {
    rule: 'production-log-level',
    says: 'In production LOG_LEVEL is INFO, also where only the environment file names it.',
    fix: 'Set LOG_LEVEL=INFO.',
  },
  GUARD_BROKEN: {
    rule: 'guard',
    says: "A guard of the project's own holds wherever its `when` does; one that can't be evaluated does not hold.",
    fix: 'Change the values that the expression names.',
  },
} as const satisfies Readonly<Record<string, ConfigurationRule>>;

/** All rules by code, in the order of the page. */
export const CONFIGURATION_RULES = { ...DECLARATION_RULES, ...VALUE_RULES, ...ISOLATION_RULES } as const;

export type ConfigurationRuleCode = keyof typeof CONFIGURATION_RULES;
