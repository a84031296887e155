import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeValue } from '../mask.ts';
import { buildEnvironment, buildProject, buildVariable, resolveFor } from '../testing/build-declaration.ts';
import { listSources } from './pick-value.ts';

const text = fc.stringMatching(/^[a-z]{1,6}$/);
const layer = fc.option(fc.oneof(text, fc.constant('')), { nil: undefined });

describe('resolveValues', () => {
  it('A4 precedence is what dev brings > flag > process > file > project > default; fileWins lifts the file above the process', () => {
    fc.assert(
      fc.property(
        fc.record({ dev: layer, flag: layer, process: layer, envFile: layer, project: layer, default: layer }),
        fc.boolean(),
        (given, fileWins) => {
          const dev = buildEnvironment('dev', 'shared', {
            values: new Map(given.project === undefined ? [] : [['A', { text: given.project }]]),
          });
          const declared = given.default === undefined ? undefined : { text: given.default };
          const project = buildProject([dev], [buildVariable({ name: 'A', default: declared })], { fileWins });
          const toLayer = (value: string | undefined) => (value === undefined ? {} : { A: value });
          const layers = {
            dev: toLayer(given.dev),
            flag: toLayer(given.flag),
            process: toLayer(given.process),
            envFile: toLayer(given.envFile),
          };
          const { values, problems } = resolveFor(project, dev, layers);

          const order = fileWins
            ? (['dev', 'flag', 'envFile', 'process', 'project', 'default'] as const)
            : (['dev', 'flag', 'process', 'envFile', 'project', 'default'] as const);
          const winners = order.filter((source) => given[source]);
          expect(listSources(fileWins)).toEqual(order);
          expect(values.get('A')?.source).toBe(winners[0]);
          expect(values.get('A')?.text).toBe(winners[0] && given[winners[0]]);
          // What explain lists beneath is what would win without the ones above.
          expect(values.get('A')?.overridden.map(({ source }) => source) ?? []).toEqual(winners.slice(1));
          expect(problems).toEqual([]);
        },
      ),
    );
  });

  it('A5 a computed text holds the texts of its inputs and nothing else; where one is unset there is no text but a problem', () => {
    const names = ['A', 'B', 'C', 'D'];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...names), layer), { maxLength: 4 }),
        // Each computed variable stands on inputs and on the computed ones before it.
        fc.array(
          fc.array(fc.oneof(text, fc.constantFrom(...names), fc.nat({ max: 9 })), { minLength: 1, maxLength: 4 }),
          { maxLength: 5 },
        ),
        (inputs, templates) => {
          const variables = templates.map((parts, index) => {
            const words = parts.map((part) => {
              if (typeof part === 'number') return index === 0 ? '' : `\${V${part % index}}`;
              return names.includes(part) ? `\${${part}}` : part;
            });
            return buildVariable({ name: `V${index}`, template: { text: `x${words.join('')}` } });
          });
          const dev = buildEnvironment('dev');
          const project = buildProject(
            [dev],
            [...variables.toReversed(), ...names.map((name) => buildVariable({ name }))],
          );
          const file = Object.fromEntries(
            inputs.filter(([, value]) => value !== undefined).map(([name, value]) => [name, value ?? '']),
          );
          const { values, problems } = resolveFor(project, dev, { envFile: file });

          const expected = new Map(Object.entries(file).filter(([, value]) => value !== ''));
          for (const { name, template } of variables) {
            const parts = [...(template?.text ?? '').matchAll(/\$\{(\w+)\}/g)].map(([, input = '']) => input);
            const isWhole = parts.every((input) => expected.has(input));
            // What stands on a computed text that could not be computed says nothing new.
            const isTold = parts.some((input) => input.startsWith('V') && !expected.has(input));
            if (isWhole)
              expected.set(
                name,
                (template?.text ?? '').replace(/\$\{(\w+)\}/g, (_, input: string) => expected.get(input) ?? '?'),
              );
            expect(values.get(name)?.text).toBe(expected.get(name));
            expect(problems.some(({ code, variable }) => code === 'COMPUTED_INPUT_UNSET' && variable === name)).toBe(
              !isWhole && !isTold,
            );
          }
          for (const value of values.values()) expect(value.text).not.toMatch(/undefined|null|\$\{/);
        },
      ),
    );
  });

  it('a value that is secret makes what is computed from it secret', () => {
    const dev = buildEnvironment('dev');
    const variables = [
      buildVariable({ name: 'KEY', isSecret: true }),
      buildVariable({ name: 'URL', template: { text: `x\${KEY}` } }),
    ];
    const { values } = resolveFor(buildProject([dev], variables), dev, { envFile: { KEY: 'hunter2!' } });
    expect(values.get('URL')).toMatchObject({ text: 'xhunter2!', isSecret: true });
  });

  it('problems of all variables come together, secrets masked', () => {
    const prod = buildEnvironment('prod', 'production');
    const variables = [
      buildVariable({ name: 'PORT', type: 'port' }),
      buildVariable({ name: 'KEY', type: 'integer', isSecret: true }),
      buildVariable({ name: 'PREFIX', type: 'prefix' }),
      buildVariable({ name: 'DEBUG', type: 'boolean' }),
      buildVariable({ name: 'LOG_LEVEL', type: 'logLevel', default: { text: 'DEBUG' } }),
      buildVariable({ name: 'REGION', isRequired: true }),
    ];
    const { problems } = resolveFor(buildProject([prod], variables), prod, {
      envFile: { PORT: 'http', KEY: 'not a number', PREFIX: 'dev', DEBUG: '1' },
    });
    expect(problems.map(({ code, variable }) => `${code} ${variable}`)).toEqual([
      'VARIABLE_UNSET REGION',
      'VALUE_TYPE PORT',
      'VALUE_TYPE KEY',
      'PRODUCTION_PREFIX PREFIX',
      'PRODUCTION_DEBUG DEBUG',
      'PRODUCTION_LOG_LEVEL LOG_LEVEL',
    ]);
    expect(JSON.stringify(problems)).not.toContain('not a number');
    for (const { message } of problems) expect(message).toMatch(/^\[PROD\] /);
  });

  it('derived names follow from the environment, and stand for inputs', () => {
    const dev = buildEnvironment('dev', 'shared', {
      zones: new Map([['bronze', 'dev-bronze-zone']]),
      registry: 'registry.dev.example',
    });
    const variables = [
      buildVariable({ name: 'SCHEMA', type: 'database', template: { text: `\${ENVIRONMENT}_analytics` } }),
    ];
    const { values, problems } = resolveFor(buildProject([dev], variables), dev);
    expect(problems).toEqual([]);
    expect([...values.values()].map((value) => `${value.name}=${describeValue(value)}`)).toEqual([
      'ENVIRONMENT=dev',
      'DBT_TARGET=dev',
      'TOWPATH_NAMESPACE=test-dev',
      'TOWPATH_REGISTRY=registry.dev.example',
      'TOWPATH_STACK=dev',
      'TOWPATH_BRONZE_ZONE=dev-bronze-zone',
      'TOWPATH_BRONZE_DATABASE=bronze_dev',
      'SCHEMA=dev_analytics',
    ]);
  });
});
