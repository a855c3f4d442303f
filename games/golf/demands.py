"""Refuse what cannot be, and say in a few words what would be right."""

from typing import Any

from games.game import Refused
from games.golf.cards import Card
from games.golf.events import Event

Facts = dict[str, Any]


def demand(possible: Any, otherwise: str) -> None:
    if not possible:
        raise Refused(otherwise)


def demand_facts(event: Event, **facts: Any) -> None:
    """Refuse an event that tells anything else than what is on the table."""
    for name, fact in facts.items():
        demand_fact(name, fact, event.data[name])


def demand_fact(name: str, fact: Any, stated: Any) -> None:
    if stated == fact:
        return
    if type(fact) is dict and fact.keys() == stated.keys() and not is_card(fact):
        for who in fact:
            demand_fact(f"{name} of {who}", fact[who], stated[who])
    raise Refused(f"{name} is {told(fact)}, not {told(stated)}.")


def told(fact: Any) -> str:
    """Return a fact in a few words: a card by its sign, of players their ids, the rest plainly."""
    if isinstance(fact, list):
        return f"[{' '.join(map(told, fact))}]"
    if isinstance(fact, dict):
        return str(Card(**fact)) if is_card(fact) else f"[{' '.join(fact)}]"
    return str(fact)


def is_card(fact: Facts) -> bool:
    return fact.keys() == {"rank", "suit"}
