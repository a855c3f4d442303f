"""How long a shard has lasted, in words for a page."""

from django import template

from replays.models import ReplayShard

register = template.Library()


@register.filter
def duration(shard: ReplayShard) -> str:
    """Return the played time of a shard in its two largest units: `2 h 03 min`, `5 min 41 s`."""
    seconds = round(shard.total_ticks * shard.tick_seconds)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    if hours >= 100:
        return f"{hours // 24} days"
    if hours:
        return f"{hours} h {minute:02} min"
    return f"{minute} min {second:02} s" if minute else f"{second} s"
