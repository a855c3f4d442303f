"""The wire over HTTP: one module a contract."""
