import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.page_transaction_listed import PageTransactionListed
from ...models.problem_body import ProblemBody
from ...models.transaction_state import TransactionState
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    updated_since: datetime.datetime | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    state: None | TransactionState | Unset = UNSET,
    partner: None | str | Unset = UNSET,
    sold_from: datetime.date | None | Unset = UNSET,
    sold_before: datetime.date | None | Unset = UNSET,
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

    json_state: None | str | Unset
    if isinstance(state, Unset):
        json_state = UNSET
    elif isinstance(state, str):
        json_state = state
    else:
        json_state = state
    params["state"] = json_state

    json_partner: None | str | Unset
    if isinstance(partner, Unset):
        json_partner = UNSET
    else:
        json_partner = partner
    params["partner"] = json_partner

    json_sold_from: None | str | Unset
    if isinstance(sold_from, Unset):
        json_sold_from = UNSET
    elif isinstance(sold_from, datetime.date):
        json_sold_from = sold_from.isoformat()
    else:
        json_sold_from = sold_from
    params["sold_from"] = json_sold_from

    json_sold_before: None | str | Unset
    if isinstance(sold_before, Unset):
        json_sold_before = UNSET
    elif isinstance(sold_before, datetime.date):
        json_sold_before = sold_before.isoformat()
    else:
        json_sold_before = sold_before
    params["sold_before"] = json_sold_before

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/transactions",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageTransactionListed | ProblemBody:
    if response.status_code == 200:
        response_200 = PageTransactionListed.from_dict(response.json())

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
) -> Response[PageTransactionListed | ProblemBody]:
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
    state: None | TransactionState | Unset = UNSET,
    partner: None | str | Unset = UNSET,
    sold_from: datetime.date | None | Unset = UNSET,
    sold_before: datetime.date | None | Unset = UNSET,
) -> Response[PageTransactionListed | ProblemBody]:
    """List sales

    Args:
        updated_since (datetime.datetime | None | Unset):
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        state (None | TransactionState | Unset):
        partner (None | str | Unset):
        sold_from (datetime.date | None | Unset):
        sold_before (datetime.date | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageTransactionListed | ProblemBody]
    """

    kwargs = _get_kwargs(
        updated_since=updated_since,
        cursor=cursor,
        limit=limit,
        state=state,
        partner=partner,
        sold_from=sold_from,
        sold_before=sold_before,
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
    state: None | TransactionState | Unset = UNSET,
    partner: None | str | Unset = UNSET,
    sold_from: datetime.date | None | Unset = UNSET,
    sold_before: datetime.date | None | Unset = UNSET,
) -> PageTransactionListed | ProblemBody | None:
    """List sales

    Args:
        updated_since (datetime.datetime | None | Unset):
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        state (None | TransactionState | Unset):
        partner (None | str | Unset):
        sold_from (datetime.date | None | Unset):
        sold_before (datetime.date | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageTransactionListed | ProblemBody
    """

    return sync_detailed(
        client=client,
        updated_since=updated_since,
        cursor=cursor,
        limit=limit,
        state=state,
        partner=partner,
        sold_from=sold_from,
        sold_before=sold_before,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    updated_since: datetime.datetime | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    state: None | TransactionState | Unset = UNSET,
    partner: None | str | Unset = UNSET,
    sold_from: datetime.date | None | Unset = UNSET,
    sold_before: datetime.date | None | Unset = UNSET,
) -> Response[PageTransactionListed | ProblemBody]:
    """List sales

    Args:
        updated_since (datetime.datetime | None | Unset):
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        state (None | TransactionState | Unset):
        partner (None | str | Unset):
        sold_from (datetime.date | None | Unset):
        sold_before (datetime.date | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageTransactionListed | ProblemBody]
    """

    kwargs = _get_kwargs(
        updated_since=updated_since,
        cursor=cursor,
        limit=limit,
        state=state,
        partner=partner,
        sold_from=sold_from,
        sold_before=sold_before,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    updated_since: datetime.datetime | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    state: None | TransactionState | Unset = UNSET,
    partner: None | str | Unset = UNSET,
    sold_from: datetime.date | None | Unset = UNSET,
    sold_before: datetime.date | None | Unset = UNSET,
) -> PageTransactionListed | ProblemBody | None:
    """List sales

    Args:
        updated_since (datetime.datetime | None | Unset):
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        state (None | TransactionState | Unset):
        partner (None | str | Unset):
        sold_from (datetime.date | None | Unset):
        sold_before (datetime.date | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageTransactionListed | ProblemBody
    """

    return (
        await asyncio_detailed(
            client=client,
            updated_since=updated_since,
            cursor=cursor,
            limit=limit,
            state=state,
            partner=partner,
            sold_from=sold_from,
            sold_before=sold_before,
        )
    ).parsed
