"""How kyp learns: labelled records in, a checked model artifact out."""
