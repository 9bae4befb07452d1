"""First data: the organisation's frame and the published facts the demo shows."""
