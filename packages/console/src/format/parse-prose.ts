// The little of Markdown that changelogs are written in: headings, lists, bold and code. Everything else stays text.

/** A part of a line. */
export interface ProseSpan {
  readonly kind: 'text' | 'bold' | 'code';
  readonly text: string;
}

/** A heading, a paragraph, or a list with its items; `lines` are theirs. */
export interface ProseBlock {
  readonly kind: 'heading' | 'paragraph' | 'list';
  readonly lines: readonly (readonly ProseSpan[])[];
}

interface Line {
  readonly kind: ProseBlock['kind'];
  readonly text: string;
}

/** Blocks in order. An empty line ends one; a line that goes on in a list, indented, belongs to its item. */
export function parseProse(text: string): readonly ProseBlock[] {
  const blocks: { kind: ProseBlock['kind']; lines: string[] }[] = [];
  let isOpen = false;
  for (const raw of text.split(/\r?\n/)) {
    const last = isOpen ? blocks.at(-1) : undefined;
    const line = readLine(raw);
    if (last?.kind === 'list' && /^\s/.test(raw) && line.kind === 'paragraph' && line.text !== '')
      last.lines.push(`${last.lines.pop()} ${line.text}`);
    else if (last?.kind === line.kind && line.kind !== 'heading' && line.text !== '') last.lines.push(line.text);
    else if (line.text !== '') blocks.push({ kind: line.kind, lines: [line.text] });
    isOpen = line.text !== '';
  }
  return blocks.map(({ kind, lines }) => ({ kind, lines: lines.map(parseSpans) }));
}

function readLine(raw: string): Line {
  const heading = /^#{1,6}\s+(.*)$/.exec(raw);
  if (heading) return { kind: 'heading', text: heading[1]?.trim() ?? '' };
  const item = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/.exec(raw);
  if (item) return { kind: 'list', text: item[1]?.trim() ?? '' };
  return { kind: 'paragraph', text: raw.trim() };
}

/** Code first: what stands in it is said as it is. */
const SPAN = /`([^`]+)`|\*\*([^*]+)\*\*/g;

function parseSpans(line: string): readonly ProseSpan[] {
  const spans: ProseSpan[] = [];
  let at = 0;
  for (const match of line.matchAll(SPAN)) {
    if (match.index > at) spans.push({ kind: 'text', text: line.slice(at, match.index) });
    const [whole, code, bold] = match;
    spans.push(code === undefined ? { kind: 'bold', text: bold ?? '' } : { kind: 'code', text: code });
    at = match.index + whole.length;
  }
  if (at < line.length) spans.push({ kind: 'text', text: line.slice(at) });
  return spans;
}
