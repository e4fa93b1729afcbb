"""What each command of `kyp` does, one module each; imported only when the command runs."""
