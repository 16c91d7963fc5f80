"""The rehearsal lab: a rack emulated on one Linux machine. Not part of the built collection."""
