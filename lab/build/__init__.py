"""Builds what the lab needs from public packages and keeps it by content, outside the tree."""
