// One question per name is under way at a time: a hundred attempts that start together ask once.
import type { SecretDocument } from './secret-provider.ts';

export interface SharedQuestions {
  /** Joins the question under way, or asks. `isCurrent` in `ask` tells whether its answer still counts. */
  join(name: string, ask: (isCurrent: () => boolean) => Promise<SecretDocument>): Promise<SecretDocument>;
  /** An answer to what is under way no longer counts: it is delivered to those who wait, the next one asks anew. */
  forget(name: string): void;
  clear(): void;
}

/** Questions of one store. */
export function createSharedQuestions(): SharedQuestions {
  const running = new Map<string, { readonly answer: Promise<SecretDocument> }>();
  return {
    join: (name, ask) => {
      const found = running.get(name);
      if (found !== undefined) return found.answer;
      const isCurrent = (): boolean => running.get(name) === question;
      const question = { answer: Promise.resolve().then(() => ask(isCurrent)) };
      running.set(name, question);
      const leave = (): void => {
        if (isCurrent()) running.delete(name);
      };
      question.answer.then(leave, leave);
      return question.answer;
    },
    forget: (name) => void running.delete(name),
    clear: () => running.clear(),
  };
}
