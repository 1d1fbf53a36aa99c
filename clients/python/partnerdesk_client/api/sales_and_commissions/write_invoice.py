from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.invoice_under_way import InvoiceUnderWay
from ...models.new_invoice_of_sale import NewInvoiceOfSale
from ...models.problem_body import ProblemBody
from ...types import UNSET, Response, Unset


def _get_kwargs(
    transaction_id: UUID,
    *,
    body: NewInvoiceOfSale,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/transactions/{transaction_id}/invoice".format(
            transaction_id=quote(str(transaction_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> InvoiceUnderWay | ProblemBody:
    if response.status_code == 202:
        response_202 = InvoiceUnderWay.from_dict(response.json())

        return response_202

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
) -> Response[InvoiceUnderWay | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    transaction_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewInvoiceOfSale,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[InvoiceUnderWay | ProblemBody]:
    """Write the invoice of a sale in lexoffice

     For tenants that do not write it by hand. The invoice is created and finalized; its number stands at
    the sale afterwards. 409 where there is one already, or one is being created.

    Args:
        transaction_id (UUID):
        idempotency_key (None | str | Unset):
        body (NewInvoiceOfSale): To whom, and for what. A contact in lexoffice, or name and
            address; without both the sale's customer.

            Beside a contact, the parts of the address that are given replace the contact's on this
            invoice.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[InvoiceUnderWay | ProblemBody]
    """

    kwargs = _get_kwargs(
        transaction_id=transaction_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    transaction_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewInvoiceOfSale,
    idempotency_key: None | str | Unset = UNSET,
) -> InvoiceUnderWay | ProblemBody | None:
    """Write the invoice of a sale in lexoffice

     For tenants that do not write it by hand. The invoice is created and finalized; its number stands at
    the sale afterwards. 409 where there is one already, or one is being created.

    Args:
        transaction_id (UUID):
        idempotency_key (None | str | Unset):
        body (NewInvoiceOfSale): To whom, and for what. A contact in lexoffice, or name and
            address; without both the sale's customer.

            Beside a contact, the parts of the address that are given replace the contact's on this
            invoice.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        InvoiceUnderWay | ProblemBody
    """

    return sync_detailed(
        transaction_id=transaction_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    transaction_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewInvoiceOfSale,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[InvoiceUnderWay | ProblemBody]:
    """Write the invoice of a sale in lexoffice

     For tenants that do not write it by hand. The invoice is created and finalized; its number stands at
    the sale afterwards. 409 where there is one already, or one is being created.

    Args:
        transaction_id (UUID):
        idempotency_key (None | str | Unset):
        body (NewInvoiceOfSale): To whom, and for what. A contact in lexoffice, or name and
            address; without both the sale's customer.

            Beside a contact, the parts of the address that are given replace the contact's on this
            invoice.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[InvoiceUnderWay | ProblemBody]
    """

    kwargs = _get_kwargs(
        transaction_id=transaction_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    transaction_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewInvoiceOfSale,
    idempotency_key: None | str | Unset = UNSET,
) -> InvoiceUnderWay | ProblemBody | None:
    """Write the invoice of a sale in lexoffice

     For tenants that do not write it by hand. The invoice is created and finalized; its number stands at
    the sale afterwards. 409 where there is one already, or one is being created.

    Args:
        transaction_id (UUID):
        idempotency_key (None | str | Unset):
        body (NewInvoiceOfSale): To whom, and for what. A contact in lexoffice, or name and
            address; without both the sale's customer.

            Beside a contact, the parts of the address that are given replace the contact's on this
            invoice.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        InvoiceUnderWay | ProblemBody
    """

    return (
        await asyncio_detailed(
            transaction_id=transaction_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
