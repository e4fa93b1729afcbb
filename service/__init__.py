"""Who asks: command line, HTTP, batch; the only place with SQL and HTTP."""
