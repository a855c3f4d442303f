"""A stream of server-sent events, as a client reads it from a running site."""

import httpx

TIMEOUT = 15


class EventStream:
    """A connection that is open for as long as the block around it; `lines` are what comes."""

    def __init__(self, address, **headers):
        self.client = httpx.Client(timeout=TIMEOUT)
        self.stream = self.client.stream("GET", address, headers=headers)

    def __enter__(self):
        self.response = self.stream.__enter__()
        assert self.response.status_code == 200, self.response.read()
        self.lines = self.response.iter_lines()
        return self

    def __exit__(self, *fault):
        self.stream.__exit__(*fault)
        self.client.close()

    def next(self, wanted=None):
        """Return the next event, or the next of this name: name, data as text, id."""
        told = {}
        for line in self.lines:
            name, _, value = line.partition(": ")
            told[name] = value
            if not line:
                found, told = told, {}
                if "event" in found and found["event"] == (wanted or found["event"]):
                    return found["event"], found["data"], found.get("id")
        raise AssertionError("the stream has ended")
