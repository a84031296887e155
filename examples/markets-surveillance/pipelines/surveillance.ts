import { definePipeline, functionTask, schedule } from 'towpath';
import { judgeTrades, readTrades, type Trade } from '../lib/judge-trades.ts';

const SYMBOLS = ['ACME', 'GLOBEX', 'INITECH'];

const collect = functionTask({
  id: 'collect',
  idempotent: true,
  run: ({ log }) => {
    const trades: Trade[] = SYMBOLS.flatMap((symbol, at) => [
      { id: 2 * at + 1, symbol, price: 100 + at, quantity: 10 },
      { id: 2 * at + 2, symbol, price: at === 2 ? null : 1_200_000, quantity: 1 },
    ]);
    log(`${trades.length} trades of the last hour`);
    return { trades: trades.map((trade) => ({ ...trade })) };
  },
});

const judge = functionTask({
  id: 'judge',
  idempotent: true,
  dependsOn: [collect],
  inputs: [collect],
  run: ({ inputs, log }) => {
    const { suspicious, quarantined } = judgeTrades(readTrades(inputs.collect?.trades));
    for (const { id, symbol } of suspicious) log(`trade ${id} of ${symbol} is to be looked at`);
    return { suspicious: suspicious.length, rowsQuarantined: quarantined.length };
  },
});

export default definePipeline({
  name: 'surveillance',
  description: 'Judges the trades of the last hour',
  schedules: [schedule({ name: 'hourly', cron: '5 * * * *', timeZone: 'Europe/London', overlap: 'forbid' })],
  tasks: [collect, judge],
});
