"""The pages that put people and addresses on the list of who gets mail."""
