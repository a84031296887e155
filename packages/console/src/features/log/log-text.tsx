import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, type UIEvent, useEffect, useLayoutEffect, useRef } from 'react';
import classes from './log.module.css';
import { splitByMatch } from './log-lines.ts';
import type { LogSnapshot } from './log-reader.ts';

interface LogTextProps {
  readonly log: LogSnapshot;
  /** The searched text. */
  readonly wanted: string;
  /** Index of the line to bring into view. */
  readonly markedLine: number | undefined;
  /** Lines longer than the pane go on below; else the pane scrolls sideways. */
  readonly isWrapping: boolean;
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
}

const LINE_PX = 19;
/** A longer line is cut in view: one line of a megabyte would stop the page. The download has all of it. */
const MAX_LINE_CHARACTERS = 4000;
/** As near to the end as this counts as being there. */
const END_PX = 24;

/** The lines in sight. Scrolling up ends following, scrolling to the end begins it again. */
export function LogText({ log, wanted, markedLine, isWrapping, isFollowing, onFollow }: LogTextProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: log.lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: lines measured one way are wrong the other way
  useLayoutEffect(() => virtual.measure(), [virtual, isWrapping]);
  const lineCount = log.lines.length;
  useEffect(() => {
    if (isFollowing && lineCount > 0) virtual.scrollToIndex(lineCount - 1, { align: 'end' });
  }, [isFollowing, lineCount, virtual]);
  useEffect(() => {
    if (markedLine !== undefined) virtual.scrollToIndex(markedLine, { align: 'center' });
  }, [markedLine, virtual]);
  const lastTop = useRef(0);
  // Lines may arrive between a scroll of ours and its event: only a move upwards is a person's wish to stay.
  const onScroll = ({ currentTarget: element }: UIEvent<HTMLElement>): void => {
    const isUp = element.scrollTop < lastTop.current;
    lastTop.current = element.scrollTop;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < END_PX;
    if (isAtEnd !== isFollowing && (isAtEnd || isUp)) onFollow(isAtEnd);
  };
  return (
    <section
      ref={box}
      className={classes.box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="Log text"
      onScroll={onScroll}
    >
      {log.isLoaded && log.lines.length === 0 ? (
        <p className={classes.nothing}>{log.isComplete ? 'It wrote nothing.' : 'Nothing written yet.'}</p>
      ) : null}
      <div className={classes.lines} data-wrapping={isWrapping || undefined} style={{ height: virtual.getTotalSize() }}>
        <div style={{ transform: `translateY(${virtual.getVirtualItems()[0]?.start ?? 0}px)` }}>
          {virtual.getVirtualItems().map(({ index }) => (
            <Line
              key={index}
              measure={virtual.measureElement}
              index={index}
              text={log.lines[index] ?? ''}
              wanted={wanted}
              isMarked={index === markedLine}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

interface LineProps {
  readonly text: string;
  readonly index: number;
  /** Tells the list how high the line is. */
  readonly measure: (element: HTMLElement | null) => void;
  readonly wanted: string;
  readonly isMarked: boolean;
}

function Line({ text, index, measure, wanted, isMarked }: LineProps): ReactNode {
  const cut = text.length - MAX_LINE_CHARACTERS;
  const parts = splitByMatch(cut > 0 ? text.slice(0, MAX_LINE_CHARACTERS) : text, wanted);
  return (
    <div ref={measure} data-index={index} className={classes.line} data-marked={isMarked || undefined}>
      <span className={classes.lineNumber} data-number={index + 1} aria-hidden="true" />
      <span className={classes.lineText}>
        {parts.map((part, place) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of a line have no other identity
          part.isMatch ? <mark key={place}>{part.text}</mark> : part.text,
        )}
        {cut > 0 ? <em> … {cut.toLocaleString('en-US')} more characters</em> : null}
      </span>
    </div>
  );
}
