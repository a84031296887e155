import { lookup } from 'node:dns/promises';
import type { ResolvedValue } from '@towpath/core';
import type { Check, CheckedEnvironment, Finding } from './check.ts';
import { findReachable } from './reachable-environment.ts';

/** Has the host of every declared endpoint (URL, host, connection string) an address? Only names are asked for, no server. */
export const checkAddresses: Check = async (subject) => {
  const environment = findReachable(subject);
  const hosts = environment === undefined ? [] : listHosts(environment);
  if (hosts.length === 0) return [{ subject: 'addresses', status: 'ok', text: 'no host is declared' }];
  return await Promise.all(hosts.map(checkHost));
};

/** A host, and the variables that name it. */
interface DeclaredHost {
  readonly host: string;
  readonly variables: readonly string[];
  readonly isSecret: boolean;
}

// What a reference stands for is not known here, and what a plain text may name nobody has to reach.
function listHosts({ configuration }: CheckedEnvironment): readonly DeclaredHost[] {
  const named = [...configuration.values.values()].flatMap((value) =>
    listHostsOf(value).map((host) => ({ host, name: value.name, isSecret: value.isSecret })),
  );
  return [...Map.groupBy(named, ({ host }) => host)].map(([host, same]) => ({
    host,
    variables: same.map(({ name }) => name),
    isSecret: same.some((one) => one.isSecret),
  }));
}

function listHostsOf({ resources, source }: ResolvedValue): readonly string[] {
  if (source === 'derived') return [];
  return resources.flatMap(({ kind, role, names: [host] }) =>
    kind === 'hosts' && role === 'place' && host !== undefined ? [host] : [],
  );
}

async function checkHost({ host, variables, isSecret }: DeclaredHost): Promise<Finding> {
  const subject = `address of ${variables.join(', ')}`;
  try {
    await lookup(host);
    return { subject, status: 'ok', text: 'its host is known' };
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    return {
      subject,
      status: 'problem',
      text: `${isSecret ? 'Its host' : `The host ${host}`} has no address here (${code}).`,
      fix: `Correct ${variables.join(', ')}, or the name server of this machine; a name that only the agent's network knows is asked for there.`,
      code: 'ADDRESS_UNRESOLVED',
    };
  }
}
