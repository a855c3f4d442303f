"""Speed, measured beside the plain way and beside the limit; `python -m benchmarks.<name>`."""
