"""What people make of alerts: whose it is, until when it rests, why nothing is to be done about it."""
