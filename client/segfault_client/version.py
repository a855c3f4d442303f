"""The version of the client, as the site reads it in each request."""

__version__ = "0.1.0"
