/** The second key of `g r` must follow within this time; longer, and a lone `g` would lie in wait for a later `r`. */
const SEQUENCE_MS = 1200;

/** Turns keys into what they mean together: a key after a recent `g` is read as `g r`. Times in ms. */
export function createKeySequence(): (key: string, atMs: number) => string {
  let goAtMs = Number.NEGATIVE_INFINITY;
  return (key, atMs) => {
    const isSecond = atMs - goAtMs < SEQUENCE_MS;
    goAtMs = key === 'g' ? atMs : Number.NEGATIVE_INFINITY;
    return isSecond ? `g ${key}` : key;
  };
}
