from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.new_tax_status import NewTaxStatus
from ...models.problem_body import ProblemBody
from ...models.tax_record import TaxRecord
from ...types import UNSET, Response, Unset


def _get_kwargs(
    code: str,
    *,
    body: NewTaxStatus,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/partners/{code}/tax-statuses".format(
            code=quote(str(code), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ProblemBody | TaxRecord:
    if response.status_code == 201:
        response_201 = TaxRecord.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = ProblemBody.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ProblemBody.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ProblemBody.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ProblemBody.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = ProblemBody.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = ProblemBody.from_dict(response.json())

        return response_413

    if response.status_code == 422:
        response_422 = ProblemBody.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = ProblemBody.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = ProblemBody.from_dict(response.json())

        return response_503

    response_default = ProblemBody.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemBody | TaxRecord]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    code: str,
    *,
    client: AuthenticatedClient,
    body: NewTaxStatus,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemBody | TaxRecord]:
    """Record the tax status of a partner

     From its first day on the new status takes the place of the one before. Small businesses are
    confirmed for a calendar year.

    Args:
        code (str):
        idempotency_key (None | str | Unset):
        body (NewTaxStatus): `valid_until` is exclusive. A small business is confirmed for a
            calendar year and counts only in it.

            Numbers are kept as ledger/tax_numbers.py writes them; those that contradict the status
            are refused.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemBody | TaxRecord]
    """

    kwargs = _get_kwargs(
        code=code,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    code: str,
    *,
    client: AuthenticatedClient,
    body: NewTaxStatus,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemBody | TaxRecord | None:
    """Record the tax status of a partner

     From its first day on the new status takes the place of the one before. Small businesses are
    confirmed for a calendar year.

    Args:
        code (str):
        idempotency_key (None | str | Unset):
        body (NewTaxStatus): `valid_until` is exclusive. A small business is confirmed for a
            calendar year and counts only in it.

            Numbers are kept as ledger/tax_numbers.py writes them; those that contradict the status
            are refused.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemBody | TaxRecord
    """

    return sync_detailed(
        code=code,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    code: str,
    *,
    client: AuthenticatedClient,
    body: NewTaxStatus,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemBody | TaxRecord]:
    """Record the tax status of a partner

     From its first day on the new status takes the place of the one before. Small businesses are
    confirmed for a calendar year.

    Args:
        code (str):
        idempotency_key (None | str | Unset):
        body (NewTaxStatus): `valid_until` is exclusive. A small business is confirmed for a
            calendar year and counts only in it.

            Numbers are kept as ledger/tax_numbers.py writes them; those that contradict the status
            are refused.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemBody | TaxRecord]
    """

    kwargs = _get_kwargs(
        code=code,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    code: str,
    *,
    client: AuthenticatedClient,
    body: NewTaxStatus,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemBody | TaxRecord | None:
    """Record the tax status of a partner

     From its first day on the new status takes the place of the one before. Small businesses are
    confirmed for a calendar year.

    Args:
        code (str):
        idempotency_key (None | str | Unset):
        body (NewTaxStatus): `valid_until` is exclusive. A small business is confirmed for a
            calendar year and counts only in it.

            Numbers are kept as ledger/tax_numbers.py writes them; those that contradict the status
            are refused.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemBody | TaxRecord
    """

    return (
        await asyncio_detailed(
            code=code,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
