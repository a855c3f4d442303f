"""What this process counts of its own work, for `/metrics`; what is stored is counted there."""

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

PUSH_SECONDS = Histogram(
    "segfault_push_seconds",
    "From when a pushed chunk was read to when it was on disk, in this process.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
LIMITED = Counter(
    "segfault_limited_total",
    "Requests that were refused for coming too often, by limit, in this process.",
    ["limit"],
    registry=REGISTRY,
)
