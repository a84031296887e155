import { definePipeline, functionTask } from 'towpath';
import { config } from '../config/config.ts';
import { DAY_PARAMETER, findDay } from '../lib/day.ts';
import { openZone } from '../lib/open-zone.ts';
import { ZONE_VARIABLES } from '../lib/zone.ts';

/** The source is asked again before an attempt fails. */
const ANSWER_TIMEOUT_MS = 10_000;

const quotes = functionTask({
  id: 'quotes',
  configuration: [...ZONE_VARIABLES, 'FMP_URL', 'BRONZE_BUCKET'],
  idempotent: true,
  retry: { limit: 2, delaySeconds: 1 },
  run: async ({ environment, parameters, run, log }) => {
    const date = findDay(parameters, run.logicalDate);
    const url = new URL(`/api/v3/quotes?day=${date}`, config.FMP_URL);
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const zone = await openZone(config, { bucket: config.BRONZE_BUCKET, environment });
    const [year, month, day] = date.split('-');
    const key = `source=fmp/year=${year}/month=${month}/day=${day}/run_id=${run.id}/quotes.json`;
    // As it came: bronze keeps everything.
    const written = await zone.write(key, await response.text());
    log(`[${environment.toUpperCase()}] ${written}`);
    return { written };
  },
});

export default definePipeline({
  name: 'ingest-fmp',
  description: 'Quotes of a day from the source into the bronze zone, as they come',
  parameters: DAY_PARAMETER,
  tasks: [quotes],
});
