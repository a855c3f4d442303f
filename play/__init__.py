"""Live games: seats, commands, and the host that steps shards."""
