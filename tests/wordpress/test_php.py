"""The plugin's PHP itself: read as PHP 7.4 reads it, and what runs where no page of WordPress's does."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from script.wordpress_site import PLUGIN

from tests.support import templates
from tests.support.node import installed

pytestmark = pytest.mark.once
READER = templates.ROOT / "tests/support/php74"
SOURCES = sorted(PLUGIN.rglob("*.php"))
# What WordPress's function would do, on a network of two sites.
NETWORK = """
const WP_UNINSTALL_PLUGIN = 'almoner/almoner.php';
function is_multisite() { return true; }
function get_sites($asked) { return $asked === ['fields' => 'ids', 'number' => 0] ? [1, 7] : []; }
function delete_blog_option($site, $name) { echo "$site $name\\n"; }
function delete_option($name) { echo "one site alone\\n"; }
require $argv[1];
"""
YOUNGER = {
    "match": "$x = match ($a) { 1 => 2 };",
    "?->": "$a?->b();",
    "a union": "function f(int|string $a) {}",
    "a name": "f(a: 1);",
    "a comma": "function f($a,) {}",
    "a promotion": "class A { function __construct(public $a) {} }",
    "mixed": "function f(mixed $a) {}",
    "static": "class A { function f(): static {} }",
    "a function": "str_contains('a', 'b');",
    "a catch": "try { f(); } catch (E) {}",
    "readonly": "class A { public readonly int $a; }",
}


def read(*files: Path) -> dict[str, list[str]]:
    """What PHP 7.4 can't read in each."""
    folder = installed(READER, otherwise="THE PLUGIN WAS NOT READ AS PHP 7.4 DOES")
    done = subprocess.run(
        ["node", "read.mjs", *map(str, files)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return {Path(name).name: said for name, said in found.items()}


def test_php_7_4_reads_it(tmp_path: Path) -> None:
    for name, code in YOUNGER.items():
        (tmp_path / f"{name}.php").write_text(f"<?php\n{code}\n")
    (tmp_path / "fits.php").write_text("<?php\n$a ??= array_map( fn( $x ) => $x ?: 1, [ ...$b ] );\n")
    found = read(*tmp_path.iterdir())
    assert {name.removesuffix(".php") for name, said in found.items() if said} == YOUNGER.keys(), found
    assert len(SOURCES) == 9
    assert {name: said for name, said in read(*SOURCES).items() if said} == {}


def php(*arguments: str) -> str:
    try:
        done = subprocess.run(["php", *arguments], capture_output=True, text=True, check=False, timeout=180)
    except FileNotFoundError:
        pytest.skip("THE PLUGIN'S PHP WAS NOT RUN: php is missing (apt-get install php-cli)")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_each_site_of_a_network_forgets_the_address() -> None:
    assert php("-r", NETWORK, str(PLUGIN / "uninstall.php")) == "1 almoner_address\n7 almoner_address\n"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_asked_for_by_itself_it_does_nothing(source: Path) -> None:
    """As a stranger's browser may: PHP stops before it meets a function of WordPress's."""
    if source.name == "editor.asset.php":
        assert (
            php("-r", "echo json_encode(array_keys(require $argv[1]));", str(source))
            == '["dependencies","version"]'
        )
    else:
        assert php("-d", "display_errors=1", str(source)) == ""


def test_its_readme_says_what_wordpress_s_directory_asks_for() -> None:
    readme, plugin = (PLUGIN / "readme.txt").read_text(), (PLUGIN / "almoner.php").read_text()
    head = dict(re.findall(r"^([A-Z][\w ]+): +(.+)$", readme.partition("\n== ")[0], re.MULTILINE))
    assert head.keys() >= {
        "Contributors",
        "Tags",
        "Requires at least",
        "Tested up to",
        "Stable tag",
        "License",
    }
    assert len(head["Tags"].split(",")) <= 5
    for name in ("Requires at least", "Requires PHP", "License"):
        assert f"{name}:" in plugin and head[name] == re.findall(rf"{name}: +(.+)", plugin)[0]
