import { definePipeline, functionTask } from 'towpath';
import { publishQuotes } from '../lib/analytics.ts';
import { DAY_PARAMETER, findDay } from '../lib/day.ts';
import { parseQuotes } from '../lib/quote.ts';
import { listObjects, readObject, writeObject, type Zone } from '../lib/zone.ts';

const silver = functionTask({
  id: 'silver',
  configuration: ['ZONES_FOLDER', 'BRONZE_BUCKET', 'SILVER_BUCKET'],
  idempotent: true,
  run: ({ config, environment, parameters, run, log }) => {
    const day = findDay(parameters, run.logicalDate);
    const zoneOf = (bucket: string): Zone => ({ folder: config.ZONES_FOLDER, bucket, environment });
    const newest = findNewest(zoneOf(config.BRONZE_BUCKET), day);
    const { quotes, quarantined } = parseQuotes(newest, day);
    writeObject(zoneOf(config.SILVER_BUCKET), `quotes/day=${day}/quotes.json`, JSON.stringify(quotes));
    writeObject(zoneOf(config.SILVER_BUCKET), `quotes/day=${day}/quarantine.json`, JSON.stringify(quarantined));
    log(`[${environment.toUpperCase()}] ${quotes.length} quotes, ${quarantined.length} quarantined`);
    return { quotes: quotes.length, quarantined: quarantined.length };
  },
});

const gold = functionTask({
  id: 'gold',
  dependsOn: [silver],
  configuration: [
    'ZONES_FOLDER',
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
    const zoneOf = (bucket: string): Zone => ({ folder: config.ZONES_FOLDER, bucket, environment });
    const text = readObject(zoneOf(config.SILVER_BUCKET), `quotes/day=${day}/quotes.json`) ?? '[]';
    const target = {
      host: config.ANALYTICS_HOST,
      port: Number(config.ANALYTICS_PORT),
      user: config.ANALYTICS_USER,
      schema: config.ANALYTICS_SCHEMA,
    };
    const lines = await publishQuotes(target, day, JSON.parse(text));
    const report = `symbol,price,volume\n${lines.map((line) => `${line}\n`).join('')}`;
    return {
      written: writeObject(zoneOf(config.GOLD_BUCKET), `quotes/day=${day}/quotes.csv`, report),
      rows: lines.length,
    };
  },
});

/** Of several ingestions of a day the last one counts: ids of runs grow with time. */
function findNewest(zone: Zone, date: string): string {
  const [year, month, day] = date.split('-');
  const key = listObjects(zone, `source=fmp/year=${year}/month=${month}/day=${day}`).at(-1);
  const text = key === undefined ? undefined : readObject(zone, key);
  if (text === undefined) throw new Error(`${zone.bucket} has no quotes of ${date}; run ingest-fmp first`);
  return text;
}

export default definePipeline({
  name: 'analytics',
  description: "A day's quotes from bronze through silver into gold",
  parameters: DAY_PARAMETER,
  tasks: [silver, gold],
});
