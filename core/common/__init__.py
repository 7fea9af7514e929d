"""What everything stands on: errands, remote errors, the vault, money, links, the clock, the bell."""
