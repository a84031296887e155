import { formatManifest } from './format-manifest.ts';
import type { TemplateFile } from './template-file.ts';

/** In POSIX sh; runs on every image with a shell. */
export function formatShell(name: string): readonly TemplateFile[] {
  return [
    { path: 'datakit.yaml', content: formatManifest(name, MANIFEST) },
    { path: `bin/${name}`, content: COMMAND, isExecutable: true },
    { path: 'tests/run.sh', content: TEST.replaceAll('{{name}}', name) },
  ];
}

const MANIFEST = `image:
  base: debian:bookworm-slim
  entry: sh
tests: sh tests/run.sh
`;

const COMMAND = `#!/bin/sh
# Counts the lines of a file. What an attempt leaves at TOWPATH_RESULT is shown with it, and given to the tasks behind it.
set -eu
[ $# -eq 1 ] || { echo "usage: $(basename "$0") FILE" >&2; exit 2; }
if [ "\${SKIP_EMPTY:-no}" = yes ]; then count=$(grep -c . "$1" || true); else count=$(awk 'END { print NR }' "$1"); fi
echo "$count lines"
if [ -n "\${TOWPATH_RESULT:-}" ]; then printf '{"lines":%s}' "$count" >"$TOWPATH_RESULT"; fi
`;

const TEST = `# The datakit's own test: its command is on the PATH.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf 'one\\n\\ntwo\\n' >"$folder/text"

export TOWPATH_RESULT="$folder/result"
{{name}} "$folder/text"
[ "$(cat "$folder/result")" = '{"lines":3}' ]
SKIP_EMPTY=yes {{name}} "$folder/text"
[ "$(cat "$folder/result")" = '{"lines":2}' ]
if {{name}} 2>/dev/null; then exit 1; fi
echo passed
`;
