"""Find a Chromium for the browser tests; as a script, install one where none is found.

`python tests/find_chromium.py` prints its path. CHROMIUM names another one to use.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FOLDERS = ("/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/google/chrome")
MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ABSENT = (
    "The browser tests need Chromium: install it (Debian: apt-get install chromium; macOS: brew"
    " install --cask chromium), or set CHROMIUM to the path of a Chromium or Chrome."
)


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome, or None."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    path = os.pathsep.join([os.environ.get("PATH", ""), *FOLDERS])
    found = (shutil.which(name, path=path) for name in (*NAMES, *MAC))
    return next(filter(None, found), None)


def install_chromium() -> None:
    """Install Debian's Chromium, where this account may install packages."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing Chromium", file=sys.stderr)
        for command in (["update"], ["install", "-y", "chromium"]):
            subprocess.run(
                ["apt-get", "-qq", *command],
                check=False,
                stdout=sys.stderr,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )


if __name__ == "__main__":
    if not find_chromium() and not os.environ.get("CHROMIUM"):
        install_chromium()
    print(find_chromium() or sys.exit(ABSENT))
