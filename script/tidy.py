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

_LOOKS_AT_DAYS = re.compile(r"__date(__|$)")
_A_DAY = re.compile(r"%-?[dj]")
_A_MOMENT = re.compile(r"(?:^|_)at$|^respond_by$|^now\(\)$")


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
        if "src" in path.parts and "tests" not in path.parts:
            yield from _days_of_no_place(path, text)
    if path.suffix in {".html", ".jinja"} and "tests" not in path.parts:
        yield from _inline(path, text)


def _long_functions(path: Path, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {lines} lines, at most {LONGEST_FUNCTION_LINES}"


def _days_of_no_place(path: Path, text: str) -> Iterator[str]:
    """A moment's day is somewhere's: the charity's, and UTC's only where the line says so."""
    for node in ast.walk(ast.parse(text)):
        if found := _day_taken(node):
            yield f"{path}:{found.lineno}: a day of no time zone: say whose, by astimezone()"


def _day_taken(node: ast.AST) -> ast.expr | None:
    """What is made a day of in `x.date()`, `x.replace(hour=0)`, `f"{x_at:%d}"`, `TruncDate("x")`, `filter(x__date=…)`,
    unless its time zone is named."""
    match node:
        case ast.Call(func=ast.Attribute(value=moment, attr="date"), args=[], keywords=[]):
            return None if _placed(moment) else moment
        case ast.Call(func=ast.Attribute(value=moment, attr="replace"), keywords=[*keys]):
            return None if _placed(moment) or "hour" not in {each.arg for each in keys} else moment
        case ast.Call(func=ast.Name(id="TruncDate" | "TruncDay") as name, keywords=[*keys]):
            return None if "tzinfo" in {each.arg for each in keys} else name
        case ast.keyword(arg=str(lookup), value=value) if _LOOKS_AT_DAYS.search(lookup):
            return value
        case ast.FormattedValue(
            value=moment, format_spec=ast.JoinedStr(values=[ast.Constant(value=str(form))])
        ):
            named = moment.attr if isinstance(moment, ast.Attribute) else ast.unparse(moment)
            return moment if _A_DAY.search(form) and "%H" not in form and _A_MOMENT.search(named) else None
    return None


def _placed(moment: ast.expr) -> bool:
    """`x.astimezone(zone)` or `localtime(x)`; what is read by `strptime` has no zone yet."""
    if not isinstance(moment, ast.Call):
        return False
    named = moment.func.attr if isinstance(moment.func, ast.Attribute) else ast.unparse(moment.func)
    return named in {"astimezone", "localtime", "fromtimestamp", "strptime"}


def _inline(path: Path, text: str) -> Iterator[str]:
    for pattern, what in ((INLINE_SCRIPT, "an inline script"), (INLINE_HANDLER, "an inline handler")):
        for found in pattern.finditer(text):
            yield f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {what}"


if __name__ == "__main__":
    sys.exit(main())
