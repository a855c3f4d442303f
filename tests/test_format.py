"""One strict reader at every door, and lines and chunks that come back as they went in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.game import Refused
from replays import format

plain_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
plain_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | plain_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain_text, inner, max_size=4),
    max_leaves=20,
)

REFUSED = {
    "not UTF-8": b'"\xff"',
    "overlong UTF-8": b'"\xc0\x80"',
    "an encoded surrogate": b'"\xed\xa0\x80"',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "nothing": b"",
    "two values": b"1 2",
    "a trailing comma": b"[1,]",
    "NaN": b'{"a": NaN}',
    "infinity": b"[-Infinity]",
    "a number too large": b"[1e400]",
    "a long number too large": b"[" + b"9" * 400 + b".0]",
    "half a surrogate pair": b'["\\ud800"]',
    "the other half": b'["\\uDC00 x"]',
    "half a pair as a key": b'{"\\ud800": 1}',
    "U+0000": b'["\\u0000"]',
    "U+0000 in a key": b'{"a\\u0000": 1}',
    "an integer beyond 2^53": b"[9007199254740993]",
    "an integer far beyond": b"[" + b"9" * 5000 + b"]",
    "a negative integer beyond": b"[-9007199254740993]",
    "a raw control character": b'"\n"',
    "65 levels": b"[" * 65 + b"]" * 65,
    "a hundred thousand levels": b"[" * 100_000,
    "a hundred thousand closed levels": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a string over 64 KiB": b'["' + b"a" * 65_537 + b'"]',
    "a string over 64 KiB of wide letters": ('["' + "é" * 32_769 + '"]').encode(),
    "a key over 64 KiB": b'{"' + b"k" * 65_537 + b'": 1}',
}


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_plain_json_is_refused_with_a_sentence(body, repeats):
    with pytest.raises(Refused) as refused:
        format.read_json(body, repeats=repeats)
    assert str(refused.value).endswith(".")
    assert len(str(refused.value)) < 200


def test_a_key_that_stands_twice_is_refused():
    with pytest.raises(Refused, match="'a' stands twice"):
        format.read_json(b'{"a": 1, "b": {"a": 1, "a": 2}}')


def test_a_large_recording_may_repeat_a_key_and_is_written_anew():
    assert format.read_json(b'{"a": 1, "a": 2}', repeats=True) == {"a": 2}


@pytest.mark.parametrize("depth", [1, 63, 64])
def test_sixty_four_levels_are_read(depth):
    assert format.read_json(b"[" * depth + b"]" * depth) is not None


@given(plain_json)
def test_plain_json_is_read_as_it_was_written(value):
    for repeats in (False, True):
        assert format.read_json(json.dumps(value).encode(), repeats=repeats) == value
        assert format.read_json(format.write_json(value), repeats=repeats) == value


@given(st.binary(max_size=60))
def test_the_quick_reader_refuses_whatever_the_exact_one_refuses(body):
    def answer(repeats):
        try:
            return repr(format.read_json(body, repeats=repeats))
        except Refused:
            return "refused"

    quick, exact = answer(True), answer(False)
    assert quick == exact or (exact == "refused" and body.count(b'"') > 3)


@given(st.lists(st.dictionaries(plain_text, plain_json, max_size=3), min_size=1, max_size=5))
def test_lines_come_back_out_of_a_chunk_as_they_went_in(snapshots):
    lines = [format.line(tick, tick / 3, snap) for tick, snap in enumerate(snapshots)]
    back = format.unpack(format.pack(lines)).split(b"\n")
    assert back == lines
    assert [format.read_line(line)["snapshot"] for line in back] == snapshots
