from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.new_sale import NewSale
from ...models.problem_body import ProblemBody
from ...models.sale_recorded import SaleRecorded
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NewSale,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/transactions",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ProblemBody | SaleRecorded:
    if response.status_code == 200:
        response_200 = SaleRecorded.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = SaleRecorded.from_dict(response.json())

        return response_201

    if response.status_code == 202:
        response_202 = SaleRecorded.from_dict(response.json())

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
) -> Response[ProblemBody | SaleRecorded]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewSale,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemBody | SaleRecorded]:
    """Tell a sale

     Once per `external_id`: the same again changes nothing. 202 where the amount contradicts what was
    told before; then the first one stays and a person is asked. Another currency needs `exchange_rate`.

    Args:
        idempotency_key (None | str | Unset):
        body (NewSale): Amounts are in the smallest unit of the currency, tax included in
            `gross_cents`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemBody | SaleRecorded]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: NewSale,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemBody | SaleRecorded | None:
    """Tell a sale

     Once per `external_id`: the same again changes nothing. 202 where the amount contradicts what was
    told before; then the first one stays and a person is asked. Another currency needs `exchange_rate`.

    Args:
        idempotency_key (None | str | Unset):
        body (NewSale): Amounts are in the smallest unit of the currency, tax included in
            `gross_cents`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemBody | SaleRecorded
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewSale,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemBody | SaleRecorded]:
    """Tell a sale

     Once per `external_id`: the same again changes nothing. 202 where the amount contradicts what was
    told before; then the first one stays and a person is asked. Another currency needs `exchange_rate`.

    Args:
        idempotency_key (None | str | Unset):
        body (NewSale): Amounts are in the smallest unit of the currency, tax included in
            `gross_cents`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemBody | SaleRecorded]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: NewSale,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemBody | SaleRecorded | None:
    """Tell a sale

     Once per `external_id`: the same again changes nothing. 202 where the amount contradicts what was
    told before; then the first one stays and a person is asked. Another currency needs `exchange_rate`.

    Args:
        idempotency_key (None | str | Unset):
        body (NewSale): Amounts are in the smallest unit of the currency, tax included in
            `gross_cents`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemBody | SaleRecorded
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
