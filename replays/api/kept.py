"""Bodies that were encoded once, kept in memory up to so many bytes; the least used go first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from replays.api.encodings import Encoded


class Kept:
    """At most `most_bytes` of encoded bodies, by key; safe to share among threads."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._bodies: OrderedDict[Hashable, Encoded] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Encoded | None:
        with self._lock:
            found = self._bodies.get(key)
            if found is not None:
                self._bodies.move_to_end(key)
        return found

    def keep(self, key: Hashable, encoded: Encoded) -> Encoded:
        if len(encoded.body) <= self.most_bytes // 4:
            with self._lock:
                self._drop(key)
                self._bodies[key] = encoded
                self.bytes += len(encoded.body)
                while self.bytes > self.most_bytes:
                    self._drop(next(iter(self._bodies)))
        return encoded

    def _drop(self, key: Hashable) -> None:
        gone = self._bodies.pop(key, None)
        self.bytes -= len(gone.body) if gone else 0
