"""What people and tests do to the simulator."""
