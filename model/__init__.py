"""What we conclude from a mail; reads no database and knows no web."""
