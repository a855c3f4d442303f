"""The state of a game: everything on the table, open and hidden."""

from __future__ import annotations

from dataclasses import dataclass, field

from games.golf.cards import Card, shuffled
from games.golf.events import Event
from games.golf.house import Rules


@dataclass(slots=True)
class Player:
    """One seat: six cards, which of them lie face up, and the points so far."""

    id: str
    name: str
    is_cpu: bool
    cards: list[Card] = field(default_factory=list)
    up: list[bool] = field(default_factory=list)
    score: int = 0
    total: int = 0
    won: int = 0

    def copy(self) -> Player:
        return Player(
            self.id,
            self.name,
            self.is_cpu,
            self.cards.copy(),
            self.up.copy(),
            self.score,
            self.total,
            self.won,
        )

    @property
    def all_up(self) -> bool:
        return all(self.up)

    @property
    def down(self) -> list[int]:
        """The positions that lie face down."""
        return [position for position, up in enumerate(self.up) if not up]


@dataclass(slots=True)
class State:
    """A game after `sequence` events; `event` is the last of them.

    `turn` is what the current player does next: draw, place the card in hand, or flip one of the
    own. `awaiting` holds who still has a last turn once somebody has all cards up.
    """

    sequence: int = 0
    event: Event | None = None
    room_code: str = ""
    host_id: str | None = None
    names: dict[str, str] = field(default_factory=dict)
    started: bool = False
    rules: Rules = field(default_factory=dict)
    decks: int = 1
    rounds: int = 1

    phase: str = "waiting"
    round: int = 0
    players: list[Player] = field(default_factory=list)
    dealer: int = 0
    current: int = 0
    turn: str | None = None
    flipped: list[str] = field(default_factory=list)
    finisher: str | None = None
    awaiting: list[str] = field(default_factory=list)

    seed: int = 0
    deck: list[Card] = field(default_factory=list)
    pile: list[Card] = field(default_factory=list)
    drawn: Card | None = None
    drawn_from: str | None = None

    def copy(self) -> State:
        """Return a state of its own; events and house rules never change and are shared."""
        return State(
            self.sequence,
            self.event,
            self.room_code,
            self.host_id,
            self.names.copy(),
            self.started,
            self.rules,
            self.decks,
            self.rounds,
            self.phase,
            self.round,
            [player.copy() for player in self.players],
            self.dealer,
            self.current,
            self.turn,
            self.flipped.copy(),
            self.finisher,
            self.awaiting.copy(),
            self.seed,
            self.deck.copy(),
            self.pile.copy(),
            self.drawn,
            self.drawn_from,
        )

    def seat_of(self, who: str | None) -> int | None:
        return next((seat for seat, p in enumerate(self.players) if p.id == who), None)

    @property
    def current_player(self) -> Player | None:
        """The player at turn; before the first deal, the one in the first seat."""
        return self.players[self.current] if self.started and self.players else None

    @property
    def dealer_next(self) -> int:
        """The seat that deals the next round: the first one, then one seat on a round."""
        return (self.dealer + 1) % len(self.players) if self.round else 0

    @property
    def deck_to_draw_from(self) -> list[Card]:
        """The deck; once it is empty, the pile without its top, shuffled with the same seed.

        Empty where nothing can be drawn: with one card or none to shuffle.
        """
        if self.deck:
            return self.deck
        rest = self.pile[:-1]
        return shuffled(rest, self.seed) if len(rest) > 1 else []
