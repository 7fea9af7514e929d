"""The pages that put people and addresses on the list of who gets mail, and what a link in it opens."""
