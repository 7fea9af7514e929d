"""Activity over everything, who did what and when, and every request to other servers, each to be found."""
