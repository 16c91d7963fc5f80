"""The rack: which hosts and machines a lab has."""
