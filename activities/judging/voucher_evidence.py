"""What a fetched voucher shows, as the ledger keeps it."""

from uuid import UUID

from activities.judging.voucher_judgement import totals_of
from ledger.documents.documents import Observed
from ledger.types import DocumentKind
from lexoffice.payments import Payments
from lexoffice.purchases import Voucher


def observed_voucher(
    kind: DocumentKind,
    voucher: Voucher,
    *,
    snapshot: UUID,
    payments: Payments | None = None,
    payments_snapshot: UUID | None = None,
) -> Observed:
    """What `documents.observe` takes. Raises FractionOfACent."""
    return Observed(
        kind=kind,
        organization_id=voucher.organization_id,
        resource_id=voucher.id,
        voucher_number=voucher.voucher_number,
        status=voucher.voucher_status,
        version=voucher.version,
        updated_at=voucher.updated_date,
        open_cents=payments.open_cents if payments else None,
        snapshot_id=snapshot,
        payments_id=payments_snapshot,
        **totals_of(voucher),
    )
