"""The demonstration hospital: run packages made from public synthetic data by a real matcher."""
