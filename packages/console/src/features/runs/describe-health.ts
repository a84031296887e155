// The parts of Towpath in words, for the strip on the home page.
import type { CodeLocationView } from '@towpath/api';
import type { ConnectionState } from '../../client/event-stream.ts';
import { formatCount } from '../../format/format-count.ts';

interface PartHealth {
  readonly isHealthy: boolean;
  readonly words: string;
}

/** The server, as the live connection knows it. */
export function describeServer(connection: ConnectionState['kind'], version: string | undefined): PartHealth {
  if (connection === 'lost') return { isHealthy: false, words: 'Server does not answer' };
  return { isHealthy: true, words: version ? `Server ${version} answers` : 'Server answers' };
}

/** `2 code locations load`, or the names of those that don't. */
export function describeCode(codeLocations: readonly CodeLocationView[]): PartHealth {
  const broken = codeLocations.filter(({ error }) => error !== null);
  if (codeLocations.length === 0) return { isHealthy: false, words: 'No code was ever loaded' };
  if (broken.length === 0) {
    const verb = codeLocations.length === 1 ? 'loads' : 'load';
    return { isHealthy: true, words: `${formatCount(codeLocations.length, 'code location')} ${verb}` };
  }
  const verb = broken.length === 1 ? 'does' : 'do';
  return { isHealthy: false, words: `Code of ${broken.map(({ name }) => name).join(', ')} ${verb} not load` };
}
