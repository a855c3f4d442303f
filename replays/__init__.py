"""What is kept: recordings, chunks, worlds and links, one writer and one reader."""
