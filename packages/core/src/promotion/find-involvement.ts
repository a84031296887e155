// Whose approval of a promotion counts for nothing, as far as names tell. The gate looks at the people behind accounts as well.

/** Who had a hand in a promotion. */
export interface Involved {
  /** Who recorded the release; undefined while that is unknown. */
  readonly author: string | undefined;
  /** Who asked for the promotion; undefined: nobody has. */
  readonly initiator: string | undefined;
}

/** What somebody has to do with a promotion so that their approval counts for nothing; undefined: it counts. */
export function findInvolvement(person: string, { author, initiator }: Involved): string | undefined {
  if (person === author) return 'recorded this release';
  return person === initiator ? 'asked for this promotion' : undefined;
}
