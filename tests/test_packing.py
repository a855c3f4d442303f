"""What is packed once fits into anybody's stream, wherever in it."""

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from replays.packing import Gzip, Plain, piece_of

TEXTS = st.lists(
    st.one_of(
        st.binary(max_size=300),
        st.binary(min_size=1, max_size=40).map(lambda part: part * 5_000),
        st.sampled_from([b": keepalive\n\n", b"", b"\0" * 199, b"\0" * 200, b"\0" * 70_000]),
    ),
    max_size=5,
)
SENT = st.lists(st.lists(st.integers(0, 4), max_size=3), max_size=6)


def chosen(texts, sent):
    return [[texts[number] for number in numbers if number < len(texts)] for numbers in sent]


@given(TEXTS, SENT)
def test_pieces_in_any_order_make_a_whole_file_of_gzip(texts, sent):
    pieces = {text: piece_of(text, "gzip") for text in texts}
    stream = Gzip()
    told = chosen(texts, sent)
    body = b"".join(stream.add(pieces[text] for text in part) for part in told) + stream.end()
    assert gzip.decompress(body) == b"".join(text for part in told for text in part)


@given(TEXTS, SENT)
def test_all_that_was_sent_so_far_can_be_read(texts, sent):
    stream, reader = Gzip(), zlib.decompressobj(wbits=31)
    for part in chosen(texts, sent):
        told = stream.add(piece_of(text, "gzip") for text in part)
        assert reader.decompress(told) == b"".join(part)


@given(TEXTS)
def test_who_takes_no_gzip_is_sent_it_as_it_is(texts):
    stream = Plain()
    assert stream.add(piece_of(text, "identity") for text in texts) == b"".join(texts)
    assert stream.end() == b""
