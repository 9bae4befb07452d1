"""Operations: log lines for programs, metrics, health, safe headers, and what is known of each request."""
