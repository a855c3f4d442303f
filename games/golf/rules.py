"""The rules: what each event may be, and what it does. Nothing else changes a game."""

from collections.abc import Callable
from typing import Any

from games.game import Refused
from games.golf import deals, turns
from games.golf.cards import HAND_CARDS, Card
from games.golf.demands import demand, demand_facts
from games.golf.events import MOST_PLAYERS, Event, read_event
from games.golf.state import Player, State

Facts = dict[str, Any]


def apply(state: State, stated: Any) -> State:
    """Return the state after one more event; `state` stays as it is.

    Every deal, draw, hand, turn, score and winner must come out as stated: the event that cannot
    be is refused by its place in the game, its type and the reason.
    """
    try:
        event = read_event(stated)
        demand_next(state, event)
        after = state.copy()
        RULES[event.type](after, event)
    except Refused as fault:
        kind = stated.get("type") if type(stated) is dict else None
        named = f" ({kind[:40]})" if type(kind) is str else ""
        raise Refused(f"Event {state.sequence + 1}{named}: {fault}") from None
    after.sequence = event.sequence
    after.event = event
    return after


def demand_next(state: State, event: Event) -> None:
    """Refuse an event out of its place in the course of a game."""
    demand(
        event.sequence == state.sequence + 1,
        f"its sequence is {event.sequence}, but {state.sequence + 1} comes next.",
    )
    demand(state.phase != "game_over", "the game is over.")
    due = turns.due(state)
    possible = due in (None, event.type) or (event.type == "player_left" and state.host_id)
    demand(possible, f"now comes {due}.")
    early = event.type in turns.DUE and due != event.type
    demand(
        not early or (event.type == "round_ended" and turns.out_of_cards(state)),
        f"it is not time for that: {turns.present(state)}.",
    )


# Coming and going


def game_created(state: State, event: Event) -> None:
    demand_facts(event, host_id=event.player_id)
    state.host_id = event.player_id
    state.room_code = event.data["room_code"]


def player_joined(state: State, event: Event) -> None:
    who, name = str(event.player_id), event.data["player_name"]
    demand(not state.started, "the game has begun.")
    demand(len(state.players) < MOST_PLAYERS, f"{MOST_PLAYERS} players are there already.")
    demand(state.seat_of(who) is None, f"{who} has a seat already.")
    state.players.append(Player(who, name, event.data["is_cpu"]))
    state.names[who] = name


def player_left(state: State, event: Event) -> None:
    seat = seat_of(state, event)
    turns.leave(state, seat)


def game_started(state: State, event: Event) -> None:
    demand(not state.started, "the game has begun.")
    demand_facts(event, player_order=[player.id for player in state.players])
    state.started = True
    state.decks = event.data["num_decks"]
    state.rounds = event.data["num_rounds"]
    state.rules = event.data["options"]


# A round


def round_started(state: State, event: Event) -> None:
    deals.deal(state, event.data["deck_seed"])
    demand_facts(event, **deals.dealt(state))


def initial_flip(state: State, event: Event) -> None:
    player = state.players[seat_of(state, event)]
    positions = event.data["positions"]
    flips = state.rules.get("initial_flips")
    demand(state.phase == "initial_flip", f"first cards are not turned up now: {state.phase}.")
    demand(player.id not in state.flipped, f"{player.name} has turned up the first cards.")
    demand(len(set(positions)) == len(positions), "a position is there twice.")
    demand(len(positions) == flips, f"{flips} cards are turned up at first.")
    demand_facts(event, cards=shown(player, positions))
    turn_up(player, positions)
    state.flipped.append(player.id)
    turns.begin_when_all_have_flipped(state)


def card_drawn(state: State, event: Event) -> None:
    demand_turn(state, event, "draw")
    if event.data["source"] == "deck":
        deck = state.deck_to_draw_from
        demand(deck, "there is no card to draw.")
        demand_facts(event, card=deck[-1].as_json())
        state.pile = state.pile if state.deck else state.pile[-1:]
        state.deck = deck
        state.drawn = deck.pop()
    else:
        demand(state.pile, "the discard pile is empty.")
        demand_facts(event, card=state.pile[-1].as_json())
        state.drawn = state.pile.pop()
    state.drawn_from = event.data["source"]
    state.turn = "place"


def draw_cancelled(state: State, event: Event) -> None:
    demand_turn(state, event, "place")
    demand(state.drawn_from == "discard", "a card from the deck cannot be put back.")
    turns.lay_down(state, told_card(state, event))
    state.turn = "draw"


