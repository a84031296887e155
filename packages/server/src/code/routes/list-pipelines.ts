// pipelines:read: every person may see what is registered.
import { ListPipelines } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { withSnapshot } from '../../db/database.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { listLastRuns } from '../../runs/operations/list-last-runs.ts';
import { listCodeLocations } from '../operations/list-code-locations.ts';
import { listPipelines } from '../operations/list-pipelines.ts';

/** As many as the sparkline of a pipeline shows. */
const LAST_RUNS = 10;

/** GET /api/pipelines */
export function registerListPipelines(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListPipelines, {
    answer: ({ query: { environment } }) =>
      withSnapshot(context.pool, async (tx) => {
        const listed = await listPipelines(tx, environment);
        const keys = listed.map(({ environment, name }) => ({ environment, pipeline: name }));
        const runs = await listLastRuns(tx, keys, LAST_RUNS);
        const pipelines = listed.map((pipeline) => ({
          ...pipeline,
          lastRuns: runs.filter((run) => run.pipeline === pipeline.name && run.environment === pipeline.environment),
        }));
        return { pipelines, codeLocations: await listCodeLocations(tx, environment) };
      }),
  });
}
