"""What every page shows: the menu, lists, forms, times and amounts."""
