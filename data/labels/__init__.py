"""What people say of messages: opinions, what several of them agree on, and the files that carry them."""
