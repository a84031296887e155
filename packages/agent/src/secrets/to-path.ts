/** The path of a name where providers know no other folder to start from. */
export function toRootedPath(name: string): string {
  return name.startsWith('/') ? name : `/${name}`;
}
