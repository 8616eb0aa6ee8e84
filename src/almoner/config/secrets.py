"""The secret key: given in production, made and kept by the demo, thrown away by tests."""

import base64
import binascii
import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from almoner.kernel.environment import Environment

_SHORTEST: Final = 50
_NAME: Final = "ALMONER_SECRET_KEY"
_RECEIPT_KEYS: Final = "ALMONER_RECEIPT_KEYS"
_FIELD_KEYS: Final = "ALMONER_FIELD_KEYS"


def read(env: Environment, *, mode: str, data_dir: Path) -> str:
    if env.is_set(_NAME) or mode == "production":
        return _given(env)
    if mode == "demo":
        return kept(data_dir / "secret.txt")
    return secrets.token_urlsafe(48)


def receipt_keys(env: Environment) -> tuple[str, ...]:
    """Seeds of the keys that sign receipts, newest first. None: they are derived from the secret key."""
    return _keys(env, _RECEIPT_KEYS)


def field_keys(env: Environment) -> tuple[str, ...]:
    """Keys that seal secrets in the database, newest first. None: they are derived from the secret key."""
    return _keys(env, _FIELD_KEYS)


def _keys(env: Environment, name: str) -> tuple[str, ...]:
    keys = tuple(env.words(name))
    for key in keys:
        try:
            if len(base64.b64decode(key, validate=True)) == 32:
                continue
        except binascii.Error:
            pass
        env.refuse(name, "each key must be 32 bytes in base64, as `openssl rand -base64 32` prints.")
    return keys


def kept(path: Path, *, size_bytes: int = 48) -> str:
    """The secret in `path`, made at the first call of so many random bytes, readable by its owner alone."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside, then given its name, which fails if another process of the same start was quicker: nobody ever
    # reads half a secret.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(size_bytes))
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    return path.read_text().strip()


def _given(env: Environment) -> str:
    key = env.text(_NAME, required=True)
    if key and (len(key) < _SHORTEST or len(set(key)) < 10 or "insecure" in key or "change" in key.lower()):
        env.refuse(
            _NAME,
            f"must be at least {_SHORTEST} random characters, such as `openssl rand -base64 48` prints.",
        )
    return key
