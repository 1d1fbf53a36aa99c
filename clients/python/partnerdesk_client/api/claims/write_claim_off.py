from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.claim_given_up import ClaimGivenUp
from ...models.claim_in_full import ClaimInFull
from ...models.problem_body import ProblemBody
from ...types import UNSET, Response, Unset


def _get_kwargs(
    claim: UUID,
    *,
    body: ClaimGivenUp,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/claims/{claim}/write-off".format(
            claim=quote(str(claim), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ClaimInFull | ProblemBody:
    if response.status_code == 200:
        response_200 = ClaimInFull.from_dict(response.json())

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
) -> Response[ClaimInFull | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    claim: UUID,
    *,
    client: AuthenticatedClient,
    body: ClaimGivenUp,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ClaimInFull | ProblemBody]:
    """Write a claim off

     What is still open. Up to the four-eyes limit this decides it; above it a second person confirms.
    409 with `claim_is_over` or `write_off_asked_before`.

    Args:
        claim (UUID):
        idempotency_key (None | str | Unset):
        body (ClaimGivenUp):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ClaimInFull | ProblemBody]
    """

    kwargs = _get_kwargs(
        claim=claim,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    claim: UUID,
    *,
    client: AuthenticatedClient,
    body: ClaimGivenUp,
    idempotency_key: None | str | Unset = UNSET,
) -> ClaimInFull | ProblemBody | None:
    """Write a claim off

     What is still open. Up to the four-eyes limit this decides it; above it a second person confirms.
    409 with `claim_is_over` or `write_off_asked_before`.

    Args:
        claim (UUID):
        idempotency_key (None | str | Unset):
        body (ClaimGivenUp):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ClaimInFull | ProblemBody
    """

    return sync_detailed(
        claim=claim,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    claim: UUID,
    *,
    client: AuthenticatedClient,
    body: ClaimGivenUp,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ClaimInFull | ProblemBody]:
    """Write a claim off

     What is still open. Up to the four-eyes limit this decides it; above it a second person confirms.
    409 with `claim_is_over` or `write_off_asked_before`.

    Args:
        claim (UUID):
        idempotency_key (None | str | Unset):
        body (ClaimGivenUp):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ClaimInFull | ProblemBody]
    """

    kwargs = _get_kwargs(
        claim=claim,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    claim: UUID,
    *,
    client: AuthenticatedClient,
    body: ClaimGivenUp,
    idempotency_key: None | str | Unset = UNSET,
) -> ClaimInFull | ProblemBody | None:
    """Write a claim off

     What is still open. Up to the four-eyes limit this decides it; above it a second person confirms.
    409 with `claim_is_over` or `write_off_asked_before`.

    Args:
        claim (UUID):
        idempotency_key (None | str | Unset):
        body (ClaimGivenUp):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ClaimInFull | ProblemBody
    """

    return (
        await asyncio_detailed(
            claim=claim,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
