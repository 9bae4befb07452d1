"""The door of the clock: which services run when, and how each slot is run once by any number of schedulers."""
