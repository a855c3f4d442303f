"""Who sees which card of a game of Golf: what lies open, and nothing else."""

import json
from copy import deepcopy
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from games.game import OMNISCIENT, SPECTATOR, participant
from games.golf.cards import CARDS, from_signs, in_signs
from games.golf.export import replay_frame
from games.golf.record import as_json
from tests.tables import GAME, Sitting, game, played, seeds

slowly = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

UNKNOWN = {"rank": None, "suit": None, "face_up": False}


@pytest.fixture
def table():
    table = Sitting("ab")
    table.flip_first()
    return table


def seen(table, who=None):
    return GAME.view(GAME.snapshot(table.room), participant(who) if who else SPECTATOR)


def test_the_omniscient_see_all_of_it(table):
    snapshot = GAME.snapshot(table.room)
    assert GAME.view(snapshot, OMNISCIENT) is snapshot
    assert snapshot["hidden"]["deck"] == in_signs(table.state.deck)


def test_a_spectator_sees_face_up_cards_alone(table):
    view = seen(table)
    assert "hidden" not in view
    for seat, player in zip(view["players"], table.state.players, strict=True):
        assert seat["cards"][2:] == [UNKNOWN] * 4
        assert seat["cards"][0] == player.cards[0].as_json() | {"face_up": True}
    assert view["discard_top"] == table.state.pile[-1].as_json() | {"face_up": True}


def test_nobody_knows_the_own_cards_that_lie_face_down(table):
    cards = seen(table, "a")["players"][0]["cards"]
    assert cards[2:] == [UNKNOWN] * 4


def test_a_deal_tells_a_spectator_no_seed_and_no_card_dealt():
    table = Sitting("ab")
    view = seen(table)
    assert view["event"]["type"] == "round_started"
    assert set(view["event"]["data"]) == {"round_num", "first_discard", "current_player_idx"}
    assert str(table.state.seed) not in json.dumps(view)


def test_a_card_from_the_deck_is_known_to_who_drew_it(table):
    table.ask("b", "DRAW", "deck")
    card = table.state.drawn.as_json()
    mine, others, spectators = seen(table, "b"), seen(table, "a"), seen(table)
    assert mine["drawn_card"] == card | {"face_up": True}
    assert mine["event"]["data"]["card"] == card
    assert mine["words"] == f"B drew the {table.state.drawn} from the deck"
    for view in (others, spectators):
        assert view["drawn_card"] == UNKNOWN
        assert view["event"]["data"] == {"source": "deck", "card": None}
        assert view["words"] == "B drew a card from the deck"


def test_everybody_saw_a_card_from_the_discard_pile(table):
    table.ask("b", "DRAW", "discard")
    card = table.state.drawn.as_json()
    assert seen(table)["drawn_card"] == card | {"face_up": True}
    assert seen(table)["event"]["data"]["card"] == card


def test_a_swap_opens_both_cards(table):
    table.swap(5)
    view = seen(table)
    assert view["event"] == as_json(table.state.event)
    assert view["players"][1]["cards"][5]["face_up"]


def test_a_player_is_told_what_may_be_done(table):
    assert seen(table, "b")["moves"] == [["DRAW", "deck"], ["DRAW", "discard"]]
    assert seen(table, "b")["you"] == "b"
    assert seen(table, "a")["moves"] == []
    assert "moves" not in seen(table)
    assert seen(table, "eve")["moves"] == []


def test_a_frame_of_the_replay_api_shows_what_its_perspective_shows(table):
    frame = replay_frame(7, 1.5, seen(table))
    assert frame["index"] == 7
    assert frame["event_type"] == "initial_flip"
    assert frame["event_data"]["positions"] == [0, 1]
    assert not frame["state"].keys() & {"hidden", "event"}


# Whole games


def perspectives(snapshot):
    return [SPECTATOR, *map(participant, [*GAME.participants(snapshot), "eve"])]


def everything(value):
    yield value
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            yield from everything(item)


def shown(view):
    """Return every card that a view tells of, in its JSON or in its words."""
    cards = {
        str(CARDS[place["rank"], place["suit"]])
        for place in everything(view)
        if isinstance(place, dict) and place.get("rank") is not None
    }
    return cards | {str(card) for card in CARDS.values() if spelled(card, view["words"])}


