// The shims: the parent of every command and of every task runner, small enough to outlive the agent. Constants and not
// files beside this one, so that they are there wherever our code is bundled.
import { EXIT_FILE } from '../attempt-folder.ts';

/** Word on the shim's standard input that lets it start the command. */
export const GO = 'go\n';

/** POSIX sh. Arguments: attempt folder, `--`, path of the command, its arguments. */
export const SHIM_SCRIPT = `# Runs one attempt and leaves its exit status in a file, whoever is still there to wait for it.
# Usage: sh shim.sh <attempt folder> -- <path of the command> <argument>...
# Builtins only: the PATH here belongs to the task.
folder=$1
shift 2
# failpoint: shim.before-go

# "go" comes after this process was recorded on disk. End of input before it: the agent died, so nothing may start.
IFS= read -r word && [ "$word" = go ] || exit 0

# A TERM to the group is meant for the command. A trap with a command (not '') is reset in the child, and lets this
# shell wait on for the status.
trap : TERM INT HUP QUIT

# failpoint: shim.after-go
# The shell's own remarks ("Killed") are no output of the task.
exec 3>&2 2>/dev/null
(exec "$@" </dev/null 2>&3 3>&-)
set -- "$?"
# failpoint: shim.after-command

# One small write; a reader takes the status for complete when the newline is there.
printf '%s\\n' "$1" >"$folder/${EXIT_FILE}"
# failpoint: shim.after-exit-file
`;

/** POSIX sh, started in the attempt's folder, which may be renamed. Arguments: path of the runner, its arguments. */
export const RUNNER_SHIM_SCRIPT = `# Runs a task runner and leaves its exit status in a file, whoever is still there to wait for it.
# Usage: sh runner-shim.sh <path of the runner> <argument>...
# The runner waits for its order on standard input; when that ends without one, it kills this shell as well, so that no
# exit status is there for work that never began.
trap : TERM INT HUP QUIT
exec 3>&2 2>/dev/null
(exec "$@" 2>&3 3>&-)
printf '%s\\n' "$?" >${EXIT_FILE}
`;
