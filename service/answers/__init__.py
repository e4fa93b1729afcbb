"""Answers by e-mail to whoever forwarded a client's message: what was found in it, and what to do."""
