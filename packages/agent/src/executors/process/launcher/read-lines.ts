import type { Readable } from 'node:stream';

/** Calls `take` with each line of JSON; the other side writes whole lines, so a cut one means that it died. */
export function readJsonLines<T>(stream: Readable, take: (message: T) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    // Only our own other half writes here.
    for (const line of lines) take(JSON.parse(line) as T);
  });
}
