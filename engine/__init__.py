"""What talks to Temporal from outside: connecting, announcing, schedules, watching."""
