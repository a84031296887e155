import { definePipeline, functionTask } from 'towpath';
import { publishQuotes } from '../lib/analytics.ts';
import { DAY_PARAMETER, findDay } from '../lib/day.ts';
import { openZone } from '../lib/open-zone.ts';
import { parseQuotes } from '../lib/quote.ts';
import { ZONE_VARIABLES, type Zone } from '../lib/zone.ts';

const silver = functionTask({
  id: 'silver',
  configuration: [...ZONE_VARIABLES, 'BRONZE_BUCKET', 'SILVER_BUCKET'],
  idempotent: true,
  run: async ({ config, environment, parameters, run, log }) => {
    const day = findDay(parameters, run.logicalDate);
    const bronze = await openZone(config, { bucket: config.BRONZE_BUCKET, environment });
    const silver = await openZone(config, { bucket: config.SILVER_BUCKET, environment });
    const { quotes, quarantined } = parseQuotes(await findNewest(bronze, config.BRONZE_BUCKET, day), day);
    await silver.write(`quotes/day=${day}/quotes.json`, JSON.stringify(quotes));
    await silver.write(`quotes/day=${day}/quarantine.json`, JSON.stringify(quarantined));
    log(`[${environment.toUpperCase()}] ${quotes.length} quotes, ${quarantined.length} quarantined`);
    return { quotes: quotes.length, quarantined: quarantined.length };
  },
});

const gold = functionTask({
  id: 'gold',
  dependsOn: [silver],
  configuration: [
    ...ZONE_VARIABLES,
    'SILVER_BUCKET',
    'GOLD_BUCKET',
    'ANALYTICS_HOST',
    'ANALYTICS_PORT',
    'ANALYTICS_USER',
    'ANALYTICS_SCHEMA',
  ],
  idempotent: true,
  run: async ({ config, environment, parameters, run }) => {
    const day = findDay(parameters, run.logicalDate);
    const silver = await openZone(config, { bucket: config.SILVER_BUCKET, environment });
    const gold = await openZone(config, { bucket: config.GOLD_BUCKET, environment });
    const text = (await silver.read(`quotes/day=${day}/quotes.json`)) ?? '[]';
    const target = {
      host: config.ANALYTICS_HOST,
      port: Number(config.ANALYTICS_PORT),
      user: config.ANALYTICS_USER,
      schema: config.ANALYTICS_SCHEMA,
    };
    const lines = await publishQuotes(target, day, JSON.parse(text));
    const report = `symbol,price,volume\n${lines.map((line) => `${line}\n`).join('')}`;
    return { written: await gold.write(`quotes/day=${day}/quotes.csv`, report), rows: lines.length };
  },
});

/** Of several ingestions of a day the last one counts: ids of runs grow with time. */
async function findNewest(zone: Zone, bucket: string, date: string): Promise<string> {
  const [year, month, day] = date.split('-');
  const key = (await zone.list(`source=fmp/year=${year}/month=${month}/day=${day}`)).at(-1);
  const text = key === undefined ? undefined : await zone.read(key);
  if (text === undefined) throw new Error(`${bucket} has no quotes of ${date}; run ingest-fmp first`);
  return text;
}

export default definePipeline({
  name: 'analytics',
  description: "A day's quotes from bronze through silver into gold",
  parameters: DAY_PARAMETER,
  tasks: [silver, gold],
});
