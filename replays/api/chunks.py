"""A sealed chunk over HTTP: as stored for who takes zstd, unpacked or packed anew for others."""

from uuid import UUID

from django.http import Http404

from games.game import OMNISCIENT, Perspective
from replays import format, reading
from replays.api.encodings import Encoded, encode, etag
from replays.api.kept import Kept
from replays.models import ReplayChunk, ReplayShard

CONTENT_TYPE = "application/x-ndjson"
KEPT = Kept(64 * 2**20)


def find_chunk(shard: ReplayShard, number: int) -> ReplayChunk:
    """Return a chunk without its body, which is read only when it is not kept already."""
    chunk = shard.chunks.defer("body", "summary").filter(number=number).first()
    seen_until = shard.seen_until
    if chunk is None or (seen_until is not None and chunk.last_tick > seen_until):
        raise Http404
    chunk.shard = shard
    return chunk


def encoded(chunk: ReplayChunk, perspective: Perspective, encoding: str) -> Encoded:
    """Return a chunk as seen from `perspective`, its digest verified; may raise Damaged."""
    digest = bytes(chunk.sha256)
    key = kept_as(chunk.shard_id, chunk.number, digest, encoding, perspective)
    return KEPT.get(key) or KEPT.keep(key, _encoded(chunk, perspective, encoding))


def kept_as(
    shard_id: UUID,
    number: int,
    digest: bytes,
    encoding: str,
    perspective: Perspective = OMNISCIENT,
) -> tuple[object, ...]:
    return (shard_id, number, digest, encoding, perspective)


def _encoded(chunk: ReplayChunk, perspective: Perspective, encoding: str) -> Encoded:
    body = reading.chunk_body(chunk, perspective)
    if perspective == OMNISCIENT:
        name = bytes(chunk.sha256).hex()[:32]
    else:
        name = format.digest(body).hex()[:32]
    if encoding == "zstd":
        return Encoded(body, encoding, etag(name, encoding))
    return encode(format.unpack(body), encoding, name)
