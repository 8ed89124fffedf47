"""What may happen: events, commands, and the rules between them."""
