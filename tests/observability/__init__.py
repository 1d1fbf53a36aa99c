"""What operators see: traces, alerts, dashboards."""
