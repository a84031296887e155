// What all containers of a Pod are made of alike.

/** Kubernetes replaces `$(NAME)` in words and values, and `$$` by `$`. */
export function escapeReferences(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** The same as request and as limit; without a limit nothing. */
export function toResources({
  cpu,
  memoryMiB,
}: {
  readonly cpu?: number | undefined;
  readonly memoryMiB?: number | undefined;
}): object {
  const amounts = {
    ...(cpu !== undefined && { cpu: `${Math.max(1, Math.round(cpu * 1000))}m` }),
    ...(memoryMiB !== undefined && { memory: `${memoryMiB}Mi` }),
  };
  return { requests: amounts, limits: amounts };
}
