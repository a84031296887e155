// A busy run sends events faster than its answer can be read; asking anew at each would cancel the answer before it ever
// arrives. So one question is under way per name, and whatever comes meanwhile asks once more after it.
const askedAgain = new Map<string, boolean>();

/** Asks now, or once after the question of that name that is under way. Failed questions count as answered. */
export async function refreshInTurn(name: string, ask: () => Promise<unknown>): Promise<void> {
  if (askedAgain.has(name)) {
    askedAgain.set(name, true);
    return;
  }
  do {
    askedAgain.set(name, false);
    await ask().catch(() => undefined);
  } while (askedAgain.get(name));
  askedAgain.delete(name);
}
