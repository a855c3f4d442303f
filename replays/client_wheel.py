"""The client as a wheel, so that whoever records into this site installs it from this very site."""

import base64
import re
import tomllib
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

FOLDER = Path(settings.BASE_DIR, "client")
PACKAGE = "segfault_client"
TEXTS = {".py", ".typed"}
MOMENT = (1980, 1, 1, 0, 0, 0)  # of every file, so that the same client is the same bytes
_VERSION = re.compile(r'__version__ = "([^"]+)"')


def version() -> str:
    found = _VERSION.search((FOLDER / PACKAGE / "version.py").read_text())
    assert found is not None  # noqa: S101 – the client's own tests hold it
    return found[1]


NAME = f"{PACKAGE}-{version()}-py3-none-any.whl"


def named(request: HttpRequest) -> str:
    return f'"{sha256(wheel()).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=named)
def download(request: HttpRequest) -> HttpResponse:
    """Answer with the wheel of the client in this house."""
    response = HttpResponse(wheel(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{NAME}"'
    patch_cache_control(response, public=True, max_age=300)
    return response


@cache
def wheel() -> bytes:
    """Return the wheel: the package's files, and what pip asks of one (PEP 427)."""
    about = f"{PACKAGE}-{version()}.dist-info"
    files = {
        f"{PACKAGE}/{path.name}": path.read_bytes()
        for path in sorted((FOLDER / PACKAGE).iterdir())
        if path.suffix in TEXTS
    }
    files[f"{about}/METADATA"] = metadata().encode()
    files[f"{about}/WHEEL"] = WHEEL.encode()
    files[f"{about}/entry_points.txt"] = entry_points().encode()
    files[f"{about}/RECORD"] = record(files, f"{about}/RECORD").encode()
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, content in files.items():
            info = ZipInfo(name, MOMENT)
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, ZIP_DEFLATED)
    return packed.getvalue()


@cache
def project() -> dict:
    return tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]


def metadata() -> str:
    told = project()
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {told['name']}",
        f"Version: {version()}",
        f"Summary: {told['description']}",
        f"Requires-Python: {told['requires-python']}",
    ]
    lines += [f"Requires-Dist: {needed}" for needed in told["dependencies"]]
    for extra, listed in told.get("optional-dependencies", {}).items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f"Requires-Dist: {for_extra(needed, extra)}" for needed in listed]
    return "\n".join(lines) + "\n"


def for_extra(needed: str, extra: str) -> str:
    name, _, marker = needed.partition(";")
    also = f"({marker.strip()}) and " if marker else ""
    return f"{name.strip()} ; {also}extra == '{extra}'"


def entry_points() -> str:
    scripts = project().get("scripts", {})
    return "[console_scripts]\n" + "".join(f"{name} = {call}\n" for name, call in scripts.items())


def record(files: dict[str, bytes], itself: str) -> str:
    lines = [f"{name},sha256={digest(content)},{len(content)}" for name, content in files.items()]
    return "\n".join([*lines, f"{itself},,"]) + "\n"


def digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()


WHEEL = """Wheel-Version: 1.0
Generator: segfault
Root-Is-Purelib: true
Tag: py3-none-any
"""
