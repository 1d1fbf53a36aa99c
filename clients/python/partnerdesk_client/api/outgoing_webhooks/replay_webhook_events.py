from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_body import ProblemBody
from ...models.replayed import Replayed
from ...models.replayed_range import ReplayedRange
from ...types import UNSET, Response, Unset


def _get_kwargs(
    endpoint: UUID,
    *,
    body: ReplayedRange,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/webhook-endpoints/{endpoint}/replay".format(
            endpoint=quote(str(endpoint), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ProblemBody | Replayed:
    if response.status_code == 202:
        response_202 = Replayed.from_dict(response.json())

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
) -> Response[ProblemBody | Replayed]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    endpoint: UUID,
    *,
    client: AuthenticatedClient,
    body: ReplayedRange,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemBody | Replayed]:
    """Deliver a span of time once more

     Everything that happened then and that this endpoint was to hear, in its order and under its
    `webhook-id`; 10,000 events at most.

    Args:
        endpoint (UUID):
        idempotency_key (None | str | Unset):
        body (ReplayedRange): What an endpoint is to hear again: everything that happened from
            `since` until before `until`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemBody | Replayed]
    """

    kwargs = _get_kwargs(
        endpoint=endpoint,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    endpoint: UUID,
    *,
    client: AuthenticatedClient,
    body: ReplayedRange,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemBody | Replayed | None:
    """Deliver a span of time once more

     Everything that happened then and that this endpoint was to hear, in its order and under its
    `webhook-id`; 10,000 events at most.

    Args:
        endpoint (UUID):
        idempotency_key (None | str | Unset):
        body (ReplayedRange): What an endpoint is to hear again: everything that happened from
            `since` until before `until`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemBody | Replayed
    """

    return sync_detailed(
        endpoint=endpoint,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    endpoint: UUID,
    *,
    client: AuthenticatedClient,
    body: ReplayedRange,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemBody | Replayed]:
    """Deliver a span of time once more

     Everything that happened then and that this endpoint was to hear, in its order and under its
    `webhook-id`; 10,000 events at most.

    Args:
        endpoint (UUID):
        idempotency_key (None | str | Unset):
        body (ReplayedRange): What an endpoint is to hear again: everything that happened from
            `since` until before `until`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemBody | Replayed]
    """

    kwargs = _get_kwargs(
        endpoint=endpoint,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    endpoint: UUID,
    *,
    client: AuthenticatedClient,
    body: ReplayedRange,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemBody | Replayed | None:
    """Deliver a span of time once more

     Everything that happened then and that this endpoint was to hear, in its order and under its
    `webhook-id`; 10,000 events at most.

    Args:
        endpoint (UUID):
        idempotency_key (None | str | Unset):
        body (ReplayedRange): What an endpoint is to hear again: everything that happened from
            `since` until before `until`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemBody | Replayed
    """

    return (
        await asyncio_detailed(
            endpoint=endpoint,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
