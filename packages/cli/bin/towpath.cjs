#!/usr/bin/env node
// The launcher: runs the program in this Node when it is new enough, else in one that ensure-node.cjs provides.
// Plain CommonJS without newer syntax: the Node that reads this may be version 12.

// biome-ignore-all lint/style/useNodejsImportProtocol: require('node:fs') came with Node 14.18.

const { spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const tty = require('tty');
const { ensureNode, isNodeSufficient, LauncherError } = require('./ensure-node.cjs');

const BUNDLE = path.join(__dirname, '..', 'dist', 'cli.js');
const SOURCE = path.join(__dirname, '..', 'src', 'main.ts');

/** Towpath relies on process groups, signals and a PostgreSQL that Windows itself does not have. */
function refuseWindows() {
  if (process.platform !== 'win32') return;
  throw new LauncherError('PLATFORM_UNSUPPORTED', {
    message: 'Towpath does not run on native Windows.',
    cause: 'It needs POSIX processes and signals; Linux and macOS have them, and so has WSL2.',
    fix: 'Run `wsl --install` once, open the Linux shell, and run the same command there.',
  });
}

/**
 * Where a Node is kept: the nearest folder upwards that has one already, so that no subfolder gets its own; else the
 * nearest one with a towpath.yaml; else the current one.
 */
function findToolchainFolder() {
  const holdsNode = (folder) => fs.existsSync(path.join(folder, '.towpath', 'toolchain'));
  const isProject = (folder) => fs.existsSync(path.join(folder, 'towpath.yaml'));
  return findUpwards(holdsNode) || findUpwards(isProject) || process.cwd();
}

function findUpwards(matches) {
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    if (matches(folder)) return folder;
    if (path.dirname(folder) === folder) return undefined;
  }
}

function runHere() {
  const entry = fs.existsSync(BUNDLE) ? BUNDLE : SOURCE;
  // Keeps compiled code between starts; its folder is the system's temporary one, or NODE_COMPILE_CACHE.
  require('module').enableCompileCache();
  return import(require('url').pathToFileURL(entry).href);
}

/** Runs this launcher again under `program`, which then runs the entry; ends as that process ends. */
function runUnder(program) {
  const environment = { ...process.env, PATH: `${path.dirname(program)}${path.delimiter}${process.env.PATH || ''}` };
  const child = spawn(program, [__filename, ...process.argv.slice(2)], { stdio: 'inherit', env: environment });
  forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve();
      if (signal === null) process.exit(code);
      // Ending by the same signal tells our parent the truth; the number is for one that cannot kill us.
      process.removeAllListeners(signal);
      process.exitCode = 128 + os.constants.signals[signal];
      process.kill(process.pid, signal);
    });
  });
}

/**
 * A terminal sends Ctrl-C and hang-up to the whole foreground group, so the child has them already; forwarded ones
 * would count as a second Ctrl-C. SIGTERM always comes to one process alone.
 */
function forwardSignals(child) {
  const hasTerminal = [0, 1, 2].some((descriptor) => tty.isatty(descriptor));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    const isForwarded = name === 'SIGTERM' || !hasTerminal;
    process.on(name, () => {
      if (isForwarded) child.kill(name);
    });
  }
}

async function launch() {
  refuseWindows();
  if (isNodeSufficient()) await runHere();
  else await runUnder(ensureNode(findToolchainFolder()));
}

launch().catch((error) => {
  process.stderr.write(`${error instanceof LauncherError ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
