/** An address below a declared one, which may have a path of its own; undefined parameters are left out. */
export function joinUrl(
  base: string,
  path: string,
  parameters: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  url.search = '';
  url.hash = '';
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url.href;
}
