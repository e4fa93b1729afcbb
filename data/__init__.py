"""What we know: the nouns of kyp, and the files that people edit."""
