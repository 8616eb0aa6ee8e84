"""A real WordPress on this machine, for trying the plugin: MariaDB, PHP-FPM and Apache on loopback, in a folder that is
thrown away. Nothing runs as root and nothing asks the network. script/wordpress starts one.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from almoner.embedding.packing import packed

ROOT: Final = Path(__file__).resolve().parent.parent
PLUGIN: Final = ROOT / "wordpress" / "almoner"
USER: Final = "editor"
PASSWORD: Final = "a-password-for-one-run"  # noqa: S105
_START_SECONDS: Final = 60
_MODULES: Final = ("mpm_event", "authz_core", "dir", "mime", "proxy", "proxy_fcgi", "rewrite")
# Every Debian has this user, and nothing of it is anybody's.
_NOBODY: Final = "www-data"


class NoWordPress(Exception):
    """What is missing, and how it is had."""


@dataclass(frozen=True)
class Parts:
    """Where Debian keeps what a WordPress needs."""

    mariadb: str
    php: str
    fpm: str
    apache: str
    wordpress: Path


@dataclass(frozen=True)
class WordPress:
    """A running one. `base` is its address without a slash at the end, by a name that differs from Almoner's."""

    base: str
    folder: Path
    parts: Parts
    # Its servers' process groups.
    groups: list[int] = field(default_factory=list)

    @property
    def plugins(self) -> Path:
        return self.folder / "site/wp-content/plugins"

    def php(self, code: str, **values: Any) -> Any:
        """Runs PHP inside WordPress as its administrator; `$given` holds the values, and what it returns comes back."""
        body = (
            f"<?php $_SERVER['HTTP_HOST'] = {json.dumps(self.base.partition('//')[2])};\n"
            f"require '{self.folder}/site/wp-load.php'; wp_set_current_user(1);\n"
            f"$given = json_decode({_php_text(json.dumps(values))}, true);\n"
            f"$answer = (function () use ($given) {{\n{code}\n}})();\n"
            'echo "\\nANSWER", json_encode($answer);\n'
        )
        return run_php(self.parts, self.folder, body)

    def post(self, title: str, content: str, *, kind: str = "post") -> str:
        """Publishes; returns the address."""
        code = (
            "kses_remove_filters();"
            "$id = wp_insert_post(wp_slash(['post_title' => $given['title'], 'post_content' => $given['content'],"
            "'post_status' => 'publish', 'post_type' => $given['kind']]), true);"
            "return is_wp_error($id) ? $id->get_error_message() : get_permalink($id);"
        )
        return str(self.php(code, title=title, content=content, kind=kind))

    def cookies(self) -> list[dict[str, str]]:
        """Of an administrator who has signed in, as Playwright takes them."""
        made = self.php(
            "$until = time() + 86400; $token = WP_Session_Tokens::get_instance(1)->create($until);"
            "return [AUTH_COOKIE => [wp_generate_auth_cookie(1, $until, 'auth', $token), ADMIN_COOKIE_PATH],"
            "LOGGED_IN_COOKIE => [wp_generate_auth_cookie(1, $until, 'logged_in', $token), '/']];"
        )
        return [
            {"name": name, "value": value, "domain": "localhost", "path": path}
            for name, (value, path) in made.items()
        ]

    def activate(self, plugin: str) -> None:
        self.php(
            "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
            "$wrong = activate_plugin($given['plugin']);"
            "if (is_wp_error($wrong)) { throw new Exception($wrong->get_error_message()); }",
            plugin=plugin,
        )


def find_parts() -> Parts:
    """Raises NoWordPress with the packages' names."""
    fpm = [path for path in sorted(Path("/usr/sbin").glob("php-fpm*")) if os.access(path, os.X_OK)]
    programs = {
        "mariadb-server-core": _program("mariadbd"),
        "php-fpm": str(fpm[-1]) if fpm else "",
        "php-mysql": next((str(path) for path in Path("/usr/lib/php").glob("*/mysqli.so")), ""),
        "apache2-bin": _program("apache2"),
    }
    missing = [package for package, found in programs.items() if not found]
    trees = (Path("/usr/share/wordpress"), ROOT / ".venv/wordpress/usr/share/wordpress")
    tree = next((path for path in trees if (path / "wp-load.php").exists()), None)
    if missing:
        raise NoWordPress(f"apt-get install {' '.join(missing)} (script/setup does it as root)")
    if tree is None:
        raise NoWordPress("WordPress's own files are missing: script/setup takes them from Debian's package")
    return Parts(
        mariadb=_program("mariadbd"),
        php=_program("php"),
        fpm=str(fpm[-1]),
        apache=_program("apache2"),
        wordpress=tree,
    )


