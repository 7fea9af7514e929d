"""SFTP: files taken from and put on somebody's server, at a public address, whose key a person accepted."""