def spelled(card, words):
    return f"the {card}" in words


def unseen(snapshot, who):
    """Return the cards that `who` must not know: face down, in the deck, in another's hand."""
    down = [c for p in snapshot["players"] for c in p["cards"] if not c["face_up"]]
    if snapshot["drawn_from"] == "deck" and snapshot["current_player_id"] != who:
        down.append(snapshot["drawn_card"])
    cards = [CARDS[card["rank"], card["suit"]] for card in down]
    return {str(card) for card in [*cards, *from_signs(snapshot["hidden"]["deck"])]}


@slowly
@given(st.integers(0, 15))
def test_no_view_tells_of_a_card_that_lies_hidden(seed):
    """With one deck every card is there once: one that is hidden is nowhere to be seen."""
    options, _ = game(seed)
    for snapshot in played(options | {"num_decks": 1, "num_rounds": 1}, seed):
        for perspective in perspectives(snapshot):
            view = GAME.view(snapshot, perspective)
            assert not shown(view) & unseen(snapshot, perspective.who)
            assert "hidden" not in view


@slowly
@given(seeds, st.randoms(use_true_random=False))
def test_hidden_cards_could_be_any_others_and_no_view_would_tell(seed, chance):
    _, snapshots = game(seed)
    for snapshot in chance.sample(snapshots, k=10):
        other = elsewhere(snapshot, chance)
        drawer = snapshot["current_player_id"] if snapshot["drawn_from"] == "deck" else None
        for perspective in perspectives(snapshot):
            if perspective.who is None or perspective.who != drawer:
                assert GAME.view(snapshot, perspective) == GAME.view(other, perspective)


def elsewhere(snapshot, chance: Random):
    """Return a snapshot that differs in all that is hidden, and in nothing else."""
    other = deepcopy(snapshot)
    for seat in other["players"]:
        seat["cards"] = [card if card["face_up"] else any_card(chance) for card in seat["cards"]]
    other["hidden"] = {"deck": "K♠", "deck_seed": chance.random()}
    told = other["event"]["data"]
    if other["event"]["type"] == "round_started":
        told["deck_seed"] = 7
        told["dealt_cards"] = {who: [any_card(chance)] * 6 for who in told["dealt_cards"]}
    if other["drawn_from"] == "deck":
        other["drawn_card"] = any_card(chance) | {"face_up": True}
        if other["event"]["type"] == "card_drawn":
            told["card"] = any_card(chance)
            other["words"] = "somebody drew the A♥"
    return other


def any_card(chance):
    return chance.choice(list(CARDS.values())).as_json() | {"face_up": False}


@slowly
@given(seeds, st.data())
def test_a_view_of_a_view_shows_no_more_and_no_less(seed, data):
    _, snapshots = game(seed)
    view = GAME.view(data.draw(st.sampled_from(snapshots)), SPECTATOR)
    assert GAME.view(view, SPECTATOR) == view


@slowly
@given(seeds, st.data())
def test_a_malformed_snapshot_shows_no_hidden_card(seed, data):
    """A card that is not plainly face up, or a key that is not known to be open, is not shown."""
    _, snapshots = game(seed)
    snapshot = deepcopy(data.draw(st.sampled_from(snapshots)))
    for seat in snapshot["players"]:
        for card in seat["cards"]:
            card["face_up"] = data.draw(st.sampled_from([False, None, 1, "yes"]))
    snapshot["secret"] = snapshot["event"]["data"]["secret"] = snapshot["hidden"]
    view = GAME.view(snapshot, SPECTATOR)
    assert all(card == UNKNOWN for seat in view["players"] for card in seat["cards"])
    assert "secret" not in view
    assert "secret" not in view["event"]["data"]


@pytest.mark.parametrize("kind", sorted(GAME.bots))
def test_a_bot_plays_from_what_a_player_sees(table, kind):
    [(name, arg)] = GAME.bots[kind](seen(table, "b"), Random(1))
    table.ask("b", name, arg)
    assert list(GAME.bots[kind](seen(table, "a"), Random(1))) == []
