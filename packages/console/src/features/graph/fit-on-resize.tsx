import { type FitViewOptions, useReactFlow, useStore } from '@xyflow/react';
import { useEffect } from 'react';

/** Fits the drawing again when its box changes: the window was resized, or a phone was turned. */
export function FitOnResize({ options }: { readonly options: FitViewOptions }): null {
  const { fitView } = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the box calls for it; a chosen task must not move what one looks at
  useEffect(() => {
    if (width > 0 && height > 0) void fitView(options);
  }, [fitView, width, height]);
  return null;
}
