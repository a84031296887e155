// The init container of an attempt whose bundle does not fit into its Secret: it fetches the bundle from the server, checks its
// digest and unpacks it where the attempt looks for it. It alone sees the token.
import type { ErrorFacts } from '@towpath/core';
import { CONTAINER_PATHS, MOUNT } from '../container-paths.ts';
import type { BundleAccess } from './bundle-access.ts';
import { describeEnd, type EndedContainer } from './container-facts.ts';
import { MESSAGE } from './entry-words.ts';

/** Its name. */
export const BUNDLE_CONTAINER = 'bundle';

const VOLUME = 'bundle-access';
/** Outside of what the attempt sees: a mount in there would leave a folder. */
const FOLDER = `${MOUNT}-access`;
const TOKEN = 'token';
const AUTHORITY = 'authority.pem';

/** Keys of the attempt's Secret. */
const KEYS = { token: 'bundle-token', authority: 'bundle-authority' } as const;

/** What of it stands in the attempt's Secret. */
export function toBundleSecrets({ token, authority }: BundleAccess): Readonly<Record<string, string>> {
  return { [KEYS.token]: token, ...(authority !== undefined && { [KEYS.authority]: authority }) };
}

/** The volume by which it sees that. */
export function toBundleVolume({ authority }: BundleAccess, secretName: string): object {
  const items = [
    { key: KEYS.token, path: TOKEN },
    ...(authority === undefined ? [] : [{ key: KEYS.authority, path: AUTHORITY }]),
  ];
  return { name: VOLUME, secret: { secretName, items } };
}

/** What ends it, in the first line of its termination message; the second says more. */
const ENDS = { refused: 'refused', unreachable: 'unreachable', altered: 'altered', broken: 'broken' } as const;

/** Of one request: 32 MiB on a slow line. */
const REQUEST_MS = 120_000;

const FETCH = `const fs = require('node:fs'), path = require('node:path');
const [url, hash, folder, patienceMs] = process.argv.slice(1);
const end = (why, words) => {
  console.error(why + ': ' + words);
  fs.writeFileSync('${MESSAGE}', why + '\\n' + words.slice(0, 1000));
  process.exit(1);
};
const ask = async () => {
  const headers = { authorization: 'Bearer ' + fs.readFileSync('${FOLDER}/${TOKEN}', 'utf8') };
  const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(${REQUEST_MS}) });
  if (response.ok) return Buffer.from(await response.arrayBuffer());
  const words = 'HTTP status ' + response.status + ' ' + (await response.text()).slice(0, 500);
  if (response.status < 500 && ![408, 429].includes(response.status)) end('${ENDS.refused}', words);
  throw new Error(words);
};
const fetchBundle = async () => {
  for (let pauseMs = 250; ; pauseMs = Math.min(2 * pauseMs, 10_000)) {
    try {
      return await ask();
    } catch (thrown) {
      const words = [thrown.message, thrown.cause?.message].filter(Boolean).join(': ');
      if (performance.now() > Number(patienceMs)) end('${ENDS.unreachable}', words);
      console.error(words);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
};
const unpack = (bytes) => {
  const actual = require('node:crypto').createHash('sha256').update(bytes).digest('hex');
  if (actual !== hash) end('${ENDS.altered}', 'its bytes have the hash ' + actual);
  for (const [name, text] of Object.entries(JSON.parse(bytes))) {
    const file = path.join(folder, name);
    if (!file.startsWith(folder + '/')) end('${ENDS.altered}', 'it names the file ' + name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
};
fetchBundle().then(unpack).catch((thrown) => end('${ENDS.broken}', thrown.message));`;

/** The container, of the attempt's own image; `patienceMs` is how long a server that does not answer is asked again. */
export function toBundleContainer(
  { url, hash, authority }: BundleAccess,
  {
    patienceMs,
    ...image
  }: {
    readonly image: string;
    readonly imagePullPolicy: string;
    readonly resources: object;
    readonly securityContext: object;
    readonly patienceMs: number;
  },
): object {
  return {
    name: BUNDLE_CONTAINER,
    ...image,
    command: ['node', '-e', FETCH, '--', url, hash, CONTAINER_PATHS.bundle, String(patienceMs)],
    env: authority === undefined ? [] : [{ name: 'NODE_EXTRA_CA_CERTS', value: `${FOLDER}/${AUTHORITY}` }],
    terminationMessagePolicy: 'File',
    volumeMounts: [
      { name: 'towpath', mountPath: MOUNT },
      { name: VOLUME, mountPath: FOLDER, readOnly: true },
    ],
  };
}

/** Why the attempt could not be started, from what the container said before it ended; one that was killed said nothing. */
export function explainBundle(ended: EndedContainer): ErrorFacts {
  const [why, ...words] = (ended.message ?? '').split('\n');
  const cause = words.join('\n');
  if (why === ENDS.refused) return { ...REFUSED, cause };
  if (why === ENDS.unreachable) return { ...UNREACHABLE, cause };
  if (why === ENDS.altered) return { ...ALTERED, cause };
  return { ...BROKEN, cause: why === ENDS.broken ? cause : describeEnd(ended) };
}

const REFUSED = {
  code: 'BUNDLE_REFUSED',
  message: 'The server did not give the Pod the code of the task.',
  fix: "Look whether `serverUrl` of the environment's `kubernetes` is the server of this agent, and whether that server accepts the name in it.",
};

const UNREACHABLE = {
  code: 'BUNDLE_UNREACHABLE',
  message: 'The Pod could not reach the server for the code of the task.',
  fix: "Declare `serverUrl` of the environment's `kubernetes` as Pods reach the server, and let policies of the network allow it.",
};

const ALTERED = {
  code: 'BUNDLE_INVALID',
  message: 'What the Pod was given is not the code of the task.',
  fix: 'Run it again; when this repeats, something between server and Pod changes bodies.',
};

const BROKEN = {
  code: 'BUNDLE_NOT_UNPACKED',
  message: 'The Pod could not write the code of the task to its place.',
  fix: 'Give the attempt more memory (`sizing.memory`), or look at the image: its user must be able to write to /towpath.',
};
