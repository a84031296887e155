import { type Client, ListEnvironments, ListPools, type PoolView, SetPool } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { getSelectedEnvironment } from '../connection/find-run.ts';
import { findNamedEnvironment } from '../connection/select-on-server.ts';
import { suggestName, withSuggestions } from '../connection/suggest-name.ts';
import type { CommandContext } from '../context.ts';
import { parseSlots } from '../rendering/parse-slots.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly environment?: string;
  readonly json?: boolean;
}

/** `npx towpath pools`: who holds slots and who waits; `set` changes how many there are. */
export const registerPools: RegisterCommand = (program, context) => {
  const pools = program
    .command('pools')
    .description('List pools: slots, how many are held, how many tasks wait for one.')
    .option('--environment <name>', 'only those of this environment')
    .option('--json', 'print JSON');
  addConnectionOptions(pools).action(async (options: Options) => {
    const environment = findNamedEnvironment(context, options);
    const reply = await connect(context, options).call(ListPools, { query: { environment } });
    if (options.json) context.out(`${JSON.stringify(reply, null, 2)}\n`);
    else context.out(reply.pools.length > 0 ? formatPools(reply.pools) : describeNone(environment));
  });
  registerSet(pools, context);
};

// Options that `pools` has too are taken by it: they are read with the parent's.
function registerSet(pools: Command, context: CommandContext): void {
  pools
    .command('set')
    .description('Set the slots of a pool, above what the project declares. What holds one keeps it.')
    .argument('<name>', 'the pool')
    .argument('[slots]', 'how many tasks may hold one at a time; 0 stops new ones', parseSlots)
    .option('--create', 'make a pool that no project declares yet')
    .option('--clear', 'go back to what the project declares')
    .addHelpText('after', '\nExample:\n  npx towpath pools set sqlserver 4')
    .action(async (name: string, slots: number | undefined, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options & { clear?: boolean; create?: boolean }>();
      if ((slots === undefined) !== (options.clear === true)) throw slotsMissing();
      const client = connect(context, options);
      const environment = await getSelectedEnvironment({ client, context }, options);
      const view = await withSuggestions(client, { environment }, async () => {
        if (!options.create) await checkPool(client, environment, name);
        return await client.call(SetPool, { params: { environment, name }, body: { slots: slots ?? null } });
      });
      context.out(options.json ? `${JSON.stringify(view, null, 2)}\n` : describeSet(view));
    });
}

// A mistyped name would be a new pool that bounds nothing, while the one that was meant stays as it is.
async function checkPool(client: Client, environment: string, name: string): Promise<void> {
  const { environments } = await client.call(ListEnvironments);
  // The server says of an environment that it is unknown, with the nearest name.
  if (!environments.some((known) => known.name === environment)) return;
  const { pools } = await client.call(ListPools, { query: { environment } });
  if (pools.some((pool) => pool.name === name)) return;
  const known = suggestName(
    name,
    pools.map((pool) => pool.name),
  );
  throw new TowpathError({
    code: 'POOL_UNKNOWN',
    message: `${environment} has no pool ${JSON.stringify(name)}.`,
    cause: 'No project declares it, and nobody has set it before.',
    fix: [known, 'To make a new one, add --create.'].filter(Boolean).join(' '),
  });
}

function describeNone(environment: string | undefined): string {
  return environment === undefined
    ? 'No pools yet. Declare one in towpath.yaml (pools: { sqlserver: 4 }), or: npx towpath pools set <name> <slots> --create\n'
    : `No pools in ${environment}. All of them: npx towpath pools\n`;
}

function describeSet({ name, environment, slots, held, setSlots }: PoolView): string {
  const source = setSlots === null ? 'as the project declares' : 'set by hand';
  return `${name} in ${environment}: ${slots} slots (${source}), ${held} held.\n`;
}

function formatPools(pools: readonly PoolView[]): string {
  const rows = pools.map(({ name, environment, slots, held, waiting, declaredSlots, setSlots, changedBy }) => [
    name,
    environment,
    slots,
    held,
    waiting,
    setSlots === null
      ? declaredSlots === null
        ? 'declared by nobody'
        : 'declared'
      : `set by ${changedBy} (declared: ${declaredSlots ?? 'none'})`,
  ]);
  return formatTable(['POOL', 'ENVIRONMENT', 'SLOTS', 'HELD', 'WAITING', 'SOURCE'], rows);
}

function slotsMissing(): TowpathError {
  return new TowpathError({
    code: 'SLOTS_MISSING',
    message: 'How many slots?',
    cause: 'Either a number or --clear is needed, not both.',
    fix: 'For example: npx towpath pools set sqlserver 4',
  });
}
