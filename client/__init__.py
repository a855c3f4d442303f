"""The client as the site's own commands import it; whoever installs it imports segfault_client."""
