// Named points between steps at which a test ends the process, as a power cut would (docs/adr/0007). Nothing in the product
// sets what happens there: it takes code loaded into the process before ours.

let reach = (_name: string, _moment?: string): void => undefined;

/**
 * Marks the boundary between two steps: `claim`, `after-commit`. Names are literals, since the list of all points is read
 * from the code (scripts/list-failpoints.ts). Does nothing unless a test armed this process.
 */
export function failpoint(name: string, moment?: string): void {
  reach(name, moment);
}

/** For tests: what happens at every point of this process from now on. */
export function armFailpoints(act: (point: string) => void): void {
  reach = (name, moment) => act(moment === undefined ? name : `${name}.${moment}`);
}
