import { formatManifest } from './format-manifest.ts';
import type { TemplateFile } from './template-file.ts';

/** In Python 3, with the standard library alone. */
export function formatPython(name: string): readonly TemplateFile[] {
  return [
    { path: 'datakit.yaml', content: formatManifest(name, MANIFEST) },
    { path: `bin/${name}`, content: COMMAND, isExecutable: true },
    { path: 'src/count_lines.py', content: SOURCE },
    { path: 'tests/test_count_lines.py', content: TEST },
  ];
}

const MANIFEST = `image:
  base: python:3.13-slim-bookworm
  files: [src]
  entry: sh
tests: python3 -m unittest discover -s tests
`;

const COMMAND = `#!/usr/bin/env python3
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "src"))

from count_lines import main

sys.exit(main(sys.argv[1:]))
`;

const SOURCE = `"""Counts the lines of a file."""

import json
import os
import sys


def count_lines(text: str, skip_empty: bool = False) -> int:
    return sum(1 for line in text.splitlines() if line or not skip_empty)


def main(words: list[str]) -> int:
    if len(words) != 1:
        print("usage: FILE", file=sys.stderr)
        return 2
    with open(words[0], encoding="utf-8") as file:
        count = count_lines(file.read(), os.environ.get("SKIP_EMPTY") == "yes")
    print(f"{count} lines")
    # What an attempt leaves there is shown with it, and given to the tasks behind it.
    result = os.environ.get("TOWPATH_RESULT")
    if result:
        with open(result, "w", encoding="utf-8") as file:
            json.dump({"lines": count}, file)
    return 0
`;

const TEST = `import json
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "src"))

from count_lines import count_lines, main


class CountLines(unittest.TestCase):
    def test_empty_lines_count_unless_they_are_left_out(self):
        self.assertEqual(count_lines("one\\n\\ntwo\\n"), 3)
        self.assertEqual(count_lines("one\\n\\ntwo\\n", skip_empty=True), 2)

    def test_the_result_is_left_for_the_attempt(self):
        with tempfile.TemporaryDirectory() as folder:
            text, result = os.path.join(folder, "text"), os.path.join(folder, "result")
            pathlib.Path(text).write_text("one\\n", encoding="utf-8")
            os.environ["TOWPATH_RESULT"] = result
            self.assertEqual(main([text]), 0)
            self.assertEqual(json.loads(pathlib.Path(result).read_text(encoding="utf-8")), {"lines": 1})


if __name__ == "__main__":
    unittest.main()
`;
