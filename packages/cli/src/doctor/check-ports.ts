import { join } from 'node:path';
import { findLivePostmaster } from '../embedded-postgres/postmaster.ts';
import { isPortFree } from '../embedded-postgres/server-port.ts';
import { findInstance, findMock } from '../instance/instance-record.ts';
import type { Check, Finding } from './check.ts';
import { findPortHolder } from './find-port-holder.ts';

/** Are the usual ports free, or held by our own instance? A busy one is no problem: the next free one is taken. */
export const checkPorts: Check = async ({ ports, stateFolder }) => {
  const ours = listOwnPorts(stateFolder);
  const wanted = [
    { subject: `port ${ports.postgres}`, port: ports.postgres, what: 'PostgreSQL' },
    { subject: `port ${ports.console}`, port: ports.console, what: 'the console' },
    { subject: `port ${ports.mock}`, port: ports.mock, what: 'the mock SQL Server' },
  ];
  const left = await findLeftPostgres(stateFolder);
  const findings = await Promise.all(wanted.map((want) => checkPort(want, ours)));
  return left ? [left, ...findings.filter(({ subject }) => subject !== left.subject)] : findings;
};

function listOwnPorts(stateFolder: string): ReadonlySet<number> {
  const instance = findInstance(stateFolder);
  const mock = findMock(stateFolder) ?? instance?.mock;
  const ports = [mock?.port, instance?.warehouse.port, instance && Number(new URL(instance.url).port)];
  return new Set(ports.filter((port) => port !== undefined));
}

// PostgreSQL outlives an instance that was killed; it is ours, and nothing is wrong with its port.
async function findLeftPostgres(stateFolder: string): Promise<Finding | undefined> {
  const postmaster = findInstance(stateFolder) ? undefined : await findLivePostmaster(join(stateFolder, 'postgres'));
  if (!postmaster) return undefined;
  return {
    subject: `port ${postmaster.port}`,
    status: 'problem',
    text: `PostgreSQL of this folder (process ${postmaster.pid}) still runs; the instance that started it was killed.`,
    fix: 'End it with `npx towpath stop`, or start again: `npx towpath dev` takes it over.',
    code: 'POSTGRES_LEFT',
  };
}

async function checkPort(
  want: { readonly subject: string; readonly port: number; readonly what: string },
  ours: ReadonlySet<number>,
): Promise<Finding> {
  const { subject, port, what } = want;
  if (ours.has(port)) return { subject, status: 'ok', text: `${what} of this folder` };
  if (await isPortFree(port)) return { subject, status: 'ok', text: `free for ${what}` };
  const holder = await findPortHolder(port);
  const who = holder === undefined ? 'Another program' : `${holder.command} (process ${holder.pid})`;
  return {
    subject,
    status: 'note',
    text: `${who} listens there, so ${what} will take the next free port.`,
    fix:
      holder === undefined
        ? `See which, as root: \`ss -ltnp 'sport = :${port}'\` (Linux) or \`lsof -iTCP:${port} -sTCP:LISTEN\` (macOS).`
        : `End it if the port is needed: \`kill ${holder.pid}\`.`,
    code: 'PORT_IN_USE',
  };
}
