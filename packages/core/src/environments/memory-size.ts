const MIB_PER_UNIT = { Mi: 1, Gi: 1024 } as const;

/** `512Mi`, `0.5Gi` in MiB, rounded down; undefined for a text that is no size. */
export function parseMemoryMiB(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(Mi|Gi)$/.exec(text) ?? [];
  if (amount === undefined) return undefined;
  return Math.floor(Number(amount) * (unit === 'Gi' ? MIB_PER_UNIT.Gi : MIB_PER_UNIT.Mi));
}
