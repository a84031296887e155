import { Link } from '@tanstack/react-router';
import { memo, type ReactNode } from 'react';
import { useVirtualRows } from '../../layout/use-virtual-rows.ts';
import classes from './board.module.css';
import { EnvironmentCell } from './environment-cell.tsx';
import { PipelineCell } from './pipeline-cell.tsx';
import type { BoardLine, PipelineLine, ProjectLine } from './to-board.ts';

/** Height of a line before it is measured, in CSS pixels: most are pipelines. */
const LINE_PX = 62;

/** Any number of cells: only the lines in sight are drawn. */
export function BoardTable({ lines }: { readonly lines: readonly BoardLine[] }): ReactNode {
  const { list, heightPx, rows, measure } = useVirtualRows<HTMLTableSectionElement>({
    count: lines.length,
    rowPx: LINE_PX,
    overscan: 6,
    keyOf: (index) => lines[index]?.key ?? index,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: many environments are wider than a screen, and keys must reach them
    <section className={classes.scroll} aria-label="Environments and pipelines" tabIndex={0}>
      <table
        className={classes.table}
        aria-label="Board"
        aria-rowcount={lines.length}
        style={{ ['--widest' as string]: Math.max(...lines.map(({ environments }) => environments.length)) }}
      >
        <tbody ref={list} className={classes.body} style={{ height: heightPx }}>
          {rows.map(({ index, key, offsetPx }) => {
            const line = lines[index];
            return line ? <Line key={key} {...{ line, index, offsetPx, measure }} /> : null;
          })}
        </tbody>
      </table>
    </section>
  );
}

interface LineProps {
  readonly line: BoardLine;
  /** Place in the list, from 0. */
  readonly index: number;
  /** Where it lies in the list, in CSS pixels. */
  readonly offsetPx: number;
  readonly measure: (element: HTMLElement | null) => void;
}

const Line = memo(function Line({ line, index, offsetPx, measure }: LineProps): ReactNode {
  return (
    <tr
      ref={measure}
      data-index={index}
      data-line={line.kind}
      aria-rowindex={index + 1}
      className={classes.line}
      style={{ transform: `translateY(${offsetPx}px)`, ['--columns' as string]: line.environments.length }}
    >
      {line.kind === 'project' ? <ProjectCells line={line} /> : <PipelineCells line={line} />}
    </tr>
  );
});

function ProjectCells({ line: { project, environments } }: { readonly line: ProjectLine }): ReactNode {
  return (
    <>
      <th scope="row" className={classes.project}>
        {project === null ? 'no project' : <bdi>{project}</bdi>}
      </th>
      {environments.map((row, column) => (
        <EnvironmentCell key={row.environment} row={row} before={environments[column - 1]} />
      ))}
    </>
  );
}

function PipelineCells({ line: { name, environments, cells } }: { readonly line: PipelineLine }): ReactNode {
  const first = cells.find((cell) => cell !== undefined)?.environment;
  return (
    <>
      <th scope="row" className={classes.pipeline}>
        <Link to="/pipelines/$name" params={{ name }} search={{ environment: first }} data-row className="name">
          {name}
        </Link>
      </th>
      {environments.map((row, column) => (
        <PipelineCell key={row.environment} row={row} pipeline={name} cell={cells[column]} />
      ))}
    </>
  );
}
