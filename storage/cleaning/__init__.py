"""Bytes in, bytes out: removes what names people from files, in a child process with limits."""
