"""The door of the clock: which services run when. The schedule arrives with the jobs themselves."""
