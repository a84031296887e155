// How a command finds the server it talks to.
import { type Client, createClient } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { findInstance, findStateFolder, type InstanceRecord } from '../instance/instance-record.ts';
import { findLogin } from './stored-logins.ts';

/** Options of every command that talks to a server. */
export interface ConnectionOptions {
  readonly state?: string;
}

/** Adds the options of `connect` to a command. */
export function addConnectionOptions(command: Command): Command {
  return command.option('--state <folder>', 'state folder of the instance to talk to (default: the nearest .towpath)');
}

/**
 * Connects to the server named by TOWPATH_SERVER, with TOWPATH_TOKEN or what `npx towpath login` got there; else to the
 * instance that runs here.
 *
 * @throws TowpathError `TOWPATH_NOT_RUNNING`, `SERVER_ADDRESS_INVALID`, `TOKEN_MISSING`, `TOKEN_INVALID`
 */
export function connect(context: CommandContext, options: ConnectionOptions): Client {
  const server = context.env.TOWPATH_SERVER;
  if (server) {
    const baseUrl = parseServerAddress(server);
    return createClient({ baseUrl, headers: bearer(getToken(context, baseUrl)) });
  }
  const instance = getInstance(context, options);
  return createClient({ baseUrl: instance.url, headers: bearer(instance.token) });
}

/**
 * The instance that runs for this folder.
 *
 * @throws TowpathError `TOWPATH_NOT_RUNNING`
 */
export function getInstance(context: CommandContext, options: ConnectionOptions): InstanceRecord {
  const stateFolder = options.state ?? findStateFolder(context.cwd);
  const instance = stateFolder === undefined ? undefined : findInstance(stateFolder);
  if (instance) return instance;
  throw new TowpathError({
    code: 'TOWPATH_NOT_RUNNING',
    message: 'No Towpath is running for this folder.',
    cause:
      options.state === undefined
        ? `No .towpath folder at or above ${context.cwd} has a running instance.`
        : `${options.state} holds no running instance.`,
    fix: 'Start it with `npx towpath dev` in the project (in this repository: `make dev`), or set TOWPATH_SERVER and TOWPATH_TOKEN.',
  });
}

/**
 * An address as clients take it.
 *
 * @throws TowpathError `SERVER_ADDRESS_INVALID`
 */
export function parseServerAddress(server: string): string {
  const url = URL.parse(server);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return server.replace(/\/+$/, '');
  throw new TowpathError({
    code: 'SERVER_ADDRESS_INVALID',
    message: 'TOWPATH_SERVER is not the address of a server.',
    cause: `It is ${JSON.stringify(server.slice(0, 200))}.`,
    fix: 'Give it as http://host:port',
  });
}

function getToken(context: CommandContext, server: string): string {
  const token = context.env.TOWPATH_TOKEN || findLogin(context, server)?.token;
  // Checked here, since fetch would quote a malformed header, and with it the token, in its error.
  if (token && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new TowpathError({
    code: token ? 'TOKEN_INVALID' : 'TOKEN_MISSING',
    message: token
      ? 'TOWPATH_TOKEN holds characters that no token has.'
      : 'TOWPATH_SERVER is set, but TOWPATH_TOKEN is not, and nobody is signed in there.',
    fix: 'Sign in by `npx towpath login`, or set TOWPATH_TOKEN to an access token of that server, in one line.',
  });
}

function bearer(token: string): () => Record<string, string> {
  return () => ({ authorization: `Bearer ${token}` });
}
