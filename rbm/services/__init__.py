"""What one may do: functions only. A change returns its row, a find a Select, a figure a value."""
