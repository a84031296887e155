import type { CodeLocationView } from '@towpath/api';
import type { ReactNode } from 'react';
import { Elapsed, Instant } from '../../layout/instant.tsx';
import { StateIcon } from '../../states/state-icon.tsx';
import classes from './pipelines.module.css';

/** Code that does not load, loudly; and that what loaded last is still what runs. */
export function CodeLocationErrors({
  codeLocations,
}: {
  readonly codeLocations: readonly CodeLocationView[];
}): ReactNode {
  return codeLocations.map((location) => <CodeLocationError key={location.name} location={location} />);
}

function CodeLocationError({ location }: { readonly location: CodeLocationView }): ReactNode {
  const { error, loadedAt, name } = location;
  if (!error) return null;
  return (
    <section className={classes.broken} role="alert" aria-label={`Code location ${name} does not load`}>
      <p className={classes.brokenTitle}>
        <StateIcon state="failed" />
        <span>
          <strong>
            Code location <bdi>{name}</bdi> has not loaded
          </strong>{' '}
          for <Elapsed since={error.at} />
        </span>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        {error.code}: {error.message}
        {error.cause ? `\n${error.cause}` : ''}
      </pre>
      <p>
        {loadedAt ? (
          <>
            The pipelines below are the last good ones, loaded <Instant at={loadedAt} />; they still run. Correct the
            file and save: it loads again by itself.
          </>
        ) : (
          'It never loaded, so nothing of it can run. Correct the file and save: it loads again by itself.'
        )}
      </p>
    </section>
  );
}
