"""Which agents to draw where there are too many: an order of all, of which a sample is the head.

Because a sample is the head of one order, a larger sample shows all of a smaller one, and the same
seed always shows the same agents.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from games.society import columns
from games.society.crowd import Crowd

Order = np.ndarray[Any, np.dtype[np.intp]]


def sample(strategy: str, crowd: Crowd, first: dict[str, Any], seed: str, most: int) -> Order:
    """Return the places of at most `most` agents, in the crowd's order; `all` are all."""
    order = STRATEGIES[strategy](crowd, first, seed)
    return np.sort(order if strategy == "all" else order[:most])


def representative(crowd: Crowd, first: dict[str, Any], seed: str) -> Order:
    """Take every stratum (zone at the first tick × segment) in proportion, one of each at least.

    The r-th of n agents of a stratum stands at (r + ½) / n of the way, so that any head of the
    order holds of each stratum its share; the first of each come before all others.
    """
    hashes = crowd.hashes(seed)
    segment = first.get("segment", crowd.constant.get("segment", columns.nothing(len(crowd))))
    both = first["zone"].astype(int) * 2**16 + segment
    strata = np.unique(both, return_inverse=True)[1].ravel()
    by_stratum = np.lexsort((hashes, strata))
    sizes = np.bincount(strata)
    begins = np.cumsum(sizes) - sizes
    rank = np.empty(len(crowd), int)
    rank[by_stratum] = np.arange(len(crowd)) - begins[strata[by_stratum]]
    way = (rank + 0.5) / sizes[strata]
    way[rank == 0] = -sizes[strata[rank == 0]]  # the largest stratum's first of all
    return np.lexsort((hashes, way))


def at_random(crowd: Crowd, first: dict[str, Any], seed: str) -> Order:
    return np.argsort(crowd.hashes(seed), kind="stable")


def top_influence(crowd: Crowd, first: dict[str, Any], seed: str) -> Order:
    """Take the most influential of the first tick first."""
    nobody = columns.nothing(len(crowd))
    influence = first.get("influence", crowd.constant.get("influence", nobody))
    return np.lexsort((crowd.hashes(seed), -influence.astype(int)))


def everyone(crowd: Crowd, first: dict[str, Any], seed: str) -> Order:
    return np.arange(len(crowd))


STRATEGIES: dict[str, Callable[[Crowd, dict[str, Any], str], Order]] = {
    "representative": representative,
    "random": at_random,
    "top_influence": top_influence,
    "all": everyone,
}
