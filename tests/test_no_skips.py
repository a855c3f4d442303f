import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SKIPS = "import pytest\n\ndef test_skips():\n    pytest.skip('no reason')\n"


@pytest.mark.parametrize("workers", ["0", "1"])
@pytest.mark.parametrize(("options", "code"), [([], 0), (["--no-skips"], 1)])
def test_a_skipped_test_fails_the_run_that_allows_none(tmp_path, options, code, workers):
    (tmp_path / "test_skips.py").write_text(SKIPS)
    plugins = ["-p", "tests.no_skips", "-p", "xdist", "-n", workers, *options]
    alone = ["-c", os.devnull, "--rootdir", tmp_path, tmp_path]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *alone],
        cwd=ROOT,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 skipped" in run.stdout, run.stdout + run.stderr
    assert run.returncode == code
