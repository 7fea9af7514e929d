"""What everything is built on: errands, remote errors, the vault, money, links, the clock, the bell."""
