"""Whose turn it is, what comes next by itself, and what happens when somebody leaves."""

from games.golf.cards import HAND_CARDS, Card
from games.golf.state import Player, State

TODO = {
    "draw": "has to draw first",
    "place": "has a card in hand",
    "flip": "may only turn up a card now",
}
DUE = ("game_created", "round_started", "round_ended", "game_ended")
"""The events that come when it is time for them, and at no other time."""


def due(state: State) -> str | None:
    """Return the event that must come next whatever the players want, if there is one."""
    if state.host_id is None:
        return "game_created"
    if not state.started or state.phase == "game_over":
        return None
    if len(state.players) < 2 or (state.phase == "round_over" and state.round == state.rounds):
        return "game_ended"
    if state.phase == "round_over" or state.round == 0:
        return "round_started"
    all_played = state.phase == "final_turn" and not state.awaiting
    return "round_ended" if all_played else None


def out_of_cards(state: State) -> bool:
    """Tell whether drawing from the deck would end the round, because nothing is left to draw.

    In a game of at most six players the pile holds cards enough whenever the deck is empty.
    """
    return state.turn == "draw" and not state.deck_to_draw_from


def present(state: State) -> str:
    """Return in words what is going on."""
    if not state.started:
        return "the game has not begun"
    if state.phase == "initial_flip":
        return "the first cards are being turned up"
    if state.turn:
        return f"{state.players[state.current].name} is at turn"
    return f"the phase is {state.phase}"


def host_of(state: State) -> str | None:
    """Return who may start the game: who opened the room, else the first seat."""
    if state.seat_of(state.host_id) is not None:
        return state.host_id
    return state.players[0].id if state.players else None


def begin_when_all_have_flipped(state: State) -> None:
    if all(player.id in state.flipped for player in state.players):
        state.phase, state.turn = "playing", "draw"


def lay_down(state: State, card: Card) -> None:
    """Put a card face up on the discard pile; nothing is in hand after that."""
    state.pile.append(card)
    state.drawn = state.drawn_from = None


def flips_after_discard(state: State, player: Player) -> bool:
    """Tell whether a player who discarded a card from the deck turns up one of the own."""
    mode = state.rules["flip_mode"]
    near_the_end = any(len(anyone.down) <= 1 for anyone in state.players)
    return bool(player.down) and (mode == "always" or (mode == "endgame" and near_the_end))


def end(state: State) -> None:
    """End the turn: the first with all cards up gives everyone else one more turn."""
    player = state.players[state.current]
    if state.phase == "final_turn":
        player.up = [True] * HAND_CARDS
        state.awaiting.remove(player.id)
    elif player.all_up:
        state.phase, state.finisher = "final_turn", player.id
        state.awaiting = [other.id for other in state.players if other is not player]
    pass_on(state, state.current + 1)


def pass_on(state: State, seat: int) -> None:
    """Let `seat` have its turn, or nobody when all have had their last one."""
    if state.phase == "final_turn" and not state.awaiting:
        state.turn = None
    else:
        state.current, state.turn = seat % len(state.players), "draw"


def leave(state: State, seat: int) -> None:
    """Take a player from the seats: those behind move up, and the turn stays whose it was.

    The six cards go with the player until the next deal; a card in hand goes to the discard pile.
    A player at turn leaves it to the next seat. With one player left the game ends.
    """
    player = state.players.pop(seat)
    at_turn = seat == state.current
    if seat < state.current:
        state.current -= 1
    if state.current >= len(state.players):
        state.current = 0
    if state.dealer >= len(state.players):
        state.dealer = 0
    if player.id in state.awaiting:
        state.awaiting.remove(player.id)
    if at_turn and state.drawn is not None:
        lay_down(state, state.drawn)
    if len(state.players) < 2:
        state.turn = None
    elif state.phase == "initial_flip":
        begin_when_all_have_flipped(state)
    elif at_turn and state.turn:
        pass_on(state, state.current)
