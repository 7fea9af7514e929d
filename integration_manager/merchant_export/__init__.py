"""Everything of a merchant as a zip of tables: asked for, made in steps, handed out for a week."""
