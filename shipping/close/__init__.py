"""Ship and Close: staff say what was shipped, checked before anything is stored."""
