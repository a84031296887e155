import {
  type ConfigurationView,
  type ConfiguredValue,
  type EnvironmentView,
  GetConfiguration,
  ListEnvironments,
} from '@towpath/api';
import { compareZones, formatEnvironmentTag } from '@towpath/core';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { getSelectedEnvironment } from '../connection/find-run.ts';
import { ONE_ENVIRONMENT } from '../connection/select-on-server.ts';
import { withSuggestions } from '../connection/suggest-name.ts';
import type { CommandContext } from '../context.ts';
import { formatTable } from '../rendering/table.ts';

interface Options extends ConnectionOptions {
  readonly json?: boolean;
}

/** `npx towpath environment show`: what is declared of an environment and what its agents resolved. */
export function registerEnvironmentShow(environment: Command, context: CommandContext): void {
  const command = environment
    .command('show')
    .description(
      'Show an environment: kind, declaration, whose its targets are, resolved configuration without secrets.',
    )
    .argument('[name]', `its name (${ONE_ENVIRONMENT})`)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath environment show local');
  addConnectionOptions(command).action(async (name: string | undefined, options: Options) => {
    const client = connect(context, options);
    const chosen = await getSelectedEnvironment({ client, context }, { environment: name });
    const { configurations } = await withSuggestions(client, { environment: chosen }, () =>
      client.call(GetConfiguration, { params: { environment: chosen } }),
    );
    const { environments } = await client.call(ListEnvironments);
    const view = environments.find((one) => one.name === chosen);
    if (options.json) context.out(`${JSON.stringify({ environment: view, configurations }, null, 2)}\n`);
    else if (view) context.out(formatEnvironment(view, configurations));
  });
}

function formatEnvironment(view: EnvironmentView, configurations: readonly ConfigurationView[]): string {
  const { name, kind, declaration, declared } = view;
  const lines = [
    `${formatEnvironmentTag(name)} ${kind}`,
    declared ? `declared by ${declared.by} for project ${declared.project}` : 'declared by no project',
    ...(declaration ? describeDeclaration(declaration) : []),
  ];
  return `${lines.join('\n')}\n${configurations.map(formatConfiguration).join('')}`;
}

function describeDeclaration(declaration: NonNullable<EnvironmentView['declaration']>): string[] {
  const { executor, namespace, registry, zones, sizing, notify } = declaration;
  const pairs = (values: object): string =>
    Object.entries(values)
      .map(([key, value]) => `${key} ${value}`)
      .join(', ') || 'none';
  return [
    `executor    ${executor}`,
    `namespace   ${namespace ?? 'none'}`,
    `registry    ${registry ?? 'none'}`,
    `zones       ${pairs(Object.fromEntries(Object.entries(zones).toSorted(([a], [b]) => compareZones(a, b))))}`,
    `sizing      ${pairs(sizing)}`,
    `sinks       ${notify.map((sink) => `${sink.name} (${sink.severities.join(', ')})`).join(', ') || 'none'}`,
  ];
}

function formatConfiguration({ agent, targets, values, problems }: ConfigurationView): string {
  const whose = targets.map(({ name, type, verdict, claimedBy }) => [name, type, verdict, claimedBy ?? 'nobody']);
  const resolved = values.map((value) => [value.name, value.text ?? value.mask ?? '', describeSource(value)]);
  const parts = [
    `\nAs agent ${agent} has it:\n`,
    whose.length > 0 ? formatTable(['TARGET', 'TYPE', 'IDENTITY', 'CLAIMED BY'], whose) : '',
    resolved.length > 0 ? formatTable(['VARIABLE', 'VALUE', 'SOURCE'], resolved) : '',
    ...problems.map(({ code, message, fix }) => `problem ${code}: ${message}\n  fix: ${fix}\n`),
  ];
  return parts.join('');
}

function describeSource({ source, place }: ConfiguredValue): string {
  return place === null ? source : `${source}, ${place.file}:${place.line}`;
}
