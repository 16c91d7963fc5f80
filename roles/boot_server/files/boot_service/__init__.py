"""The boot service: answers machines that start over the network, and keeps their journal."""
