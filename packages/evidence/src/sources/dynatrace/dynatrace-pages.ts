// Pages of Dynatrace's answers, and what they mean here.
import type { OpenIncident } from '@towpath/core';
import { z } from 'zod';

const NextPageKey = z.string().nullish();

const Problem = z.object({
  problemId: z.string(),
  displayId: z.string(),
  title: z.string(),
  status: z.string(),
  severityLevel: z.string(),
  /** Milliseconds since 1970. */
  startTime: z.number(),
});

export const ProblemPage = z.object({ nextPageKey: NextPageKey, problems: z.array(Problem) });

export const MetricPage = z.object({
  nextPageKey: NextPageKey,
  result: z.array(
    z.object({
      metricId: z.string(),
      data: z.array(z.object({ timestamps: z.array(z.number()), values: z.array(z.number().nullable()) })),
    }),
  ),
});

/** Problems have a severity and no priority. What makes users suffer is the worst, what may come to that the least. */
const PRIORITIES: Readonly<Record<string, number>> = {
  AVAILABILITY: 1,
  ERROR: 2,
  PERFORMANCE: 3,
  RESOURCE_CONTENTION: 3,
  CUSTOM_ALERT: 3,
  MONITORING_UNAVAILABLE: 3,
  INFO: 4,
};

/** A problem. */
export function toOpenIncident({ displayId, title, severityLevel, startTime }: z.infer<typeof Problem>): OpenIncident {
  const priority = PRIORITIES[severityLevel] ?? null;
  return { id: displayId, title, priority, openedAt: new Date(startTime).toISOString() };
}

/** Mean over all series that have a value; null: none has. */
export function averageOf(pages: readonly z.infer<typeof MetricPage>[]): number | null {
  const values = pages
    .flatMap(({ result }) => result.flatMap(({ data }) => data.flatMap((series) => series.values)))
    .filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
