"""What hostile and unlucky users tried, and what they get."""
