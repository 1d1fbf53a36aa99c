import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.page_logged_request import PageLoggedRequest
from ...models.problem_body import ProblemBody
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    updated_since: datetime.datetime | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    key: None | str | Unset = UNSET,
    method: None | str | Unset = UNSET,
    route: None | str | Unset = UNSET,
    status: int | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    request_id: None | str | Unset = UNSET,
    before: datetime.datetime | None | Unset = UNSET,
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

    json_key: None | str | Unset
    if isinstance(key, Unset):
        json_key = UNSET
    else:
        json_key = key
    params["key"] = json_key

    json_method: None | str | Unset
    if isinstance(method, Unset):
        json_method = UNSET
    else:
        json_method = method
    params["method"] = json_method

    json_route: None | str | Unset
    if isinstance(route, Unset):
        json_route = UNSET
    else:
        json_route = route
    params["route"] = json_route

    json_status: int | None | Unset
    if isinstance(status, Unset):
        json_status = UNSET
    else:
        json_status = status
    params["status"] = json_status

    json_failed: bool | None | Unset
    if isinstance(failed, Unset):
        json_failed = UNSET
    else:
        json_failed = failed
    params["failed"] = json_failed

    json_request_id: None | str | Unset
    if isinstance(request_id, Unset):
        json_request_id = UNSET
    else:
        json_request_id = request_id
    params["request_id"] = json_request_id

    json_before: None | str | Unset
    if isinstance(before, Unset):
        json_before = UNSET
    elif isinstance(before, datetime.datetime):
        json_before = before.isoformat()
    else:
        json_before = before
    params["before"] = json_before

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/requests",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageLoggedRequest | ProblemBody:
    if response.status_code == 200:
        response_200 = PageLoggedRequest.from_dict(response.json())

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
) -> Response[PageLoggedRequest | ProblemBody]:
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
    key: None | str | Unset = UNSET,
    method: None | str | Unset = UNSET,
    route: None | str | Unset = UNSET,
    status: int | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    request_id: None | str | Unset = UNSET,
    before: datetime.datetime | None | Unset = UNSET,
) -> Response[PageLoggedRequest | ProblemBody]:
    """List requests

     Newest first, for 30 days: address, key, status and time, never contents. A request stands here
    about a second after its answer; one with an unknown key stands nowhere. `updated_since` counts from
    when it was asked.

    Args:
        updated_since (datetime.datetime | None | Unset):
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        key (None | str | Unset):
        method (None | str | Unset):
        route (None | str | Unset):
        status (int | None | Unset):
        failed (bool | None | Unset):
        request_id (None | str | Unset):
        before (datetime.datetime | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageLoggedRequest | ProblemBody]
    """

    kwargs = _get_kwargs(
        updated_since=updated_since,
        cursor=cursor,
        limit=limit,
        key=key,
        method=method,
        route=route,
        status=status,
        failed=failed,
        request_id=request_id,
        before=before,
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
    key: None | str | Unset = UNSET,
    method: None | str | Unset = UNSET,
    route: None | str | Unset = UNSET,
    status: int | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    request_id: None | str | Unset = UNSET,
    before: datetime.datetime | None | Unset = UNSET,
) -> PageLoggedRequest | ProblemBody | None:
    """List requests

     Newest first, for 30 days: address, key, status and time, never contents. A request stands here
    about a second after its answer; one with an unknown key stands nowhere. `updated_since` counts from
    when it was asked.

    Args:
        updated_since (datetime.datetime | None | Unset):
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        key (None | str | Unset):
        method (None | str | Unset):
        route (None | str | Unset):
        status (int | None | Unset):
        failed (bool | None | Unset):
        request_id (None | str | Unset):
        before (datetime.datetime | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageLoggedRequest | ProblemBody
    """

    return sync_detailed(
        client=client,
        updated_since=updated_since,
        cursor=cursor,
        limit=limit,
        key=key,
        method=method,
        route=route,
        status=status,
        failed=failed,
        request_id=request_id,
        before=before,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    updated_since: datetime.datetime | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    key: None | str | Unset = UNSET,
    method: None | str | Unset = UNSET,
    route: None | str | Unset = UNSET,
    status: int | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    request_id: None | str | Unset = UNSET,
    before: datetime.datetime | None | Unset = UNSET,
) -> Response[PageLoggedRequest | ProblemBody]:
    """List requests

     Newest first, for 30 days: address, key, status and time, never contents. A request stands here
    about a second after its answer; one with an unknown key stands nowhere. `updated_since` counts from
    when it was asked.

    Args:
        updated_since (datetime.datetime | None | Unset):
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        key (None | str | Unset):
        method (None | str | Unset):
        route (None | str | Unset):
        status (int | None | Unset):
        failed (bool | None | Unset):
        request_id (None | str | Unset):
        before (datetime.datetime | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageLoggedRequest | ProblemBody]
    """

    kwargs = _get_kwargs(
        updated_since=updated_since,
        cursor=cursor,
        limit=limit,
        key=key,
        method=method,
        route=route,
        status=status,
        failed=failed,
        request_id=request_id,
        before=before,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    updated_since: datetime.datetime | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
    key: None | str | Unset = UNSET,
    method: None | str | Unset = UNSET,
    route: None | str | Unset = UNSET,
    status: int | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    request_id: None | str | Unset = UNSET,
    before: datetime.datetime | None | Unset = UNSET,
) -> PageLoggedRequest | ProblemBody | None:
    """List requests

     Newest first, for 30 days: address, key, status and time, never contents. A request stands here
    about a second after its answer; one with an unknown key stands nowhere. `updated_since` counts from
    when it was asked.

    Args:
        updated_since (datetime.datetime | None | Unset):
        cursor (None | str | Unset):
        limit (int | Unset):  Default: 50.
        key (None | str | Unset):
        method (None | str | Unset):
        route (None | str | Unset):
        status (int | None | Unset):
        failed (bool | None | Unset):
        request_id (None | str | Unset):
        before (datetime.datetime | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageLoggedRequest | ProblemBody
    """

    return (
        await asyncio_detailed(
            client=client,
            updated_since=updated_since,
            cursor=cursor,
            limit=limit,
            key=key,
            method=method,
            route=route,
            status=status,
            failed=failed,
            request_id=request_id,
            before=before,
        )
    ).parsed
