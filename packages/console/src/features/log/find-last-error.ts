// What a task said last about its failure: the lines `error CODE: …`, `  why: …`, `  fix: …` of Towpath's programs.

export interface LoggedError {
  readonly code: string;
  readonly message: string;
  readonly cause: string | undefined;
  readonly fix: string | undefined;
}

const FIRST_LINE = /^error ([A-Z][A-Z0-9_]+): (.*)$/;
/** The lines below the first are indented; a cause may take several. */
const MOST_DETAIL_LINES = 12;
/** How far back from the end an error is looked for: it is what a task writes last. */
const MOST_LINES_BACK = 2000;

/** The last error of a log, or undefined when its end holds none. */
export function findLastError(lines: readonly string[]): LoggedError | undefined {
  const end = lines.slice(-MOST_LINES_BACK);
  const at = end.findLastIndex((line) => FIRST_LINE.test(line));
  const [, code, message] = FIRST_LINE.exec(end[at] ?? '') ?? [];
  if (code === undefined || message === undefined) return undefined;
  const details = takeIndented(end.slice(at + 1, at + 1 + MOST_DETAIL_LINES));
  return { code, message, cause: readDetail(details, 'why: '), fix: readDetail(details, 'fix: ') };
}

function takeIndented(lines: readonly string[]): readonly string[] {
  const length = lines.findIndex((line) => !line.startsWith('  '));
  return (length === -1 ? lines : lines.slice(0, length)).map((line) => line.slice(2));
}

/** A detail and the deeper lines that go on with it. */
function readDetail(details: readonly string[], label: string): string | undefined {
  const at = details.findIndex((line) => line.startsWith(label));
  if (at === -1) return undefined;
  const rest = details.slice(at + 1);
  const length = rest.findIndex((line) => !line.startsWith(' '));
  const more = length === -1 ? rest : rest.slice(0, length);
  return [details[at]?.slice(label.length), ...more.map((line) => line.trim())].join('\n');
}
