"""Retrying what many alerts are about: counted first, in small steps, to be canceled midway, and recorded."""
