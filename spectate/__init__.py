"""What is watched live: one feed for all who watch a shard in one process."""
