// Pools: how many attempts may use something scarce at a time, per environment.
import { z } from 'zod';
import { defineRoute } from './contract.ts';

export const PoolView = z.object({
  environment: z.string(),
  name: z.string(),
  /** In force: what a person set, else what the project declares. */
  slots: z.number().int(),
  declaredSlots: z.number().int().nullable(),
  setSlots: z.number().int().nullable(),
  /** Attempts that hold one. More than `slots` only after the pool was made smaller. */
  held: z.number().int(),
  /** Ready tasks that wait for one. */
  waiting: z.number().int(),
  changedBy: z.string(),
});
export type PoolView = z.infer<typeof PoolView>;

export const ListPools = defineRoute({
  method: 'GET',
  path: '/api/pools',
  permission: 'environments:read',
  summary: 'Pools with their slots, by environment and name.',
  query: z.object({ environment: z.string().optional() }),
  reply: z.object({ pools: z.array(PoolView) }),
});

export const SetPool = defineRoute({
  method: 'PUT',
  path: '/api/environments/:environment/pools/:name',
  permission: 'pools:write',
  summary:
    'Set the slots of a pool, above what the project declares; `slots: null` goes back to the declaration. Attempts that hold a slot keep it.',
  params: z.object({ environment: z.string(), name: z.string() }),
  body: z.strictObject({ slots: z.number().int().min(0).max(100_000).nullable() }),
  reply: PoolView,
});
