"""Mail as it comes: bytes, forwards, quotes, signatures and archives made into Email records."""
