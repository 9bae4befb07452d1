"""Words of closed lists, each with its standard name and source. One word per thing, one thing per word."""
