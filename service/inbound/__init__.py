"""The ways in beside the JSON interface: webhooks of mail providers, SMTP and LMTP, a watched IMAP folder."""
