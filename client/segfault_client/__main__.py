"""The command, as `python -m segfault_client`."""

import sys

from .cli import main

sys.exit(main())
