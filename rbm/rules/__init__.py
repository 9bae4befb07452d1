"""What follows: pure calculation over values. It knows no session, no clock and no settings."""
