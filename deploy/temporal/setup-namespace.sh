#!/bin/sh
# What the product expects of a Temporal server: the namespace with 90 days of history, the search attributes, and
# the rate per tenant on the queue `lexoffice`. Safe to run again. Reads TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE,
# and LEXOFFICE_REQUESTS_PER_SECOND (1.9 without it: the API allows 2).
set -eu
: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}"
export TEMPORAL_ADDRESS TEMPORAL_NAMESPACE

# A server that has just started, or a namespace that has just been made, is not known to all its parts at once.
patiently() {
  attempt=0
  until "$@"; do
    attempt=$((attempt + 1))
    [ "$attempt" -lt 30 ] || return 1
    sleep 2
  done
}

patiently temporal operator cluster health
if ! temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 90d
fi
patiently temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention 90d

for attribute in Tenant Partner PayoutStatus CreditNoteNumber; do
  if ! temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE" | grep -qw "$attribute"; then
    patiently temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
      --name "$attribute" --type Keyword
  fi
done

patiently temporal task-queue config set --namespace "$TEMPORAL_NAMESPACE" \
  --task-queue lexoffice --task-queue-type activity \
  --fairness-key-rps-limit-default "${LEXOFFICE_REQUESTS_PER_SECOND:-1.9}" \
  --fairness-key-rps-limit-reason "lexoffice: 2 requests/s per tenant"
