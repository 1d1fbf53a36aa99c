import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.own_document_kind import OwnDocumentKind
from ...models.own_document_state import OwnDocumentState
from ...models.page_own_document_shown import PageOwnDocumentShown
from ...models.problem_body import ProblemBody
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    updated_since: datetime.datetime | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    partner: None | str | Unset = UNSET,
    payout: None | str | Unset = UNSET,
    number: None | str | Unset = UNSET,
    kind: None | OwnDocumentKind | Unset = UNSET,
    state: None | OwnDocumentState | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_updated_since: None | str | Unset
    if isinstance(updated_since, Unset):
        json_updated_since = UNSET
    elif isinstance(updated_since, datetime.datetime):
        json_updated_since = updated_since.isoformat()
    else:
        json_updated_since = updated_since
    params["updated_since"] = json_updated_since

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params["limit"] = limit

    json_partner: None | str | Unset
    if isinstance(partner, Unset):
        json_partner = UNSET
    else:
        json_partner = partner
    params["partner"] = json_partner

    json_payout: None | str | Unset
    if isinstance(payout, Unset):
        json_payout = UNSET
    else:
        json_payout = payout
    params["payout"] = json_payout

    json_number: None | str | Unset
    if isinstance(number, Unset):
        json_number = UNSET
    else:
        json_number = number
    params["number"] = json_number

    json_kind: None | str | Unset
    if isinstance(kind, Unset):
        json_kind = UNSET
    elif isinstance(kind, str):
        json_kind = kind
    else:
        json_kind = kind
    params["kind"] = json_kind

    json_state: None | str | Unset
    if isinstance(state, Unset):
        json_state = UNSET
    elif isinstance(state, str):
        json_state = state
    else:
        json_state = state
    params["state"] = json_state

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/own-documents",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageOwnDocumentShown | ProblemBody:
    if response.status_code == 200:
        response_200 = PageOwnDocumentShown.from_dict(response.json())

        return response_200

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
) -> Response[PageOwnDocumentShown | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    updated_since: datetime.datetime | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    partner: None | str | Unset = UNSET,
    payout: None | str | Unset = UNSET,
    number: None | str | Unset = UNSET,
    kind: None | OwnDocumentKind | Unset = UNSET,
    state: None | OwnDocumentState | Unset = UNSET,
) -> Response[PageOwnDocumentShown | ProblemBody]:
    """List own documents

    Args:
        updated_since (datetime.datetime | None | Unset):
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        partner (None | str | Unset):
        payout (None | str | Unset):
        number (None | str | Unset):
        kind (None | OwnDocumentKind | Unset):
        state (None | OwnDocumentState | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageOwnDocumentShown | ProblemBody]
    """

    kwargs = _get_kwargs(
        updated_since=updated_since,
        cursor=cursor,
        limit=limit,
        partner=partner,
        payout=payout,
        number=number,
        kind=kind,
        state=state,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    updated_since: datetime.datetime | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    partner: None | str | Unset = UNSET,
    payout: None | str | Unset = UNSET,
    number: None | str | Unset = UNSET,
    kind: None | OwnDocumentKind | Unset = UNSET,
    state: None | OwnDocumentState | Unset = UNSET,
) -> PageOwnDocumentShown | ProblemBody | None:
    """List own documents

    Args:
        updated_since (datetime.datetime | None | Unset):
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        partner (None | str | Unset):
        payout (None | str | Unset):
        number (None | str | Unset):
        kind (None | OwnDocumentKind | Unset):
        state (None | OwnDocumentState | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageOwnDocumentShown | ProblemBody
    """

    return sync_detailed(
        client=client,
        updated_since=updated_since,
        cursor=cursor,
        limit=limit,
        partner=partner,
        payout=payout,
        number=number,
        kind=kind,
        state=state,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    updated_since: datetime.datetime | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    partner: None | str | Unset = UNSET,
    payout: None | str | Unset = UNSET,
    number: None | str | Unset = UNSET,
    kind: None | OwnDocumentKind | Unset = UNSET,
    state: None | OwnDocumentState | Unset = UNSET,
) -> Response[PageOwnDocumentShown | ProblemBody]:
    """List own documents

    Args:
        updated_since (datetime.datetime | None | Unset):
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        partner (None | str | Unset):
        payout (None | str | Unset):
        number (None | str | Unset):
        kind (None | OwnDocumentKind | Unset):
        state (None | OwnDocumentState | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageOwnDocumentShown | ProblemBody]
    """

    kwargs = _get_kwargs(
        updated_since=updated_since,
        cursor=cursor,
        limit=limit,
        partner=partner,
        payout=payout,
        number=number,
        kind=kind,
        state=state,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    updated_since: datetime.datetime | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    partner: None | str | Unset = UNSET,
    payout: None | str | Unset = UNSET,
    number: None | str | Unset = UNSET,
    kind: None | OwnDocumentKind | Unset = UNSET,
    state: None | OwnDocumentState | Unset = UNSET,
) -> PageOwnDocumentShown | ProblemBody | None:
    """List own documents

    Args:
        updated_since (datetime.datetime | None | Unset):
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        partner (None | str | Unset):
        payout (None | str | Unset):
        number (None | str | Unset):
        kind (None | OwnDocumentKind | Unset):
        state (None | OwnDocumentState | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageOwnDocumentShown | ProblemBody
    """

    return (
        await asyncio_detailed(
            client=client,
            updated_since=updated_since,
            cursor=cursor,
            limit=limit,
            partner=partner,
            payout=payout,
            number=number,
            kind=kind,
            state=state,
        )
    ).parsed
