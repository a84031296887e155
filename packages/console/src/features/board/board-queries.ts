import { queryOptions, useQuery } from '@tanstack/react-query';
import { type BoardPipeline, type BoardRow, GetBoard } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { BOARD_KEY } from '../../client/query-keys.ts';

/** The board as the server tells it. */
export interface Board {
  readonly rows: readonly BoardRow[];
  readonly pipelines: readonly BoardPipeline[];
}

const boardOptions = queryOptions({
  queryKey: [BOARD_KEY],
  queryFn: ({ signal }): Promise<Board> => consoleClient.call(GetBoard, { signal }),
});

/** What runs where, and what waits for what. */
export function useBoard() {
  return useQuery(boardOptions);
}

/** What one environment runs; undefined while it loads, or when no release comes to it. */
export function useBoardRow(environment: string | undefined): BoardRow | undefined {
  return useBoard().data?.rows.find((row) => row.environment === environment);
}
