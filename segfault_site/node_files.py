"""Serve, of what npm has installed, the few files that pages import: nothing else of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

SERVED = {
    "three": ("three/build", ("three.module.min.js", "three.core.min.js")),
}
"""A folder below the static prefix, where it lies in node_modules, and its files."""


class NodeFiles(BaseFinder):
    """A finder of static files that knows those of `SERVED` which are installed."""

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        folder, _slash, name = path.partition("/")
        place, names = SERVED.get(folder, ("", ()))
        found = installed(place) / name
        there = name in names and found.is_file()
        if find_all or not there:
            return [str(found)] if there else []
        return str(found)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for folder, (place, names) in SERVED.items():
            storage = FileSystemStorage(location=str(installed(place)))
            storage.prefix = folder  # type: ignore[attr-defined]  # as collectstatic reads it
            for name in names:
                if storage.exists(name):
                    yield name, storage

    def check(self, **_: Any) -> Any:
        return []


def installed(place: str) -> Path:
    return Path(settings.BASE_DIR) / "node_modules" / place
