// The first program of a Pod: it brings the attempt's files to where they are looked for, runs the command as its child, and says
// in the termination message what became of the result. It stays process 1, which a container engine gives to nobody: so
// TERM is passed on, and signals have their usual effect on the command.
import { MAX_RESULT_BYTES } from '@towpath/api';
import { COMMAND_MISSING_STATUS, TOLD_CHARACTERS } from '../command-missing.ts';
import { CONTAINER_PATHS } from '../container-paths.ts';
import type { EntryKind } from '../entry-kind.ts';
import type { AttemptWork } from '../executor.ts';
import { GIVEN, LONGEST_SIZED, MESSAGE, MESSAGES, RUN } from './entry-words.ts';
import { NODE_ENTRY } from './node-entry.ts';

// `exec` in a child that runs in the background: it has the command's name and number, and its standard input is empty.
// From there on the shell's own remarks (`Killed`) go nowhere: the log is the command's.
// The command may have ended before `wait` was interrupted by TERM; then the second `wait` says its status again.
const SH_ENTRY = `exec 2>&1
tell() { printf '%s' "$1" >${MESSAGE}; }
end() { printf '\\000towpath:end\\000\\n'; exit "$1"; }
mkdir -p ${CONTAINER_PATHS.work} ${CONTAINER_PATHS.temporary} && cp -RL ${GIVEN}/* ${RUN}/ && cd ${CONTAINER_PATHS.work} || {
  tell '${MESSAGES.filesMissing}'; end 1
}
case $1 in
  */*) [ -x "$1" ] ;;
  *) command -v "$1" >/dev/null ;;
esac || { printf '${MESSAGES.commandMissing}%.${TOLD_CHARACTERS}s' "$1" >${MESSAGE}; end ${COMMAND_MISSING_STATUS}; }
trap 'towpath_asked=1; [ -z "$towpath_child" ] || kill -TERM "$towpath_child"' TERM
exec "$@" &
towpath_child=$!
exec 2>/dev/null
[ -z "$towpath_asked" ] || kill -TERM "$towpath_child"
wait "$towpath_child"
towpath_status=$?
while kill -0 "$towpath_child"; do
  wait "$towpath_child"
  towpath_status=$?
done
[ "$towpath_status" = 0 ] || end "$towpath_status"
towpath_result=${CONTAINER_PATHS.result}
if [ -f "$towpath_result" ] && [ -r "$towpath_result" ]; then
  towpath_size=$(wc -c <"$towpath_result")
  towpath_size=$((towpath_size))
  if [ "$towpath_size" -gt ${MAX_RESULT_BYTES} ]; then
    tell '${MESSAGES.tooLarge}'
  elif [ "$towpath_size" -gt ${LONGEST_SIZED} ]; then
    { cat "$towpath_result"; printf '%${MAX_RESULT_BYTES}s' '' | head -c $((${MAX_RESULT_BYTES} - towpath_size)); } >${MESSAGE}
  else
    { printf '=%s\\n' "$towpath_size"; cat "$towpath_result"; } >${MESSAGE}
  fi
elif [ -e "$towpath_result" ] || [ -L "$towpath_result" ]; then
  tell '${MESSAGES.noFile}'
else
  tell '${MESSAGES.noResult}'
fi
end 0`;

/** Which entry an attempt has. The runner of a function needs Node, so nothing else is asked of its image. */
export function chooseEntry(work: AttemptWork): EntryKind {
  return work.kind === 'function' ? 'node' : (work.entry ?? 'sh');
}

/** The words that the command follows; none of `none`, whose command is the first program itself. */
export function toEntryWords(kind: EntryKind): readonly string[] {
  if (kind === 'sh') return ['sh', '-c', SH_ENTRY, 'towpath'];
  if (kind === 'node') return ['node', '-e', NODE_ENTRY, '--'];
  return [];
}
