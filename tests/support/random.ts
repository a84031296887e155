import { randomInt } from 'node:crypto';

/** Numbers that a printed seed gives again. */
export interface Random {
  readonly seed: number;
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number;
}

/** Creates a generator from the text of a seed, or from a new seed. (Numerical Recipes' linear congruential generator.) */
export function createRandom(text: string | undefined): Random {
  const seed = text === undefined ? randomInt(2 ** 32) : Number(text);
  let state = seed >>> 0;
  return {
    seed,
    below: (limit) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    },
  };
}
