"""Coupons on a partner's page: given, refused, ended."""

from tests.fixtures.sale_books import Books


async def test_a_partner_is_given_a_coupon_and_it_is_ended(sale_books: Books) -> None:
    await sale_books.send("/admin/partner/ANNA/gutschein", {"coupon": " sommer 10 "})
    assert "SOMMER 10" in await sale_books.read("/admin/partner/ANNA")
    taken = await sale_books.send("/admin/partner/BERT/gutschein", {"coupon": "Sommer 10"}, status=422)
    assert "gehört schon einem Partner" in taken
    await sale_books.send("/admin/partner/ANNA/gutschein/SOMMER%2010/beenden")
    assert "beendet am" in await sale_books.read("/admin/partner/ANNA")
    assert {"partner.coupon_added", "partner.coupon_ended"} <= set(await sale_books.firm.actions())
    [hand] = await sale_books.rows("SELECT DISTINCT subject FROM hands WHERE act = 'partner.coupon_added'")
    assert hand["subject"] == "partner"