def _program(name: str) -> str:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""


def build_plugin(target: Path) -> Path:
    """Writes the plugin as WordPress takes it, the same bytes each time; returns the file."""
    target.write_bytes(packed())
    return target


@contextmanager
def running(*, plugin: bool = True) -> Iterator[WordPress]:
    """A WordPress that was installed a moment ago, with the plugin from its zip unless it is asked for without."""
    parts = find_parts()
    # Sockets' names have to be short, and a folder of the tests' own is closed to who runs it.
    folder = Path(tempfile.mkdtemp(prefix="almoner-wp-", dir="/tmp"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        port = _free_port()
        site = WordPress(f"http://localhost:{port}", folder, parts)
        _lay_out(site, port)
        if plugin:
            with zipfile.ZipFile(build_plugin(folder / "almoner.zip")) as archive:
                archive.extractall(site.plugins)
        _hand_over(folder)
        _start_database(site, stack)
        _install(site)
        if plugin:
            site.activate("almoner/almoner.php")
        _start(stack, site, [parts.fpm, "--nodaemonize", "--fpm-config", f"{folder}/fpm.conf"])
        _start(stack, site, [parts.apache, "-f", f"{folder}/apache.conf", "-DFOREGROUND"])
        _wait(lambda: _listens(port) and (folder / "fpm.sock").exists(), folder)
        yield site


def _lay_out(site: WordPress, port: int) -> None:
    """All files, none of them running yet. WordPress is copied: its own address and plugins stand in its folder."""
    folder = site.folder
    shutil.copytree(site.parts.wordpress, folder / "site", ignore=_dangling)
    theme = max(path.name for path in (folder / "site/wp-content/themes").glob("twenty*"))
    (folder / "site/wp-config.php").write_text(_CONFIG.format(folder=folder, base=site.base, theme=theme))
    (folder / "fpm.conf").write_text(_FPM.format(folder=folder))
    modules = "\n".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in _MODULES
    )
    (folder / "apache.conf").write_text(_APACHE.format(folder=folder, port=port, modules=modules))
    for name in ("tmp", "site/wp-content/uploads", "site/wp-content/plugins"):
        (folder / name).mkdir(parents=True, exist_ok=True)


def _dangling(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not Path(folder, name).exists()}


def _hand_over(folder: Path) -> None:
    """To whoever runs it all."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, _NOBODY, _NOBODY)


def _start_database(site: WordPress, stack: ExitStack) -> None:
    """Without accounts: its socket stands in a folder that only its own user can enter."""
    folder = site.folder
    (folder / "data").mkdir()
    _hand_over(folder / "data")
    _start(
        stack, site,
        [site.parts.mariadb, "--no-defaults", f"--datadir={folder}/data", f"--socket={folder}/db.sock",
         "--skip-networking", "--skip-grant-tables", f"--pid-file={folder}/db.pid", "--skip-log-bin",
         "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=8M"],
    )  # fmt: skip
    _wait(lambda: (folder / "db.pid").exists() and (folder / "db.sock").exists(), folder)


def _install(site: WordPress) -> None:
    run_php(site.parts, site.folder, _INSTALL.format(folder=site.folder, user=USER, password=PASSWORD))


def run_php(parts: Parts, folder: Path, body: str) -> Any:
    """Runs a script of its own; returns what it answered."""
    done = subprocess.run(
        [parts.php, "-d", "error_reporting=E_ALL & ~E_DEPRECATED", "-d", "display_errors=stderr"],
        input=body, cwd=folder, capture_output=True, text=True, timeout=_START_SECONDS, check=False, **_as_nobody(),
    )  # fmt: skip
    _, mark, answer = done.stdout.rpartition("\nANSWER")
    if done.returncode or not mark:
        raise RuntimeError(f"PHP failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return json.loads(answer)


def _php_text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _start(stack: ExitStack, site: WordPress, command: list[str]) -> None:
    """A process that ends with the stack: asked first, then not asked."""
    with (site.folder / f"{Path(command[0]).name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=site.folder,
            start_new_session=True,
            **_as_nobody(),
        )
    site.groups.append(process.pid)

    def end() -> None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=20)

    stack.callback(end)


def _as_nobody() -> dict[str, Any]:
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
    if os.geteuid() != 0:
        return {"env": env}
    return {"env": env, "user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def _wait(holds: Callable[[], bool], folder: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while not holds():
        if time.monotonic() > until:
            logs = "\n".join(
                f"{log.name}:\n{log.read_text(errors='replace')[-2000:]}" for log in folder.glob("*.log")
            )
            raise RuntimeError(f"WordPress did not come up:\n{logs}")
        time.sleep(0.05)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_CONFIG: Final = """<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{folder}/db.sock');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('AUTH_KEY', 'a'); define('SECURE_AUTH_KEY', 'b'); define('LOGGED_IN_KEY', 'c'); define('NONCE_KEY', 'd');
define('AUTH_SALT', 'e'); define('SECURE_AUTH_SALT', 'f'); define('LOGGED_IN_SALT', 'g'); define('NONCE_SALT', 'h');
define('WP_HOME', '{base}');
define('WP_SITEURL', '{base}');
define('WP_DEFAULT_THEME', '{theme}');
define('WP_DEBUG', true);
define('WP_DEBUG_DISPLAY', false);
define('WP_DEBUG_LOG', '{folder}/debug.log');
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('FS_METHOD', 'direct');
// Nothing is asked but what stands on this machine, and a name that nobody has.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('WP_ACCESSIBLE_HOSTS', '127.0.0.1,localhost,*.invalid');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
_INSTALL: Final = """<?php
$database = new mysqli('localhost', 'root', '', '', 0, '{folder}/db.sock');
$database->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = 'localhost';
function wp_new_blog_notification() {{}}
require '{folder}/site/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Tidelight', '{user}', 'editor@example.org', true, '', '{password}');
update_option('permalink_structure', '/%year%/%postname%/');
update_option('blogdescription', 'A light on for every child');
update_user_meta(1, 'show_welcome_panel', 0);
echo "\\nANSWER", json_encode(true);
"""
_FPM: Final = """[global]
error_log = {folder}/fpm-error.log
[www]
listen = {folder}/fpm.sock
pm = static
pm.max_children = 4
php_admin_value[upload_tmp_dir] = {folder}/tmp
php_admin_value[session.save_path] = {folder}/tmp
php_admin_value[error_reporting] = 22527
"""
_APACHE: Final = """ServerRoot {folder}
{modules}
PidFile {folder}/apache.pid
Mutex pthread
Listen 127.0.0.1:{port}
ServerName localhost
ErrorLog {folder}/apache-error.log
TypesConfig /etc/mime.types
DocumentRoot {folder}/site
DirectoryIndex index.php index.html
StartServers 1
<Directory {folder}/site>
    Require all granted
    RewriteEngine On
    RewriteCond %{{REQUEST_FILENAME}} !-f
    RewriteCond %{{REQUEST_FILENAME}} !-d
    RewriteRule . /index.php [L]
</Directory>
<FilesMatch "\\.php$">
    SetHandler "proxy:unix:{folder}/fpm.sock|fcgi://localhost"
</FilesMatch>
"""


STORY: Final = """<!-- wp:paragraph --><p>Since 2011, International Justice Mission and the Philippine police
have brought over 1,000 children to safety from abuse online.</p><!-- /wp:paragraph -->

<!-- wp:paragraph --><p>Behind each of them stood people who gave.</p><!-- /wp:paragraph -->

<!-- wp:shortcode -->
[pronto-donation-form id=4840]
<!-- /wp:shortcode -->"""


def main() -> None:
    with running(plugin=False) as site:
        post = site.post("Four good facts", STORY)
        print(f"Ready: {site.base}/")
        print(f"  An old post     {post}")
        print(f"  Sign in         {site.base}/wp-admin/   user {USER}, password {PASSWORD}")
        print("Ctrl-C ends it, and all of it is gone.", flush=True)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    try:
        main()
    except NoWordPress as missing:
        sys.exit(f"script/wordpress: {missing}")
