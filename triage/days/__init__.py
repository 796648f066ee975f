"""A reviewer's own day and the home page; for leads, the workload of their queues."""
