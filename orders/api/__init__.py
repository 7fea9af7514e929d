"""Orders as programs read them: which a key sees, and who gets one."""
