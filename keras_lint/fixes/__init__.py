"""From what a rule wants changed to text: find the places, edit, write back."""
