// The Docker engine of this machine, and what the stack has to know of it.
import { TowpathError } from '@towpath/core';
import {
  createDockerEngine,
  type EngineAddress,
  EngineError,
  engineUnreachable,
  type Platform,
  parseEngineAddress,
} from '@towpath/oci';
import { z } from 'zod';

export interface StackEngine {
  readonly address: EngineAddress;
  /** Of its socket on its own machine, which the agent's container gets. */
  readonly socket: string;
  readonly platform: Platform;
}

type Variables = Readonly<Record<string, string | undefined>>;

const Version = z.object({ Os: z.string(), Arch: z.string() });

/** @throws TowpathError `ENGINE_UNREACHABLE`, `ENGINE_SOCKET_UNKNOWN`, `DOCKER_HOST_INVALID` */
export async function findEngine(variables: Variables): Promise<StackEngine> {
  const certificates = variables.DOCKER_TLS_VERIFY ? variables.DOCKER_CERT_PATH : undefined;
  const address = parseEngineAddress(variables.DOCKER_HOST, certificates);
  const reply = await createDockerEngine(address)
    .send({ method: 'GET', path: '/version' })
    .catch((thrown: unknown) => {
      throw thrown instanceof EngineError ? engineUnreachable(thrown) : thrown;
    });
  const { Os: os, Arch: architecture } = Version.parse(reply);
  return { address, socket: findSocket(address, variables), platform: { os, architecture } };
}

/** On a Mac the engine is in a virtual machine, where its socket is not called as here. */
function findSocket(address: EngineAddress, { TOWPATH_DOCKER_SOCKET: named }: Variables): string {
  if (named) return named;
  if (address.kind === 'socket') return process.platform === 'linux' ? address.path : '/var/run/docker.sock';
  throw new TowpathError({
    code: 'ENGINE_SOCKET_UNKNOWN',
    message: 'The agent of the stack is a container, and needs the socket of the Docker engine.',
    cause: 'DOCKER_HOST is an address of TCP.',
    fix: "Set TOWPATH_DOCKER_SOCKET to the path of the socket on the engine's machine, or use `npx towpath dev`.",
  });
}
