"""The pages on which people and addresses are put on the list of who gets mail."""
