"""What is paid: due, requests, decisions, runs, clawbacks, holds."""
