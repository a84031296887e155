import type { EnvironmentKind } from '@towpath/core';
import { useEffect } from 'react';

/** The tab's icon wears the colour of the environment's kind. */
export function useFavicon(kind: EnvironmentKind): void {
  useEffect(() => {
    document.querySelector<HTMLLinkElement>('link[rel=icon]')?.setAttribute('href', `/favicon-${kind}.svg`);
  }, [kind]);
}
