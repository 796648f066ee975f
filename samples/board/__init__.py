"""What the governance board of the demonstration hospital has in hand: risks, a way back, gates, signatures."""
