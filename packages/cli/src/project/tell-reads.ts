import type { ReadAudit } from '@towpath/agent';

/** A command reads with the rights of whoever runs it, and tells it to that person: no server knows of it. */
export function tellReads(log: (line: string) => void): ReadAudit {
  return { keep: async () => undefined, log };
}
