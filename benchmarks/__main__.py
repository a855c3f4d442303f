"""Run every measurement, each in a process of its own: `python -m benchmarks`."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main() -> int:
    """Return how many measurements broke down; what they measured is on the screen."""
    names = sorted(path.stem for path in FOLDER.glob("*.py") if "def main()" in path.read_text())
    broken = 0
    for name in names:
        if name.startswith("_"):
            continue
        print(f"\n{name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        broken += subprocess.run(command, check=False).returncode != 0
    return broken


if __name__ == "__main__":
    sys.exit(main())
