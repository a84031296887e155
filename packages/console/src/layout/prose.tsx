import type { ReactNode } from 'react';
import { type ProseBlock, type ProseSpan, parseProse } from '../format/parse-prose.ts';
import classes from './layout.module.css';

/** What somebody wrote, with its lists, bold and code; nothing in it is HTML. */
export function Prose({ text }: { readonly text: string }): ReactNode {
  return (
    <div className={classes.written}>
      {parseProse(text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text is what it is
        <Block key={index} block={block} />
      ))}
    </div>
  );
}

function Block({ block: { kind, lines } }: { readonly block: ProseBlock }): ReactNode {
  if (kind === 'list')
    return (
      <ul>
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <li key={index}>
            <Spans line={line} />
          </li>
        ))}
      </ul>
    );
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: as above
    <p key={index}>
      {kind === 'heading' ? (
        <strong>
          <Spans line={line} />
        </strong>
      ) : (
        <Spans line={line} />
      )}
    </p>
  ));
}

function Spans({ line }: { readonly line: readonly ProseSpan[] }): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: as above
  return line.map((span, index) => <Span key={index} span={span} />);
}

function Span({ span: { kind, text } }: { readonly span: ProseSpan }): ReactNode {
  if (kind === 'bold') return <strong>{text}</strong>;
  return kind === 'code' ? <code>{text}</code> : text;
}
