// Long lists draw the rows in sight alone; the page scrolls, not the list.
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

interface VirtualRowsOptions {
  readonly count: number;
  /** Height of a row before it is measured, in CSS pixels. */
  readonly rowPx: number;
  /** Rows drawn above and below those in sight. */
  readonly overscan: number;
  keyOf(index: number): string | number;
}

interface VirtualRows<E> {
  /** Belongs to the element whose children the rows are; it is positioned. */
  readonly list: RefObject<E | null>;
  readonly heightPx: number;
  /** Where each lies in the list, in CSS pixels. */
  readonly rows: readonly { readonly index: number; readonly key: string | number; readonly offsetPx: number }[];
  readonly measure: (element: HTMLElement | null) => void;
}

/** The rows in sight of a list of any length. */
export function useVirtualRows<E extends HTMLElement>(options: VirtualRowsOptions): VirtualRows<E> {
  const { count, rowPx, overscan, keyOf } = options;
  const list = useRef<E>(null);
  const [topPx, setTopPx] = useState(0);
  useLayoutEffect(() => setTopPx(list.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({
    count,
    estimateSize: () => rowPx,
    overscan,
    scrollMargin: topPx,
    getItemKey: keyOf,
  });
  return {
    list,
    heightPx: virtual.getTotalSize(),
    rows: virtual.getVirtualItems().map(({ index, key, start }) => ({
      index,
      key: typeof key === 'bigint' ? String(key) : key,
      offsetPx: start - topPx,
    })),
    measure: virtual.measureElement,
  };
}
