"""Folders that others put files into and fetch files from: on this machine, or on a server by SFTP."""
