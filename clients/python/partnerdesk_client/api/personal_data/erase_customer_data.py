from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.erase import Erase
from ...models.erasure_told import ErasureTold
from ...models.problem_body import ProblemBody
from ...types import UNSET, Response, Unset


def _get_kwargs(
    customer_id: UUID,
    *,
    body: Erase,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/customers/{customer_id}/erase".format(
            customer_id=quote(str(customer_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ErasureTold | ProblemBody:
    if response.status_code == 200:
        response_200 = ErasureTold.from_dict(response.json())

        return response_200

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
) -> Response[ErasureTold | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    customer_id: UUID,
    *,
    client: AuthenticatedClient,
    body: Erase,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ErasureTold | ProblemBody]:
    """Erase what is stored about a customer

     Needs a key with `write` whose owner may change settings. What the law demands to keep is named with
    its paragraph and last day, and erased by itself afterwards; so is what was not reached. It cannot
    be taken back. 409 with `customer_sales_open` while a sale waits for its payment.

    Args:
        customer_id (UUID):
        idempotency_key (None | str | Unset):
        body (Erase):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErasureTold | ProblemBody]
    """

    kwargs = _get_kwargs(
        customer_id=customer_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    customer_id: UUID,
    *,
    client: AuthenticatedClient,
    body: Erase,
    idempotency_key: None | str | Unset = UNSET,
) -> ErasureTold | ProblemBody | None:
    """Erase what is stored about a customer

     Needs a key with `write` whose owner may change settings. What the law demands to keep is named with
    its paragraph and last day, and erased by itself afterwards; so is what was not reached. It cannot
    be taken back. 409 with `customer_sales_open` while a sale waits for its payment.

    Args:
        customer_id (UUID):
        idempotency_key (None | str | Unset):
        body (Erase):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErasureTold | ProblemBody
    """

    return sync_detailed(
        customer_id=customer_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    customer_id: UUID,
    *,
    client: AuthenticatedClient,
    body: Erase,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ErasureTold | ProblemBody]:
    """Erase what is stored about a customer

     Needs a key with `write` whose owner may change settings. What the law demands to keep is named with
    its paragraph and last day, and erased by itself afterwards; so is what was not reached. It cannot
    be taken back. 409 with `customer_sales_open` while a sale waits for its payment.

    Args:
        customer_id (UUID):
        idempotency_key (None | str | Unset):
        body (Erase):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErasureTold | ProblemBody]
    """

    kwargs = _get_kwargs(
        customer_id=customer_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    customer_id: UUID,
    *,
    client: AuthenticatedClient,
    body: Erase,
    idempotency_key: None | str | Unset = UNSET,
) -> ErasureTold | ProblemBody | None:
    """Erase what is stored about a customer

     Needs a key with `write` whose owner may change settings. What the law demands to keep is named with
    its paragraph and last day, and erased by itself afterwards; so is what was not reached. It cannot
    be taken back. 409 with `customer_sales_open` while a sale waits for its payment.

    Args:
        customer_id (UUID):
        idempotency_key (None | str | Unset):
        body (Erase):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErasureTold | ProblemBody
    """

    return (
        await asyncio_detailed(
            customer_id=customer_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
