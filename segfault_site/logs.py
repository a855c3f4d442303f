"""What is told on stderr: a line each, and no secret among its words."""

import logging
import re

_TOKEN = re.compile(r"(/ingest/)[^/\s]+")


class WithoutTokens(logging.Formatter):
    """Leave out the tokens of pushers that stand in addresses; a log is read by more than one."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub(r"\1…", super().format(record))
