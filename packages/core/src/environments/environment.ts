// An environment is a named place where the project runs. Names are data; its kind carries the meaning.

export const ENVIRONMENT_KINDS = ['local', 'shared', 'production'] as const;

export type EnvironmentKind = (typeof ENVIRONMENT_KINDS)[number];
