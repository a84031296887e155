// Finds many byte patterns in one pass (Aho and Corasick, 1975): each byte costs a bounded number of steps on average,
// however many patterns there are and whatever the text is. Edges lie in one hash table of integers: a private key in all
// its encodings has ten thousands of them, for which a table of 256 entries each would take tens of megabytes.

/** States are numbers, 0 is the start. */
export interface ByteAutomaton {
  next(state: number, byte: number): number;
  /** How many of the last bytes may still become a pattern. */
  depthOf(state: number): number;
  /** Length of the longest pattern that ends here; 0: none does. */
  matchOf(state: number): number;
}

/** Of the golden ratio, as Knuth spreads keys. */
const SPREAD = 0x9e3779b1;

/** Builds it; time and memory grow with the sum of the patterns' lengths. */
export function createByteAutomaton(patterns: readonly Uint8Array[]): ByteAutomaton {
  const trie = createTrie(1 + patterns.reduce((sum, pattern) => sum + pattern.length, 0));
  for (const pattern of patterns) addPattern(trie, pattern);
  const { edges, bytes, depths, matches, fallbacks } = trie;
  const afterOne = listAfterOne(edges);
  const next = (from: number, byte: number): number => {
    let state = from;
    while ((depths[state] ?? 0) > 1) {
      const found = edges.find(state, byte);
      if (found !== 0) return found;
      state = fallbacks[state] ?? 0;
    }
    return state === 0 ? edges.start(byte) : (afterOne[((bytes[state] ?? 0) << 8) | byte] ?? 0);
  };
  connect(trie, next);
  return { next, depthOf: (state) => depths[state] ?? 0, matchOf: (state) => matches[state] ?? 0 };
}

/**
 * Where two bytes lead, whatever was before: 256 KiB in place of the hash table for the states that a text is in most of
 * the time. With a private key among the secrets it took two thirds off the processor time of redacting a log.
 */
function listAfterOne({ start, find }: Edges): Int32Array {
  const table = new Int32Array(65_536);
  for (let first = 0; first < 256; first += 1) {
    const state = start(first);
    // Without a state of its own a first byte is never asked about.
    if (state === 0) continue;
    for (let byte = 0; byte < 256; byte += 1) table[(first << 8) | byte] = find(state, byte) || start(byte);
  }
  return table;
}

/** Per state: where it comes from and by which byte, how deep it is, what ends there, and where a mismatch leads. */
interface Trie {
  readonly edges: Edges;
  readonly parents: Int32Array;
  readonly bytes: Uint8Array;
  readonly depths: Int32Array;
  readonly matches: Int32Array;
  readonly fallbacks: Int32Array;
  count: number;
}

function createTrie(capacity: number): Trie {
  const column = () => new Int32Array(capacity);
  const bytes = new Uint8Array(capacity);
  const columns = { parents: column(), depths: column(), matches: column(), fallbacks: column() };
  return { edges: createEdges(capacity), bytes, ...columns, count: 1 };
}

function addPattern(trie: Trie, pattern: Uint8Array): void {
  let state = 0;
  for (const byte of pattern) state = trie.edges.find(state, byte) || addState(trie, state, byte);
  trie.matches[state] = pattern.length;
}

function addState(trie: Trie, parent: number, byte: number): number {
  const state = trie.count;
  trie.count += 1;
  trie.edges.add(parent, byte, state);
  trie.parents[state] = parent;
  trie.bytes[state] = byte;
  trie.depths[state] = (trie.depths[parent] ?? 0) + 1;
  return state;
}

/** A fallback is shallower than its state, so that from the shallow to the deep each finds its own complete. */
function connect({ parents, bytes, depths, matches, fallbacks, count }: Trie, next: ByteAutomaton['next']): void {
  const order = Array.from({ length: count - 1 }, (_, at) => at + 1);
  order.sort((a, b) => (depths[a] ?? 0) - (depths[b] ?? 0));
  for (const state of order) {
    const parent = parents[state] ?? 0;
    const fallback = parent === 0 ? 0 : next(fallbacks[parent] ?? 0, bytes[state] ?? 0);
    fallbacks[state] = fallback;
    matches[state] ||= matches[fallback] ?? 0;
  }
}

interface Edges {
  /** 0 is no edge: none leads to the start. */
  find(state: number, byte: number): number;
  /** The same from the start. */
  start(byte: number): number;
  add(state: number, byte: number, to: number): void;
}

/** Open addressing with linear probing, at most half full. */
function createEdges(capacity: number): Edges {
  const bits = Math.ceil(Math.log2(capacity * 2)) + 1;
  const mask = 2 ** bits - 1;
  const keys = new Int32Array(mask + 1).fill(-1);
  const targets = new Int32Array(mask + 1);
  const slotOf = (key: number): number => {
    let slot = Math.imul(key ^ (key >>> 15), SPREAD) >>> (32 - bits);
    while (keys[slot] !== -1 && keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  };
  const starts = new Int32Array(256);
  return {
    start: (byte) => starts[byte] ?? 0,
    find: (state, byte) => targets[slotOf(state * 256 + byte)] ?? 0,
    add: (state, byte, to) => {
      const slot = slotOf(state * 256 + byte);
      keys[slot] = state * 256 + byte;
      targets[slot] = to;
      if (state === 0) starts[byte] = to;
    },
  };
}
