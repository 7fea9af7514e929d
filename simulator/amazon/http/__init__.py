"""What comes in and goes out: requests, operations, quotas, faults, pages."""
