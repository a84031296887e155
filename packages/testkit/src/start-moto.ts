// AWS as tests need it: moto's server, which speaks the wire format of its services.
import { requirePart } from './require-part.ts';
import { spawnProcess } from './spawned-process.ts';

/** A process that imitates AWS; one serves all tests of a file, as it takes seconds to start. */
export interface MotoServer {
  readonly url: string;
  /** Forgets everything that was created. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** Python with Flask takes some seconds alone on a busy machine. */
const START_MS = 60_000;

/** Starts moto; undefined where the machine has none and nobody requires it. */
export async function startMoto(): Promise<MotoServer | undefined> {
  const part = requirePart('moto');
  if (!part.available) return undefined;
  const moto = await spawnProcess({ command: part.path, args: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'] });
  const [, url = ''] = await moto.waitForOutput(/Running on (http:\S+)/, START_MS);
  return {
    url,
    reset: async () => {
      await fetch(`${url}/moto-api/reset`, { method: 'POST' });
    },
    close: () => moto.destroy(),
  };
}
