// What each container of the local stack is told. It is a file in the container, not its configuration: an agent's token and the
// passwords of PostgreSQL are in it.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The containers in the order in which they need each other; also their names in the network. */
export const PARTS = ['postgres', 'registry', 'mock', 'server', 'agent'] as const;
export type PartName = (typeof PARTS)[number];

const Variables = z.record(z.string(), z.string());

const PartConfig = z.discriminatedUnion('part', [
  z.object({
    part: z.literal('postgres'),
    credentials: z.object({ superuserPassword: z.string(), statePassword: z.string() }),
  }),
  z.object({ part: z.literal('registry'), writePassword: z.string() }),
  z.object({ part: z.literal('mock') }),
  z.object({
    part: z.literal('server'),
    databaseUrl: z.string(),
    port: z.int(),
    retentionDays: z.number().optional(),
    /** Of the person's shell, those that sources of evidence may name. */
    evidenceVariables: Variables,
  }),
  z.object({
    part: z.literal('agent'),
    serverUrl: z.string(),
    token: z.string(),
    /** Of the person's shell, those that the project declares. */
    processVariables: Variables,
    /** `localhost:5000`: as the engine reaches the stack's registry. */
    registry: z.string(),
    network: z.string(),
    maxAttempts: z.int().optional(),
    isAgainstShared: z.boolean(),
  }),
]);
export type PartConfig = z.infer<typeof PartConfig>;
export type ConfigOf<P extends PartName> = Extract<PartConfig, { readonly part: P }>;

/** Where a container finds it. */
export const PART_FILE = '/run/towpath/part.json';

/** Where the server's container has the folder of evidence that somebody writes. */
export const EVIDENCE_FOLDER = '/evidence';

/** What containers listen on inside the network. The server's is the one that browsers use, which it checks. */
export const PORTS = { postgres: 5432, registry: 5000, mock: 1433 } as const;

/** Where parts keep what must outlive them: a volume each. */
export const DATA_FOLDER = '/var/lib/towpath';

/** @throws when it is none: the file was written by the same version */
export function readPartConfig(path: string): PartConfig {
  return PartConfig.parse(JSON.parse(readFileSync(path, 'utf8')));
}
