"""The course of a game of Golf: seats, deals, turns, last turns, and how a table is hosted."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from games.game import Command, Refused, participant
from games.golf import play, turns
from games.golf.cards import from_signs, in_signs, ordered_deck, shuffled
from games.golf.moves import legal
from games.golf.record import frame
from games.golf.rules import apply
from games.golf.state import State
from tests.tables import GAME, Sitting, any_options, game, join, played, seeds, whole_deck

slowly = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, *()])

EVERY_COMMAND = [
    ("START", None),
    *(("FLIP", [position]) for position in range(6)),
    *(("FLIP", [a, b]) for a in range(6) for b in range(6)),
    ("DRAW", "deck"),
    ("DRAW", "discard"),
    *(("SWAP", position) for position in range(6)),
    ("DISCARD", None),
    ("CANCEL", None),
    ("SKIP", None),
    ("KNOCK", None),
]


# Seats and deals


def test_a_game_begins_when_every_seat_is_taken():
    table = Sitting("abc")
    assert table.types == [
        *["game_created", "player_joined", "player_joined", "player_joined"],
        *["game_started", "round_started"],
    ]
    assert table.state.phase == "initial_flip"


def test_the_host_may_begin_with_fewer():
    room, rng = GAME.setup({"seats": 6}, Random(1)), Random(1)
    for _ in range(4):
        room = GAME.step(room, [join("a"), join("b")] if not room.state.sequence else [], rng)
    assert room.state.phase == "waiting"
    with pytest.raises(Refused, match="host"):
        play.answer(room, Command("b", "START"), rng)
    room = GAME.step(room, [Command("a", "START")], rng)
    assert room.state.event.type == "game_started"


def test_six_cards_a_seat_in_order_and_one_open():
    state = Sitting("abc", seed=4, use_jokers=True).state
    deck = shuffled(ordered_deck(1, jokers=True, lucky_swing=False), state.seed)
    drawn = deck[::-1]
    for seat, player in enumerate(state.players):
        assert player.cards == drawn[6 * seat : 6 * seat + 6]
    assert state.pile == [drawn[18]]
    assert state.deck == deck[:-19]


def test_the_seat_after_the_dealer_begins_and_the_deal_moves_on():
    table, openers = Sitting("abc", rounds=4), []
    for _ in range(4):
        openers.append(table.current())
        end_round(table)
    assert openers == ["b", "c", "a", "b"]
    assert table.state.phase == "game_over"


def end_round(table):
    """Let everybody turn the first cards, then the one at turn end the round with the others."""
    if table.state.phase == "initial_flip":
        table.flip_first()
    table.lie_up(table.current(), *range(6))
    for _ in table.state.players:
        table.swap(0)


def test_without_first_flips_play_begins_at_once():
    table = Sitting(initial_flips=0)
    assert (table.state.phase, table.state.turn) == ("playing", "draw")


def test_first_cards_are_turned_up_in_any_order_of_players():
    table = Sitting("abc")
    table.ask("c", "FLIP", [5, 0])
    with pytest.raises(Refused, match="C has turned up the first cards"):
        table.ask("c", "FLIP", [1, 2])
    with pytest.raises(Refused, match="2 cards are turned up at first"):
        table.ask("a", "FLIP", [1])
    with pytest.raises(Refused, match="there twice"):
        table.ask("a", "FLIP", [1, 1])
    table.ask("a", "FLIP", [1, 2])
    assert table.state.phase == "initial_flip"
    table.ask("b", "FLIP", [3, 4])
    assert (table.state.phase, table.current()) == ("playing", "b")


# Turns


@pytest.fixture
def table():
    table = Sitting("ab")
    table.flip_first()
    return table


def test_a_card_is_drawn_and_swapped_and_the_turn_passes(table):
    old, top = table.state.players[1].cards[3], table.state.deck[-1]
    table.ask("b", "DRAW", "deck")
    assert table.state.drawn == top
    with pytest.raises(Refused, match="B has a card in hand"):
        table.ask("b", "DRAW", "deck")
    with pytest.raises(Refused, match="it is B's turn, not A's"):
        table.ask("a", "SWAP", 3)
    table.ask("b", "SWAP", 3)
    assert table.state.players[1].cards[3] == top
    assert table.state.players[1].up[3]
    assert table.state.pile[-1] == old
    assert table.current() == "a"


def test_a_drawn_discard_is_swapped_or_put_back_and_the_turn_stays(table):
    top = table.state.pile[-1]
    table.ask("b", "DRAW", "discard")
    with pytest.raises(Refused, match="must be swapped or put back"):
        table.ask("b", "DISCARD")
    table.ask("b", "CANCEL")
    assert table.state.pile == [top]
    assert (table.current(), table.state.turn) == ("b", "draw")
    table.ask("b", "DRAW", "deck")
    with pytest.raises(Refused, match="cannot be put back"):
        table.ask("b", "CANCEL")


@pytest.mark.parametrize(
    ("rules", "down", "then"),
    [
        ({"flip_mode": "never"}, 4, []),
        ({"flip_mode": "always"}, 4, ["FLIP"]),
        ({"flip_mode": "endgame"}, 4, []),
        ({"flip_mode": "endgame"}, 1, ["FLIP", "SKIP"]),
    ],
)
def test_what_follows_a_discard(rules, down, then):
    table = Sitting("ab", **rules)
    table.flip_first()
    table.lie_up("b", *range(6 - down))
    table.discard()
    may = {name for name, _ in legal(table.state, "b")}
    assert sorted(may) == then
    assert table.current() == ("b" if then else "a")


def test_anybody_with_one_card_down_makes_it_the_endgame():
    table = Sitting("ab", flip_mode="endgame")
    table.flip_first()
    table.lie_up("a", 2, 3, 4)
    table.discard()
    assert legal(table.state, "b") == [
        *(("FLIP", [position]) for position in (2, 3, 4, 5)),
        ("SKIP", None),
    ]
    table.ask("b", "SKIP")
    assert table.current() == "a"


def test_who_always_flips_may_not_skip():
    table = Sitting("ab", flip_mode="always")
    table.flip_first()
    table.discard()
    with pytest.raises(Refused, match="must be turned up"):
        table.ask("b", "SKIP")
    with pytest.raises(Refused, match="face up already"):
        table.ask("b", "FLIP", [0])
    table.ask("b", "FLIP", [2])
    assert table.types == ["card_flipped"]
    assert table.current() == "a"


def test_a_card_is_turned_up_instead_of_drawing_where_the_table_plays_so(table):
    with pytest.raises(Refused, match="without flip_as_action"):
        table.ask("b", "FLIP", [2])
    other = Sitting("ab", flip_as_action=True)
    other.flip_first()
    other.ask("b", "FLIP", [2])
    assert other.types == ["flip_as_action"]
    assert other.current() == "a"


@pytest.mark.parametrize(("down", "possible"), [(0, False), (1, True), (2, True), (3, False)])
def test_one_or_two_cards_down_may_be_knocked(down, possible):
    table = Sitting("abc", knock_early=True)
    table.flip_first()
    table.lie_up("b", *range(6 - down))
    assert (("KNOCK", None) in legal(table.state, "b")) is possible
    if possible:
        table.ask("b", "KNOCK")
        assert table.state.finisher == "b"
        assert table.state.event.data["positions"] == list(range(6 - down, 6))
    else:
        with pytest.raises(Refused, match=f"B has {down} cards face down"):
            table.ask("b", "KNOCK")


# The end of a round


def test_everyone_else_has_one_more_turn_and_turns_all_cards_up():
    table = Sitting("abc", rounds=2)
    table.flip_first()
    table.lie_up("b", *range(6))
    table.discard()
    assert (table.state.phase, table.state.finisher) == ("final_turn", "b")
    table.discard()
    assert [player.all_up for player in table.state.players] == [False, True, True]
    table.discard()
    assert table.types == ["card_discarded", "round_ended", "round_started"]


def test_the_lowest_total_wins_and_a_tie_has_no_winner():
    end = State(sequence=8, host_id="a", started=True, phase="round_over", round=1, rounds=1)
    end.players = Sitting("abc").state.players
    for player, total in zip(end.players, (7, 3, 3), strict=True):
        player.total = total
    room = play.Room(play.Table.of({}), end)
    assert play.by_itself(room, Random(1))[2]["winner_id"] is None
    end.players[2].total = 2
    assert play.by_itself(room, Random(1))[2]["winner_id"] == "c"


# An empty deck


def test_an_empty_deck_is_the_pile_shuffled_again_without_its_top(table):
    state = table.state.copy()
    state.deck, state.pile = [], from_signs("3♥ 9♦ K♠ 4♣ A♠")
    again = shuffled(from_signs("3♥ 9♦ K♠ 4♣"), state.seed)
    table.room = replace(table.room, state=state)
    table.ask("b", "DRAW", "deck")
    assert table.types == ["card_drawn"]
    assert table.state.drawn == again[-1]
    assert table.state.deck == again[:-1]
    assert in_signs(table.state.pile) == "A♠"


@pytest.mark.parametrize("pile", ["A♠", "3♥ A♠"])
def test_with_one_card_or_none_to_shuffle_the_round_ends_at_once(table, pile):
    state = table.state.copy()
    state.deck, state.pile = [], from_signs(pile)
    table.room = replace(table.room, state=state)
    table.ask("b", "DRAW", "deck")
    assert table.types == ["round_ended", "game_ended"]
    assert table.state.finisher is None
    assert all(player.all_up for player in table.state.players)


# Leaving


def test_the_turn_stays_whose_it_was_when_another_leaves():
    for leaver in "acd":
        table = Sitting("abcd")
        table.flip_first()
        table.ask("b", "DRAW", "deck")
        table.ask(leaver, "LEAVE")
        assert (table.current(), table.state.turn) == ("b", "place")
        table.ask("b", "SWAP", 5)
        assert table.current() == {"a": "c", "c": "d", "d": "c"}[leaver]


def test_who_leaves_at_turn_lays_down_what_was_in_hand_and_the_next_one_plays():
    for source in ("deck", "discard"):
        table = Sitting("abc")
        table.flip_first()
        table.ask("b", "DRAW", source)
        drawn = table.state.drawn
        table.ask("b", "LEAVE", "disconnected")
        assert table.state.drawn is None
        assert table.state.pile[-1] == drawn
        assert (table.current(), table.state.turn) == ("c", "draw")


def test_the_last_one_to_flip_may_leave_instead():
    table = Sitting("abc")
    table.ask("a", "FLIP", [0, 1])
    table.ask("b", "FLIP", [0, 1])
    table.ask("c", "LEAVE")
    assert (table.state.phase, table.current()) == ("playing", "b")


def test_the_last_one_to_play_may_leave_instead():
    table = Sitting("abc")
    table.flip_first()
    table.lie_up("b", *range(6))
    table.swap(0)
    table.swap(0)
    table.ask("a", "LEAVE")
    assert table.types == ["player_left", "round_ended", "game_ended"]
    assert set(table.state.event.data["final_scores"]) == {"b", "c"}


def test_the_game_ends_when_one_player_is_left():
    table = Sitting("ab", rounds=9)
    table.flip_first()
    table.ask("a", "LEAVE")
    assert table.types == ["player_left", "game_ended"]
    assert table.state.event.data == {
        "final_scores": {"b": 0}, "rounds_won": {"b": 0}, "winner_id": "b",
    }  # fmt: skip


def test_a_room_that_everybody_left_before_the_game_is_over():
    room, rng = GAME.setup({}, Random(1)), Random(1)
    for command in (join("a"), Command("a", "LEAVE", "left")):
        room = GAME.step(GAME.step(room, [command], rng), [], rng)
    assert GAME.over(room)


def test_someone_else_may_begin_when_the_host_has_left():
    room, rng = GAME.setup({}, Random(1)), Random(1)
    for command in (join("a"), join("b"), join("c"), Command("a", "LEAVE", "left")):
        room = GAME.step(GAME.step(room, [command], rng), [], rng)
    assert turns.host_of(room.state) == "b"
    assert ("START", None) in legal(room.state, "b")


# Events out of place


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("nonsense", "an event is an object"),
        ({"type": "card_eaten"}, "no event of type 'card_eaten'"),
        ({"type": "flip_skipped", "sequence": 8, "data": {}}, "lacks player_id"),
        ({"type": "flip_skipped", "sequence": 7, "player_id": "a", "data": {}}, "8 comes next"),
        ({"type": "flip_skipped", "sequence": 8, "player_id": None, "data": {}}, "player_id must"),
        ({"type": "flip_skipped", "sequence": 8, "player_id": "x", "data": {}}, "not at the table"),
        ({"type": "flip_skipped", "sequence": 8, "player_id": "a", "data": {"a": 1}}, "has no 'a'"),
        ({"type": "game_ended", "sequence": 8, "player_id": None,
          "data": {"final_scores": {}, "rounds_won": {}, "winner_id": None}}, "not time for that"),
        ({"type": "player_joined", "sequence": 8, "player_id": "c",
          "data": {"player_name": "C", "is_cpu": False, "cpu_profile": None}}, "has begun"),
        ({"type": "card_swapped", "sequence": 8, "player_id": "b",
          "data": {"position": True, "new_card": {}, "old_card": {}}}, "position must be"),
        ({"type": "card_discarded", "sequence": 8, "player_id": "b",
          "data": {"card": {"rank": "1", "suit": "hearts"}}}, "must be a card"),
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_is_named(table, event, why):
    state = table.state.copy()
    state.sequence = 7
    with pytest.raises(Refused, match=why) as refusal:
        apply(state, event)
    named = f"Event 8 ({event['type']}): " if isinstance(event, dict) else "Event 8: "
    assert str(refusal.value).startswith(named)


def test_nothing_follows_the_end_of_a_game():
    table = Sitting("ab")
    end_round(table)
    leaving = {"type": "player_left", "player_id": "a", "data": {"reason": "left"}}
    with pytest.raises(Refused, match="the game is over"):
        apply(table.state, leaving | {"sequence": table.state.sequence + 1})


# The room


def test_one_event_a_step_and_the_rest_waits():
    room, rng, types = GAME.setup({"seats": 2}, Random(1)), Random(1), []
    commands = [join("a"), join("b"), Command("b", "FLIP", [0, 1]), Command("a", "FLIP", [0, 1])]
    while True:
        before, room = room, GAME.step(room, commands, rng)
        commands = []
        if room.state is before.state:
            break
        room = GAME.restore({"seats": 2}, GAME.snapshot(room))  # as after a change of hosts
        types.append(room.state.event.type)
    assert types == [
        *["game_created", "player_joined", "player_joined", "game_started"],
        *["round_started", "initial_flip", "initial_flip"],
    ]
    assert room.asked == ()


def test_what_is_against_the_rules_is_dropped_and_the_room_stays_the_same():
    room = Sitting("ab").room
    wrong = [Command("a", "DRAW", "deck"), Command("x", "FLIP", [1, 2]), Command("a", "DANCE")]
    assert GAME.step(room, wrong, Random(1)) is room
    assert GAME.step(room, [join("c")], Random(1)) is room


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"seats": 7}, "seats"),
        ({"seats": True}, "seats"),
        ({"num_decks": 0}, "num_decks"),
        ({"num_rounds": 19}, "num_rounds"),
        ({"rules": {"flip_mode": "often"}}, "flip_mode"),
        ({"rules": {"wolfpack": 1}}, "wolfpack"),
        ({"rules": {"initial_flips": 7}}, "initial_flips"),
        ({"rules": {"swim": True}}, "swim"),
        ({"rules": []}, "rules"),
        ({"room_code": ""}, "room_code"),
    ],
)
def test_options_that_cannot_be_are_refused(options, why):
    with pytest.raises(Refused, match=why):
        GAME.setup(options, Random(1))


@pytest.mark.parametrize(
    ("name", "arg", "plain"),
    [
        ("FLIP", 3, [3]),
        ("FLIP", [3, 0], [3, 0]),
        ("DRAW", "deck", "deck"),
        ("SWAP", 5, 5),
        ("DISCARD", "", None),
        ("LEAVE", None, "left"),
    ],
)
def test_commands_in_their_plain_form(name, arg, plain):
    assert GAME.command(name, arg) == (name, plain)


@pytest.mark.parametrize(
    ("name", "arg"),
    [
        ("JOIN", {"call_sign": "x"}),
        ("FLIP", []),
        ("FLIP", [6]),
        ("FLIP", [True]),
        ("FLIP", [0] * 7),
        ("DRAW", "sleeve"),
        ("SWAP", "1"),
        ("SWAP", 1.0),
        ("KNOCK", 1),
        ("LEAVE", "because"),
        (None, None),
    ],
)
def test_commands_that_are_none_are_refused(name, arg):
    with pytest.raises(Refused):
        GAME.command(name, arg)


# Whole games


@slowly
@given(seeds)
def test_games_of_bots_end_and_keep_every_card(seed):
    _, snapshots = game(seed)
    assert snapshots[-1]["phase"] == "game_over"
    gone: Counter[str] = Counter()
    for before, snapshot in pairwise(snapshots):
        if snapshot["event"]["type"] == "round_started":
            gone.clear()
        if snapshot["current_round"]:
            gone += left_with_cards(snapshot, before)
            assert sorted((cards_on(snapshot) + gone).elements()) == whole_deck(snapshot)


def left_with_cards(snapshot, before):
    """Return the cards that have gone from the table with their player."""
    if snapshot["event"]["type"] != "player_left":
        return Counter()
    who = snapshot["event"]["player_id"]
    [seat] = [player for player in before["players"] if player["id"] == who]
    return signs(seat["cards"])


def cards_on(snapshot):
    hidden = snapshot["hidden"]
    drawn = signs([snapshot["drawn_card"]] if snapshot["drawn_card"] else [])
    hands = sum((signs(player["cards"]) for player in snapshot["players"]), Counter())
    return Counter(hidden["deck"].split()) + Counter(hidden["pile"].split()) + drawn + hands


def signs(cards):
    suits = {"hearts": "♥", "diamonds": "♦", "clubs": "♣", "spades": "♠"}
    return Counter(card["rank"] + suits[card["suit"]] for card in cards)


@slowly
@given(seeds)
def test_games_come_again_from_their_events(seed):
    _, snapshots = game(seed)
    state = State()
    for snapshot in snapshots:
        state = apply(state, snapshot["event"])
        kept = {name: fact for name, fact in snapshot["hidden"].items() if name != "asked"}
        assert frame(state) == snapshot | {"hidden": kept}
    GAME.check({"total_ticks": len(snapshots)}, snapshots)


@slowly
@given(seeds, st.randoms(use_true_random=False))
def test_what_is_legal_is_what_the_rules_take(seed, chance):
    options, snapshots = game(seed)
    for snapshot in chance.sample(snapshots, k=8):
        room = replace(GAME.restore(options, snapshot), asked=())
        if turns.due(room.state):
            continue
        for player in room.state.players:
            legal_now = legal(room.state, player.id)
            for name, arg in EVERY_COMMAND:
                taken = is_taken(room, Command(player.id, name, arg))
                same = (name, sorted(arg) if name == "FLIP" else arg)
                assert taken is (same in legal_now and distinct(arg)), (name, arg)


def distinct(arg):
    return not isinstance(arg, list) or len(set(arg)) == len(arg)


def is_taken(room, command):
    if room.state.started and command.name == "START":
        return False
    try:
        play.follow(room.state, play.answer(room, command, Random(1)))
    except Refused:
        return False
    return True


@pytest.mark.parametrize("kind", sorted(GAME.bots))
def test_every_manner_of_bot_brings_a_game_to_its_end(kind):
    options = {"seats": 2, "num_rounds": 3}
    rng, room = Random(kind), GAME.setup(options, Random(1))
    commands = [join("a", kind), join("b", kind)]
    for _ in range(1_000):
        room = GAME.step(room, commands, rng)
        if GAME.over(room):
            return
        seen = {who: GAME.view(GAME.snapshot(room), participant(who)) for who in "ab"}
        commands = [
            Command(who, *GAME.command(name, arg))
            for who in "ab"
            for name, arg in (GAME.bots[kind](seen[who], rng) if not room.asked else ())
        ]
    pytest.fail("the game does not end")


def test_one_seed_plays_one_game():
    options = any_options(Random(7))
    assert list(played(options, 7)) == list(played(options, 7))
