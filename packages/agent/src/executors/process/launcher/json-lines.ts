// Messages between two processes, one JSON object a line.
import type { Readable, Writable } from 'node:stream';

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

export interface JsonLineWriter<T> {
  /** Written when what happens at this moment has been handled, with all that is said by then: a write costs more than a line. */
  say(message: T): void;
  /** Writes at once what was said. */
  flush(): void;
}

/** Creates it; errors are the stream's own events. */
export function createJsonLineWriter<T>(stream: Writable): JsonLineWriter<T> {
  let lines = '';
  const flush = (): void => {
    if (lines === '') return;
    stream.write(lines);
    lines = '';
  };
  const say = (message: T): void => {
    if (lines === '') setImmediate(flush);
    lines += `${JSON.stringify(message)}\n`;
  };
  return { say, flush };
}
