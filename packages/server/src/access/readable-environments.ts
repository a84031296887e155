/** Names of the environments that lists may tell somebody of; null: all, also those that come and what is of none. */
export type ReadableEnvironments = readonly string[] | null;
