"""The pages of API keys in Settings: the list, a new one, and one key with its log."""