def card_swapped(state: State, event: Event) -> None:
    player = demand_turn(state, event, "place")
    position, drawn = event.data["position"], in_hand(state)
    old = player.cards[position]
    demand_facts(event, new_card=drawn.as_json(), old_card=old.as_json())
    player.cards[position] = drawn
    turn_up(player, [position])
    turns.lay_down(state, old)
    turns.end(state)


def card_discarded(state: State, event: Event) -> None:
    player = demand_turn(state, event, "place")
    demand(state.drawn_from == "deck", "a card from the discard pile must be swapped or put back.")
    turns.lay_down(state, told_card(state, event))
    if turns.flips_after_discard(state, player):
        state.turn = "flip"
    else:
        turns.end(state)


def card_flipped(state: State, event: Event) -> None:
    turn_one_up(demand_turn(state, event, "flip"), event)
    turns.end(state)


def flip_skipped(state: State, event: Event) -> None:
    demand_turn(state, event, "flip")
    demand(state.rules["flip_mode"] == "endgame", "a card must be turned up.")
    turns.end(state)


def flip_as_action(state: State, event: Event) -> None:
    player = demand_turn(state, event, "draw")
    demand(state.rules["flip_as_action"], "this table plays without flip_as_action.")
    turn_one_up(player, event)
    turns.end(state)


def knock_early(state: State, event: Event) -> None:
    player = demand_turn(state, event, "draw")
    demand(state.rules["knock_early"], "this table plays without knock_early.")
    demand(1 <= len(player.down) <= 2, f"{player.name} has {len(player.down)} cards face down.")
    demand_facts(event, positions=player.down, cards=shown(player, player.down))
    turn_up(player, player.down)
    turns.end(state)


def round_ended(state: State, event: Event) -> None:
    demand_facts(event, **deals.result(state))
    for player in state.players:
        turn_up(player, range(HAND_CARDS))
        player.score = event.data["scores"][player.id]
        player.total += player.score
    for who in deals.round_winners(state):
        state.players[seat(state, who)].won += 1
    state.phase, state.turn = "round_over", None


def game_ended(state: State, event: Event) -> None:
    demand_facts(event, **deals.outcome(state))
    state.phase, state.turn = "game_over", None


RULES: dict[str, Callable[[State, Event], None]] = {
    "game_created": game_created,
    "player_joined": player_joined,
    "player_left": player_left,
    "game_started": game_started,
    "round_started": round_started,
    "initial_flip": initial_flip,
    "card_drawn": card_drawn,
    "draw_cancelled": draw_cancelled,
    "card_swapped": card_swapped,
    "card_discarded": card_discarded,
    "card_flipped": card_flipped,
    "flip_skipped": flip_skipped,
    "flip_as_action": flip_as_action,
    "knock_early": knock_early,
    "round_ended": round_ended,
    "game_ended": game_ended,
}


# What several of them need


def seat_of(state: State, event: Event) -> int:
    return seat(state, str(event.player_id))


def seat(state: State, who: str) -> int:
    found = state.seat_of(who)
    if found is None:
        raise Refused(f"{who} is not at the table.")
    return found


def demand_turn(state: State, event: Event, turn: str) -> Player:
    """Return the player who acts, or refuse who is not at turn, or not at this step of it."""
    player = state.players[seat_of(state, event)]
    demand(state.turn, f"nobody is at turn: {turns.present(state)}.")
    current = state.players[state.current]
    demand(player is current, f"it is {current.name}'s turn, not {player.name}'s.")
    demand(state.turn == turn, f"{player.name} {turns.TODO[str(state.turn)]}.")
    return player


def in_hand(state: State) -> Card:
    if state.drawn is None:
        raise Refused("there is no card in hand.")
    return state.drawn


def told_card(state: State, event: Event) -> Card:
    """Return the card in hand, if it is the one that the event tells."""
    card = in_hand(state)
    demand_facts(event, card=card.as_json())
    return card


def turn_one_up(player: Player, event: Event) -> None:
    position = event.data["position"]
    demand(not player.up[position], f"the card at position {position} is face up already.")
    demand_facts(event, card=player.cards[position].as_json())
    turn_up(player, [position])


def turn_up(player: Player, positions: Any) -> None:
    for position in positions:
        player.up[position] = True


def shown(player: Player, positions: list[int]) -> list[Facts]:
    return [player.cards[position].as_json() for position in positions]
