"""What verification costs, next to running every file."""
