"""What this process counts of its work, for /metrics. Labels are names of ours: activities, providers, outcomes."""

from prometheus_client import Counter, Histogram

ACTIVITIES = Counter("partnerdesk_activities", "Attempts of activities that ended", ["activity", "outcome"])
SECONDS = Histogram(
    "partnerdesk_activity_seconds",
    "How long an attempt took, waiting for the budget included",
    ["activity"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 3, 10, 35, 60),
)
REQUESTS = Counter(
    "partnerdesk_provider_requests",
    "Requests to a provider, by what became of them: the class of the status, 429 by itself, none for no answer",
    ["provider", "outcome"],
)
REQUEST_SECONDS = Histogram(
    "partnerdesk_provider_request_seconds",
    "How long a provider took to begin its answer",
    ["provider"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 35),
)
WITHOUT_SLOT = Counter(
    "partnerdesk_budget_exhausted", "Requests that were put off, as no slot was free within three seconds", ["provider"]
)
