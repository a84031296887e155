/** Does what is worth trying and whose failure must not stop what comes after it: notes for people, or for the next agent. */
export function ignoreFailure(act: () => void): void {
  try {
    act();
  } catch {
    // That is the point; the caller says why.
  }
}
