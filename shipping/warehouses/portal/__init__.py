"""No warehouse system: staff ship in the browser."""
