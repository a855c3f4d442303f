"""The deal, the result of a round and the outcome of a game, as their events tell them."""

from typing import Any

from games.golf.cards import HAND_CARDS, ordered_deck, shuffled
from games.golf.scoring import lowest, round_scores
from games.golf.state import State

Facts = dict[str, Any]


def deal(state: State, seed: int) -> None:
    """Start the next round with the deck that `seed` shuffles: six cards a seat, one open."""
    rules = state.rules
    state.dealer = state.dealer_next
    state.round += 1
    state.seed = seed
    deck = ordered_deck(state.decks, jokers=rules["use_jokers"], lucky_swing=rules["lucky_swing"])
    state.deck = shuffled(deck, seed)
    for player in state.players:
        player.cards = [state.deck.pop() for _ in range(HAND_CARDS)]
        player.up = [False] * HAND_CARDS
        player.score = 0
    state.pile = [state.deck.pop()]
    state.drawn = state.drawn_from = state.finisher = None
    state.flipped, state.awaiting = [], []
    state.current = (state.dealer + 1) % len(state.players)
    flips = rules["initial_flips"]
    state.phase, state.turn = ("initial_flip", None) if flips else ("playing", "draw")


def dealt(state: State) -> Facts:
    """Return what round_started tells, right after the deal."""
    return {
        "round_num": state.round,
        "deck_seed": state.seed,
        "dealt_cards": hands(state),
        "first_discard": state.pile[-1].as_json(),
        "current_player_idx": state.current,
    }


def hands(state: State) -> dict[str, list[dict[str, str]]]:
    return {player.id: [card.as_json() for card in player.cards] for player in state.players}


def result(state: State) -> Facts:
    """Return what round_ended tells of the hands as they lie."""
    cards = {player.id: player.cards for player in state.players}
    return {
        "round_num": state.round,
        "scores": round_scores(cards, state.finisher, state.rules),
        "final_hands": hands(state),
        "finisher_id": state.finisher,
    }


def round_winners(state: State) -> list[str]:
    """Return everyone at the round's minimum."""
    return lowest({player.id: player.score for player in state.players})


def outcome(state: State) -> Facts:
    """Return what game_ended tells: the lowest total wins, a tie has no winner."""
    totals = {player.id: player.total for player in state.players}
    winners = lowest(totals)
    return {
        "final_scores": totals,
        "rounds_won": {player.id: player.won for player in state.players},
        "winner_id": winners[0] if len(winners) == 1 else None,
    }
