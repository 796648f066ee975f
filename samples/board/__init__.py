"""What the governance board of the demonstration hospital works with: risks, a rollback plan, gates, signatures."""
