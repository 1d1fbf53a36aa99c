from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.posting_case import PostingCase
from ...models.posting_categories import PostingCategories
from ...models.problem_body import ProblemBody
from ...models.seen import Seen
from ...types import UNSET, Response, Unset


def _get_kwargs(
    posting_case: PostingCase,
    *,
    body: Seen,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/api/v1/posting-categories/{posting_case}/confirmation".format(
            posting_case=quote(str(posting_case), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PostingCategories | ProblemBody:
    if response.status_code == 200:
        response_200 = PostingCategories.from_dict(response.json())

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
) -> Response[PostingCategories | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    posting_case: PostingCase,
    *,
    client: AuthenticatedClient,
    body: Seen,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[PostingCategories | ProblemBody]:
    """Confirm what the advance return shows under § 13b

     For one voucher of this kind in the connected organisation. Without it nothing is booked under §
    13b.

    Args:
        posting_case (PostingCase): What a voucher's lines are booked as; several tax cases may
            share one.
        idempotency_key (None | str | Unset):
        body (Seen):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PostingCategories | ProblemBody]
    """

    kwargs = _get_kwargs(
        posting_case=posting_case,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    posting_case: PostingCase,
    *,
    client: AuthenticatedClient,
    body: Seen,
    idempotency_key: None | str | Unset = UNSET,
) -> PostingCategories | ProblemBody | None:
    """Confirm what the advance return shows under § 13b

     For one voucher of this kind in the connected organisation. Without it nothing is booked under §
    13b.

    Args:
        posting_case (PostingCase): What a voucher's lines are booked as; several tax cases may
            share one.
        idempotency_key (None | str | Unset):
        body (Seen):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PostingCategories | ProblemBody
    """

    return sync_detailed(
        posting_case=posting_case,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    posting_case: PostingCase,
    *,
    client: AuthenticatedClient,
    body: Seen,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[PostingCategories | ProblemBody]:
    """Confirm what the advance return shows under § 13b

     For one voucher of this kind in the connected organisation. Without it nothing is booked under §
    13b.

    Args:
        posting_case (PostingCase): What a voucher's lines are booked as; several tax cases may
            share one.
        idempotency_key (None | str | Unset):
        body (Seen):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PostingCategories | ProblemBody]
    """

    kwargs = _get_kwargs(
        posting_case=posting_case,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    posting_case: PostingCase,
    *,
    client: AuthenticatedClient,
    body: Seen,
    idempotency_key: None | str | Unset = UNSET,
) -> PostingCategories | ProblemBody | None:
    """Confirm what the advance return shows under § 13b

     For one voucher of this kind in the connected organisation. Without it nothing is booked under §
    13b.

    Args:
        posting_case (PostingCase): What a voucher's lines are booked as; several tax cases may
            share one.
        idempotency_key (None | str | Unset):
        body (Seen):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PostingCategories | ProblemBody
    """

    return (
        await asyncio_detailed(
            posting_case=posting_case,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
