// The entry of images with Node and no shell, and of TypeScript tasks, whose image has Node in any case: the same as the one for
// `sh`, in the same steps. Limit: what a command leaves behind as orphans is not reaped before the container ends, since Node
// waits for its own children alone.
import { MAX_RESULT_BYTES } from '@towpath/api';
import { COMMAND_MISSING_STATUS, TOLD_CHARACTERS } from '../command-missing.ts';
import { CONTAINER_PATHS } from '../container-paths.ts';
import { END_MARK, GIVEN, LONGEST_SIZED, MESSAGE, MESSAGES, RUN } from './entry-words.ts';

// Signals are told when the program below has been read, and so when there is a child. A child that is Node, too, makes the pipe that
// both print to one that does not wait: hence EAGAIN.
const PATHS = JSON.stringify({ given: GIVEN, run: RUN, ...CONTAINER_PATHS, message: MESSAGE });

/** A program for `node -e`; the command follows as its arguments. */
export const NODE_ENTRY = `const fs = require('node:fs'), path = require('node:path'), os = require('node:os');
const paths = ${PATHS}, words = ${JSON.stringify(MESSAGES)};
const tell = (bytes) => fs.writeFileSync(paths.message, bytes);
const say = (text) => {
  for (let bytes = Buffer.from(text); bytes.length > 0; )
    try { bytes = bytes.subarray(fs.writeSync(1, bytes)); }
    catch (thrown) { if (thrown.code !== 'EAGAIN') throw thrown; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); }
};
const end = (status) => { say(${JSON.stringify(END_MARK)}); process.exit(status); };
let child;
process.on('SIGTERM', () => child.kill('SIGTERM'));
try {
  for (const folder of [paths.work, paths.temporary]) fs.mkdirSync(folder, { recursive: true });
  for (const name of fs.readdirSync(paths.given).filter((name) => !name.startsWith('.')))
    fs.cpSync(path.join(paths.given, name), path.join(paths.run, name), { recursive: true, dereference: true });
  process.chdir(paths.work);
} catch (thrown) { say(thrown.message + '\\n'); tell(words.filesMissing); end(1); }
const [word, ...rest] = process.argv.slice(1);
const isProgram = (at) => { try { fs.accessSync(at, fs.constants.X_OK); return fs.statSync(at).isFile(); } catch { return false; } };
const places = word.includes('/') ? [word] : (process.env.PATH ?? '').split(':').map((folder) => path.join(folder, word));
const found = places.find(isProgram);
if (found === undefined) { tell(words.commandMissing + word.slice(0, ${TOLD_CHARACTERS})); end(${COMMAND_MISSING_STATUS}); }
const readResult = () => {
  if (fs.lstatSync(paths.result, { throwIfNoEntry: false }) === undefined) return words.noResult;
  const file = fs.statSync(paths.result);
  if (!file.isFile()) return words.noFile;
  if (file.size > ${MAX_RESULT_BYTES}) return words.tooLarge;
  const bytes = fs.readFileSync(paths.result);
  if (bytes.length > ${LONGEST_SIZED}) return Buffer.concat([bytes, Buffer.alloc(${MAX_RESULT_BYTES} - bytes.length, ' ')]);
  return Buffer.concat([Buffer.from('=' + bytes.length + '\\n'), bytes]);
};
const tellResult = () => { let told; try { told = readResult(); } catch { told = words.noFile; } tell(told); };
child = require('node:child_process').spawn(found, rest, { argv0: word, stdio: ['ignore', 1, 1] });
child.on('error', (thrown) => { say(thrown.message + '\\n'); end(126); });
child.on('exit', (code, signal) => {
  if (code === 0) tellResult();
  end(code ?? 128 + os.constants.signals[signal]);
});`;
