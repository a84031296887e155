// What a monitoring system reads of a server, in the text format of Prometheus: gauges of what is live, asked of the database when
// they are read, and what this server itself has answered. Several servers on one database say the same gauges.
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type LastEnd, listLastEnds } from './operations/list-last-ends.ts';
import { type GaugeName, readGauge } from './operations/read-gauges.ts';

/** Metrics of one server. */
export interface Metrics {
  /** As of now. Rejects when the database is away. */
  read(): Promise<string>;
  /** `text/plain; version=0.0.4; charset=utf-8` */
  readonly contentType: string;
  /** Measures each request of this application. To be called before its routes. */
  observe(app: FastifyInstance): void;
}

interface Described {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

const GAUGES: Readonly<Record<GaugeName, Described>> = {
  liveRuns: { name: 'towpath_live_runs', help: 'Runs that have not ended.', labels: ['environment', 'state'] },
  liveAttempts: {
    name: 'towpath_live_attempts',
    help: 'Attempts that agents hold.',
    labels: ['environment', 'state'],
  },
  readyTasks: {
    name: 'towpath_ready_tasks',
    help: 'Tasks that wait for an agent or for room in their pool; the pool without a name has no limit.',
    labels: ['environment', 'pool'],
  },
  oldestReadyTask: {
    name: 'towpath_oldest_ready_task_age_seconds',
    help: 'How long the task has waited that has waited longest.',
    labels: ['environment'],
  },
  poolSlots: { name: 'towpath_pool_slots', help: 'Room of a pool.', labels: ['environment', 'pool'] },
  agents: { name: 'towpath_agents', help: 'Agents that are heard of.', labels: ['environment'] },
  livePromotionAge: {
    name: 'towpath_live_promotion_age_seconds',
    help: 'How long ago the promotion was asked for that waits or runs.',
    labels: ['environment', 'state'],
  },
};

/** Of long polls, too: these wait up to a minute on purpose. */
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** Creates them; the database is asked when they are read. */
export function createMetrics(pool: pg.Pool, version: string): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    ...{ name: 'towpath_build_info', help: 'Always 1; the version is a label.', labelNames: ['version'] },
    registers: [registry],
  }).set({ version }, 1);
  for (const [name, described] of Object.entries(GAUGES)) addGauge(registry, pool, name as GaugeName, described);
  const setLastEnds = addLastEnds(registry);
  const lookAtConnections = addConnections(registry, pool);
  return {
    read: async () => {
      // Before the questions of this very answer wait for some.
      lookAtConnections();
      setLastEnds(await listLastEnds(pool));
      return registry.metrics();
    },
    contentType: registry.contentType,
    observe: (app) => observeRequests(registry, app),
  };
}

function addGauge(register: Registry, pool: pg.Pool, gauge: GaugeName, { name, help, labels }: Described): void {
  const added = new Gauge({
    ...{ name, help, labelNames: [...labels], registers: [register] },
    collect: async () => {
      const measured = await readGauge(pool, gauge);
      // What is over is said no more.
      added.reset();
      for (const { labels: of, value } of measured)
        added.set(Object.fromEntries(labels.map((label) => [label, of[label] ?? ''])), value);
    },
  });
}

function addLastEnds(register: Registry): (ends: readonly LastEnd[]) => void {
  const labelNames = ['environment', 'pipeline', 'state'];
  const endedAt = new Gauge({
    ...{ name: 'towpath_last_run_end_timestamp_seconds', labelNames, registers: [register] },
    help: 'When the last run of a pipeline ended, and how.',
  });
  const duration = new Gauge({
    ...{ name: 'towpath_last_run_duration_seconds', labelNames, registers: [register] },
    help: 'From its creation to its end.',
  });
  return (ends) => {
    for (const gauge of [endedAt, duration]) gauge.reset();
    for (const { environment, pipeline, state, endedAtSeconds, durationSeconds } of ends) {
      endedAt.set({ environment, pipeline, state }, endedAtSeconds);
      duration.set({ environment, pipeline, state }, durationSeconds);
    }
  };
}

function addConnections(register: Registry, pool: pg.Pool): () => void {
  const added = new Gauge({
    ...{ name: 'towpath_database_connections', labelNames: ['state'], registers: [register] },
    help: 'Of this server: in use, idle, and requests that wait for one.',
  });
  return () => {
    added.set({ state: 'used' }, pool.totalCount - pool.idleCount);
    added.set({ state: 'idle' }, pool.idleCount);
    added.set({ state: 'waiting' }, pool.waitingCount);
  };
}

/** By the route's path, so that ids make no series of their own; what matches no route is one. */
function observeRequests(register: Registry, app: FastifyInstance): void {
  const histogram = new Histogram({
    ...{ name: 'towpath_http_request_duration_seconds', help: 'Of this server, long polls included.' },
    ...{ labelNames: ['method', 'route', 'status'], buckets: BUCKETS_SECONDS, registers: [register] },
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    histogram.observe(labels, reply.elapsedTime / 1000);
  });
}
