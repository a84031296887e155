import type { ReactNode } from 'react';
import { type AnyState, type Shape, STATE_LOOKS, type StateLook } from './state-looks.ts';
import classes from './states.module.css';

interface StateIconProps {
  readonly state: AnyState;
  /** Edge in CSS pixels. */
  readonly size?: number;
}

const STROKE = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.75, strokeLinecap: 'round' } as const;
const CUT = { fill: 'none', stroke: 'var(--tp-panel)', strokeWidth: 1.9, strokeLinecap: 'round' } as const;

const DRAWINGS: Readonly<Record<Shape, ReactNode>> = {
  check: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M4.8 8.3l2.2 2.2 4.2-4.6" {...CUT} strokeLinejoin="round" />
    </>
  ),
  cross: (
    <>
      <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor" />
      <path d="M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8" {...CUT} />
    </>
  ),
  triangle: (
    <>
      <path d="M8 1.2l7.2 13.3H.8z" fill="currentColor" strokeLinejoin="round" />
      <path d="M8 6v4M8 12.4v.1" {...CUT} />
    </>
  ),
  diamond: (
    <>
      <path d="M8 .8L15.2 8 8 15.2.8 8z" fill="currentColor" />
      <path d="M8 4.6v4M8 11.2v.1" {...CUT} />
    </>
  ),
  half: (
    <>
      <circle cx="8" cy="8" r="6.1" {...STROKE} />
      <path d="M8 4.4a3.6 3.6 0 0 1 0 7.2z" fill="currentColor" />
    </>
  ),
  ring: <circle cx="8" cy="8" r="6.1" {...STROKE} />,
  dot: (
    <>
      <circle cx="8" cy="8" r="6.1" {...STROKE} />
      <circle cx="8" cy="8" r="2" fill="currentColor" />
    </>
  ),
  dashed: <circle cx="8" cy="8" r="6.1" {...STROKE} strokeDasharray="2.4 3.1" />,
  slash: (
    <>
      <circle cx="8" cy="8" r="6.1" {...STROKE} />
      <path d="M4 12l8-8" {...STROKE} />
    </>
  ),
  skip: (
    <>
      <circle cx="8" cy="8" r="6.1" {...STROKE} />
      <path d="M5 8h6" {...STROKE} />
    </>
  ),
};

interface StateStripProps {
  readonly states: readonly AnyState[];
  /** Which of them stand out: they are underlined. */
  readonly areMarked?: readonly boolean[] | undefined;
  /** What they come to, for who does not see them. */
  readonly label: string;
}

/** Edge of a shape in a strip, and from one to the next, in CSS pixels. */
const STRIP_PX = 12;
const STRIP_STEP_PX = 14;
/** Below it the line of those that stand out. */
const STRIP_MARK_PX = 4;

/** Shapes in a row as one drawing: a list of a thousand strips would be ten thousand drawings, and slow to scroll. */
export function StateStrip({ states, areMarked = [], label }: StateStripProps): ReactNode {
  const width = states.length * STRIP_STEP_PX;
  const height = STRIP_PX + STRIP_MARK_PX;
  return (
    <svg className={classes.icon} viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img">
      <title>{label}</title>
      {states.map((state, index) => (
        <g
          // biome-ignore lint/suspicious/noArrayIndexKey: shapes of one state are all alike
          key={index}
          className={classes.icon}
          data-tone={STATE_LOOKS[state].tone}
          transform={`translate(${index * STRIP_STEP_PX} 0) scale(${STRIP_PX / 16})`}
        >
          {DRAWINGS[STATE_LOOKS[state].shape]}
        </g>
      ))}
      {areMarked.includes(true) ? <path d={drawMarks(areMarked)} {...STROKE} strokeWidth={1.3} /> : null}
    </svg>
  );
}

/** All lines as one path: a strip is drawn a thousand times. */
function drawMarks(areMarked: readonly boolean[]): string {
  const line = (index: number) => `M${index * STRIP_STEP_PX + 1} ${STRIP_PX + 2.7}h${STRIP_PX - 2}`;
  return areMarked.flatMap((isMarked, index) => (isMarked ? [line(index)] : [])).join('');
}

/** The shape of a state in its colour. Decorative: the word stands beside it or in the label around it. */
export function StateIcon({ state, size = 16 }: StateIconProps): ReactNode {
  return <LookIcon look={STATE_LOOKS[state]} size={size} />;
}

interface LookIconProps {
  readonly look: StateLook;
  /** Edge in CSS pixels. */
  readonly size?: number | undefined;
}

/** The shape of a look in its colour. Decorative as well. */
export function LookIcon({ look: { tone, shape }, size = 16 }: LookIconProps): ReactNode {
  return (
    <svg className={classes.icon} data-tone={tone} viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      {DRAWINGS[shape]}
    </svg>
  );
}
