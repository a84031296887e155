import { findServerPort } from '../embedded-postgres/server-port.ts';
import type { StackPorts } from './container-spec.ts';

/** A busy one gives the next free one; 0: any. */
export type PreferredPorts = StackPorts;

/** Names for people. */
const USES: Readonly<Record<keyof StackPorts, string>> = {
  console: 'the console is on',
  postgres: 'PostgreSQL listens on',
  mock: 'the mock SQL Server listens on',
  registry: 'the registry listens on',
};

/** Ports on loopback, and in words which of those preferred were taken. @throws TowpathError `EMBEDDED_POSTGRES_PORT_UNUSABLE` */
export async function choosePorts(
  preferred: PreferredPorts,
): Promise<{ readonly ports: StackPorts; readonly busy: readonly string[] }> {
  const busy: string[] = [];
  const choose = async (use: keyof StackPorts): Promise<number> => {
    const { port, wasBusy } = await findServerPort(preferred[use]);
    if (wasBusy) busy.push(`port ${preferred[use]} is busy, so ${USES[use]} ${port}`);
    return port;
  };
  const ports = {
    console: await choose('console'),
    postgres: await choose('postgres'),
    mock: await choose('mock'),
    registry: await choose('registry'),
  };
  return { ports, busy };
}
