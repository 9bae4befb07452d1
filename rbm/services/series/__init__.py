"""Series over years and strategies: crosswalks, decisions on adding up, distributions, matched achievement."""
