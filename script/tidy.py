"""What no linter asks: lengths of files and functions, what was left open, inline scripts, and paths of one machine."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LONGEST_FILE_LINES = 500
LONGEST_FUNCTION_LINES = 70
# Split, so that this file doesn't find itself. Three X are also a currency's code, so they count in comments only.
LEFT_OPEN = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b|#.*\bXX" + r"X\b")
# JSON data is no script. A script that a view puts in whole has its hash in that view's policy.
INLINE_SCRIPT = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)(?![^>]*\bnonce=)[^>]*>(?!\{\{)", re.IGNORECASE
)
INLINE_HANDLER = re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|work|home/\w+)/")


def main() -> int:
    faults = [fault for path in _tracked() for fault in _faults(path)]
    print("\n".join(faults) or "tidy")
    return 1 if faults else 0


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := Path(name)).is_file()]


def _faults(path: Path) -> Iterator[str]:
    if path.suffix not in {".py", ".html", ".jinja", ".js", ".css", ".sh", ".toml", ".md", ""}:
        return
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        return
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if LEFT_OPEN.search(line):
            yield f"{path}:{number}: left open"
        if MACHINE_PATH.search(line):
            yield f"{path}:{number}: a path of one machine"
    if path.suffix == ".py" and "migrations" not in path.parts:
        if len(lines) > LONGEST_FILE_LINES:
            yield f"{path}: {len(lines)} lines, at most {LONGEST_FILE_LINES}"
        yield from _long_functions(path, text)
    if path.suffix in {".html", ".jinja"} and "tests" not in path.parts:
        yield from _inline(path, text)


def _long_functions(path: Path, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {lines} lines, at most {LONGEST_FUNCTION_LINES}"


def _inline(path: Path, text: str) -> Iterator[str]:
    for pattern, what in ((INLINE_SCRIPT, "an inline script"), (INLINE_HANDLER, "an inline handler")):
        for found in pattern.finditer(text):
            yield f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {what}"


if __name__ == "__main__":
    sys.exit(main())
